"""The rest of what a proposal's form spells: seats, budget, subject, whom it concerns; and what is done to people, to
tokens, and to the co-op as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.decisions.rule_spelling import Values, number, one
from app.decisions.words import Words
from governance.books.drafts import MAX_BUDGET, MAX_INTERESTED
from governance.books.rules import BUDGET, CHOICE, ELECTION
from governance.count import MAX_OPTIONS

EFFECTS: Final[Mapping[str, tuple[str, ...]]] = {
    "ordinary": ("text", "project"),
    "special": ("text", "articles", "federation", "project"),
    "expel": ("expel", "suspend"),
    "tokens": ("mint", "project"),
    BUDGET: ("allot", "text"),
}
"""Kinds of proposals for whose effect there is a choice; the first is what the form begins with."""
NO_ROLE: Final = "none"
"""Whom an election chooses without a role in the ledger: an advisory committee."""
Plain = list[tuple[str, str, str]]
"""Controls of the statement's form: name, how the value is read, the value."""


def settings(kind: str, values: Values, words: Words, errors: dict[str, str]) -> Plain:
    """What stands in the statement beside title, text, options and effects; only what isn't said by silence."""
    plain: Plain = []
    if kind in (CHOICE, ELECTION):
        seats = number(one(values, "seats") or "1")
        if not isinstance(seats, int) or not 1 <= seats <= MAX_OPTIONS:
            errors["seats"] = words.t("proposals.new.seats.wrong", most=MAX_OPTIONS)
        elif seats > 1:
            plain.append(("seats", "integer", str(seats)))
    if kind == BUDGET:
        budget = number(one(values, "budget") or "0")
        if not isinstance(budget, int) or not 1 <= budget <= MAX_BUDGET:
            errors["budget"] = words.t("proposals.new.budget.wrong")
        else:
            plain.append(("budget", "integer", str(budget)))
    if one(values, "topic"):
        plain.append(("topic", "text", one(values, "topic")))
    interested = list(dict.fromkeys(values.get("interested", ())))
    if len(interested) > MAX_INTERESTED:
        errors["interested"] = words.t("proposals.new.interested.many", most=MAX_INTERESTED)
    plain += [("interested[]", "id", member) for member in interested]
    return plain


def election(
    values: Values, words: Words, names: Mapping[str, str], term: Mapping[str, str | None], errors: dict[str, str]
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The effect, none where winning gives no role, and the candidates' names as the options' texts, by path.

    ``names``: of members by id.
    """
    candidates = list(dict.fromkeys(values.get("candidates", ())))
    if not 2 <= len(candidates) <= MAX_OPTIONS:  # noqa: PLR2004 (one candidate is no election)
        errors["candidates"] = words.t("proposals.new.candidates.few", most=MAX_OPTIONS)
    if not one(values, "role"):
        errors["role"] = words.t("proposals.new.role.missing")
    texts = {f"options/{place}": names.get(member, member) for place, member in enumerate(candidates)}
    if one(values, "role") == NO_ROLE:
        return [], texts
    effect = {"effect": "elect", "role": one(values, "role"), "scope": "coop", "candidates": candidates, **term}
    return [effect], texts


def chosen_effect(kind: str, values: Values) -> str:
    """Which of a kind's effects is filled in."""
    asked = one(values, "effect")
    return asked if asked in EFFECTS[kind] else EFFECTS[kind][0]


def effect(
    kind: str, values: Values, words: Words, until: str | None, errors: dict[str, str]
) -> Sequence[dict[str, Any]]:
    """What is chosen for a kind in ``EFFECTS``; nothing where the text alone decides. ``until``: a suspension's end."""
    member = one(values, "member")
    match chosen_effect(kind, values):
        case "text":
            return []
        case "allot":
            return [{"effect": "allot"}]
        case "articles":
            return [{"effect": "articles"}]
        case "federation":
            return [{"effect": "federation", "origin": one(values, "origin").strip()}]
        case "mint":
            _need_member(member, words, errors)
            return [{"effect": "mint", "member": member, "amount": number(one(values, "amount") or "0")}]
        case "project":
            _need_member(member, words, errors)
            return [{"effect": "project", "lead": member}]
        case "suspend":
            _need_member(member, words, errors)
            return [{"effect": "suspend", "member": member, "until": until}]
        case _:
            _need_member(member, words, errors)
            return [{"effect": "expel", "member": member}]


def _need_member(member: str, words: Words, errors: dict[str, str]) -> None:
    if not member:
        errors["member"] = words.t("proposals.new.member.missing")
