from __future__ import annotations

from typing import Any

import pytest

from ledger.books import commons_policy
from ledger.errors import FormatError, Refusal
from tests.ledger.books.commons import policy


def fault(document: dict[str, Any]) -> tuple[str, str]:
    with pytest.raises(FormatError) as caught:
        commons_policy.parse(document)
    return caught.value.code, caught.value.params["path"]


def kind(**changes: Any) -> dict[str, Any]:
    return {"code": "cleaning", "unit": "hour", "tokens": 2} | changes


def test_a_policy_reads_as_written() -> None:
    parsed = commons_policy.parse(policy(transfer_cap=50, mint_cap={"amount": 100, "period": "month"}))
    assert parsed.kind("produce").per == 3
    assert parsed.transfer_cap == 50
    assert parsed.bookings.settle_days == 2


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"mode": "both"}, "mode"),
        ({"kinds": []}, "kinds"),
        ({"kinds": [kind(), kind()]}, "kinds/1/code"),
        ({"kinds": [kind(code="Cleaning")]}, "kinds/0/code"),
        ({"kinds": [kind(unit="parsec")]}, "kinds/0/unit"),
        ({"kinds": [kind(tokens=-1)]}, "kinds/0/tokens"),
        ({"kinds": [kind(per=0)]}, "kinds/0/per"),
        ({"kinds": [kind(tokens="2")]}, "kinds/0/tokens"),
        ({"kinds": [kind(), {"code": "b", "unit": "hour"}]}, "kinds/1/tokens"),
        ({"attestation": {"count": 0, "by": ["member"]}}, "attestation/count"),
        ({"attestation": {"count": 1, "by": []}}, "attestation/by"),
        ({"attestation": {"count": 1, "by": ["king"]}}, "attestation/by/0"),
        ({"claim_days": 0}, "claim_days"),
        ({"objection_seconds": -1}, "objection_seconds"),
        ({"gifts": "household"}, "gifts"),
        ({"bookings": {"payout": "landlord"}}, "bookings/payout"),
        ({"bookings": {"payout": "burn", "settle_days": 0}}, "bookings/settle_days"),
        ({"transfer_cap": True}, "transfer_cap"),
        ({"mint_cap": {"amount": 5, "period": "week"}}, "mint_cap/period"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_an_impossible_policy_is_refused_with_the_path_to_the_fault(changes: dict[str, Any], path: str) -> None:
    assert fault(policy(**changes)) == ("policy.invalid", path)


def test_a_missing_member_is_named() -> None:
    document = policy()
    del document["gifts"]
    assert fault(document) == ("policy.invalid", "gifts")


def test_there_is_no_limit_of_zero_that_makes_the_first_trade_fail() -> None:
    assert commons_policy.parse(policy()).transfer_cap is None
    assert fault(policy(transfer_cap=0)) == ("policy.invalid", "transfer_cap")
    assert fault(policy(mint_cap={"amount": 0, "period": "month"})) == ("policy.invalid", "mint_cap/amount")


@pytest.mark.parametrize("word", ["yen", "YEN", "jpy", "円", "ＪＰＹ", "yen_per_hour", "cash", "¥", "100円", "日本円"])
def test_money_has_no_place_in_a_policy(word: str) -> None:
    assert fault(policy(kinds=[kind(unit=word)])) == ("commons.money", "kinds/0/unit")
    assert fault(policy(kinds=[kind(code=word)])) == ("commons.money", "kinds/0/code")
    assert fault(policy(kinds=[kind(name=word)])) == ("commons.money", "kinds/0/name")
    assert fault(policy(**{word: 1})) == ("commons.money", word)


def test_a_commitment_in_which_chance_spells_money_is_fine() -> None:
    chance = {"commit": "AA+yen/" + "A" * 36 + "="}
    assert commons_policy.names_money(chance["commit"])
    parsed = commons_policy.parse(policy(kinds=[kind(name=chance)]))
    assert parsed.kinds[0].name is not None


@pytest.mark.parametrize("word", ["円卓会議", "円滑な運営", "eyeing", "moneywort", "公民館一円の清掃", "町内一円"])
def test_words_that_only_look_like_money_are_fine(word: str) -> None:
    assert not commons_policy.names_money(word)


@pytest.mark.parametrize(
    ("code", "quantity", "tokens"),
    [("cleaning", 90, 3), ("cleaning", 29, 0), ("cleaning", 59, 1), ("produce", 2999, 0), ("produce", 3000, 1)],
)
def test_rates_are_exact_and_round_down(code: str, quantity: int, tokens: int) -> None:
    assert commons_policy.parse(policy()).kind(code).earned(quantity) == tokens


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(Refusal, match=r"contribution\.kind_unknown"):
        commons_policy.parse(policy()).kind("juggling")


def test_a_code_ends_where_it_ends() -> None:
    assert fault(policy(kinds=[kind(code="cleaning\n")])) == ("policy.invalid", "kinds/0/code")
