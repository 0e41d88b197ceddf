"""Real budgets and polls, as they were decided and as other people's packages count them."""

from __future__ import annotations

import pytest

from governance.count import Paper, option
from governance.modules.method.approval import Approval
from governance.modules.method.majority_judgement import MajorityJudgement
from governance.modules.method.score import Score
from tests.conformance import cardinal_peers as peers
from tests.conformance import marked_elections, sdists
from tests.conformance.sdists import Distribution
from tests.conformance.test_cardinal_peers import (
    ADD1,
    BY_COST,
    GREEDY,
    IN_TURN,
    NONE,
    agree,
    first,
    numbers,
    sets,
)
from tests.governance.cardinal_oracle import Projects
from tests.governance.marked import approving, giving, paper


@pytest.fixture(scope="module")
def abcvoting(request: pytest.FixtureRequest) -> Distribution:
    return sdists.fetch(request, "abcvoting")


@pytest.fixture(scope="module")
def starvote(request: pytest.FixtureRequest) -> Distribution:
    return sdists.fetch(request, "starvote")


@pytest.mark.parametrize("part", marked_elections.PARTS)
def test_lodz_funded_what_is_funded_in_turn(abcvoting: Distribution, part: str) -> None:
    votes, costs, funded = marked_elections.lodz(abcvoting, part)
    found = IN_TURN.count(approving(votes), paper(votes, costs))
    assert (numbers(found.winners), found.tied) == (funded, ())
    agree(found, peers.pabutools_greedy(votes, costs, per_cost=False))
    agree(BY_COST.count(approving(votes), paper(votes, costs)), peers.pabutools_greedy(votes, costs, per_cost=True))


@pytest.mark.parametrize("part", marked_elections.PARTS)
def test_equal_shares_would_have_funded_what_pabutools_says(abcvoting: Distribution, part: str) -> None:
    votes, costs, _ = marked_elections.lodz(abcvoting, part)
    told, asked = approving(votes), paper(votes, costs)
    agree(NONE.count(told, asked), peers.pabutools_equal_shares(votes, costs))
    agree(GREEDY.count(told, asked), peers.pabutools_then_greedy(votes, costs))
    order = [option(number) for number in range(1, votes.options + 1)]
    assert numbers(ADD1.count(told, asked, order).winners) == peers.pabutools_growing(votes, costs)


@pytest.mark.parametrize("part", marked_elections.PARTS)
def test_committees_of_projects_are_those_of_abcvoting_and_votelib(abcvoting: Distribution, part: str) -> None:
    votes = marked_elections.lodz(abcvoting, part).votes
    told = approving(votes)
    for seats in range(1, votes.options):
        found = sets(Approval(None).count(told, Paper(votes.options, seats)), seats)
        assert found == peers.abcvoting_approval(votes, seats) == peers.votelib_approval(votes, seats)
        alike = Projects((1,) * votes.options, seats)
        agree(NONE.count(told, paper(votes, alike)), peers.abcvoting_equal_shares(votes, seats))


@pytest.mark.parametrize("poll", marked_elections.POLLS)
def test_polls_have_the_sums_and_the_best_of_starvote(starvote: Distribution, poll: str) -> None:
    votes, sums = marked_elections.star(starvote, poll)
    told, asked = giving(votes), Paper(votes.options)
    found = Score(5).count(told, asked)
    ours = sorted((amount.weight for amount in found.tally.values()), reverse=True)
    assert ours[: len(sums)] == sums
    assert len(sums) == votes.options
    assert first(found) == peers.starvote_score(votes) == peers.pref_voting_score(votes, 5)
    assert sets(found, 1) == peers.votelib_score(votes, 1)
    # In none of them is anybody level in the middle, where pref_voting stops.
    assert first(MajorityJudgement(6).count(told, asked)) == peers.pref_voting_majority(votes, 5)
