"""A rule: one module for each question, read from a versioned document.

    {"electorate": {"module": "all_active/1"}, "weight": {"module": "one_member_one_vote/1"},
     "method": {"module": "yes_no_abstain/1"}, "quorum": {"module": "none/1"},
     "threshold": {"module": "fraction/1", "fraction": "1/2", "strict": true, "of": "yes_no"},
     "tie": {"module": "fails/1"}, "secrecy": {"module": "open/1"}, "channels": ["online", "paper"],
     "timing": {"module": "fixed/1", "voting_seconds": 604800, "delay_seconds": 0, "timelock_seconds": 0}}

Every question is answered, nothing else stands in the document, and what can't work is refused with the
path to the fault. A rule decides nothing by itself: ``outcome.decide`` asks its modules.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar

import msgspec

from governance.documents import Fault, read
from governance.modules import electorate, method, quorum, secrecy, threshold, tie, timing, weight
from governance.modules.questions import (
    Count,
    Electorate,
    Line,
    Method,
    Module,
    Quorum,
    Secrecy,
    Standing,
    Threshold,
    Tie,
    Timing,
    Weight,
)
from ledger.errors import FormatError

CHANNELS: Final = ("online", "paper", "assisted")
"""How a ballot may come in: by the voter's own key; written, entered and countersigned by officials; by a helper."""
QUESTIONS: Final[Mapping[str, tuple[type[Module], ...]]] = {
    "electorate": electorate.MODULES,
    "weight": weight.MODULES,
    "method": method.MODULES,
    "quorum": quorum.MODULES,
    "threshold": threshold.MODULES,
    "tie": tie.MODULES,
    "timing": timing.MODULES,
    "secrecy": secrecy.MODULES,
}
"""Every module of every question, in the order in which a rule is read aloud."""
KEYS: Final = tuple(key for modules in QUESTIONS.values() for module in modules for key in module.KEYS) + tuple(
    f"rule.channels.{channel}" for channel in CHANNELS
)
"""Every key that ``describe`` can answer with: what the catalogues must have."""

M = TypeVar("M", bound=Module)


class Rule(msgspec.Struct, frozen=True):
    """A rule as its modules."""

    electorate: Electorate
    weight: Weight
    method: Method
    quorum: Quorum
    threshold: Threshold
    tie: Tie
    timing: Timing
    secrecy: Secrecy
    channels: tuple[str, ...]

    def weight_of(self, facts: Mapping[str, Any] | None) -> int:
        """Voting weight by what the members' trace says at the opening; 0 for whoever is not on the roll."""
        if facts is None:
            return 0
        member = Standing(facts["class"], facts["active"])
        return self.weight.of(member) if self.electorate.includes(member) else 0

    def roll(self, traces: Mapping[str, Mapping[str, Any]]) -> Count:
        """Heads and weight of everyone who may vote, from all members' traces at the opening."""
        weights = [weight for weight in map(self.weight_of, traces.values()) if weight]
        return Count(len(weights), sum(weights))


def parse(document: Any) -> Rule:
    """Read a rule document; FormatError ``rule.invalid`` with ``path`` and ``reason``."""
    try:
        return _parse(document)
    except Fault as fault:
        raise FormatError("rule.invalid", path=fault.path, reason=fault.reason) from fault


def describe(rule: Rule) -> list[Line]:
    """The rule as keys and parameters of sentences, one per question and channel, in order."""
    modules: list[Module] = [getattr(rule, question) for question in QUESTIONS]
    return [module.describe() for module in modules] + [(f"rule.channels.{channel}", {}) for channel in rule.channels]


def _parse(document: Any) -> Rule:
    if not isinstance(document, dict):
        raise Fault("", "not_object")
    for name in sorted(document.keys() - QUESTIONS.keys() - {"channels"}):
        raise Fault(name, "unknown_field")
    rule = Rule(
        electorate=_module(document, "electorate", electorate.MODULES),
        weight=_module(document, "weight", weight.MODULES),
        method=_module(document, "method", method.MODULES),
        quorum=_module(document, "quorum", quorum.MODULES),
        threshold=_module(document, "threshold", threshold.MODULES),
        tie=_module(document, "tie", tie.MODULES),
        timing=_module(document, "timing", timing.MODULES),
        secrecy=_module(document, "secrecy", secrecy.MODULES),
        channels=_channels(document),
    )
    try:
        rule.threshold.fits(rule.method)
    except Fault as fault:
        raise fault.under("threshold") from fault
    return rule


def _module(document: dict[str, Any], question: str, modules: tuple[type[M], ...]) -> M:
    if question not in document:
        raise Fault(question, "missing")
    try:
        return _answer(document[question], modules)
    except Fault as fault:
        raise fault.under(question) from fault


def _answer(answer: Any, modules: tuple[type[M], ...]) -> M:
    if not isinstance(answer, dict):
        raise Fault("", "not_object")
    if "module" not in answer:
        raise Fault("module", "missing")
    named = answer["module"]
    found = next((module for module in modules if named == module.NAME), None)
    if found is None:
        raise Fault("module", "unknown_module")
    module = read(answer, found, tag="module")
    module.check()
    return module


def _channels(document: dict[str, Any]) -> tuple[str, ...]:
    if "channels" not in document:
        raise Fault("channels", "missing")
    channels = document["channels"]
    if not isinstance(channels, list):
        raise Fault("channels", "wrong_type")
    if not channels:
        raise Fault("channels", "empty")
    for position, channel in enumerate(channels):
        if channel not in CHANNELS:
            raise Fault(f"channels/{position}", "unknown_channel")
        if channel in channels[:position]:
            raise Fault(f"channels/{position}", "twice")
    return tuple(channels)
