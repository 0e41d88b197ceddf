"""Every field of every module: what is refused, where and why, and what stands just inside the bounds."""

from __future__ import annotations

from typing import Any

import pytest

from app.texts import LANGUAGES, Catalogue
from governance import rule
from governance.rule import QUESTIONS
from ledger import canonical
from ledger.errors import FormatError
from tests.governance.documents import CHOICE, document

Json = dict[str, Any]

ALL: Json = {"module": "all_active/1"}
PANEL: Json = {"module": "panel/1", "size": 3, "of": ALL}
CLASS: Json = {"module": "by_class/1", "classes": ["a"]}
NONE: Json = {"module": "none/1"}
HEADS: Json = {"module": "heads/1", "fraction": "1/2", "strict": False}
SHARE: Json = {"module": "fraction/1", "fraction": "1/2", "strict": True, "of": "yes_no"}
ANSWERS: Json = {"module": "answers/1", "counts": ["yes"], "unit": "heads", "fraction": "1/2", "strict": False,
                 "rounding": "exact"}  # fmt: skip
IN_EACH: Json = {"module": "per_class/1", "fractions": {"a": "1/2"}, "strict": True}
OF_EACH: Json = {"module": "per_class/1", "classes": ["a"], "fraction": "1/2", "strict": True, "of": "all"}
BALANCE: Json = {"module": "balance/1", "cap": None}
EVER: Json = {"module": "contribution/1", "period_seconds": 0, "periods": 1, "keep": "1/1", "base": 0, "cap": None}
WINDOW: Json = EVER | {"period_seconds": 86_400, "periods": 2, "keep": "1/2"}
HOUSES: Json = {"module": "houses/1", "shares": {"a": 1, "b": 2}}
MEMBER = "mem_" + "a" * 26
TABLE: Json = {"module": "table/1", "weights": {MEMBER: 1}, "others": 0}
ROOT: Json = {"module": "square_root/1", "of": BALANCE}
PHASED: Json = {
    "module": "phased/1", "deliberation_seconds": 0, "delay_seconds": 0, "voting_seconds": 60, "late_quorum_seconds": 0,
    "early_close": False, "super_quorum": None, "timelock_seconds": 60, "execution_seconds": 0}  # fmt: skip
SECONDERS: Json = {"module": "seconders/1", "count": 1}
DEPOSIT: Json = {"module": "deposit/1", "tokens": 1, "returned_from": "1/3"}
REST: Json = {"module": "cooling_off/1", "wait_seconds": 60, "below": "1/4"}
BODY: Json = {"module": "by_role/1", "roles": ["auditor"], "count": 1}
STANDING: Json = {"module": "standing/1", "depth": None}
YEAR, DECADE = 366 * 86_400, 3660 * 86_400


def both(name: str, *parts: Json) -> Json:
    return {"module": name, "parts": list(parts)}


def holding(question: str, answer: Json) -> Json:
    """A rule with that answer, in which nothing else could be wrong."""
    return document(**({"timing": PHASED} | {question: answer}))


REFUSED: list[tuple[str, Json, str, str]] = [
    ("electorate", CLASS | {"classes": ["A"]}, "classes/0", "not_a_class"),
    ("electorate", CLASS | {"classes": ["a" * 33]}, "classes/0", "not_a_class"),
    ("electorate", {"module": "by_area/1", "areas": []}, "areas", "empty"),
    ("electorate", {"module": "by_area/1", "areas": ["n", "n"]}, "areas/1", "twice"),
    ("electorate", {"module": "by_area/1", "areas": ["1n"]}, "areas/0", "not_a_code"),
    ("electorate", {"module": "by_role/1", "roles": []}, "roles", "empty"),
    ("electorate", {"module": "by_role/1", "roles": ["king"]}, "roles/0", "not_a_role"),
    ("electorate", {"module": "by_role/1", "roles": ["auditor", "auditor"]}, "roles/1", "twice"),
    ("electorate", {"module": "tenure/1", "member_seconds": 0}, "member_seconds", "too_short"),
    ("electorate", {"module": "tenure/1", "member_seconds": -1}, "member_seconds", "too_short"),
    ("electorate", {"module": "tenure/1", "member_seconds": DECADE + 1}, "member_seconds", "too_long"),
    ("electorate", PANEL | {"size": 2}, "size", "range"),
    ("electorate", PANEL | {"size": 1001}, "size", "range"),
    ("electorate", PANEL | {"of": PANEL}, "of/module", "parts_nested"),
    ("electorate", PANEL | {"of": both("any_of/1", CLASS, PANEL)}, "of/parts/1/module", "parts_nested"),
    ("electorate", PANEL | {"of": {"module": "none/1"}}, "of/module", "unknown_module"),
    *(
        (
            "electorate",
            both(name, *parts),
            path,
            reason,
        )
        for name in ("all_of/1", "any_of/1")
        for parts, path, reason in (
            ((ALL,), "parts", "parts_number"),
            ((ALL,) * 9, "parts", "parts_number"),
            ((ALL, ALL), "parts/1", "twice"),
            ((ALL, both(name, ALL, CLASS)), "parts/1/module", "parts_nested"),
            ((ALL, PANEL), "parts/1/module", "parts_nested"),
            ((ALL, CLASS | {"classes": []}), "parts/1/classes", "empty"),
        )
    ),
    ("weight", {"module": "by_class/1", "weights": {"a": 1_000_001}, "others": 1}, "weights/a", "too_large"),
    ("weight", {"module": "by_class/1", "weights": {"a": 1}, "others": 1_000_001}, "others", "too_large"),
    ("weight", {"module": "by_class/1", "weights": {"A": 1}, "others": 1}, "weights/A", "not_a_class"),
    ("weight", HOUSES | {"shares": {"a": 1, "B": 2}}, "shares/B", "not_a_class"),
    ("weight", HOUSES | {"shares": {"a": 1}}, "shares", "parts_number"),
    ("weight", HOUSES | {"shares": {"a": 0, "b": 1}}, "shares/a", "range"),
    ("weight", HOUSES | {"shares": {"a": 1001, "b": 1}}, "shares/a", "range"),
    ("weight", TABLE | {"weights": {}}, "weights", "parts_number"),
    ("weight", TABLE | {"weights": {"ume": 1}}, "weights/ume", "not_a_member"),
    ("weight", TABLE | {"weights": {MEMBER: 0}}, f"weights/{MEMBER}", "range"),
    ("weight", TABLE | {"others": -1}, "others", "range"),
    ("weight", TABLE | {"others": 1_000_001}, "others", "range"),
    ("weight", BALANCE | {"cap": 0}, "cap", "not_positive"),
    ("weight", BALANCE | {"cap": 1_000_000_001}, "cap", "too_large"),
    ("weight", {"module": "balance/1"}, "cap", "missing"),
    ("weight", {"module": "shares/1", "cap": 0}, "cap", "not_positive"),
    ("weight", EVER | {"periods": 2}, "periods", "needs_period"),
    ("weight", EVER | {"keep": "1/2"}, "keep", "needs_periods"),
    ("weight", WINDOW | {"periods": 0}, "periods", "range"),
    ("weight", WINDOW | {"periods": 25}, "periods", "range"),
    ("weight", WINDOW | {"period_seconds": -1}, "period_seconds", "negative"),
    ("weight", WINDOW | {"period_seconds": DECADE + 1}, "period_seconds", "too_long"),
    ("weight", WINDOW | {"base": -1}, "base", "range"),
    ("weight", WINDOW | {"cap": 0}, "cap", "not_positive"),
    ("weight", ROOT | {"of": ROOT}, "of/module", "parts_nested"),
    ("weight", ROOT | {"of": HOUSES}, "of/module", "parts_nested"),
    ("weight", ROOT | {"of": BALANCE | {"cap": 0}}, "of/cap", "not_positive"),
    ("quorum", HEADS | {"fraction": "1/1", "strict": True}, "fraction", "unreachable"),
    ("quorum", ANSWERS | {"fraction": "1/1", "strict": True}, "fraction", "unreachable"),
    ("quorum", ANSWERS | {"counts": []}, "counts", "empty"),
    ("quorum", ANSWERS | {"counts": ["yes", "yes"]}, "counts", "twice"),
    ("quorum", ANSWERS | {"counts": ["yes", "maybe"]}, "counts/1", "not_in_method"),
    ("quorum", IN_EACH | {"fractions": {"a": "1/2", "B": "1/2"}}, "fractions/B", "not_a_class"),
    ("quorum", ANSWERS | {"counts": ["invalid"]}, "counts/0", "not_in_method"),
    ("quorum", ANSWERS | {"unit": "tokens"}, "unit", "wrong_type"),
    ("quorum", ANSWERS | {"strict": True, "rounding": "down"}, "strict", "rounded_strict"),
    ("quorum", {"module": "approvals/1", "count": 0}, "count", "range"),
    ("quorum", {"module": "approvals/1", "count": 1_000_000_001}, "count", "range"),
    ("quorum", IN_EACH | {"fractions": {}}, "fractions", "empty"),
    ("quorum", IN_EACH | {"fractions": {"a": "1/1"}}, "fractions/a", "unreachable"),
    ("quorum", IN_EACH | {"fractions": {"a": "2/4"}}, "fractions/a", "not_lowest_terms"),
    ("quorum", both("all_of/1", HEADS), "parts", "parts_number"),
    ("quorum", both("all_of/1", HEADS, HEADS), "parts/1", "twice"),
    ("quorum", both("all_of/1", HEADS, both("all_of/1", HEADS, NONE)), "parts/1/module", "parts_nested"),
    ("quorum", both("all_of/1", HEADS, ANSWERS | {"counts": ["object"]}), "parts/1/counts/0", "not_in_method"),
    ("quorum", {"module": "convocations/1", "first": HEADS, "second": HEADS}, "second", "twice"),
    (
        "quorum",
        {"module": "convocations/1", "first": HEADS, "second": ANSWERS | {"counts": ["object"]}},
        "second/counts/0",
        "not_in_method",
    ),
    (
        "quorum",
        {
            "module": "convocations/1",
            "first": {"module": "convocations/1", "first": HEADS, "second": NONE},
            "second": NONE,
        },
        "first/module",
        "parts_nested",
    ),
    ("threshold", SHARE | {"unit": "shares"}, "unit", "wrong_type"),
    ("threshold", SHARE | {"of": "expressed"}, "of", "not_in_method"),
    ("threshold", {"module": "no_objection/1"}, "module", "needs_consent"),
    ("threshold", OF_EACH | {"classes": []}, "classes", "empty"),
    ("threshold", OF_EACH | {"fraction": "1/1"}, "fraction", "unreachable"),
    ("threshold", OF_EACH | {"of": "cast"}, "of", "wrong_type"),
    ("threshold", both("all_of/1", SHARE, {"module": "no_objection/1"}), "parts/1/module", "needs_consent"),
    ("threshold", both("all_of/1", SHARE, SHARE), "parts/1", "twice"),
    ("timing", PHASED | {"voting_seconds": 59}, "voting_seconds", "too_short"),
    *(
        ("timing", PHASED | {f"{name}_seconds": YEAR + 1}, f"{name}_seconds", "too_long")
        for name in ("deliberation", "delay", "voting", "late_quorum", "timelock", "execution")
    ),
    *(
        ("timing", PHASED | {f"{name}_seconds": -1}, f"{name}_seconds", "negative")
        for name in ("deliberation", "delay", "late_quorum", "timelock", "execution")
    ),
    ("timing", PHASED | {"super_quorum": "0/1"}, "super_quorum", "not_positive"),
    ("timing", PHASED | {"early_close": 1}, "early_close", "wrong_type"),
    ("admission", SECONDERS | {"count": 0}, "count", "range"),
    ("admission", SECONDERS | {"count": 10_001}, "count", "range"),
    ("admission", CLASS | {"classes": []}, "classes", "empty"),
    ("admission", {"module": "by_role/1", "roles": ["king"]}, "roles/0", "not_a_role"),
    ("admission", DEPOSIT | {"tokens": 0}, "tokens", "range"),
    ("admission", DEPOSIT | {"tokens": 1_000_000_001}, "tokens", "range"),
    ("admission", DEPOSIT | {"returned_from": "0/1"}, "returned_from", "not_positive"),
    ("admission", REST | {"wait_seconds": 59}, "wait_seconds", "too_short"),
    ("admission", REST | {"wait_seconds": DECADE + 1}, "wait_seconds", "too_long"),
    ("admission", both("all_of/1", SECONDERS), "parts", "parts_number"),
    ("admission", both("all_of/1", SECONDERS, both("all_of/1", REST, DEPOSIT)), "parts/1/module", "parts_nested"),
    ("veto", BODY | {"count": 0}, "count", "range"),
    ("veto", BODY | {"count": 10_001}, "count", "range"),
    ("veto", BODY | {"roles": ["king"]}, "roles/0", "not_a_role"),
    ("veto", CLASS | {"count": 1, "classes": []}, "classes", "empty"),
    ("delegation", STANDING | {"depth": 0}, "depth", "range"),
    ("delegation", STANDING | {"depth": 1001}, "depth", "range"),
    ("delegation", STANDING | {"most": 3}, "most", "unknown_field"),
    ("tie", {"module": "chair/1", "days": 3}, "days", "unknown_field"),
    ("secrecy", {"module": "secret/1"}, "module", "unknown_module"),
]

TAKEN: list[tuple[str, Json]] = [
    ("electorate", {"module": "tenure/1", "member_seconds": 1}),
    ("electorate", {"module": "tenure/1", "member_seconds": DECADE}),
    ("electorate", PANEL),
    ("electorate", PANEL | {"size": 1000, "of": both("all_of/1", CLASS, {"module": "disinterested/1"})}),
    ("electorate", both("any_of/1", CLASS, both("all_of/1", ALL, {"module": "disinterested/1"}))),
    ("electorate", CLASS | {"classes": ["a" * 32]}),
    ("electorate", {"module": "without_chair/1"}),
    ("electorate", {"module": "assembly/1"}),
    ("weight", {"module": "by_class/1", "weights": {"a": 1_000_000}, "others": 1_000_000}),
    ("weight", {"module": "household/1"}),
    ("weight", HOUSES | {"shares": {"a": 1000, "b": 1}}),
    ("weight", TABLE | {"others": 1_000_000}),
    ("weight", BALANCE | {"cap": 1}),
    ("weight", {"module": "shares/1", "cap": 1_000_000_000}),
    ("weight", EVER | {"base": 1_000_000_000}),
    ("weight", WINDOW | {"periods": 24, "period_seconds": DECADE}),
    ("weight", ROOT | {"of": WINDOW}),
    ("quorum", HEADS | {"fraction": "1/1"}),
    ("quorum", HEADS | {"module": "weight/1", "fraction": "1/999999", "strict": True}),
    ("quorum", ANSWERS | {"counts": ["yes", "no", "abstain"], "rounding": "down"}),
    ("quorum", {"module": "approvals/1", "count": 1_000_000_000}),
    ("quorum", IN_EACH),
    ("quorum", {"module": "convocations/1", "first": both("all_of/1", HEADS, ANSWERS), "second": NONE}),
    ("threshold", SHARE | {"fraction": "1/1", "strict": False, "unit": "heads"}),
    ("threshold", both("all_of/1", SHARE, OF_EACH)),
    ("threshold", OF_EACH | {"of": "yes_no"}),
    ("timing", PHASED | {"super_quorum": "1/1", "early_close": True}),
    ("timing", {name: YEAR if name.endswith("_seconds") else value for name, value in PHASED.items()}),
    ("admission", both("all_of/1", SECONDERS | {"count": 10_000}, DEPOSIT | {"tokens": 1_000_000_000}, REST, CLASS)),
    ("admission", {"module": "by_role/1", "roles": ["director"]}),
    ("veto", BODY | {"count": 10_000}),
    ("veto", CLASS | {"count": 1}),
    ("delegation", STANDING | {"depth": 1}),
    ("delegation", STANDING | {"depth": 1000}),
    ("secrecy", {"module": "hidden/1"}),
    ("secrecy", {"module": "confidential/1"}),
    ("tie", {"module": "status_quo/1"}),
    ("tie", {"module": "chair/1"}),
    ("tie", {"module": "lot/1"}),
]


@pytest.mark.parametrize(("question", "answer", "path", "reason"), REFUSED)
def test_what_is_out_of_bounds_is_refused_where_it_stands(question: str, answer: Json, path: str, reason: str) -> None:
    with pytest.raises(FormatError) as caught:
        rule.parse(holding(question, answer))
    assert caught.value.params == {"path": f"{question}/{path}", "reason": reason}


@pytest.mark.parametrize(("question", "answer"), TAKEN)
def test_what_is_at_the_edge_is_taken_and_said_in_both_languages(question: str, answer: Json) -> None:
    found = rule.parse(holding(question, answer))
    for key, params in _flat(getattr(found, question).describe()):
        canonical.encode({name: value for name, value in params.items() if name != "parts"})
        for lang in LANGUAGES:
            assert key in Catalogue.load().texts(lang, "rule."), key
    missing = {name: value for name, value in answer.items() if name != "module"}
    for name in missing:
        if name == "unit" and answer["module"] == "fraction/1":
            continue  # goes without saying: by weight
        with pytest.raises(FormatError) as caught:
            rule.parse(holding(question, {other: value for other, value in answer.items() if other != name}))
        assert caught.value.params == {"path": f"{question}/{name}", "reason": "missing"}


def _flat(line: tuple[str, Json]) -> list[tuple[str, Json]]:
    return [line, *(below for part in line[1].get("parts", ()) for below in _flat(part))]


def test_every_module_of_these_questions_stands_in_the_tables() -> None:
    """Methods, venues, proxies and uncontested elections have tables of their own."""
    tried = [*TAKEN, *document().items(), *((question, answer) for question, answer, _, _ in REFUSED)]
    named = {(question, name) for question, answer in tried for name in _names(answer)}
    goes_without_saying = {(question, answer.NAME) for question, answer in rule.UNANSWERED.items()}
    others = ("method", "venue", "proxy", "uncontested")
    every = {(question, module.NAME) for question in QUESTIONS for module in QUESTIONS[question]}
    left = {(question, name) for question, name in every - named - goes_without_saying if question not in others}
    assert left == {("threshold", "relative_majority/1")}


def _names(answer: Any) -> set[str]:
    """All modules in it."""
    if isinstance(answer, list):
        return {name for part in answer for name in _names(part)}
    if not isinstance(answer, dict):
        return set()
    return {answer.get("module", ""), *(name for part in answer.values() for name in _names(part))}


@pytest.mark.parametrize(
    ("threshold", "reason"),
    [({"module": "relative_majority/1"}, "needs_options"), (SHARE | {"of": "expressed"}, "not_in_method")],
)
def test_relative_majority_and_expressed_are_for_options(threshold: Json, reason: str) -> None:
    taken = rule.parse(CHOICE | {"threshold": threshold})
    assert threshold["module"] == taken.threshold.NAME
    with pytest.raises(FormatError) as error:
        rule.parse(document(threshold=threshold))
    assert error.value.params["reason"] == reason
