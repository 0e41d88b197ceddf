"""A rule: one module for each question, read from a versioned document.

    {"electorate": {"module": "all_active/1"}, "weight": {"module": "one_member_one_vote/1"},
     "method": {"module": "yes_no_abstain/1"}, "quorum": {"module": "none/1"},
     "threshold": {"module": "fraction/1", "fraction": "1/2", "strict": true, "of": "yes_no"},
     "tie": {"module": "fails/1"}, "secrecy": {"module": "open/1"}, "channels": ["online", "paper"],
     "timing": {"module": "fixed/1", "voting_seconds": 604800, "delay_seconds": 0, "timelock_seconds": 0}}

These questions are all answered; ``admission``, ``venue``, ``delegation``, ``proxy``, ``uncontested`` and ``veto`` may
stand beside them: where they don't, anyone proposes, no meeting is needed, nobody votes for another, every election is
voted on, and nobody vetoes. Nothing else stands in the document, and what can't
work is refused with the path to the fault. A rule decides nothing by itself: ``outcome`` asks its modules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, Final, TypeVar

import msgspec

from governance import together
from governance.count import NOBODY, Count, Paper
from governance.documents import Fault, read
from governance.modules import (
    admission,
    delegation,
    electorate,
    method,
    proxy,
    quorum,
    secrecy,
    threshold,
    tie,
    timing,
    uncontested,
    venue,
    veto,
    weight,
)
from governance.modules.admission.anyone import Anyone
from governance.modules.delegation.none import NoDelegation
from governance.modules.proxy.none import NoProxy
from governance.modules.questions import (
    Admission,
    Ask,
    Delegation,
    Electorate,
    Line,
    Method,
    Module,
    Proxy,
    Quorum,
    Roll,
    Secrecy,
    Threshold,
    Tie,
    Timing,
    Uncontested,
    Venue,
    Veto,
    Weight,
)
from governance.modules.quorum.none import NoQuorum
from governance.modules.threshold.fraction import Share
from governance.modules.tie.fails import Fails
from governance.modules.uncontested.vote import Vote
from governance.modules.venue.anywhere import Anywhere
from governance.modules.veto.none import NoVeto
from governance.standing import BELONGING, MEMBER, Needs, Standing
from ledger.errors import FormatError

MAX_CHOICE: Final = 8_000
"""Characters of a ballot: two hundred options with their places, or a thousand things to pay for."""
CHANNELS: Final = ("online", "paper", "assisted", "room", "hands", "unopposed")
"""How a vote may come in: by the voter's own key; in writing, entered and countersigned by officials; by a helper; on
paper in the room; by show of hands; as nobody's objection (異議なし)."""
QUESTIONS: Final[Mapping[str, tuple[type[Module], ...]]] = {
    "admission": admission.MODULES,
    "venue": venue.MODULES,
    "electorate": electorate.MODULES,
    "weight": weight.MODULES,
    "delegation": delegation.MODULES,
    "proxy": proxy.MODULES,
    "method": method.MODULES,
    "uncontested": uncontested.MODULES,
    "quorum": quorum.MODULES,
    "threshold": threshold.MODULES,
    "tie": tie.MODULES,
    "timing": timing.MODULES,
    "veto": veto.MODULES,
    "secrecy": secrecy.MODULES,
}
"""Every module of every question, in the order in which a rule is read aloud."""
EVERYONE: Final = Share(Fraction(1), False, "all", "heads")  # noqa: FBT003
"""Unanimity of all on the roll, by heads."""
UNANSWERED: Final[Mapping[str, Module]] = {
    "admission": Anyone(),
    "venue": Anywhere(),
    "delegation": NoDelegation(),
    "proxy": NoProxy(),
    "uncontested": Vote(),
    "veto": NoVeto(),
}
"""What holds where a document does not answer. These answers go without saying."""
PARTS: Final[Mapping[type[Module], str]] = {
    Admission: "admission",
    Electorate: "electorate",
    Weight: "weight",
    Quorum: "quorum",
    Threshold: "threshold",
}
"""Questions whose answers may be parts of other answers."""
KEYS: Final = tuple(key for modules in QUESTIONS.values() for module in modules for key in module.KEYS) + tuple(
    f"rule.channels.{channel}" for channel in CHANNELS
)
"""Every key that ``describe`` can answer with: what the catalogues must have."""

M = TypeVar("M", bound=Module)


class Rule(msgspec.Struct, frozen=True):
    """A rule as its modules. ``needs``: what it looks at in members' traces."""

    admission: Admission
    venue: Venue
    electorate: Electorate
    weight: Weight
    delegation: Delegation
    proxy: Proxy
    method: Method
    uncontested: Uncontested
    quorum: Quorum
    threshold: Threshold
    tie: Tie
    timing: Timing
    veto: Veto
    secrecy: Secrecy
    channels: tuple[str, ...]
    needs: Needs = Needs()

    @property
    def chooses(self) -> bool:
        """Whether it chooses among options, rather than deciding whether something happens."""
        return self.method.OPTIONS != (0, 0)

    @property
    def least_options(self) -> int:
        """How many options a proposal needs: one is no choice, but may be all there is."""
        return 1 if self.uncontested.POSSIBLE else self.method.OPTIONS[0]

    @property
    def on_word(self) -> bool:
        """Whether the count is the operator's word: ballots are sealed and stay so."""
        return self.secrecy.SEALED and not self.secrecy.OPENED

    @property
    def by_class(self) -> bool:
        """Whether classes are counted apart."""
        return self.weight.BY_CLASS or self.quorum.by_class() or self.threshold.by_class()

    @property
    def watches(self) -> bool:
        """Whether what has been cast so far decides when voting ends."""
        return bool(self.timing.late_quorum() or self.timing.closes_early() or self.timing.super())

    def weight_of(self, member: Standing | None, ask: Ask, roll: Roll | None = None) -> int:
        """Voting weight of a member as they stand at the opening; 0 for whoever is not on the roll.

        ``roll``: needed where weight depends on how many voters each class has.
        """
        if member is None or not self.electorate.includes(member, ask):
            return 0
        weight = self.weight.of(member)
        if weight and self.weight.BY_CLASS:
            heads = {cls: count.heads for cls, count in (roll.classes if roll is not None else {}).items()}
            return self.weight.scale(heads).get(member.cls, 0)
        return weight

    def on_roll(self, member: Standing | None, ask: Ask) -> bool:
        """Whether a member as they stand at the opening has any vote."""
        return member is not None and self.electorate.includes(member, ask) and self.weight.of(member) > 0

    def roll(self, members: Iterable[Standing], ask: Ask) -> Roll:
        """Heads and weight of everyone who may vote, of all members as they stand at the opening."""
        includes, weigh = self.electorate.includes, self.weight.of
        # Equal ones are taken together: there may be a million.
        alike = Counter((member.cls, weigh(member)) for member in members if includes(member, ask))
        classes: dict[str, Count] = {}
        for (cls, each), heads in alike.items():
            if each:
                classes[cls] = classes.get(cls, NOBODY) + Count(heads, heads * each)
        if self.weight.BY_CLASS:
            scale = self.weight.scale({cls: count.heads for cls, count in classes.items()})
            classes = {cls: Count(count.heads, count.heads * scale[cls]) for cls, count in classes.items()}
        heads = sum(count.heads for count in classes.values())
        weight = sum(count.weight for count in classes.values())
        return Roll(heads, weight, dict(sorted(classes.items())) if self.by_class else {})


def parse(document: Any) -> Rule:
    """Read a rule document; FormatError ``rule.invalid`` with ``path`` and ``reason``."""
    try:
        return _parse(document)
    except Fault as fault:
        raise FormatError("rule.invalid", path=fault.path, reason=fault.reason) from fault


def answer(question: str, document: Any) -> Module:
    """Read the answer to one question by itself; Fault with the path from there."""
    return _answer(document, QUESTIONS[question])


def describe(rule: Rule) -> list[Line]:
    """The rule as keys and parameters of sentences, one per question and channel, in order."""
    answers: list[tuple[str, Module]] = [(question, getattr(rule, question)) for question in QUESTIONS]
    said = [answer.describe() for question, answer in answers if answer != UNANSWERED.get(question)]
    return said + [(f"rule.channels.{channel}", {}) for channel in rule.channels]


def by_all(rule: Rule) -> Rule:
    """What decides without a meeting where the rule's venue allows that: the consent of everyone who may vote.

    And of those whom the proposal concerns (社員の全員, 特定非営利活動促進法14の9): else two would be all, who say that
    it concerns everybody else.
    """
    return msgspec.structs.replace(
        rule,
        venue=Anywhere(),
        electorate=rule.electorate.undivided(),
        delegation=NoDelegation(),
        proxy=NoProxy(),
        quorum=NoQuorum(),
        threshold=EVERYONE,
        tie=Fails(),
        timing=msgspec.structs.replace(rule.timing, delay_seconds=0),
        channels=tuple(channel for channel in rule.channels if channel not in together.IN_MEETINGS),
    )


def accepts(rule: Rule, paper: Paper, choice: Any) -> bool:
    """Whether a ballot may say that, once it is open: something that the method counts, or abstain."""
    return isinstance(choice, str) and len(choice) <= MAX_CHOICE and rule.method.accepts(choice, paper)


def _parse(document: Any) -> Rule:
    if not isinstance(document, dict):
        raise Fault("", "not_object")
    for name in sorted(document.keys() - QUESTIONS.keys() - {"channels"}):
        raise Fault(name, "unknown_field")
    answers: dict[str, Any] = {question: _module(document, question) for question in QUESTIONS}
    kinds = {MEMBER, *answers["electorate"].reads(), *answers["weight"].reads()}
    kinds |= {*answers["admission"].reads(), *answers["veto"].reads()}
    if answers["proxy"].within_household():
        kinds.add(BELONGING)
    needs = Needs(frozenset(kinds), answers["weight"].ago())
    rule = Rule(**answers, channels=_channels(document), needs=needs)
    together.check(rule)
    return rule


def _module(document: dict[str, Any], question: str) -> Module:
    if question not in document:
        if question in UNANSWERED:
            return UNANSWERED[question]
        raise Fault(question, "missing")
    try:
        return _answer(document[question], QUESTIONS[question])
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
    module = read(answer, found, tag="module", nested=_part)
    module.check()
    return module


def _part(base: type[Module], answer: Any) -> Module:
    return _answer(answer, QUESTIONS[PARTS[base]])


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
