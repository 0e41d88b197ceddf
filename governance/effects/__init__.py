"""What a decision does, as data: checked when it is drafted, executed as a whole or not at all.

    {"effect": "text"}
    {"effect": "rule", "kind": "ordinary", "document": {…}}
    {"effect": "policy", "area": "commons", "document": {…}}
    {"effect": "articles"}
    {"effect": "role", "member": "mem_…", "role": "auditor", "scope": "coop", "from": null | time, "until": null | time}
    {"effect": "elect", "role": "director", "scope": "coop", "candidates": ["mem_…", …], "from": …, "until": …}
    {"effect": "admit", "applicant": "app_…", "class": "member"}
    {"effect": "suspend", "member": "mem_…", "until": null | time}     {"effect": "expel", "member": "mem_…"}
    {"effect": "mint", "member": "mem_…", "amount": 100}     {"effect": "project", "lead": "mem_…"}
    {"effect": "allot"}
    {"effect": "federation", "origin": "union.example/kitaura"}     {"effect": "log_key", "vkey": "origin+hash+key"}

Every effect but text belongs to certain kinds of proposal, so that nothing passes under an easier rule than its own.
"""

from __future__ import annotations

from typing import Any, Final

from governance.documents import Fault, read
from governance.effects.base import Decision, Effect, inside
from governance.effects.commons import Allot, JoinFederation, Mint, OpenProject
from governance.effects.people import Admit, Elect, Expel, GiveRole, Suspend
from governance.effects.rules import AdoptArticles, AdoptPolicy, AdoptRule, ChangeLogKey
from ledger.errors import FormatError, Refusal
from ledger.fold import Moment
from ledger.state import State

MAX_EFFECTS: Final = 20


class Text(Effect, frozen=True):
    """The decision is its text; nothing else happens."""

    NAME = "text"


EFFECTS: Final[tuple[type[Effect], ...]] = (
    Text,
    AdoptRule,
    AdoptPolicy,
    AdoptArticles,
    GiveRole,
    Elect,
    Admit,
    Suspend,
    Expel,
    Mint,
    OpenProject,
    Allot,
    JoinFederation,
    ChangeLogKey,
)


def parse(documents: tuple[Any, ...], kind: str) -> tuple[Effect, ...]:
    """Read and check the effects of a proposal of that kind; FormatError names the path (``effects/0/role``)."""
    if len(documents) > MAX_EFFECTS:
        raise FormatError("effect.invalid", path="effects", reason="too_many")
    return tuple(_parse_one(document, kind, f"effects/{position}") for position, document in enumerate(documents))


def acting(effects: tuple[Effect, ...]) -> tuple[Effect, ...]:
    """Those that do anything."""
    return tuple(effect for effect in effects if not isinstance(effect, Text))


def acts(effects: tuple[Effect, ...]) -> bool:
    """Whether there is anything to execute."""
    return bool(acting(effects))


def execute(moment: Moment, effects: tuple[Effect, ...], decision: Decision) -> Refusal | FormatError | None:
    """Do them all, in order, or nothing; the error that made the whole bundle lapse, None when all was done."""
    overlay = State(moment.state)
    within = Moment(overlay, moment.index, moment.time)
    try:
        for effect in effects:
            effect.execute(within, decision)
    except (Refusal, FormatError) as error:
        return error
    overlay.merge_into(moment.state)
    return None


def _parse_one(document: Any, kind: str, path: str) -> Effect:
    with inside(path):
        try:
            effect = _read(document, kind)
            effect.check()
        except Fault as fault:
            raise FormatError("effect.invalid", path=fault.path, reason=fault.reason) from fault
    return effect


def _read(document: Any, kind: str) -> Effect:
    if not isinstance(document, dict):
        raise Fault("", "not_object")
    named = document.get("effect")
    found = next((effect for effect in EFFECTS if named == effect.NAME), None)
    if found is None:
        raise Fault("effect", "unknown_effect")
    if found.KINDS is not None and kind not in found.KINDS:
        raise Fault("effect", "wrong_kind")
    return read(document, found, tag="effect")


def notice(effects: tuple[Effect, ...]) -> int:
    """How long before the opening (ms) a vote on them has to be called at least, whatever the rule says."""
    return max((effect.NOTICE for effect in effects), default=0)
