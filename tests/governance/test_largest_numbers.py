"""Numbers of a count are integers that JSON carries exactly, also where everyone is as rich as can be."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec
import pytest
from hypothesis import assume, given

from governance import outcome
from governance.count import Count
from governance.modules.questions import Roll
from governance.outcome import Votes
from governance.rule import parse
from ledger import canonical
from ledger.books import members
from ledger.canonical import MAX_INTEGER
from ledger.compose import Private
from tests.governance.assembly import Assembly
from tests.governance.documents import CHOICE, document
from tests.governance.test_calls import PHASED, code
from tests.governance.test_every_rule import Vote, counting, spelled, votes
from tests.simulator import DAY

MANY = 10_000_000
OPTIONS = [Private("春"), Private("夏")]


@counting
@given(votes())
def test_no_number_is_larger_than_weight_and_method_say(vote: Vote) -> None:
    minted = sum(max(member.balance, *member.contributed, 0) for member in vote.members)
    assert vote.roll.weight <= vote.rule.weight.most(len(vote.members), minted)
    largest = vote.rule.method.largest(vote.roll.weight, vote.paper)
    if vote.rule.method.NAME == "stv/1":
        # Its parts of a vote become larger where there are many votes.
        largest = MAX_INTEGER
    found = max(int(number) for number in re.findall(rb"(?<=[:,\[])[0-9]+", spelled(vote.decide())) or [b"0"])
    # Besides weight there are positions, sums of money, and how many must be for it (1,000 at most in rules made here);
    # and a step says what would be more than all.
    assert found <= max(largest + 1, vote.paper.budget + 1, 1000)


@counting
@given(votes(least=2))
def test_up_to_the_last_weight_everything_is_spelled(vote: Vote) -> None:
    """The same vote once more, everyone so many times heavier that hardly more could be counted."""
    largest = vote.rule.method.largest(vote.roll.weight, vote.paper)
    assume(largest > 0 and vote.ballots)
    times = (MAX_INTEGER - 1) // largest

    def heavier(counts: Mapping[str, Count]) -> dict[str, Count]:
        return {key: Count(count.heads, count.weight * times) for key, count in counts.items()}

    said, roll = vote.votes(), vote.roll
    votes_ = Votes({house: heavier(tally) for house, tally in said.houses.items()}, heavier(said.attended))
    rolled = Roll(roll.heads, roll.weight * times, heavier(roll.classes))
    assert MAX_INTEGER // 2 < vote.rule.method.largest(rolled.weight, vote.paper) < MAX_INTEGER
    canonical.encode(msgspec.to_builtins(list(outcome.decide(vote.rule, rolled, votes_, vote.paper))))


@pytest.mark.parametrize(
    ("weight", "most"),
    [
        ({"module": "one_member_one_vote/1"}, MANY),
        ({"module": "household/1"}, MANY),
        ({"module": "shares/1", "cap": None}, MANY * 1_000_000_000),
        ({"module": "shares/1", "cap": 7}, MANY * 7),
        ({"module": "balance/1", "cap": None}, 5_000),
        ({"module": "contribution/1", "period_seconds": 0, "periods": 1, "keep": "1/1", "base": 2, "cap": None},
         2 * MANY + 5_000),
        ({"module": "by_class/1", "weights": {"a": 3, "b": 9}, "others": 4}, MANY * 9),
        ({"module": "table/1", "weights": {"mem_" + "a" * 26: 11}, "others": 1}, MANY + 11),
        ({"module": "square_root/1", "of": {"module": "shares/1", "cap": 100}}, MANY * 10),
    ],
    ids=lambda value: value["module"] if isinstance(value, dict) else "",
)  # fmt: skip
def test_what_all_votes_weigh_together_at_most(weight: dict[str, object], most: int) -> None:
    assert parse(document(weight=weight)).weight.most(MANY, 5_000) == most


def test_a_vote_that_could_not_be_counted_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten million members with a billion shares each: then one vote needs a cap. With five members none of this."""
    shares, points = {"module": "shares/1", "cap": None}, {"module": "weighted/1", "points": 1000}
    tokens = {"module": "balance/1", "cap": None}
    coop = Assembly(
        choice=CHOICE | {"weight": shares, "method": points},
        ordinary=document(weight=tokens, timing=PHASED | {"delay_seconds": 86_400}),
    )
    vote = coop.draft(kind="choice", options=OPTIONS)
    with monkeypatch.context() as huge:
        huge.setattr(members, "entered", lambda _state: MANY)
        assert code(coop.call, vote) == "proposal.too_heavy"
        coop.call(coop.draft())
    coop.call(vote)


def test_one_that_could_not_be_counted_by_now_is_called_off(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = document(weight={"module": "shares/1", "cap": None}, timing=PHASED | {"delay_seconds": 86_400})
    coop = Assembly(ordinary=slow)
    vote = coop.call(coop.draft())
    monkeypatch.setattr(members, "entered", lambda _state: MANY)
    coop.wait(2 * DAY)
    assert coop.stage(vote) == "draft"
