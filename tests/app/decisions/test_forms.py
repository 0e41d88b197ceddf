"""Documents survive their forms, and what is impossible is said at its field."""

from __future__ import annotations

from typing import Any

import pytest

from app.decisions import rule_form
from app.decisions.drafting import draft
from app.decisions.filling import from_document, from_proposal
from app.decisions.words import Words
from app.texts import Catalogue
from governance import effects
from governance.books.proposals import Proposal
from ledger.private import Commit
from ledger.signed_note import VerifierKey
from tests.governance.documents import CHOICE, document, quorum, share
from tests.simulator import commons_policy, members_policy

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
        values[f"{answer.question}/module"] = [answer.chosen]
        for control in answer.controls:
            values |= sent(control)
    return values


def sent(control: rule_form.Control) -> dict[str, list[str]]:
    value = control.value
    if control.kind == "classes":
        return {control.path: value}
    if control.kind == "weights":
        return {f"{control.path}/{code}": [str(value.get(code, ""))] for code in control.options}
    if control.kind == "length":
        return {control.path: [value[0]], f"{control.path}/unit": [str(value[1])]}
    return {control.path: [str(value).lower() if control.kind == "boolean" else str(value)]}


@pytest.mark.parametrize("answers", RULES)
def test_a_rule_survives_its_form(answers: dict[str, Any]) -> None:
    assert rule_form.document(filled(answers)) == answers


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


@pytest.mark.parametrize(("area", "policy"), [("commons", commons_policy()), ("members", members_policy())])
def test_a_policy_comes_through_as_it_is(area: str, policy: dict[str, Any]) -> None:
    drafted = draft("policy", {"area": [area]} | from_document(policy), WORDS, 540)
    assert drafted.effects == [{"effect": "policy", "area": area, "document": policy}]
    assert drafted.complete


def commons(**changes: str) -> dict[str, list[str]]:
    """The commons form with one kind."""
    values = {
        "area": "commons", "mode": "tokens", "attestation/by": "member", "attestation/count": "1", "claim_days": "90",
        "objection_seconds": "7", "objection_seconds/unit": "86400", "gifts": "anyone", "bookings/payout": "provider",
        "kinds/0/code": "cleaning", "kinds/0/name": "", "kinds/0/unit": "hour", "kinds/0/tokens": "10",
        "kinds/1/code": "", "kinds/1/name": "雪かき", "kinds/1/unit": "hour", "kinds/1/tokens": "1,200",
        "kinds/2/code": "", "kinds/2/name": "", "kinds/2/unit": "hour", "kinds/2/tokens": "",
    }  # fmt: skip
    return {name: [value] for name, value in (values | changes).items()}


def test_a_new_kind_gets_a_code_and_its_name_is_sealed() -> None:
    drafted = draft("policy", commons(), WORDS, 540)
    assert drafted.errors == {}
    kinds = drafted.effects[0]["document"]["kinds"]
    assert kinds == [
        {"code": "cleaning", "tokens": 10, "unit": "hour"},
        {"code": "kind_1", "tokens": 1200, "unit": "hour"},
    ]
    sealed = [control for control in drafted.controls() if control[1] == "private"]
    assert sealed == [("effects/0/document/kinds/1/name", "private", "雪かき")]
    assert ("effects/0/document/kinds/0", "json") in [control[:2] for control in drafted.controls()]


def test_a_kind_that_ends_is_left_out_and_the_others_close_up() -> None:
    drafted = draft("policy", commons(**{"kinds/0/ends": "1"}), WORDS, 540)
    assert [kind["code"] for kind in drafted.effects[0]["document"]["kinds"]] == ["kind_1"]
    assert list(drafted.private) == ["effects/0/document/kinds/0/name"]


def test_money_is_refused_at_its_place() -> None:
    drafted = draft("policy", commons(**{"kinds/0/code": "yen"}), WORDS, 540)
    assert drafted.errors == {"kinds/0/code": WORDS.t("rules.fault.money")}


def test_a_term_lasts_through_its_last_day_by_the_coops_clock() -> None:
    values = {"member": ["mem_" + "a" * 26], "role": ["auditor"], "from": ["2026-04-01"], "until": ["2027-03-31"]}
    drafted = draft("role", values, WORDS, 540)
    assert drafted.effects[0]["from"] == "2026-03-31T15:00:00.000Z"
    assert drafted.effects[0]["until"] == "2027-03-31T15:00:00.000Z"
    again = from_proposal(proposal("role", drafted.effects[0]), [], {}, 540)
    assert again == values


def test_the_key_that_seals_the_ledger_is_typed_as_it_is() -> None:
    vkey = VerifierKey("village.example/yui", bytes(range(32))).text()
    values = {"decides": ["log_key"], "vkey": [vkey]}
    drafted = draft("rules", values | {"vkey": [f" {vkey}\n"]}, WORDS, 540)
    assert (drafted.effects, drafted.errors) == ([{"effect": "log_key", "vkey": vkey}], {})
    assert from_proposal(proposal("rules", *drafted.effects), [], {}, 540) == values
    wrong = draft("rules", {"decides": ["log_key"], "vkey": [vkey[:-4]]}, WORDS, 540)
    assert wrong.errors == {"effects/0/vkey": WORDS.t("rules.fault.not_a_key")}


def test_options_are_lines() -> None:
    drafted = draft("choice", {"options": ["白\n\n緑\n"]}, WORDS, 540)
    assert drafted.private == {"options/0": "白", "options/1": "緑"}
    assert drafted.complete
    assert not draft("choice", {"options": ["白"]}, WORDS, 540).complete


def proposal(kind: str, *done: dict[str, Any]) -> Proposal:
    effects.parse(done, kind)
    sealed = Commit("A" * 44)
    return Proposal(
        id="prop_a",
        index=1,
        decides=kind,
        proposer="mem_a",
        version=1,
        statement="",
        title=sealed,
        text=sealed,
        options=(),
        effects=done,
        drafted_at=0,
    )
