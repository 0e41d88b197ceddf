"""What a decision does, as data: checked when it is drafted, executed as a whole or not at all.

    {"effect": "text"}
    {"effect": "rule", "kind": "ordinary", "document": {…}}
    {"effect": "policy", "area": "commons", "document": {…}}
    {"effect": "role", "member": "mem_…", "role": "auditor", "scope": "coop", "from": null | time, "until": null | time}
    {"effect": "admit", "applicant": "app_…", "class": "member"}
    {"effect": "log_key", "vkey": "origin+hash+key"}

Every effect but text belongs to one kind of proposal, so that nothing passes under an easier rule than its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Final, Literal

import msgspec

from governance.books import rules
from governance.documents import Fault, read
from ledger import canonical, ids
from ledger.books import joining, members, operator, policies, roles
from ledger.errors import FormatError, Refusal
from ledger.fold import Context, Moment
from ledger.signed_note import parse_vkey
from ledger.state import State

MAX_EFFECTS: Final = 20


class Effect(msgspec.Struct, frozen=True):
    """Base of all effects. ``NAME`` in documents; ``KIND``: the kind of proposal it needs, None for any."""

    NAME: ClassVar[str]
    KIND: ClassVar[str | None] = None

    def check(self) -> None:
        """FormatError (with ``path`` inside the effect) or Fault when the document is impossible."""

    def refer(self, ctx: Context) -> None:
        """Refusal when what it names is not there or can't be meant, as far as that can be known at drafting."""

    def execute(self, moment: Moment, proposal: str) -> None:
        """Do it, on behalf of that proposal; Refusal when it has become impossible."""


class Text(Effect, frozen=True):
    """The decision is its text; nothing else happens."""

    NAME = "text"


class AdoptRule(Effect, frozen=True):
    """A rule for a kind of proposal comes into force, for votes that open from then on."""

    NAME = "rule"
    KIND = "rules"

    kind: str
    document: dict[str, Any]

    def check(self) -> None:
        """The document must be possible for that kind."""
        if self.kind not in (*rules.KINDS, rules.CHOICE):
            raise Fault("kind", "unknown_kind")
        with _inside("document"):
            rules.check(self.kind, self.document)

    def execute(self, moment: Moment, proposal: str) -> None:
        """Refused when nobody could vote under it: nobody could ever change it back."""
        found = rules.check(self.kind, self.document)
        if found.roll(moment.state.traces("member", moment.index, moment.time)).heads == 0:
            raise Refusal("rule.nobody_may_vote", kind=self.kind)
        rules.adopt(moment, self.kind, self.document, proposal)


class AdoptPolicy(Effect, frozen=True):
    """A policy document of an area comes into force."""

    NAME = "policy"
    KIND = "policy"

    area: str
    document: dict[str, Any]

    def check(self) -> None:
        """The document must be possible for that area."""
        if self.area not in policies.AREAS:
            raise Fault("area", "unknown_area")
        with _inside("document"):
            policies.check(self.area, self.document)

    def execute(self, moment: Moment, proposal: str) -> None:
        """By the policies' own verb."""
        policies.adopt(moment, self.area, self.document, proposal)


class GiveRole(Effect, frozen=True):
    """A member acts in a role from ``from`` (None: as soon as decided) until ``until`` (None: until ended)."""

    NAME = "role"
    KIND = "role"

    member: str
    role: roles.RoleName
    scope: Literal["coop"]
    from_: str | None = msgspec.field(name="from")
    until: str | None

    def check(self) -> None:
        """A term begins before it ends."""
        start = None if self.from_ is None else _time(self.from_, "from")
        end = None if self.until is None else _time(self.until, "until")
        if start is not None and end is not None and end <= start:
            raise Fault("until", "before_from")

    def refer(self, ctx: Context) -> None:
        """An active member, and a term that has not passed already."""
        ctx.refer(members.Member, self.member)
        members.need_active(ctx.state, self.member)
        if self.until is not None and canonical.parse_time(self.until) <= ctx.time:
            raise Refusal("role.term", until=self.until)

    def execute(self, moment: Moment, proposal: str) -> None:  # noqa: ARG002  (roles don't record who gave them)
        """By the roles' own verb."""
        start = moment.time if self.from_ is None else canonical.parse_time(self.from_)
        until = None if self.until is None else canonical.parse_time(self.until)
        roles.give(moment, self.member, self.role, self.scope, start, until)


class Admit(Effect, frozen=True):
    """An applicant becomes a member of a class."""

    NAME = "admit"
    KIND = "admit"

    applicant: str
    class_: str = msgspec.field(name="class")

    def check(self) -> None:
        """Names an application."""
        if not ids.is_id(self.applicant, "app"):
            raise Fault("applicant", "not_an_application")

    def refer(self, ctx: Context) -> None:
        """An open application, and a class that there is."""
        application = ctx.refer(members.Application, self.applicant)
        if application.status != "open":
            raise Refusal("application.closed", id=application.id)
        joining.require_class(ctx, self.class_)

    def execute(self, moment: Moment, proposal: str) -> None:  # noqa: ARG002  (the trace shows when, the log why)
        """By joining's own verb."""
        joining.admit(moment, self.applicant, self.class_)


class ChangeLogKey(Effect, frozen=True):
    """The log gets another key: whoever holds it may come forward. It needs what a change of the rules needs."""

    NAME = "log_key"
    KIND = "rules"

    vkey: str

    def check(self) -> None:
        """It can be read."""
        try:
            parse_vkey(self.vkey)
        except FormatError as error:
            raise Fault("vkey", "not_a_key") from error

    def refer(self, ctx: Context) -> None:
        """A key of this log's name that is nobody's yet."""
        operator.check_new(ctx.state, self.vkey)

    def execute(self, moment: Moment, proposal: str) -> None:
        """By the operator's own verb."""
        operator.decide(moment, self.vkey, proposal)


EFFECTS: Final[tuple[type[Effect], ...]] = (Text, AdoptRule, AdoptPolicy, GiveRole, Admit, ChangeLogKey)


def parse(documents: tuple[Any, ...], kind: str) -> tuple[Effect, ...]:
    """Read and check the effects of a proposal of that kind; FormatError names the path (``effects/0/role``)."""
    if len(documents) > MAX_EFFECTS:
        raise FormatError("effect.invalid", path="effects", reason="too_many")
    return tuple(_parse_one(document, kind, f"effects/{position}") for position, document in enumerate(documents))


def acts(effects: tuple[Effect, ...]) -> bool:
    """Whether there is anything to execute."""
    return any(not isinstance(effect, Text) for effect in effects)


def execute(moment: Moment, effects: tuple[Effect, ...], proposal: str) -> Refusal | FormatError | None:
    """Do them all, in order, or nothing; the error that made the whole bundle lapse, None when all was done."""
    overlay = State(moment.state)
    inside = Moment(overlay, moment.index, moment.time)
    try:
        for effect in effects:
            effect.execute(inside, proposal)
    except (Refusal, FormatError) as error:
        return error
    overlay.merge_into(moment.state)
    return None


def _parse_one(document: Any, kind: str, path: str) -> Effect:
    with _inside(path):
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
    if found.KIND not in (None, kind):
        raise Fault("effect", "wrong_kind")
    return read(document, found, tag="effect")


@contextmanager
def _inside(path: str) -> Iterator[None]:
    """Errors about a part name the path from the whole."""
    try:
        yield
    except FormatError as error:
        below = "/".join(part for part in (path, error.params["path"]) if part)
        raise FormatError(error.code, **{**error.params, "path": below}) from error


def _time(text: str, field: str) -> int:
    try:
        return canonical.parse_time(text)
    except FormatError as error:
        raise Fault(field, "not_a_time") from error
