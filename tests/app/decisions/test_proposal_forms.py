"""Effects, options and candidates survive their forms, and what can not be proposed is said at its place."""

from __future__ import annotations

from typing import Any

import pytest

from app.decisions.drafting import draft
from app.decisions.filling import from_document, from_proposal
from app.decisions.words import Words
from app.texts import Catalogue
from governance import effects
from governance.books.proposals import Proposal
from ledger.private import Commit
from ledger.signed_note import VerifierKey
from tests.simulator import commons_policy, members_policy

WORDS = Words(Catalogue.load(), "ja", 540)


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


def test_whom_an_election_gives_no_role_stand_as_options_alone() -> None:
    values = {"candidates": [BEN, ANN], "role": ["none"], "seats": ["2"]}
    drafted = draft("election", values, WORDS, 540, {ANN: "Ann", BEN: "Ben"})
    assert (drafted.errors, drafted.effects) == ({}, [])
    assert drafted.private == {"options/0": "Ben", "options/1": "Ann"}
    assert ("seats", "integer", "2") in drafted.controls()


def test_a_slate_gives_each_their_role_and_one_term() -> None:
    values = {"member": [BEN, ANN], "role": ["director"], "until": ["2029-03-31"], f"role/{ANN}": ["auditor"]}
    drafted = draft("role", values, WORDS, 540)
    assert [(effect["member"], effect["role"]) for effect in drafted.effects] == [(BEN, "director"), (ANN, "auditor")]
    assert {effect["until"] for effect in drafted.effects} == {"2029-03-31T15:00:00.000Z"}
    again = from_proposal(proposal("role", *drafted.effects), [], {}, 540)
    assert draft("role", again, WORDS, 540).effects == drafted.effects


def test_nobody_gets_a_role_that_was_not_chosen() -> None:
    assert draft("role", {"member": [ANN]}, WORDS, 540).errors == {"role": WORDS.t("proposals.new.role.missing")}
    half = {"member": [ANN, BEN], f"role/{ANN}": ["director"]}
    assert set(draft("role", half, WORDS, 540).errors) == {"role"}
    assert set(draft("election", {"candidates": [ANN, BEN]}, WORDS, 540).errors) == {"role"}


def test_a_slate_has_room_for_as_many_as_one_proposal_does() -> None:
    many = [f"mem_{'a' * 24}{one}{other}" for one in "abcde" for other in "abcde"]
    assert set(draft("role", {"member": many, "role": ["director"]}, WORDS, 540).errors) == {"member"}


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


ANN, BEN = "mem_" + "a" * 26, "mem_" + "b" * 26


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("expel", {"effect": ["expel"], "member": [ANN]}),
        ("expel", {"effect": ["suspend"], "member": [ANN], "until": ["2027-03-31"]}),
        ("expel", {"effect": ["suspend"], "member": [ANN], "until": [""]}),
        ("tokens", {"effect": ["mint"], "member": [ANN], "amount": ["1200"]}),
        ("ordinary", {"effect": ["project"], "member": [ANN]}),
        ("special", {"effect": ["federation"], "origin": ["union.example/kitaura"]}),
        ("special", {"effect": ["articles"]}),
        ("election", {"candidates": [BEN, ANN], "role": ["director"], "from": ["2027-04-01"], "until": ["2029-03-31"]}),
    ],
)
def test_effects_are_filled_in_and_amended_as_they_are(kind: str, values: dict[str, list[str]]) -> None:
    drafted = draft(kind, values, WORDS, 540, {ANN: "杏", BEN: "弁"})
    assert drafted.errors == {}
    assert from_proposal(proposal(kind, *drafted.effects), [], {}, 540) == values


def test_candidates_stand_in_the_order_of_their_options() -> None:
    values = {"candidates": [BEN, ANN], "role": ["director"], "seats": ["２"], "topic": ["farm"], "interested": [ANN]}
    drafted = draft("election", values, WORDS, 540, {ANN: "杏", BEN: "弁"})
    assert drafted.effects[0]["candidates"] == [BEN, ANN]
    controls = drafted.controls()
    assert [control for control in controls if control[1] == "private"] == [
        ("options/0", "private", "弁"),
        ("options/1", "private", "杏"),
    ]
    assert {("seats", "integer", "2"), ("topic", "text", "farm"), ("interested[]", "id", ANN)} < set(controls)


@pytest.mark.parametrize(
    ("kind", "values", "wrong"),
    [
        ("election", {"candidates": [ANN], "role": ["director"]}, "candidates"),
        ("election", {"candidates": [ANN, BEN], "role": ["director"], "seats": ["0"]}, "seats"),
        ("choice", {"options": ["a\nb"], "seats": ["many"]}, "seats"),
        ("budget", {"budget": ["0"]}, "budget"),
        ("budget", {}, "budget"),
        ("expel", {}, "member"),
        ("tokens", {"effect": ["mint"], "member": [ANN], "amount": ["0"]}, "effects/0/amount"),
        ("special", {"effect": ["federation"], "origin": ["not a name"]}, "effects/0/origin"),
    ],
)
def test_what_can_not_be_proposed_is_said_at_its_place(kind: str, values: dict[str, list[str]], wrong: str) -> None:
    drafted = draft(kind, values, WORDS, 540, {ANN: "杏", BEN: "弁"})
    assert set(drafted.errors) == {wrong}


def test_a_budget_and_what_is_decided_by_its_text_alone() -> None:
    assert draft("budget", {"budget": ["1,000"], "effect": ["text"]}, WORDS, 540).controls() == [
        ("budget", "integer", "1000")
    ]
    assert draft("budget", {"budget": ["1,000"]}, WORDS, 540).effects == [{"effect": "allot"}]
    assert draft("ordinary", {}, WORDS, 540).controls() == []
