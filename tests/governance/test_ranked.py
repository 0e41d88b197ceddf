"""Ranked methods: what a ballot may say, that they count as a count by the letter does, and what holds of each."""

from __future__ import annotations

import random
from collections.abc import Mapping

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from governance.count import ABSTAIN, INVALID, Counted, Paper, option
from governance.modules.method.borda import Borda
from governance.modules.method.copeland import Copeland
from governance.modules.method.irv import InstantRunoff
from governance.modules.method.schulze import Schulze
from governance.modules.method.stv import SingleTransferableVote
from tests.governance import ranked_oracle as oracle
from tests.governance.rankings import Profile, best, names, profiles, tell, won

IRV, STV = InstantRunoff(), SingleTransferableVote()
PAIRWISE = (Schulze(equal=True), Copeland(equal=True), Borda(equal=True))
ONE_SEAT = (IRV, *PAIRWISE)


@pytest.mark.parametrize("choice", ["1", "3>1>2", "2>1", "10>9", "11>12>1>2>3>4>5>6>7>8>9>10"])
def test_a_ballot_may_rank_some_or_all(choice: str) -> None:
    paper = Paper(options=12)
    for method in (IRV, STV, Schulze(equal=False), Copeland(equal=False), Borda(equal=False), *PAIRWISE):
        assert method.accepts(choice, paper)
        assert method.accepts(ABSTAIN, paper)


@pytest.mark.parametrize("choice", ["1=2", "3>1=2", "1=2=3", "4=12>1"])
def test_equal_ranks_are_for_rules_that_say_so(choice: str) -> None:
    paper = Paper(options=12)
    assert all(method.accepts(choice, paper) for method in PAIRWISE)
    assert not any(
        method.accepts(choice, paper)
        for method in (IRV, STV, Schulze(equal=False), Copeland(equal=False), Borda(equal=False))
    )


@pytest.mark.parametrize(
    "choice",
    [
        *(
            "",
            ">",
            "1>",
            ">1",
            "1>>2",
            "01",
            "1>02",
            "0",
            "13",
            "1>13",
            "1>1",
            "1>2>1",
            "2=1",
            "1=1",
            "1>2=1",
            "1=",
            "=1",
        ),
        *("1 >2", " 1", "1\n", "1>2\n", "1,2", "１", "١", "-1", "+1", "1.0", "option_1", "yes", INVALID, "Abstain"),
        *("1" * 5000, "1>" * 5000, "9" * 4400 + ">1"),
    ],
)
def test_there_is_one_spelling_of_everything(choice: str) -> None:
    paper = Paper(options=12)
    assert not any(method.accepts(choice, paper) for method in (IRV, STV, *PAIRWISE))


@given(profiles())
def test_instant_runoff_counts_as_by_the_letter(drawn: tuple[Profile, int]) -> None:
    profile, options = drawn
    ways = oracle.transfers(profile, 1, 1, None)
    assert_ways(IRV.count(tell(profile), Paper(options=options)), ways)


@settings(max_examples=300)
@given(profiles(), st.integers(1, 4))
def test_transferable_votes_count_as_by_the_letter(drawn: tuple[Profile, int], seats: int) -> None:
    profile, options = drawn
    quota = (sum(profile.values()) // (seats + 1) + 1) * 100_000
    ways = oracle.transfers(profile, seats, 100_000, quota)
    assert_ways(STV.count(tell(profile), Paper(options=options, seats=seats)), ways)


@pytest.mark.parametrize("seed", range(4))
def test_larger_elections_count_as_by_the_letter(seed: int) -> None:
    """With more ballots than Hypothesis likes to draw, so that surpluses are many and ties are rare."""
    dice = random.Random(seed)
    for _ in range(300):
        options, seats, heaviest = dice.randint(3, 6), dice.randint(1, 4), dice.choice([1, 3, 12])
        profile = {
            ">".join(map(str, dice.sample(range(1, options + 1), dice.randint(1, options)))): dice.randint(1, heaviest)
            for _ in range(dice.choice([6, 12, 18]))
        }
        quota = (sum(profile.values()) // (seats + 1) + 1) * 100_000
        ways = oracle.transfers(profile, seats, 100_000, quota)
        assert_ways(STV.count(tell(profile), Paper(options, seats)), ways)
        assert_ways(IRV.count(tell(profile), Paper(options)), oracle.transfers(profile, 1, 1, None))


def assert_ways(counted: Counted, ways: set[frozenset[int]]) -> None:
    certain, possible = frozenset.intersection(*ways), frozenset.union(*ways)
    assert set(counted.winners) == names(certain)
    assert set(counted.tied) == names(possible - certain)


@given(profiles(equal=True))
def test_pairwise_methods_count_as_by_the_letter(drawn: tuple[Profile, int]) -> None:
    profile, options = drawn
    assume(profile)
    paper, told = Paper(options=options), tell(profile)
    schulze, copeland, borda = (method.count(told, paper) for method in PAIRWISE)
    assert won(schulze) == names(oracle.schulze(profile, options))
    duels = oracle.pairs(profile, options)
    for counted, scores in ((copeland, oracle.copeland(profile, options)), (borda, oracle.borda(profile, options))):
        assert won(counted) == names(best(scores))
        assert {number: counted.tally[option(number)].weight for number in scores} == {
            number: score * counted.unit for number, score in scores.items()
        }
        assert counted.pairs == schulze.pairs
        assert all(counted.pairs[one - 1][other - 1] == weight for (one, other), weight in duels.items())
        assert len(counted.winners) == 1 or len(counted.tied) > 1


@given(profiles(equal=True), st.randoms())
def test_the_order_breaks_every_tie_and_nothing_else(drawn: tuple[Profile, int], dice: object) -> None:
    profile, options = drawn
    order = [option(number) for number in range(1, options + 1)]
    dice.shuffle(order)  # type: ignore[attr-defined]
    strict = {text: weight for text, weight in profile.items() if "=" not in text}
    for method in ONE_SEAT:
        told = tell(strict if method is IRV else profile)
        open_, broken = (method.count(told, Paper(options=options), by) for by in ((), order))
        assert len(broken.winners) == bool(told)
        assert set(broken.winners) <= won(open_)
        assert broken.winners == open_.winners or open_.tied
        assert (broken.tied, broken.pairs) == (open_.tied, open_.pairs)
    for seats in (2, 3):
        open_, broken = (STV.count(tell(strict), Paper(options=options, seats=seats), by) for by in ((), order))
        assert broken == open_ or open_.tied
        assert set(open_.winners) <= set(broken.winners) <= won(open_)
        assert len(broken.winners) == min(seats, len({n for text in strict for n in text.split(">")}))


@given(profiles(), st.integers(0, 4))
def test_a_casting_vote_may_name_the_winner_alone(drawn: tuple[Profile, int], pick: int) -> None:
    profile, options = drawn
    for method in ONE_SEAT:
        tied = method.count(tell(profile), Paper(options=options)).tied
        if tied:
            chosen = tied[pick % len(tied)]
            assert method.count(tell(profile), Paper(options=options), (chosen,)).winners == (chosen,)


@given(profiles(equal=True), st.data())
def test_names_decide_nothing(drawn: tuple[Profile, int], data: st.DataObject) -> None:
    profile, options = drawn
    onto = dict(enumerate(data.draw(st.permutations(range(1, options + 1))), 1))
    for method in (*ONE_SEAT, STV):
        used = {text: weight for text, weight in profile.items() if method in PAIRWISE or "=" not in text}
        seats = data.draw(st.integers(1, 3)) if method is STV else 1
        first = method.count(tell(used), Paper(options=options, seats=seats))
        other = method.count(tell({rename(text, onto): n for text, n in used.items()}), Paper(options, seats))
        assert {renamed(name, onto) for name in first.winners} == set(other.winners)
        assert {renamed(name, onto) for name in first.tied} == set(other.tied)
        assert (first.support.weight, first.cast) == (other.support.weight, other.cast)


def rename(text: str, onto: Mapping[int, int]) -> str:
    levels = oracle.read(text)
    return ">".join("=".join(map(str, sorted(onto[number] for number in level))) for level in levels)


def renamed(name: str, onto: Mapping[int, int]) -> str:
    return option(onto[int(name.removeprefix("option_"))])


@given(profiles(equal=True), st.integers(2, 1000))
def test_only_proportions_matter_for_one_seat(drawn: tuple[Profile, int], times: int) -> None:
    profile, options = drawn
    for method in ONE_SEAT:
        used = {text: weight for text, weight in profile.items() if method in PAIRWISE or "=" not in text}
        once = method.count(tell(used), Paper(options=options))
        often = method.count(tell({text: n * times for text, n in used.items()}), Paper(options=options))
        assert (once.winners, once.tied) == (often.winners, often.tied)
        if method.NAME != "copeland/1":
            assert often.support.weight == once.support.weight * times


@given(profiles())
def test_one_seat_by_transfer_is_instant_runoff(drawn: tuple[Profile, int]) -> None:
    profile, options = drawn
    runoff, seat = (method.count(tell(profile), Paper(options=options)) for method in (IRV, STV))
    assert (runoff.winners, set(runoff.tied)) == (seat.winners, set(seat.tied))


@given(profiles(full=True))
def test_whoever_has_a_majority_of_first_places_wins(drawn: tuple[Profile, int]) -> None:
    profile, options = drawn
    firsts = dict.fromkeys(range(1, options + 1), 0)
    for text, weight in profile.items():
        firsts[int(text.partition(">")[0])] += weight
    most = max(firsts, key=lambda number: firsts[number])
    assume(firsts[most] * 2 > sum(profile.values()))
    for method in (IRV, STV, PAIRWISE[0], PAIRWISE[1]):
        assert method.count(tell(profile), Paper(options=options)).winners == (option(most),)


@given(profiles(equal=True))
def test_schulze_and_copeland_elect_from_the_smith_set(drawn: tuple[Profile, int]) -> None:
    profile, options = drawn
    assume(profile)
    smith = names(oracle.smith(profile, options))
    for method in PAIRWISE[:2]:
        counted = method.count(tell(profile), Paper(options=options))
        assert won(counted) <= smith
        assert len(smith) > 1 or counted.winners == tuple(smith)


@given(profiles())
def test_whoever_loses_to_all_others_never_wins(drawn: tuple[Profile, int]) -> None:
    profile, options = drawn
    duel = oracle.pairs(profile, options)
    everyone = range(1, options + 1)
    losers = {a for a in everyone if all(duel[a, b] < duel[b, a] for b in everyone if a != b)}
    for method in ONE_SEAT:
        assert not won(method.count(tell(profile), Paper(options=options))) & names(losers)


@given(profiles(equal=True), st.data())
def test_to_be_put_higher_never_hurts(drawn: tuple[Profile, int], data: st.DataObject) -> None:
    """Not so for instant runoff and transfers: see the example below."""
    profile, options = drawn
    assume(profile)
    text = data.draw(st.sampled_from(sorted(profile)))
    for method in PAIRWISE:
        paper = Paper(options=options)
        winners = won(method.count(tell(profile), paper))
        winner = int(data.draw(st.sampled_from(sorted(winners))).removeprefix("option_"))
        levels = [tuple(n for n in level if n != winner) for level in oracle.read(text)]
        places = [place for place, level in enumerate(oracle.read(text)) if winner in level]
        raised = [level for level in levels if level]
        raised.insert(data.draw(st.integers(0, min(places[0] if places else len(raised), len(raised)))), (winner,))
        higher = ">".join("=".join(map(str, level)) for level in raised)
        assert option(winner) in won(method.count(tell(moved(profile, text, higher)), paper))


def moved(profile: Profile, old: str, new: str) -> Profile:
    changed = {text: weight for text, weight in profile.items() if text != old}
    changed[new] = changed.get(new, 0) + profile[old]
    return changed


def test_to_be_put_higher_can_hurt_in_a_runoff() -> None:
    before = {"1>2": 39, "2>3": 35, "3>1": 26}
    assert IRV.count(tell(before), Paper(options=3)).winners == ("option_1",)
    after = {"1>2": 49, "2>3": 25, "3>1": 26}
    assert IRV.count(tell(after), Paper(options=3)).winners == ("option_3",)


@given(profiles(full=True))
def test_turned_around_a_sole_winner_by_schulze_is_none(drawn: tuple[Profile, int]) -> None:
    profile, options = drawn
    assume(profile)
    around = {">".join(reversed(text.split(">"))): weight for text, weight in profile.items()}
    first, last = (PAIRWISE[0].count(tell(told), Paper(options=options)) for told in (profile, around))
    assert not first.winners or first.winners != last.winners


@settings(max_examples=200)
@given(profiles(), st.integers(1, 4), st.data())
def test_a_solid_coalition_gets_its_seats(drawn: tuple[Profile, int], seats: int, data: st.DataObject) -> None:
    """So many quotas of voters who put the same options first elect so many of them: Droop's criterion."""
    profile, options = drawn
    chosen = data.draw(st.sets(st.integers(1, options), min_size=1))
    solid = sum(
        weight for text, weight in profile.items() if {level[0] for level in oracle.read(text)[: len(chosen)]} == chosen
    )
    quota = sum(profile.values()) // (seats + 1) + 1
    counted = STV.count(tell(profile), Paper(options=options, seats=seats), [option(n) for n in range(1, options + 1)])
    assert len(set(counted.winners) & names(chosen)) >= min(solid // quota, len(chosen))


@given(profiles(), st.integers(1, 3))
def test_every_vote_is_somewhere_in_every_round(drawn: tuple[Profile, int], seats: int) -> None:
    profile, options = drawn
    for method, paper in ((IRV, Paper(options=options)), (STV, Paper(options=options, seats=seats))):
        counted = method.count(tell(profile), paper)
        past: dict[str, int] = {}
        lost, elected = 0, set()
        for told in counted.rounds:
            assert sum(told.amounts.values()) + told.exhausted == sum(profile.values()) * counted.unit
            assert told.exhausted >= lost
            assert all(amount >= past.get(name, 0) for name, amount in told.amounts.items() if name not in elected)
            lost, past = told.exhausted, dict(told.amounts)
            elected |= set(told.elected)
            rest = {amount for name, amount in told.amounts.items() if name not in elected | set(told.excluded)}
            assert all(told.amounts[name] <= amount for name in told.excluded for amount in rest)
        if not counted.tied:
            assert elected == set(counted.winners)
