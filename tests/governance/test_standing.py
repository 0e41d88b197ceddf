"""Who may vote and with what weight, by everything that members' traces tell: as of the opening, and as of nothing
else.
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from governance import rule
from governance.books.ballots import voting_weight
from governance.books.proposals import pinned
from governance.modules.questions import Ask
from governance.standing import Standing
from ledger import canonical
from ledger.books.belonging import Belonging
from ledger.compose import Private
from tests.governance.assembly import Assembly
from tests.governance.documents import document
from tests.governance.test_calls import code
from tests.simulator import DAY

NAMES = ("Hanako", "Jiro", "Ume", "Kenta", "Matsu")


def belong(coop: Assembly, name: str, *, by: str = "Hanako", **fields: Any) -> str:
    before = coop.state.find(Belonging, coop.id(name))
    entry = coop.say(
        by,
        "member.belong/1",
        {"member": coop.id(name), **fields},
        cosigners=("Jiro",),
        replaces=None if before is None else before.set_by,
    )
    return canonical.b64(entry.id)


def pay(coop: Assembly, name: str, shares: int, yen: int, **more: Any) -> None:
    body = {"member": coop.id(name), "shares": shares, "yen": yen}
    coop.say("Hanako", "equity.payment/1", body, **({"cosigners": (name,)} | more))


def weights(coop: Assembly, vote: str) -> dict[str, int]:
    proposal = coop.proposal(vote)
    found = pinned(coop.state, proposal)
    told = {name: voting_weight(coop.state, proposal, found, coop.id(name)) for name in NAMES}
    return {name: weight for name, weight in told.items() if weight}


def opened(coop: Assembly) -> str:
    vote = coop.voting()
    coop.draft("Kenta")
    return vote


def test_areas_and_households_are_recorded_by_two_officials() -> None:
    coop = Assembly(ordinary=document(electorate={"module": "by_area/1", "areas": ["north"]}))
    assert code(coop.say, "Hanako", "member.belong/1", {"member": coop.id("Ume")}) == "role.second_required"
    assert code(belong, coop, "Ume", area="North") == "member.area"
    belong(coop, "Ume", area="north")
    belong(coop, "Kenta", area="south")
    first = opened(coop)
    belong(coop, "Kenta", area="north")
    assert weights(coop, first) == {"Ume": 1}
    assert weights(coop, opened(coop)) == {"Ume": 1, "Kenta": 1}


def test_one_household_has_one_vote() -> None:
    coop = Assembly(ordinary=document(weight={"module": "household/1"}))
    belong(coop, "Ume", household="new")
    home = coop.state.need(Belonging, coop.id("Ume")).household
    assert code(belong, coop, "Kenta", household="hh_" + "a" * 26, represents=False) == "member.household_unknown"
    assert code(belong, coop, "Kenta", household=home, represents=True) == "member.represented"
    assert code(belong, coop, "Jiro", represents=False) == "member.represents_nobody"
    belong(coop, "Kenta", household=home, represents=False)
    assert weights(coop, opened(coop)) == {"Hanako": 1, "Jiro": 1, "Ume": 1, "Matsu": 1}
    belong(coop, "Ume", household=home, represents=False)
    belong(coop, "Kenta", household=home, represents=True)
    assert weights(coop, opened(coop)) == {"Hanako": 1, "Jiro": 1, "Kenta": 1, "Matsu": 1}
    belong(coop, "Ume")
    assert "Ume" in weights(coop, opened(coop))


def test_shares_are_countersigned_and_weigh_up_to_a_cap() -> None:
    coop = Assembly(ordinary=document(weight={"module": "shares/1", "cap": 10}))
    body = {"member": coop.id("Ume"), "shares": 3, "yen": 15_000}
    assert code(coop.say, "Hanako", "equity.payment/1", body) == "equity.countersign"
    assert code(coop.say, "Ume", "equity.payment/1", body, cosigners=("Hanako",)) == "role.required"
    assert code(pay, coop, "Ume", 3, -1) == "equity.amount"
    assert code(pay, coop, "Ume", -1, -1) == "equity.insufficient"
    pay(coop, "Ume", 3, 15_000)
    pay(coop, "Kenta", 40, 200_000)
    paper = body | {"member": coop.id("Matsu"), "paper": Private("scan 3")}
    coop.say("Hanako", "equity.payment/1", paper, cosigners=("Jiro",))
    assert weights(coop, opened(coop)) == {"Ume": 3, "Kenta": 10, "Matsu": 3}
    pay(coop, "Ume", -3, -15_000)
    assert weights(coop, opened(coop)) == {"Kenta": 10, "Matsu": 3}


def test_shares_never_weigh_where_everyone_has_one_vote() -> None:
    coop = Assembly()
    pay(coop, "Kenta", 1000, 5_000_000)
    assert weights(coop, opened(coop)) == dict.fromkeys(NAMES, 1)


def test_tokens_weigh_as_at_the_opening_only() -> None:
    coop = Assembly(ordinary=document(weight={"module": "balance/1", "cap": None}))
    with coop.granted("Ume", 7):
        vote = opened(coop)
    # Flash weight: what comes in after the opening weighs nothing, and what is given away still does.
    coop.say("Ume", "token.gift/1", {"to": coop.id("Kenta"), "amount": 7})
    assert weights(coop, vote) == {"Ume": 7}
    assert weights(coop, opened(coop)) == {"Kenta": 7}


def test_who_joined_yesterday_waits() -> None:
    coop = Assembly(ordinary=document(electorate={"module": "tenure/1", "member_seconds": 30 * 86_400}))
    coop.wait(30 * DAY)
    coop.join("Saki")
    vote = coop.voting()
    assert code(coop.vote, "Saki", vote, "yes") == "ballot.not_on_roll"
    coop.vote("Ume", vote, "yes")


def test_roles_count_as_at_the_opening() -> None:
    coop = Assembly(ordinary=document(electorate={"module": "by_role/1", "roles": ["facilitator"]}))
    vote = coop.voting()
    coop.draft()
    coop.appoint("Kenta", "facilitator")
    assert weights(coop, vote) == {"Jiro": 1}


def member(name: str, **fields: Any) -> Standing:
    return msgspec.structs.replace(Standing(name, "member", active=True), **fields)


def weigh(weight: dict[str, Any], *members: Standing) -> list[int]:
    found = rule.parse(document(weight=weight))
    roll = found.roll(members, Ask())
    return [found.weight_of(one, Ask(), roll) for one in members]


def test_houses_stand_to_each_other_as_their_shares() -> None:
    houses = {"module": "houses/1", "shares": {"worker": 50, "user": 30, "guest": 20}}
    workers = [member(f"w{n}", cls="worker") for n in range(3)]
    users = [member(f"u{n}", cls="user") for n in range(7)]
    found = weigh(houses, *workers, *users, member("x"))
    assert 5 * sum(found[3:10]) == 3 * sum(found[:3])
    assert found[10] == 0
    assert len(set(found[:3])) == len(set(found[3:10])) == 1


def test_houses_of_any_size_stay_within_exact_integers() -> None:
    sizes = {"worker": 99_991, "user": 99_989, "guest": 99_971}
    scale = rule.parse(document(weight={"module": "houses/1", "shares": dict.fromkeys(sizes, 1)})).weight.scale(sizes)
    wholes = [sizes[cls] * weight for cls, weight in scale.items()]
    assert 1000 * sum(wholes) <= canonical.MAX_INTEGER  # a ballot may give a thousand points
    assert max(wholes) - min(wholes) < max(wholes) // 10**7


@pytest.mark.parametrize(("balance", "root"), [(0, 0), (1, 1), (3, 1), (4, 2), (99, 9), (100, 10), (10**9, 31_622)])
def test_roots_are_whole(balance: int, root: int) -> None:
    assert weigh(
        {"module": "square_root/1", "of": {"module": "balance/1", "cap": None}}, member("a", balance=balance)
    ) == [root]


def test_older_contributions_weigh_less() -> None:
    window = {"module": "contribution/1", "period_seconds": 86_400, "periods": 3, "keep": "1/2", "base": 1, "cap": 50}
    # 10 in the last day, 8 in the one before, 6 in the one before that, 100 earlier.
    assert weigh(window, member("a", contributed=(124, 114, 106, 100))) == [1 + 10 + 4 + 1]
    assert weigh(window, member("a", contributed=(900, 0, 0, 0))) == [50]
    ever = {"module": "contribution/1", "period_seconds": 0, "periods": 1, "keep": "1/1", "base": 0, "cap": None}
    assert weigh(ever, member("a", contributed=(124,)), member("b", contributed=(0,))) == [124, 0]


def test_a_table_names_members() -> None:
    first, second = "mem_" + "a" * 26, "mem_" + "b" * 26
    found = weigh({"module": "table/1", "weights": {first: 12}, "others": 0}, member(first), member(second))
    assert found == [12, 0]


def test_parts_are_all_or_any() -> None:
    both = {"module": "all_of/1", "parts": [
        {"module": "by_class/1", "classes": ["member"]}, {"module": "by_area/1", "areas": ["north"]}]}  # fmt: skip
    either = both | {"module": "any_of/1"}
    people = [member("a", area="north"), member("b", area="south"), member("c", cls="guest", area="north"),
              member("d", cls="guest")]  # fmt: skip
    for electorate, expected in ((both, ["a"]), (either, ["a", "b", "c"])):
        found = rule.parse(document(electorate=electorate))
        assert [one.id for one in people if found.weight_of(one, Ask())] == expected
