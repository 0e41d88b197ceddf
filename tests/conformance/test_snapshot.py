"""Snapshot's own library counts the same ballots: its examples and generated ones.

What differs on purpose stands in docs/differences.md; each such difference is shown below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from math import isqrt
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from governance.count import NOBODY, Count, Counted, Paper
from governance.modules.method.approval import Approval
from governance.modules.method.copeland import Copeland
from governance.modules.method.irv import InstantRunoff
from governance.modules.method.quadratic import Quadratic
from governance.modules.method.single_choice import SingleChoice
from governance.modules.method.weighted import Weighted
from governance.modules.questions import Method
from tests.conformance import snapshots
from tests.conformance.snapshots import Ballot, Snapshot, leaders

MANY = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
POINTS = 100
CREDITS = 25
SQUARES = (("5",), ("3", "4"), ("4", "3"), ("1", "2", "2", "4"), ("4", "2", "2", "1"), ("", "5"), ("", "3", "4"))
"""Votes for the first options that cost 25 credits, not one more or less."""
Choices = Sequence[int]


@pytest.fixture(scope="module")
def snapshot() -> Iterator[Snapshot]:
    with snapshots.running() as library:
        yield library


def single(choice: int) -> str:
    return f"option_{choice}"


def approving(choice: Choices) -> str:
    return ",".join(map(str, sorted(choice)))


def ranking(choice: Choices) -> str:
    return ">".join(map(str, choice))


def amounts(choice: dict[str, int]) -> str:
    return ",".join(f"{option}:{choice[option]}" for option in sorted(choice, key=int) if choice[option])


def count(method: Method, choices: int, ballots: Sequence[Ballot], say: Callable[[Any], str]) -> Counted:
    """Our count of Snapshot's ballots, each of which must be one that we accept."""
    profile: dict[str, Count] = {}
    for ballot in ballots:
        said = say(ballot.choice)
        assert method.accepts(said, Paper(choices)), said
        profile[said] = profile.get(said, NOBODY) + Count(1, ballot.balance)
    return method.count(profile, Paper(choices))


def weights(counted: Counted, choices: int) -> list[float]:
    """What each option ends with, in votes."""
    return [counted.tally[single(number)].weight / counted.unit for number in range(1, choices + 1)]


def ahead(counted: Counted) -> set[int]:
    """The winner's number, or those that tie."""
    return {int(name.removeprefix("option_")) for name in counted.tied or counted.winners}


def near(scores: Sequence[float]) -> Any:
    return pytest.approx(list(scores), rel=1e-9, abs=1e-9)


CHOICES = 4
BALANCES = st.integers(1, 20)


def ballots(choice: st.SearchStrategy[Any], balances: st.SearchStrategy[int] = BALANCES) -> st.SearchStrategy[Any]:
    return st.lists(st.builds(Ballot, choice, balances), min_size=1, max_size=12)


SINGLE = st.integers(1, CHOICES)
SOME = st.lists(SINGLE, min_size=1, max_size=CHOICES, unique=True)
RANKINGS = st.permutations(range(1, CHOICES + 1))
SPLITS = st.lists(st.integers(0, POINTS), min_size=CHOICES - 1, max_size=CHOICES - 1).map(
    lambda cuts: {
        str(option): high - low
        for option, (low, high) in enumerate(zip([0, *sorted(cuts)], [*sorted(cuts), POINTS], strict=True), 1)
    }
)
SPENT = st.sampled_from(SQUARES).map(
    lambda votes: {str(option): int(vote) for option, vote in enumerate(votes, 1) if vote}
)


def test_it_gives_the_scores_that_its_own_tests_expect(snapshot: Snapshot) -> None:
    for method in ("single-choice", "approval", "weighted", "quadratic", "ranked-choice"):
        example = snapshot.example(method)
        assert snapshot.count(method, len(example.choices), example.ballots).scores == near(example.scores)


def test_single_choice_of_its_example(snapshot: Snapshot) -> None:
    example = snapshot.example("single-choice")
    assert weights(count(SingleChoice(), CHOICES, example.ballots, single), CHOICES) == example.scores


def test_approval_of_its_example(snapshot: Snapshot) -> None:
    example = snapshot.example("approval")
    filled = [ballot for ballot in example.ballots if ballot.choice]
    assert weights(count(Approval(most=None), CHOICES, filled, approving), CHOICES) == example.scores


def test_weighted_of_its_example(snapshot: Snapshot) -> None:
    example = snapshot.example("weighted")
    # Everyone hands out as much as they like: we count apart by the number of points, and add up.
    alike: dict[int, list[Ballot]] = {}
    for ballot in example.ballots:
        said = shares(ballot)
        total = sum(said.values())
        points = int(total) if total > 1 else 10
        handed_out = {option: int(share * points / total) for option, share in said.items()}
        alike.setdefault(points, []).append(Ballot(handed_out, ballot.balance))
    ours = [weights(count(Weighted(points=points), CHOICES, cast, amounts), CHOICES) for points, cast in alike.items()]
    assert [sum(scores) for scores in zip(*ours, strict=True)] == near(example.scores)


def shares(ballot: Ballot) -> dict[str, Fraction]:
    return {option: Fraction(str(number)) for option, number in ballot.choice.items()}


def test_quadratic_of_those_ballots_of_its_example_that_spend_a_hundred_credits_on_whole_votes(
    snapshot: Snapshot,
) -> None:
    whole, bought = [], []
    for ballot in snapshot.example("quadratic").ballots:
        said = shares(ballot)
        votes = {option: isqrt(int(100 * share / sum(said.values()))) for option, share in said.items()}
        if all(vote**2 == 100 * said[option] / sum(said.values()) for option, vote in votes.items()):
            whole.append(ballot)
            bought.append(Ballot(votes, ballot.balance))
    assert len(whole) > 200
    squares = [weight**2 for weight in weights(count(Quadratic(credits=100), CHOICES, bought, amounts), CHOICES)]
    theirs = snapshot.count("quadratic", CHOICES, whole)
    assert theirs.scores == near([len(whole) * square / sum(squares) for square in squares])


def test_copeland_of_those_ballots_of_its_example_that_rank_all(snapshot: Snapshot) -> None:
    example = snapshot.example("copeland")
    assert snapshot.count("copeland", CHOICES, example.ballots).valid == 3
    full = [ballot for ballot in example.ballots if len(ballot.choice) == CHOICES]
    agree_in_pairs(snapshot, full)


def test_ranked_choice_of_its_example(snapshot: Snapshot) -> None:
    example = snapshot.example("ranked-choice")
    counted = count(InstantRunoff(), CHOICES, example.ballots, ranking)
    assert last_round(counted) == example.scores
    assert ahead(counted) == leaders(example.scores)


def last_round(counted: Counted) -> list[int]:
    return [counted.rounds[-1].amounts.get(single(number), 0) // counted.unit for number in range(1, CHOICES + 1)]


@MANY
@given(cast=ballots(SINGLE))
def test_single_choice_has_the_same_scores(snapshot: Snapshot, cast: list[Ballot]) -> None:
    counted = count(SingleChoice(), CHOICES, cast, single)
    theirs = snapshot.count("single-choice", CHOICES, cast)
    assert (weights(counted, CHOICES), counted.cast.weight) == (theirs.scores, theirs.total)
    assert ahead(counted) == leaders(theirs.scores)


@MANY
@given(cast=ballots(SOME))
def test_approval_has_the_same_scores(snapshot: Snapshot, cast: list[Ballot]) -> None:
    counted = count(Approval(most=None), CHOICES, cast, approving)
    theirs = snapshot.count("approval", CHOICES, cast)
    assert (weights(counted, CHOICES), counted.cast.weight) == (theirs.scores, theirs.total)
    assert ahead(counted) == leaders(theirs.scores)


@MANY
@given(cast=ballots(SPLITS))
def test_weighted_has_the_same_scores(snapshot: Snapshot, cast: list[Ballot]) -> None:
    counted = count(Weighted(points=POINTS), CHOICES, cast, amounts)
    theirs = snapshot.count("weighted", CHOICES, cast)
    assert weights(counted, CHOICES) == near(theirs.scores)
    assert ahead(counted) == leaders(theirs.scores)


@MANY
@given(cast=ballots(SPENT, st.just(1)))
def test_quadratic_scores_are_the_squares_of_our_votes(snapshot: Snapshot, cast: list[Ballot]) -> None:
    counted = count(Quadratic(credits=CREDITS), CHOICES, cast, amounts)
    # Snapshot takes shares of power and roots them itself; its scores are squared sums, scaled to the power cast.
    shares = [Ballot({option: vote**2 for option, vote in ballot.choice.items()}, 1) for ballot in cast]
    squares = [weight**2 for weight in weights(counted, CHOICES)]
    theirs = snapshot.count("quadratic", CHOICES, shares)
    assert theirs.scores == near([len(cast) * square / sum(squares) for square in squares])
    assert ahead(counted) == leaders(theirs.scores)


@MANY
@given(cast=ballots(RANKINGS))
def test_ranked_choice_has_the_same_last_round_where_no_exclusion_is_a_tie(
    snapshot: Snapshot, cast: list[Ballot]
) -> None:
    counted = count(InstantRunoff(), CHOICES, cast, ranking)
    for found in counted.rounds:
        supported = sorted(amount for amount in found.amounts.values() if amount)
        assume(supported[:1] != supported[1:2])
    theirs = snapshot.count("ranked-choice", CHOICES, cast)
    assert last_round(counted) == theirs.scores
    assert ahead(counted) == leaders(theirs.scores)


@MANY
@given(cast=ballots(RANKINGS))
def test_copeland_has_the_same_wins_and_comparisons(snapshot: Snapshot, cast: list[Ballot]) -> None:
    agree_in_pairs(snapshot, cast)


def agree_in_pairs(snapshot: Snapshot, cast: list[Ballot]) -> None:
    counted = count(Copeland(equal=False), CHOICES, cast, ranking)
    power = sum(ballot.balance for ballot in cast)
    # Its scores: comparisons won in halves, and as tie-break half the share of power that an option has on average.
    averages = [sum(row) / ((CHOICES - 1) * power) for row in counted.pairs]
    won = [counted.tally[single(number)].weight for number in range(1, CHOICES + 1)]
    raw = [halves + average / 2 for halves, average in zip(won, averages, strict=True)]
    theirs = snapshot.count("copeland", CHOICES, cast)
    assert theirs.scores == near([power * score / sum(raw) for score in raw])
    assert leaders(theirs.scores) <= ahead(counted)


# Wanted differences.


def test_an_empty_approval_is_a_ballot_there_and_none_here(snapshot: Snapshot) -> None:
    assert snapshot.count("approval", 2, [Ballot([], 5), Ballot([1], 2)]).valid == 2
    assert not Approval(most=None).accepts("", Paper(2))
    assert Approval(most=None).accepts("abstain", Paper(2))


@pytest.mark.parametrize(
    ("method", "ours", "wrong", "said", "right"),
    [
        ("single-choice", SingleChoice(), 9, single, 1),
        ("approval", Approval(most=None), [9], approving, [1]),
        ("ranked-choice", InstantRunoff(), [9, 1], ranking, [1, 2]),
    ],
)
def test_totals_hold_invalid_ballots_there_and_none_are_taken_here(
    snapshot: Snapshot, method: str, ours: Method, wrong: Any, said: Callable[[Any], str], right: Any
) -> None:
    theirs = snapshot.count(method, 2, [Ballot(wrong, 5), Ballot(right, 2)])
    assert (theirs.valid, theirs.total) == (1, 7)
    assert not ours.accepts(said(wrong), Paper(2))
    # Sealed ballots that open to no choice are known by then: they are present, and not cast.
    counted = ours.count({said(right): Count(1, 2), "invalid": Count(1, 5)}, Paper(2))
    assert counted.cast == Count(1, 2)


def test_a_tie_for_the_last_place_goes_by_the_list_there_and_by_lot_here(snapshot: Snapshot) -> None:
    cycle = [Ballot([1, 2, 3], 1), Ballot([2, 3, 1], 1), Ballot([3, 1, 2], 1)]
    assert leaders(snapshot.count("ranked-choice", 3, cycle).scores) == {2}
    # The same ballots with options 1 and 2 listed the other way round: what was 2 is 1 now, and loses.
    swapped = [Ballot([{1: 2, 2: 1, 3: 3}[option] for option in ballot.choice], 1) for ballot in cycle]
    assert leaders(snapshot.count("ranked-choice", 3, swapped).scores) == {3}
    assert count(InstantRunoff(), 3, cycle, ranking).tied == ("option_1", "option_2", "option_3")
    assert count(InstantRunoff(), 3, swapped, ranking).tied == ("option_1", "option_2", "option_3")


def test_a_tie_of_the_last_two_stays_one_there_and_goes_by_the_round_before_here(snapshot: Snapshot) -> None:
    cast = [Ballot([1, 2, 3], 5), Ballot([2, 1, 3], 4), Ballot([3, 2, 1], 1)]
    assert snapshot.count("ranked-choice", 3, cast).scores == [5, 5, 0]
    assert count(InstantRunoff(), 3, cast, ranking).winners == ("option_1",)


@pytest.mark.parametrize(("method", "ours"), [("ranked-choice", InstantRunoff()), ("copeland", Copeland(equal=False))])
def test_a_ranking_of_some_is_invalid_there_and_counts_here(snapshot: Snapshot, method: str, ours: Method) -> None:
    cast = [Ballot([2], 5), Ballot([1, 2, 3], 2)]
    assert snapshot.count(method, 3, cast).valid == 1
    assert count(ours, 3, cast, ranking).winners == ("option_2",)


def test_equal_wins_are_decided_by_average_support_there_and_a_tie_here(snapshot: Snapshot) -> None:
    cycle = [Ballot([1, 2, 3], 3), Ballot([2, 3, 1], 3), Ballot([3, 1, 2], 2)]
    assert leaders(snapshot.count("copeland", 3, cycle).scores) == {2}
    assert count(Copeland(equal=False), 3, cycle, ranking).tied == ("option_1", "option_2", "option_3")


def test_weights_beyond_floating_point_are_rounded_there_and_exact_here(snapshot: Snapshot) -> None:
    cast = [Ballot(1, 2**53), Ballot(1, 1), Ballot(2, 2**53)]
    assert leaders(snapshot.count("single-choice", 2, cast).scores) == {1, 2}
    assert count(SingleChoice(), 2, cast, single).winners == ("option_1",)


def test_any_numbers_are_shares_there_and_points_are_handed_out_to_the_last_here(snapshot: Snapshot) -> None:
    assert snapshot.count("weighted", 2, [Ballot({"1": 1, "2": 3}, 8)]).scores == near([2, 6])
    assert not Weighted(points=POINTS).accepts("1:1,2:3", Paper(2))
    assert Weighted(points=POINTS).accepts("1:25,2:75", Paper(2))


def test_power_in_several_hands_is_worth_more_there_and_the_same_here(snapshot: Snapshot) -> None:
    one, four = [Ballot({"1": 1}, 4)], [Ballot({"1": 1}, 1)] * 4
    others = [Ballot({"2": 1}, 4)]
    assert snapshot.count("quadratic", 2, [*one, *others]).scores == near([4, 4])
    assert snapshot.count("quadratic", 2, [*four, *others]).scores == near([6.4, 1.6])
    vote = Quadratic(credits=1)
    assert weights(count(vote, 2, [*one, *others], amounts), 2) == [4, 4]
    assert weights(count(vote, 2, [*four, *others], amounts), 2) == [4, 4]
