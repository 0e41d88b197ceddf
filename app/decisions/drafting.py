"""A proposal's effects from a submitted form: the documents, what goes wrong, and what they would do in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Any, Final

from app.decisions import drafting_more, policy_form, rule_spelling
from app.decisions.rule_spelling import Values, one
from app.decisions.words import Words
from governance import effects
from governance.count import MAX_OPTIONS
from governance.effects.rules import ChangeLogKey
from ledger import canonical
from ledger.books.members_policy import NAMED
from ledger.errors import LedgerError

DOCUMENT: Final = "effects/0/document/"
LOG_KEY: Final = ChangeLogKey.NAME
"""Chosen among the kinds whose rule is to change: what changes is the key that seals the ledger."""
USE_JSON: Final = "json"
"""The value of ``use`` when the document written as JSON is to count, not the form's fields."""


@dataclass
class Drafted:
    """``effects`` as the statement has them, ``private`` values by path in its body, ``plain`` ones as controls.

    ``errors`` by path in the document. ``document``: of a rule or a policy, also when it is faulty, for the form.
    """

    effects: list[dict[str, Any]] = field(default_factory=list)
    private: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    document: dict[str, Any] | None = None
    names: dict[str, str] = field(default_factory=dict)
    plain: drafting_more.Plain = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether it can be proposed as it stands."""
        return not self.errors

    def controls(self) -> list[tuple[str, str, str]]:
        """Name, kind and value of the hidden controls that say it in the statement's form.

        A branch with sealed values in it is spelt out, for a control holds either JSON or a sealed text.
        """
        sealed = [(path, "private", text) for path, text in self.private.items()]
        spelt = _spelt("effects", self.effects, frozenset(self.private)) if self.effects else []
        return [*spelt, *self.plain, *sealed]


def draft(kind: str, values: Values, words: Words, utc_offset: int, members: Mapping[str, str] = {}) -> Drafted:
    """What the form of that kind of proposal spells. ``members``: names of those who may stand for election, by id."""
    drafted = Drafted()
    drafted.plain = drafting_more.settings(kind, values, words, drafted.errors)
    match kind:
        case "choice":
            _options(drafted, values, words)
        case "election":
            term = _term(values, utc_offset)
            drafted.effects, drafted.private = drafting_more.election(values, words, members, term, drafted.errors)
        case "ordinary" | "special" | "expel" | "tokens" | "budget":
            until = _midnight(one(values, "until"), utc_offset, 1)
            drafted.effects = [*drafting_more.effect(kind, values, words, until, drafted.errors)]
        case "rules":
            _rule(drafted, values, words)
        case "policy":
            area = one(values, "area")
            _document(drafted, values, words, lambda: policy_form.document(area, values))
            drafted.effects = [{"effect": "policy", "area": area, "document": drafted.document or {}}]
        case "role":
            _role(drafted, values, words, utc_offset)
        case "admit":
            _admit(drafted, values, words)
        case _:
            pass
    drafted.private |= {DOCUMENT + path: name for path, name in drafted.names.items()}
    if drafted.complete:
        _check(drafted, kind, words)
    return drafted


def fault(words: Words, error: LedgerError) -> tuple[str, str]:
    """Where in the document, and in words what is wrong."""
    path = str(error.params.get("path", "")).removeprefix(DOCUMENT)
    reason = error.params.get("reason")
    if error.code == "commons.money":
        return path, words.t("rules.fault.money")
    key = f"rules.fault.{reason}"
    return path, words.t(key) if words.has(key) else words.t("rules.fault.other")


def _spelt(path: str, value: Any, sealed: frozenset[str]) -> list[tuple[str, str, str]]:
    if not any(inside.startswith(f"{path}/") for inside in sealed):
        return [(path, "json", json.dumps(value, ensure_ascii=False))]
    items = value.items() if isinstance(value, dict) else enumerate(value)
    return [control for key, item in items for control in _spelt(f"{path}/{key}", item, sealed)]


def _check(drafted: Drafted, kind: str, words: Words) -> None:
    try:
        effects.parse(tuple(drafted.effects), kind)
    except LedgerError as error:
        path, told = fault(words, error)
        drafted.errors[path] = told


def _document(drafted: Drafted, values: Values, words: Words, spell: Any) -> None:
    if one(values, "use") != USE_JSON:
        spelt: policy_form.Spelt = spell()
        drafted.document, drafted.names = spelt
        return
    try:
        # No fractions in a statement: what looks like one is no value of ours.
        found = json.loads(one(values, "json"), parse_float=_no_number, parse_constant=_no_number)
    except (ValueError, RecursionError):
        drafted.errors["json"] = words.t("rules.fault.json")
        return
    if not isinstance(found, dict):
        drafted.errors["json"] = words.t("rules.fault.not_object")
        return
    drafted.document, drafted.names = _without_names(found)


def _no_number(text: str) -> Any:
    raise ValueError(text)


def _without_names(document: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Names of kinds, subjects and areas written as plain text are taken out: they are sealed, each at its place."""
    names: dict[str, str] = {}
    for stem in NAMED.values():
        found = document.get(f"{stem}_names")
        if isinstance(found, dict) and all(isinstance(name, str) for name in found.values()):
            names |= {f"{stem}_names/{code}": name for code, name in document.pop(f"{stem}_names").items()}
    kinds = document.get("kinds")
    for row, kind in enumerate(kinds if isinstance(kinds, list) else []):
        if isinstance(kind, dict) and isinstance(kind.get("name"), str):
            names[f"kinds/{row}/name"] = kind.pop("name")
    return document, names


def _rule(drafted: Drafted, values: Values, words: Words) -> None:
    if one(values, "decides") == LOG_KEY:
        drafted.effects = [{"effect": LOG_KEY, "vkey": one(values, "vkey").strip()}]
        return
    _document(drafted, values, words, lambda: policy_form.Spelt(rule_spelling.document(values), {}))
    drafted.effects = [{"effect": "rule", "kind": one(values, "decides"), "document": drafted.document or {}}]


def _admit(drafted: Drafted, values: Values, words: Words) -> None:
    applicant, cls = one(values, "applicant"), one(values, "class")
    if not applicant:
        drafted.errors["applicant"] = words.t("proposals.new.applicant.missing")
    drafted.effects = [{"effect": "admit", "applicant": applicant, "class": cls}]


def _options(drafted: Drafted, values: Values, words: Words) -> None:
    options = [line.strip() for line in one(values, "options").splitlines() if line.strip()]
    drafted.private = {f"options/{place}": option for place, option in enumerate(options)}
    if not 2 <= len(options) <= MAX_OPTIONS:  # noqa: PLR2004 (one option is no choice)
        drafted.errors["options"] = words.t("proposals.new.options.few", most=MAX_OPTIONS)


def _role(drafted: Drafted, values: Values, words: Words, utc_offset: int) -> None:
    """One member in a role, or a slate (選任): several at once, each in a role of their own, for one term."""
    slate = list(dict.fromkeys(member for member in values.get("member", ()) if member))
    if not slate:
        drafted.errors["member"] = words.t("proposals.new.member.missing")
    if len(slate) > effects.MAX_EFFECTS:
        drafted.errors["member"] = words.t("proposals.new.member.many", most=effects.MAX_EFFECTS)
    if not all(role_of(values, member) for member in slate):
        drafted.errors["role"] = words.t("proposals.new.role.missing")
    term = _term(values, utc_offset)
    drafted.effects = [
        {"effect": "role", "member": member, "role": role_of(values, member), "scope": "coop", **term}
        for member in slate
    ]


def role_of(values: Values, member: str) -> str:
    """The role that a member of a slate is proposed for; where they stand alone, the one that the form asks for."""
    return one(values, f"role/{member}") or one(values, "role")


def _term(values: Values, utc_offset: int) -> dict[str, str | None]:
    """A term lasts through its last day."""
    return {
        "from": _midnight(one(values, "from"), utc_offset, 0),
        "until": _midnight(one(values, "until"), utc_offset, 1),
    }


def _midnight(day: str, utc_offset: int, later: int) -> str | None:
    """The beginning of a day by the co-op's clock, ``later`` days on."""
    try:
        found = date.fromisoformat(day) + timedelta(days=later)
    except (ValueError, OverflowError):
        return None
    zone = timezone(timedelta(minutes=utc_offset))
    return canonical.format_time(int(datetime(found.year, found.month, found.day, tzinfo=zone).timestamp()) * 1000)
