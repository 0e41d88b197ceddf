"""Methods that approve, grade and split: what ballots may say, that they count by the letter, what is known of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from governance.count import ABSTAIN, INVALID, NOBODY, Count, Counted, Paper, Tally, option
from governance.documents import Fault, read
from governance.modules.method.approval import Approval
from governance.modules.method.consent import Consent
from governance.modules.method.equal_shares import EqualShares
from governance.modules.method.greedy_budget import GreedyBudget
from governance.modules.method.majority_judgement import MajorityJudgement
from governance.modules.method.quadratic import Quadratic
from governance.modules.method.score import Score
from governance.modules.method.weighted import Weighted
from governance.modules.questions import Method
from tests.governance import cardinal_oracle as oracle
from tests.governance.cardinal_oracle import Votes
from tests.governance.marked import approving, elections, giving, judging, names, orders

UNTIMED = settings(deadline=None)
PAPER = Paper(options=12, costs=(1,) * 12, budget=6)
APPROVING = (Approval(None), Approval(12), EqualShares(12, "none"), GreedyBudget(12, "votes"))
GIVING = (Score(12), MajorityJudgement(10), Quadratic(144))
SUMS: tuple[tuple[Method, Callable[[Votes], Tally], int], ...] = (
    (Approval(None), approving, 1),
    (Score(5), giving, 5),
    (Quadratic(10_000), giving, 1),
    (Weighted(9), giving, 9),
)
"""Methods in which the highest sum wins, how ballots are written for them, and their unit."""


@pytest.mark.parametrize("choice", ["1", "12", "1,2", "3,7,11", ",".join(map(str, range(1, 13)))])
def test_a_ballot_may_approve_some_or_all(choice: str) -> None:
    assert all(method.accepts(choice, PAPER) for method in (*APPROVING, EqualShares(12, "add1")))
    assert not any(method.accepts(choice, PAPER) for method in (*GIVING, Weighted(2), Consent()))


@pytest.mark.parametrize("choice", ["1:1", "12:9", "1:2,2:9", "3:1,7:1,11:1"])
def test_a_ballot_may_give_amounts(choice: str) -> None:
    assert all(method.accepts(choice, PAPER) for method in GIVING)
    assert not any(method.accepts(choice, PAPER) for method in (*APPROVING, Consent()))


@pytest.mark.parametrize(
    "choice",
    [
        *("", ",", "1,", ",1", "1,,2", "01", "1,02", "0", "13", "1,13", "1,1", "2,1", "1, 2", " 1", "1\n", "1,2\n"),
        *(":", "1:", ":1", "1:0", "0:1", "01:1", "1:01", "13:1", "1:13", "1:1,1:2", "2:1,1:1", "1:1,", "1:1 ,2:1"),
        *(
            "1:1\n",
            "1:-1",
            "-1:1",
            "1:+1",
            "+1",
            "-1",
            "1.0",
            "1:1:1",
            "1:1,2",
            "1,2:1",
            "1;2",
            "1>2",
            "１",
            "١",
            "1:１",
        ),
        *("option_1", "yes", "consent", INVALID, "Abstain", "1_0", "1:1_0"),
        *("1" * 5000, "1," * 5000 + "2", "1:1," * 5000 + "2:1", "9" * 100_000, "1:" + "9" * 100_000),
    ],
)
def test_there_is_one_spelling_of_everything(choice: str) -> None:
    methods: tuple[Method, ...] = (*APPROVING, *GIVING, *map(Weighted, range(2, 13)))
    assert [method.NAME for method in methods if method.accepts(choice, PAPER)] == []


@pytest.mark.parametrize("method", [*APPROVING, *GIVING, Weighted(2), Consent()])
def test_one_may_abstain(method: Method) -> None:
    assert method.accepts(ABSTAIN, PAPER)


@pytest.mark.parametrize(
    ("method", "fits", "exceeds"),
    [
        (Approval(2), "3,9", "3,9,11"),
        (EqualShares(2, "greedy"), "3,9", "3,9,11"),
        (GreedyBudget(2, "votes_per_cost"), "3,9", "3,9,11"),
        (Score(5), "1:5,2:5,3:5", "1:6"),
        (MajorityJudgement(6), "1:5,2:5,3:5", "1:6"),
        (Weighted(10), "1:3,2:7", "1:4,2:7"),
        (Weighted(10), "12:10", "1:3,2:6"),
        (Quadratic(14), "1:3,2:2,3:1", "1:3,2:2,3:1,4:1"),
        (Quadratic(14), "1:3", "1:4"),
    ],
)
def test_ballots_keep_to_their_limits(method: Method, fits: str, exceeds: str) -> None:
    assert method.accepts(fits, PAPER)
    assert not method.accepts(exceeds, PAPER)


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"module": "approval/1", "most": 0}, "most"),
        ({"module": "approval/1", "most": 201}, "most"),
        ({"module": "approval/1"}, "most"),
        ({"module": "score/1", "highest": 0}, "highest"),
        ({"module": "score/1", "highest": 101}, "highest"),
        ({"module": "score/1", "highest": "5"}, "highest"),
        ({"module": "majority_judgement/1", "grades": 1}, "grades"),
        ({"module": "majority_judgement/1", "grades": 11}, "grades"),
        ({"module": "weighted/1", "points": 1}, "points"),
        ({"module": "weighted/1", "points": 1001}, "points"),
        ({"module": "quadratic/1", "credits": 0}, "credits"),
        ({"module": "quadratic/1", "credits": 10_001}, "credits"),
        ({"module": "equal_shares/1", "most": 1001, "completion": "none"}, "most"),
        ({"module": "equal_shares/1", "most": 9, "completion": "all"}, "completion"),
        ({"module": "greedy_budget/1", "most": 0, "by": "votes"}, "most"),
        ({"module": "greedy_budget/1", "most": 9, "by": "cost"}, "by"),
    ],
)
def test_settings_have_bounds(document: dict[str, Any], path: str) -> None:
    methods: tuple[type[Method], ...] = (
        *(Approval, Score, MajorityJudgement, Weighted, Quadratic),
        *(EqualShares, GreedyBudget),
    )
    method = next(method for method in methods if document["module"] == method.NAME)
    with pytest.raises(Fault) as caught:
        read(document, method, tag="module").check()
    assert caught.value.path == path


def test_settings_at_their_bounds_are_fine() -> None:
    methods: tuple[Method, ...] = (
        *(Approval(1), Approval(200), Score(1), Score(100), MajorityJudgement(2), MajorityJudgement(10)),
        *(Weighted(2), Weighted(1000), Quadratic(1), Quadratic(10_000), EqualShares(1000, "none")),
    )
    for method in methods:
        method.check()


def test_consent_is_asked_for_objections() -> None:
    profile = {"consent": Count(5, 9), "object": Count(1, 1), ABSTAIN: Count(2, 3), INVALID: Count(1, 1)}
    found = Consent().count(profile, Paper())
    assert found.tally == profile
    assert (found.winners, found.tied, found.support, found.rival) == (("consent",), (), Count(5, 9), Count(1, 1))
    assert (found.cast, found.abstained) == (Count(8, 13), Count(2, 3))
    assert Consent().choices(Paper()) == ("consent", "object", ABSTAIN)


@pytest.mark.parametrize("method", [*APPROVING, *GIVING, Weighted(2)])
def test_of_nothing_nobody_wins(method: Method) -> None:
    for profile in ({}, {ABSTAIN: Count(3, 3), INVALID: Count(1, 1)}):
        found = method.count(profile, PAPER)
        assert (found.winners, found.tied, found.support) == ((), (), NOBODY)
        assert set(found.tally) == names(range(1, 13)) | {ABSTAIN, INVALID}
        assert found.cast == profile.get(ABSTAIN, NOBODY)


def highest(sums: dict[int, int], seats: int) -> tuple[set[int], set[int]]:
    """Who surely has a seat, and who is level across the last one."""
    above = {one: sum(other > mine for other in sums.values()) for one, mine in sums.items() if mine}
    level = {one: sum(other == mine for other in sums.values()) for one, mine in sums.items() if mine}
    sure = {one for one in above if above[one] + level[one] <= seats}
    return sure, {one for one in above if above[one] < seats} - sure


@UNTIMED
@given(st.data(), st.sampled_from(SUMS))
def test_the_highest_sums_win(data: st.DataObject, drawn: tuple[Method, Callable[[Votes], Tally], int]) -> None:
    method, write, unit = drawn
    votes, seats = data.draw(elections(highest=1 if isinstance(method, Approval) else 5)), data.draw(st.integers(1, 4))
    found = method.count(write(votes), Paper(votes.options, seats))
    sure, level = highest(votes.sums(), seats)
    assert (set(found.winners), set(found.tied), found.unit) == (names(sure), names(level), unit)
    weights = sorted((amount for one, amount in votes.sums().items() if one not in sure), reverse=True)
    assert found.support.weight == (min(votes.sums()[one] for one in sure) if sure else weights[0])
    assert found.rival.weight == next(iter(weights[0 if sure else 1 :]), 0)
    for number, amount in votes.sums().items():
        named = sum(number in ballot for ballot, _ in votes.ballots)
        assert found.tally[option(number)] == Count(named, amount)


@UNTIMED
@given(elections(highest=4, named=0))
def test_majority_judgement_counts_as_by_the_letter(votes: Votes) -> None:
    found = MajorityJudgement(5).count(judging(votes), Paper(votes.options))
    values = oracle.majority_values(votes)
    best = {one for one in values if values[one] == max(values.values())}
    assert set(found.winners) | set(found.tied) == names(best)
    assert bool(found.tied) == (len(best) > 1) != bool(found.winners) or not best
    if values:
        assert found.rounds[0].amounts == {option(one): value[0] for one, value in values.items()}
    for round_ in found.rounds:
        top = max(round_.amounts.values())
        assert set(round_.excluded) == {name for name, grade in round_.amounts.items() if grade < top}
    gone = {name for round_ in found.rounds for name in round_.excluded}
    assert gone == names(values) - names(best)


@UNTIMED
@given(elections(highest=4, named=0))
def test_where_majority_gauges_differ_they_say_the_same(votes: Votes) -> None:
    found = MajorityJudgement(5).count(judging(votes), Paper(votes.options))
    gauges = {one: oracle.majority_gauge(votes, one) for one, backing in votes.backing().items() if backing}
    best = {one for one in gauges if gauges[one] == max(gauges.values())}
    assert set(found.winners) | set(found.tied) <= names(best)


def test_majority_judgement_by_hand() -> None:
    """Both have 3 in the middle. One 3 less each, and the first falls to 2: it has more below than above."""
    profile = {"1:3,2:3": Count(1, 1), "1:4,2:3": Count(1, 1), "1:3,2:4": Count(1, 1), "2:2": Count(1, 1)}
    found = MajorityJudgement(5).count(profile | {"1:2,2:4": Count(1, 1)}, Paper(2))
    assert (found.winners, found.rival, found.support) == (("option_2",), Count(4, 4), Count(5, 5))
    assert [(round_.amounts, round_.elected) for round_ in found.rounds] == [
        ({"option_1": 3, "option_2": 3}, ()),
        ({"option_1": 2, "option_2": 3}, ("option_2",)),
    ]


def test_majority_judgement_of_two_middle_grades_takes_the_lower() -> None:
    profile = {"1:4,2:3": Count(1, 1), "1:1,2:2": Count(1, 1)}
    found = MajorityJudgement(5).count(profile, Paper(2))
    assert (found.winners, found.rounds[0].amounts) == (("option_2",), {"option_1": 1, "option_2": 2})


def test_a_voice_against_all_moves_the_middle_as_an_abstention_does_not() -> None:
    judged, asked = MajorityJudgement(5), Paper(2)
    profile = {"1:4,2:1": Count(2, 2), "2:2": Count(1, 1)}
    assert judged.count(profile | {"abstain": Count(2, 2)}, asked).winners == ("option_1",)
    found = judged.count(profile | {"lowest": Count(2, 2)}, asked)
    assert (found.winners, found.cast, found.abstained) == (("option_2",), Count(5, 5), Count())
    assert found.grades == ((3, 0, 0, 0, 2), (2, 2, 1, 0, 0))
    assert judged.accepts("lowest", asked)
    assert not Score(5).accepts("lowest", asked)


def test_weights_beyond_counting_one_by_one() -> None:
    half = 10**30
    profile = {"1:1": Count(1, half), "2:1": Count(1, half), "1:1,2:2": Count(1, 1)}
    assert MajorityJudgement(3).count(profile, Paper(2)).winners == ("option_2",)
    assert Score(2).count(profile, Paper(2)).winners == ("option_2",)


ELECTING = (*(method for method, _, _ in SUMS), MajorityJudgement(6))


def run(method: Method, votes: Votes, order: list[str] | None = None, seats: int = 1) -> Counted:
    write = approving if isinstance(method, Approval) else giving
    return method.count(write(votes), Paper(votes.options, seats), order or ())


@UNTIMED
@given(st.data(), st.sampled_from(ELECTING), elections(highest=5))
def test_an_order_decides_between_those_who_tie(data: st.DataObject, method: Method, votes: Votes) -> None:
    order = data.draw(orders(votes.options))
    free, drawn = run(method, votes), run(method, votes, order)
    assert drawn.tied == free.tied
    assert drawn.winners == (tuple(name for name in order if name in free.tied)[:1] or free.winners)


@UNTIMED
@given(st.sampled_from(ELECTING), elections(highest=5))
def test_an_order_that_does_not_name_them_decides_nothing(method: Method, votes: Votes) -> None:
    free = run(method, votes)
    others = [option(number) for number in range(1, votes.options + 1) if option(number) not in free.tied]
    assert run(method, votes, others) == free


@UNTIMED
@given(st.data(), st.sampled_from(ELECTING), elections(highest=5))
def test_options_and_ballots_are_treated_alike(data: st.DataObject, method: Method, votes: Votes) -> None:
    """Neutrality and anonymity: other numbers and another order of ballots change the numbers of the result alone."""
    renamed = dict(enumerate(data.draw(st.permutations(range(1, votes.options + 1))), 1))
    shuffled = data.draw(st.permutations(votes.ballots))
    other = Votes(
        [({renamed[one]: n for one, n in ballot.items()}, weight) for ballot, weight in shuffled], votes.options
    )
    numbers = {option(one): option(new) for one, new in renamed.items()}
    here, there = run(method, votes), run(method, other)
    assert {numbers[name] for name in here.winners} == set(there.winners)
    assert {numbers[name] for name in here.tied} == set(there.tied)
    assert (here.support.weight, here.rival.weight) == (there.support.weight, there.rival.weight)


@UNTIMED
@given(st.sampled_from(ELECTING), elections(highest=5), st.integers(2, 5))
def test_every_ballot_times_as_many_says_the_same(method: Method, votes: Votes, times: int) -> None:
    here = run(method, votes)
    there = run(method, Votes(votes.ballots * times, votes.options))
    assert (here.winners, here.tied) == (there.winners, there.tied)
    assert there.support == Count(here.support.heads * times, here.support.weight * times)


@UNTIMED
@given(st.data(), st.sampled_from([Approval(None), Score(5), MajorityJudgement(6)]), elections(highest=5, least=1))
def test_more_for_a_winner_never_makes_it_lose(data: st.DataObject, method: Method, votes: Votes) -> None:
    """Monotonicity; and what is wanted less by somebody wins no new seat."""
    found = run(method, votes)
    assume(found.winners)
    winner = int(found.winners[0].removeprefix("option_"))
    place = data.draw(st.integers(0, len(votes.ballots) - 1))
    ballot, weight = votes.ballots[place]
    raised = dict(ballot)
    raised[winner] = data.draw(st.integers(ballot.get(winner, 0) or 1, 5))
    ballots = [*votes.ballots[:place], (raised, weight), *votes.ballots[place + 1 :]]
    after = run(method, Votes(ballots, votes.options))
    assert (after.winners, after.tied) == (found.winners, ())
    assert after.support.weight >= found.support.weight


@UNTIMED
@given(elections(highest=5))
def test_a_majority_that_gives_one_option_alone_the_highest_grade_elects_it(votes: Votes) -> None:
    loud = [({1: 5}, sum(weight for _, weight in votes.ballots) + 1)]
    others = [({one: min(n, 4) for one, n in ballot.items()}, weight) for ballot, weight in votes.ballots]
    assert run(MajorityJudgement(6), Votes([*others, *loud], votes.options)).winners == ("option_1",)


@UNTIMED
@given(elections(highest=5), st.integers(1, 4))
def test_abstentions_are_cast_and_decide_nothing(votes: Votes, number: int) -> None:
    for method in ELECTING:
        write = approving if isinstance(method, Approval) else giving
        silent = {ABSTAIN: Count(number, number), INVALID: Count(1, 7)}
        here, there = run(method, votes), method.count(write(votes) | silent, Paper(votes.options))
        assert (here.winners, here.tied, here.support, here.rival) == (
            *(there.winners, there.tied, there.support, there.rival),
        )
        assert there.cast == here.cast + Count(number, number)
        assert there.abstained == Count(number, number)
        assert there.tally[INVALID].heads == 1
