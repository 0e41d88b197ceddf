"""Approvals, scores, grades and budgets as other people's packages count them, and every difference with its reason.

Differences are told in ``docs/differences.md``. All are held here to be exactly what is told, and nothing more.
"""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.count import Counted, Paper, option
from governance.modules.method.approval import Approval
from governance.modules.method.equal_shares import EqualShares
from governance.modules.method.greedy_budget import GreedyBudget
from governance.modules.method.majority_judgement import MajorityJudgement
from governance.modules.method.projects import Budgeting
from governance.modules.method.score import Score
from tests.conformance import cardinal_peers as peers
from tests.governance import cardinal_oracle as oracle
from tests.governance.cardinal_oracle import Projects, Votes
from tests.governance.marked import approving, budgets, elections, giving, judging, paper

MANY = settings(max_examples=250, deadline=None)
NONE, ADD1, GREEDY = (EqualShares(1000, "none"), EqualShares(1000, "add1"), EqualShares(1000, "greedy"))
IN_TURN, BY_COST = GreedyBudget(1000, "votes"), GreedyBudget(1000, "votes_per_cost")


def numbers(names: tuple[str, ...]) -> frozenset[int]:
    return frozenset(int(name.removeprefix("option_")) for name in names)


def sets(found: Counted, seats: int) -> peers.Sets:
    """Every set of winners that a lot can come to."""
    won, tied = numbers(found.winners), sorted(numbers(found.tied) - numbers(found.winners))
    return {won | frozenset(more) for more in combinations(tied, min(seats - len(won), len(tied)))}


def first(found: Counted) -> frozenset[int]:
    return numbers(found.winners) | numbers(found.tied)


def wanted(votes: Votes, options: frozenset[int]) -> frozenset[int]:
    """Those of them that somebody wants."""
    return frozenset(one for one in options if votes.backing()[one])


def weighed(votes: Votes) -> Votes:
    return votes._replace(ballots=[(ballot, weight) for ballot, weight in votes.ballots if weight])


single = elections(least=1).map(weighed).filter(lambda votes: bool(votes.ballots))
scored = elections(highest=5, least=1).map(weighed).filter(lambda votes: bool(votes.ballots))
graded = (
    elections(highest=5, least=1, named=0).map(weighed).filter(lambda votes: any(map(bool, votes.backing().values())))
)
projects = budgets().map(lambda drawn: (weighed(drawn[0]), drawn[1]))


@MANY
@given(single, st.integers(1, 5))
def test_approval_as_votelib_abcvoting_and_pref_voting(votes: Votes, seats: int) -> None:
    seats = min(seats, votes.options)
    found = Approval(None).count(approving(votes), Paper(votes.options, seats))
    assert sets(found, seats) == peers.votelib_approval(votes, seats)
    assert sets(found, seats) == {wanted(votes, one) for one in peers.abcvoting_approval(votes, seats)}
    assert first(Approval(None).count(approving(votes), Paper(votes.options))) == peers.pref_voting_approval(votes)


@MANY
@given(scored, st.integers(1, 5))
def test_scores_as_votelib_pref_voting_and_starvote(votes: Votes, seats: int) -> None:
    seats = min(seats, votes.options)
    found = Score(5).count(giving(votes), Paper(votes.options, seats))
    assert sets(found, seats) == {wanted(votes, one) for one in peers.votelib_score(votes, seats)}
    best = first(Score(5).count(giving(votes), Paper(votes.options)))
    assert best == peers.pref_voting_score(votes, 5) == peers.starvote_score(votes)


def test_seats_that_nobody_is_wanted_for_stay_empty() -> None:
    """abcvoting, votelib and pabutools fill them with options without a vote, if need be."""
    votes = Votes([({1: 1}, 2)], 3)
    assert Approval(None).count(approving(votes), Paper(3, 2)).winners == ("option_1",)
    assert peers.abcvoting_approval(votes, 2) == {frozenset((1, 2)), frozenset((1, 3))}
    assert peers.votelib_score(votes, 2) == {frozenset((1, 2)), frozenset((1, 3))}
    costs = Projects((5, 5, 5), 10)
    assert IN_TURN.count(approving(votes), paper(votes, costs)).winners == ("option_1",)
    assert peers.pabutools_greedy(votes, costs, per_cost=False) == {frozenset((1, 2)), frozenset((1, 3))}


@MANY
@given(graded)
def test_majority_judgement_as_pref_voting_by_gauges(votes: Votes) -> None:
    """It stops at the majority gauges: who is level there is tied, whom the further grades may tell apart."""
    found = first(MajorityJudgement(6).count(judging(votes), Paper(votes.options)))
    theirs = wanted(votes, frozenset(peers.pref_voting_majority(votes, 5)))
    gauges = {one: oracle.majority_gauge(votes, one) for one, backing in votes.backing().items() if backing}
    assert found <= theirs == {one for one in gauges if gauges[one] == max(gauges.values())}


def test_majority_judgement_goes_on_where_gauges_are_level() -> None:
    votes = Votes([({1: 3, 2: 4}, 1), ({1: 2, 2: 2}, 2)], 2)
    assert peers.pref_voting_majority(votes, 5) == {1, 2}
    assert MajorityJudgement(6).count(giving(votes), Paper(2)).winners == ("option_2",)


@MANY
@given(graded.filter(lambda votes: sum(map(bool, votes.backing().values())) <= 2))
def test_majority_judgement_of_two_as_votelib(votes: Votes) -> None:
    found = MajorityJudgement(6).count(judging(votes), Paper(votes.options))
    try:
        theirs = peers.votelib_majority(votes)
    except peers.Undecided:
        assert found.tied
    else:
        assert {wanted(votes, one) for one in theirs} == sets(found, 1)


def test_votelib_lets_come_back_who_fell_behind() -> None:
    """All three have 1 in the middle; then the first falls to 0. votelib goes on with all and elects it for its 3."""
    votes = Votes([({2: 1, 3: 1}, 1), ({1: 1, 2: 1, 3: 1}, 1), ({1: 3, 2: 1, 3: 2}, 1)], 3)
    assert oracle.majority_values(votes) == {1: [1, 0, 3], 2: [1, 1, 1], 3: [1, 1, 2]}
    assert MajorityJudgement(6).count(giving(votes), Paper(3)).winners == ("option_3",)
    assert peers.votelib_majority(votes) == {frozenset([1])}


def agree(found: Counted, theirs: peers.Sets) -> None:
    """The same result for certain, and the same open questions."""
    certain = frozenset.intersection(*theirs)
    assert numbers(found.winners) == certain
    assert numbers(found.tied) == frozenset.union(*theirs) - certain


@MANY
@given(projects)
def test_equal_shares_as_pabutools(drawn: tuple[Votes, Projects]) -> None:
    votes, costs = drawn
    agree(NONE.count(approving(votes), paper(votes, costs)), peers.pabutools_equal_shares(votes, costs))


@MANY
@given(single, st.integers(1, 5))
def test_equal_shares_of_equal_costs_as_abcvoting(votes: Votes, seats: int) -> None:
    seats = min(seats, votes.options)
    costs = Projects((1,) * votes.options, seats)
    agree(NONE.count(approving(votes), paper(votes, costs)), peers.abcvoting_equal_shares(votes, seats))


@MANY
@given(projects)
def test_equal_shares_then_in_turn_as_pabutools(drawn: tuple[Votes, Projects]) -> None:
    votes, costs = drawn
    theirs = {wanted(votes, one) for one in peers.pabutools_then_greedy(votes, costs)}
    agree(GREEDY.count(approving(votes), paper(votes, costs)), theirs)


@MANY
@given(projects)
def test_growing_shares_as_pabutools(drawn: tuple[Votes, Projects]) -> None:
    votes, costs = drawn
    costs = costs._replace(costs=tuple(min(cost, costs.budget) for cost in costs.costs))
    order = [option(number) for number in range(1, votes.options + 1)]
    found = ADD1.count(approving(votes), paper(votes, costs), order)
    assert numbers(found.winners) == peers.pabutools_growing(votes, costs)


def test_growing_shares_don_t_stop_at_what_could_never_be_paid() -> None:
    """pabutools lets virtual money buy what costs more than there is, sees that it can't be, and steps back."""
    votes, costs = Votes([({1: 1}, 5), ({2: 1}, 3)], 2), Projects((600, 1000), 830)
    order = ["option_1", "option_2"]
    assert ADD1.count(approving(votes), paper(votes, costs), order).winners == ("option_1",)
    assert peers.pabutools_growing(votes, costs) == frozenset([1])
    votes = Votes([({1: 1}, 3), ({2: 1}, 5)], 2)
    assert ADD1.count(approving(votes), paper(votes, costs), order).winners == ("option_1",)
    assert peers.pabutools_growing(votes, costs) == frozenset()


@MANY
@pytest.mark.parametrize("method", [IN_TURN, BY_COST])
@given(drawn=projects)
def test_in_turn_as_pabutools(method: Budgeting, drawn: tuple[Votes, Projects]) -> None:
    votes, costs = drawn
    theirs = peers.pabutools_greedy(votes, costs, per_cost=method == BY_COST)
    agree(method.count(approving(votes), paper(votes, costs)), {wanted(votes, one) for one in theirs})
