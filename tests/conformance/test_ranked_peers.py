"""Ranked ballots as other people's packages count them, and every difference with its reason.

Differences are told in ``docs/differences.md``.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from governance.count import Counted, Paper, Round
from governance.modules.method.borda import Borda
from governance.modules.method.copeland import Copeland
from governance.modules.method.irv import InstantRunoff
from governance.modules.method.schulze import Schulze
from governance.modules.method.stv import SingleTransferableVote
from tests.conformance import elections, sdists
from tests.conformance import ranked_peers as peers
from tests.conformance.sdists import Distribution
from tests.governance import ranked_oracle as oracle
from tests.governance.rankings import Profile, profiles, tell, won

IRV, STV = InstantRunoff(), SingleTransferableVote()
SCHULZE, COPELAND, BORDA = Schulze(equal=True), Copeland(equal=True), Borda(equal=True)
MANY = settings(max_examples=250, deadline=None)
FEWER = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
"""Where few elections can be compared, or counting them takes long."""
PAIRWISE = {"Schulze": SCHULZE, "Copeland": COPELAND}


def numbers(names: set[str] | tuple[str, ...]) -> set[int]:
    return {int(name.removeprefix("option_")) for name in names}


def best(counted: Counted) -> set[int]:
    """Who wins, or ties for the only seat."""
    return numbers(won(counted))


def named(profile: Profile) -> list[int]:
    return sorted({number for text in profile for level in oracle.read(text) for number in level})


def some(*, equal: bool = False, full: bool = False) -> st.SearchStrategy[tuple[Profile, int]]:
    return profiles(equal=equal, full=full).filter(lambda drawn: bool(drawn[0]))


@MANY
@given(some(equal=True))
def test_schulze_copeland_and_borda_as_pref_voting(drawn: tuple[Profile, int]) -> None:
    profile, options = drawn
    paper, told = Paper(options), tell(profile)
    assert best(SCHULZE.count(told, paper)) == peers.pref_voting_schulze(profile, options)
    assert best(COPELAND.count(told, paper)) == peers.pref_voting_copeland(profile, options)
    assert best(BORDA.count(told, paper)) == peers.pref_voting_borda(profile, options)


@MANY
@given(some(), st.integers(1, 4))
def test_transferable_votes_as_pref_voting_whichever_way_lots_fall(drawn: tuple[Profile, int], seats: int) -> None:
    profile, options = drawn
    """Where it draws lots among more than two, it may have forgotten which of them were left: see below."""
    counted = STV.count(tell(profile), Paper(options, seats))
    ways, most = peers.pref_voting_stv_lots(profile, named(profile), seats)
    certain, possible = frozenset.intersection(*ways), frozenset.union(*ways)
    winners, tied = numbers(counted.winners), numbers(counted.tied)
    assert certain <= winners
    assert winners | tied <= possible
    if most <= 2:
        assert winners == certain
        assert tied == possible - certain


@MANY
@given(some())
def test_instant_runoff_as_everybody(drawn: tuple[Profile, int]) -> None:
    """Where ties don't matter at all, all agree; pref_voting's ways out of ties are ours and those we close."""
    profile, options = drawn
    ways = peers.pref_voting_runoff(profile, options)
    assert best(IRV.count(tell(profile), Paper(options))) <= ways
    if len(ways) == 1:
        assert peers.pyrankvote_runoff(profile, options) == ways
        assert peers.votekit_elected("IRV", peers.votekit_profile(profile, options), tiebreak="random") == ways


@MANY
@given(some(equal=True), st.sampled_from(sorted(PAIRWISE)))
def test_pairwise_methods_as_votelib(drawn: tuple[Profile, int], method: str) -> None:
    """It finds all winners or, where there are several, some of them: see below."""
    profile, options = drawn
    assume(len(named(profile)) == options)
    ours = best(PAIRWISE[method].count(tell(profile), Paper(options)))
    theirs = peers.votelib_condorcet(method, profile)
    assert theirs == ours if len(ours) == 1 else theirs <= ours


@MANY
@given(some(full=True), st.integers(1, 3))
def test_transferable_votes_as_votelib(drawn: tuple[Profile, int], seats: int) -> None:
    """On ballots that rank everyone and with one option elected at a time."""
    profile, options = drawn
    counted = STV.count(tell(profile), Paper(options, seats))
    assume(seats < options and not counted.tied and all(len(told.elected) < 2 for told in counted.rounds[:-1]))
    try:
        theirs = peers.votelib_transfers(profile, seats)
    except peers.Undecided:
        return
    assert theirs == numbers(counted.winners)


@FEWER
@given(some(full=True), st.integers(1, 3))
def test_transferable_votes_as_votekit(drawn: tuple[Profile, int], seats: int) -> None:
    """On ballots that rank everyone, with one option elected at a time, and no two with the fewest votes."""
    profile, options = drawn
    counted = STV.count(tell(profile), Paper(options, seats))
    assume(seats < options and not counted.tied and all(len(told.elected) < 2 for told in counted.rounds[:-1]))
    assume(all(len(set(fewest(told))) == len(fewest(told)) for told in counted.rounds))
    theirs = peers.votekit_elected("STV", peers.votekit_profile(profile, options), seats)
    assert theirs == numbers(counted.winners)


@FEWER
@given(some(full=True), st.integers(2, 3))
def test_transferable_votes_as_pyrankvote(drawn: tuple[Profile, int], seats: int) -> None:
    """As votekit's; and with nothing to pass on, of which its quota leaves more, before the last seat is filled."""
    profile, options = drawn
    counted = STV.count(tell(profile), Paper(options, seats))
    assume(seats < options and not counted.tied and not any(told.elected for told in counted.rounds[:-1]))
    assume(all(len(set(fewest(told))) == len(fewest(told)) for told in counted.rounds))
    assert peers.pyrankvote_transfers(profile, options, seats) == numbers(counted.winners)


def fewest(told: Round) -> list[int]:
    """The two smallest numbers of votes in that round."""
    return sorted(told.amounts.values())[:2]


@MANY
@given(some(full=True))
def test_schulze_as_votekit(drawn: tuple[Profile, int]) -> None:
    """Its strength is the margin: on full rankings without equal ranks the order is the same."""
    profile, options = drawn
    ours = SCHULZE.count(tell(profile), Paper(options))
    assume(ours.winners)
    assert peers.votekit_elected("Schulze", peers.votekit_profile(profile, options)) == numbers(ours.winners)


@MANY
@given(some(equal=True, full=True))
def test_borda_as_votekit(drawn: tuple[Profile, int]) -> None:
    """Told to average equal ranks. Unnamed options get nothing there, so that all are named here."""
    profile, options = drawn
    ours = best(BORDA.count(tell(profile), Paper(options)))
    points: dict[str, Any] = {"score_vector": list(range(options - 1, -1, -1)), "scoring_tie_convention": "average"}
    try:
        assert peers.votekit_elected("Borda", peers.votekit_profile(profile, options), **points) == ours
    except peers.Undecided:
        assert len(ours) > 1


def test_a_tie_is_settled_by_earlier_rounds_where_pref_voting_leaves_it_open() -> None:
    profile = {"3": 3, "4>2": 2, "5>2>4>3": 1}
    assert peers.pref_voting_runoff(profile, 5) == {3, 4}
    counted = IRV.count(tell(profile), Paper(5))
    assert (counted.winners, counted.tied) == (("option_3",), ())
    assert counted.rounds[-2].amounts["option_3"] == counted.rounds[-2].amounts["option_4"] == 3
    assert counted.rounds[0].amounts["option_4"] == 2


def test_pref_voting_draws_lots_among_those_whom_an_earlier_stage_has_cleared() -> None:
    """1, 2 and 4 have equally few once 3 is excluded. Before that 4 had more than the others, and is out of the lot."""
    profile = {"1": 3, "2": 2, "2>1": 1, "3>2>4": 1, "3>1": 1, "4": 4}
    ways, most = peers.pref_voting_stv_lots(profile, range(1, 5), 1)
    assert most == 3
    assert frozenset({4}) in ways
    assert len(ways) > 1
    counted = STV.count(tell(profile), Paper(4, 1))
    assert (counted.winners, counted.tied) == (("option_4",), ())


def test_pref_voting_elects_options_that_nobody_named() -> None:
    profile = {"2": 3, "1": 1}
    assert len(peers.pref_voting_stv(profile, [1, 2, 3, 4], 3)) == 2
    assert STV.count(tell(profile), Paper(4, 3)).winners == ("option_2", "option_1")


def test_votelib_forgets_options_that_win_and_lose_no_comparison() -> None:
    """Of two that are equal it tells none, of three unbeaten ones only who beats somebody."""
    for method, ours in PAIRWISE.items():
        assert peers.votelib_condorcet(method, {"1": 2, "2": 2}) == set()
        assert best(ours.count(tell({"1": 2, "2": 2}), Paper(2))) == {1, 2}
    profile = {"2>1=4": 2, "5>4>3": 2}
    assert peers.votelib_condorcet("Schulze", profile) == {4}
    assert best(SCHULZE.count(tell(profile), Paper(5))) == {2, 4, 5}


def test_votelib_lets_exhausted_votes_take_a_candidates_place() -> None:
    """Once 3 is elected 20/9 votes are exhausted: more than 4 has, and so 1 and 4 are excluded at once, not 1 alone."""
    profile = {"3>2>4>1": 4, "4": 2, "3": 4, "3>1>4>2": 1}
    assert peers.votelib_transfers(profile, 2) == {2, 3}
    counted = STV.count(tell(profile), Paper(4, 2))
    assert counted.winners == ("option_3", "option_4")
    assert [told.excluded for told in counted.rounds] == [(), ("option_1",), ("option_2",), ()]


def test_votelib_and_votekit_pass_several_surpluses_on_at_once() -> None:
    """1's surplus elects 3, so that 2's passes it by and goes to 4; with both at once it goes to 3, and on to 5."""
    profile = {"1>3>5>4>2": 41, "2>3>4>5>1": 31, "3>5>4>1>2": 5, "4>5>1>2>3": 10, "5>4>1>2>3": 13}
    assert peers.votelib_transfers(profile, 4) == {1, 2, 3, 5}
    assert peers.votekit_elected("STV", peers.votekit_profile(profile, 5), 4) == {1, 2, 3, 5}
    assert peers.pref_voting_stv(profile, range(1, 6), 4) == {frozenset({1, 2, 3, 4})}
    assert set(STV.count(tell(profile), Paper(5, 4)).winners) == {"option_1", "option_2", "option_3", "option_4"}


def test_pyrankvote_elects_with_just_half() -> None:
    profile = {"1": 2, "2": 1, "3": 1}
    assert peers.pyrankvote_rounds(profile, 3) == 1
    counted = IRV.count(tell(profile), Paper(3))
    assert (counted.winners, len(counted.rounds)) == (("option_1",), 2)


def test_others_need_an_option_for_every_seat() -> None:
    profile = {"2": 3, "1": 1}
    with pytest.raises(Exception, match="infinite loop"):
        peers.votelib_transfers(profile, 4)
    with pytest.raises(RuntimeError, match="Illegal state"):
        peers.pyrankvote_transfers(profile, 4, 4)
    with pytest.raises(ValueError, match="Not enough candidates"):
        peers.votekit_elected("STV", peers.votekit_profile(profile, 4), 4)
    assert STV.count(tell(profile), Paper(4, 4)).winners == ("option_2", "option_1")


def test_margins_and_winning_votes_can_differ_on_short_ballots() -> None:
    """1 beats 2 by 6 to 5, 2 beats 3 by 5 to 3 and 3 beats 1 by 8 to 3: the weakest victory is 5, or a margin of 1."""
    profile = {"1": 3, "2>3>1": 5, "3>1": 3}
    assert SCHULZE.count(tell(profile), Paper(3)).winners == ("option_3",)
    assert peers.votekit_elected("Schulze", peers.votekit_profile(profile, 3)) == {2}


def test_votekit_gives_unnamed_options_no_points() -> None:
    """1 has 4 x 2 of its own, and 5 x 1/2 of those who leave 1 and 3 unnamed: more than the 5 x 2 of 2."""
    profile = {"2": 5, "1>3": 4}
    points: dict[str, Any] = {"score_vector": [2, 1, 0], "scoring_tie_convention": "average"}
    assert peers.votekit_elected("Borda", peers.votekit_profile(profile, 3), **points) == {2}
    assert BORDA.count(tell(profile), Paper(3)).winners == ("option_1",)


def test_pyrankvote_needs_no_whole_quota() -> None:
    """Of 3 votes for 2 seats its quota is more than 1, so that 3 passes one on; by the statute it is 2."""
    profile = {"6>2>5>4>1": 1, "3>2>4": 2}
    assert peers.pyrankvote_transfers(profile, 6, 2) == {2, 3}
    counted = STV.count(tell(profile), Paper(6, 2))
    assert (counted.rounds[0].quota, counted.winners) == (200_000, ("option_3", "option_6"))


def test_votekit_one_by_one_passes_votes_on_to_whoever_has_enough() -> None:
    """5 and 1 both have the quota of 2. There 5's surplus goes to 1, and from there to 3; here it goes past 1 to 4."""
    profile = {"1>3>5>4>2": 2, "5>1>4": 3}
    told = peers.votekit_profile(profile, 5)
    assert peers.votekit_elected("STV", told, 3, simultaneous=False) == {1, 3, 5}
    assert peers.votekit_elected("STV", told, 3, simultaneous=True) == {1, 4, 5}
    assert set(STV.count(tell(profile), Paper(5, 3)).winners) == {"option_1", "option_4", "option_5"}


def test_votekit_asks_first_places_then_chance_about_a_tie() -> None:
    """1 and 5 have 1.5 votes each when one of them has to go. 5 had 1 of its own; 1 had more in the stage before."""
    profile = {"5>3>2>1": 1, "2>3>5>4>1": 1, "2>1>4": 3}
    assert peers.votekit_elected("STV", peers.votekit_profile(profile, 5), 2) == {2, 5}
    assert STV.count(tell(profile), Paper(5, 2)).winners == ("option_2", "option_1")


@pytest.mark.parametrize("vote", [*elections.difficult()])
def test_difficult_elections_are_counted_as_everybody_does(vote: elections.Election) -> None:
    profile, options = vote.profile, vote.options
    paper, told = Paper(options), tell(profile)
    assert best(BORDA.count(told, paper)) == peers.pref_voting_borda(profile, options)
    assert best(IRV.count(told, paper)) <= peers.pref_voting_runoff(profile, options)
    for method, ours in PAIRWISE.items():
        # Somebody beats everybody else.
        assert best(ours.count(told, paper)) == peers.votelib_condorcet(method, profile)
    assert best(SCHULZE.count(told, paper)) == peers.pref_voting_schulze(profile, options)
    assert best(COPELAND.count(told, paper)) == peers.pref_voting_copeland(profile, options)
    for seats in range(1, options):
        counted = STV.count(told, Paper(options, seats))
        ways = peers.pref_voting_stv(profile, range(1, options + 1), seats)
        assert numbers(counted.winners) == frozenset.intersection(*ways)
        assert numbers(counted.tied) == frozenset.union(*ways) - numbers(counted.winners)


@pytest.fixture(scope="module")
def real(request: pytest.FixtureRequest) -> Distribution:
    """What real elections are read from."""
    return sdists.fetch(request, "votekit")


def test_eilean_siar_elected_three(real: Distribution) -> None:
    vote = elections.eilean_siar(real)
    counted = STV.count(tell(vote.profile), Paper(vote.options, vote.seats))
    winners = numbers(counted.winners)
    assert vote.called(winners) == {"Catherine Macdonald", "D J Macrae", "Philip Robert Mclean"}
    assert {frozenset(winners)} == peers.pref_voting_stv(vote.profile, range(1, vote.options + 1), vote.seats)
    assert peers.votelib_transfers(vote.profile, vote.seats) == winners
    assert peers.votekit_elected("STV", peers.votekit_profile(vote.profile, vote.options), vote.seats) == winners
    first = best(IRV.count(tell(vote.profile), Paper(vote.options)))
    assert peers.pyrankvote_runoff(vote.profile, vote.options) == first
    assert peers.pref_voting_schulze(vote.profile, vote.options) == best(
        SCHULZE.count(tell(vote.profile), Paper(vote.options))
    )


def test_minneapolis_elected_a_mayor(real: Distribution) -> None:
    """By 38,870 votes against 24,972 in the last round, as the city announced."""
    vote = elections.minneapolis(real)
    counted = IRV.count(tell(vote.profile), Paper(vote.options))
    assert vote.called(numbers(counted.winners)) == {"BETSY HODGES"}
    last = counted.rounds[-1].amounts
    assert {
        (name, last[f"option_{number}"]) for number, name in enumerate(vote.names, 1) if f"option_{number}" in last
    } == {
        ("BETSY HODGES", 38870),
        ("MARK ANDREW", 24972),
    }
    assert peers.votelib_transfers(vote.profile, 1) == numbers(counted.winners)
    for method, ours in PAIRWISE.items():
        assert peers.votelib_condorcet(method, vote.profile) == best(
            ours.count(tell(vote.profile), Paper(vote.options))
        )


@pytest.mark.parametrize(
    ("district", "elected"),
    [
        (1, {"Candace Avalos", "Jamie Dunphy", "Loretta Smith"}),
        (3, {"Angelita Morillo", "Steve Novick", "Tiffany Koyama Lane"}),
    ],
)
def test_portland_elected_three_in_each_district(real: Distribution, district: int, elected: set[str]) -> None:
    vote = elections.portland(real, district)
    counted = STV.count(tell(vote.profile), Paper(vote.options, vote.seats))
    assert vote.called(numbers(counted.winners)) == elected
    for method, ours in PAIRWISE.items():
        assert peers.votelib_condorcet(method, vote.profile) == best(
            ours.count(tell(vote.profile), Paper(vote.options))
        )
