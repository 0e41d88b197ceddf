"""Rules survive their form, and what is impossible is said at its field."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from app.decisions import rule_form, rule_spelling
from app.decisions.drafting import draft
from app.decisions.words import Words
from app.texts import Catalogue
from governance import rule
from governance.modules.questions import Module
from tests.documents import rules
from tests.governance.documents import CHOICE, document, quorum, share

WORDS = Words(Catalogue.load(), "ja", 540)
RULES = [
    document(),
    CHOICE,
    document(quorum=quorum("weight", "3/7", strict=True), threshold=share("1/1", "all", strict=False)),
    document(electorate={"module": "by_class/1", "classes": ["member", "junior"]}, channels=["paper"]),
    document(weight={"module": "by_class/1", "weights": {"member": 3, "junior": 1}, "others": 2}),
    document(timing={"module": "fixed/1", "voting_seconds": 90, "delay_seconds": 5400, "timelock_seconds": 86_400}),
    document(secrecy={"module": "confidential/1"}, tie={"module": "status_quo/1"}),
]


def filled(answers: dict[str, Any]) -> dict[str, list[str]]:
    """What a browser would send for the form of that rule, untouched."""
    values = {"channels": list(rule_form.channels(answers))}
    for answer in rule_form.answers(answers, ["member"]):
        values |= told(answer)
    return values


def told(answer: rule_form.Answer) -> dict[str, list[str]]:
    values = {f"{answer.path}/module": [answer.chosen]}
    for control in answer.controls:
        values |= sent(control)
    if answer.reading:
        values[f"{answer.path}/{rule_spelling.READ}"] = [answer.reading]
    return values


def sent(control: rule_form.Control) -> dict[str, list[str]]:
    value = control.value
    match control.kind:
        case "answer" | "answers":
            return {name: values for answer in control.answers for name, values in told(answer).items()}
        case "codes":
            ticked = [option for option in control.options if option in value]
            return {control.path: ticked} if ticked else {}
        case "weights" | "fractions":
            return {f"{control.path}/{code}": [str(value.get(code, ""))] for code in control.options}
        case "length":
            return {control.path: [value[0]], f"{control.path}/unit": [str(value[1])]}
        case _:
            return {control.path: ["" if value is None else str(value)]}


@pytest.mark.parametrize("answers", RULES)
def test_a_rule_survives_its_form(answers: dict[str, Any]) -> None:
    assert rule_spelling.document(filled(answers)) == answers


@pytest.mark.parametrize(
    ("path", "chosen", "strict"),
    [
        ("threshold", {"fraction": "2/3"}, False),  # two thirds are enough
        ("threshold", {"strict": "true"}, True),  # said by itself
        ("threshold", {"fraction": "2/3", "strict": "true"}, True),  # said together with the share
        ("quorum", {"fraction": "1/2"}, False),
    ],
)
def test_another_share_is_read_as_is_customary(path: str, chosen: dict[str, str], strict: bool) -> None:  # noqa: FBT001
    begun = document(quorum=quorum("heads", "1/3", strict=False), threshold=share("3/4", "cast", strict=False))
    values = filled(begun) | {f"{path}/{name}": [value] for name, value in chosen.items()}
    assert rule_spelling.document(values)[path]["strict"] is strict


def test_a_majority_is_more_than_half() -> None:
    values = filled(document(threshold=share("2/3", "cast", strict=False))) | {"threshold/fraction": ["1/2"]}
    threshold = rule_spelling.document(values)["threshold"]
    assert (threshold["fraction"], threshold["strict"]) == ("1/2", True)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(answers=rules())
def test_any_rule_survives_its_form(answers: dict[str, Any]) -> None:
    """Of any module that there is, nested as deep as they go: read back as it was, and every field has its place."""
    assert in_order(rule_spelling.document(filled(answers))) == in_order(answers)
    assert set(leaves(answers)) <= rule_form.paths(rule_form.answers(answers, ["member"]))


def in_order(value: Any) -> Any:
    """With lists of codes in alphabetical order: boxes are ticked in the form's own."""
    if isinstance(value, dict):
        return {key: in_order(item) for key, item in value.items()}
    if isinstance(value, list):
        return sorted(value) if all(isinstance(item, str) for item in value) else [in_order(item) for item in value]
    return value


def leaves(value: Any, path: str = "") -> list[str]:
    """Every path in a document at which something is set; of a list of codes that of the list."""
    if isinstance(value, dict):
        return [leaf for key, item in value.items() for leaf in leaves(item, f"{path}/{key}" if path else key)]
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [leaf for row, item in enumerate(value) for leaf in leaves(item, f"{path}/{row}")]
    return [path]


ANSWERS = [(question, module) for question, modules in rule.QUESTIONS.items() for module in modules]


@pytest.mark.parametrize(("question", "module"), ANSWERS, ids=lambda one: str(getattr(one, "NAME", one)))
def test_every_module_can_be_chosen_and_filled_in(question: str, module: type[Module]) -> None:
    """What the form begins with once an answer is chosen is complete but for what only people know."""
    spelt = rule_spelling.document(filled(document()) | {f"{question}/module": [module.NAME]})
    found = spelt.get(question, {"module": module.NAME})
    assert found.keys() >= {field.encode_name for field in msgspec.structs.fields(module) if field.required}
    shown = filled(spelt)
    assert rule_spelling.document(shown) == spelt
    for path, value in empty(found, question):
        name = path.rpartition("/")[2]
        if value == []:
            shown |= {path: [CODE[name]]}
        else:
            names = MEMBERS if module.NAME == "table/1" else ["member", "junior"]
            shown |= {f"{path}/{one}": ["1/2" if name == "fractions" else "3"] for one in names}
    rule._answer(rule_spelling.document(shown).get(question, found), rule.QUESTIONS[question])


def empty(value: Any, path: str) -> list[tuple[str, Any]]:
    """Lists of codes in which nothing stands yet, and tables."""
    if value in ([], {}):
        return [(path, value)]
    rows = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, item in rows for found in empty(item, f"{path}/{key}")]


MEMBERS = ["mem_" + letter * 25 + "a" for letter in "bc"]
CODE = {"classes": "member", "roles": "chair", "areas": "north", "counts": "yes", "kinds": "general"}


def test_conditions_are_added_and_removed() -> None:
    values = filled(document()) | {"electorate/module": ["all_of/1"]}
    two = rule_spelling.document(values)
    assert [part["module"] for part in two["electorate"]["parts"]] == ["all_active/1", "by_class/1"]
    three = rule_spelling.document(filled(two) | {"act": ["add:electorate/parts"]})
    assert [part["module"] for part in three["electorate"]["parts"]] == ["all_active/1", "by_class/1", "by_area/1"]
    less = rule_spelling.document(filled(three) | {"act": ["remove:electorate/parts/1"]})
    assert [part["module"] for part in less["electorate"]["parts"]] == ["all_active/1", "by_area/1"]
    alone = rule_spelling.document(filled(less) | {"act": ["remove:electorate/parts/1"]})
    assert alone == document()


def test_conditions_inside_a_panel_and_a_convocation() -> None:
    inner = {"module": "panel/1", "size": 12, "of": {"module": "any_of/1", "parts": [
        {"module": "by_role/1", "roles": ["chair"]}, {"module": "disinterested/1"}]}}  # fmt: skip
    more = rule_spelling.document(filled(document(electorate=inner)) | {"act": ["add:electorate/of/parts"]})
    assert len(more["electorate"]["of"]["parts"]) == 3
    less = rule_spelling.document(filled(document(electorate=inner)) | {"act": ["remove:electorate/of/parts/0"]})
    assert less["electorate"] == {"module": "panel/1", "size": 12, "of": {"module": "disinterested/1"}}


@pytest.mark.parametrize(
    "act",
    [
        *("add:", "add:x", "add:electorate", "add:channels", "shout:electorate"),
        *("remove:", "remove:electorate/parts/9", "remove:quorum/parts/x", "remove:channels/0"),
    ],
)
def test_a_button_that_is_nowhere_changes_nothing(act: str) -> None:
    parts = [{"module": "all_active/1"}, {"module": "disinterested/1"}]
    two = document(electorate={"module": "all_of/1", "parts": parts})
    assert rule_spelling.document(filled(two) | {"act": [act]}) == two


def test_a_number_says_how_small_and_large_it_can_be() -> None:
    answers = document(
        method={"module": "quadratic/1", "credits": 5},
        delegation={"module": "standing/1"},
        weight={"module": "shares/1"},
    )
    controls = [control for answer in rule_form.answers(answers, ["member"]) for control in answer.controls]
    bounds = {control.path: control.bounds for control in controls if control.kind.endswith("number")}
    assert bounds["method/credits"] == (1, 10_000)
    assert bounds["delegation/depth"] is not None
    assert all(bounds.values())


def test_a_share_that_is_not_among_the_usual_ones_is_written() -> None:
    values = filled(document()) | {"threshold/fraction": [rule_form.OTHER]}
    asked = rule_spelling.document(values)
    assert asked["threshold"]["fraction"] == rule_form.OTHER
    assert rule_spelling.document(values | {"threshold/fraction/own": [" 3/7 "]})["threshold"]["fraction"] == "3/7"


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("timing/voting_seconds", "0", "too_short"),
        ("timing/voting_seconds", "400", "too_long"),
        ("timing/delay_seconds", "soon", "wrong_type"),
        ("threshold/fraction", "2/4", "not_lowest_terms"),
        ("threshold/fraction", "3/2", "above_one"),
        ("method/module", "single_choice/1", "needs_yes_no"),
    ],
)
def test_what_is_impossible_is_said_at_its_field(path: str, value: str, reason: str) -> None:
    values = filled(document(threshold=share("1/2", "cast", strict=True))) | {"decides": ["ordinary"], path: [value]}
    drafted = draft("rules", values, WORDS, 540)
    assert drafted.errors == {path: WORDS.t(f"rules.fault.{reason}")}
    assert not drafted.complete


def test_no_channel_is_said_at_the_channels() -> None:
    values = filled(document()) | {"decides": ["ordinary"], "channels": []}
    assert list(draft("rules", values, WORDS, 540).errors) == ["channels"]


@pytest.mark.parametrize("text", ["{", "[1]", '{"timing": {"voting_seconds": 1.5}}', "NaN"])
def test_json_that_is_no_document_is_refused(text: str) -> None:
    drafted = draft("rules", {"decides": ["ordinary"], "use": ["json"], "json": [text]}, WORDS, 540)
    assert list(drafted.errors) == ["json"]
