"""How power is spread: known examples, properties, and samples held against full counts."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance import game, outcome, power, rule
from governance.count import NOBODY, Count, Paper
from governance.outcome import Votes
from governance.power import Game, Kind, Voters
from governance.rule import Rule
from tests.governance.documents import CHOICE, document, quorum, share

WEIGHTS = st.lists(st.integers(1, 60), min_size=1, max_size=12)


def of(*weights: int) -> Counter[Kind]:
    return Counter(("member", weight) for weight in weights)


def swings(found: power.Power | None) -> dict[int, int]:
    """How often a vote of that weight decides."""
    assert found is not None
    voters = sum(row.voters for row in found.rows)
    return {row.kind[1]: int(row.measure * 2 ** (voters - 1)) for row in found.rows}


def counted_out(game: Game, voters: Voters) -> dict[Kind, Fraction]:
    """Every division, one by one."""
    each = [kind for kind, count in voters.items() for _ in range(count)]
    found: dict[Kind, Fraction] = {}

    def wins(division: tuple[bool, ...]) -> bool:
        brought = [game.brings(kind) for kind, yes in zip(each, division, strict=True) if yes]
        return all(sum(own[axis] for own in brought) >= quota for axis, quota in enumerate(game.quotas()))

    for place, kind in enumerate(each):
        decisive = 0
        for others in product((False, True), repeat=len(each) - 1):
            with_, without = ((*others[:place], yes, *others[place:]) for yes in (True, False))
            decisive += wins(with_) and not wins(without)
        found[kind] = Fraction(decisive, 2 ** (len(each) - 1))
    return found


@pytest.mark.parametrize(
    ("quota", "weights", "expected"),
    [
        # United Nations Security Council: five permanent members, ten others; nine votes with all five.
        (39, (7,) * 5 + (1,) * 10, {7: 848, 1: 84}),
        # Council of the European Economic Community, 1958: Luxembourg never decides.
        (12, (4, 4, 4, 2, 2, 1), {4: 10, 2: 6, 1: 0}),
        # Nassau County's Board of Supervisors, 1964: Banzhaf's own case; three of six have no power at all.
        (58, (31, 31, 28, 21, 2, 2), {31: 16, 28: 16, 21: 0, 2: 0}),
    ],
)
def test_known_examples(quota: int, weights: tuple[int, ...], expected: dict[int, int]) -> None:
    found = power.banzhaf(Game(weight=quota), of(*weights), b"")
    assert swings(found) == expected
    assert found is not None
    assert sum((row.share or 0) * row.voters for row in found.rows) == 1


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 9)), min_size=1, max_size=8), st.data())
def test_every_division_is_counted(each: list[Kind], data: st.DataObject) -> None:
    whole = sum(weight for _, weight in each)
    classes = {cls: data.draw(st.integers(1, 4)) for cls in data.draw(st.sets(st.sampled_from("ab")))}
    asked = Game(data.draw(st.integers(0, whole + 1)), data.draw(st.integers(0, len(each))), classes)
    found = power.banzhaf(asked, Counter(each), b"")
    assert found is not None
    assert {row.kind: row.measure for row in found.rows} == counted_out(asked, Counter(each))


@settings(deadline=None, max_examples=15)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 40)), min_size=2, max_size=20), st.data())
def test_a_sample_is_within_its_error_of_the_full_count(each: list[Kind], data: st.DataObject) -> None:
    whole = sum(weight for _, weight in each)
    asked = Game(data.draw(st.integers(1, whole)), data.draw(st.integers(0, len(each))))
    exact = {row.kind: row.measure for row in power._exact(asked, Counter(each))}
    for row in power._sampled(asked, Counter(each), b"seed"):
        assert row.error is not None
        assert abs(row.measure - exact[row.kind]) <= row.error < Fraction(1, 100)


def test_the_same_seed_draws_the_same_sample_and_another_another() -> None:
    voters = of(*range(1, 41))
    found = [power.banzhaf(Game(weight=400), voters, seed) for seed in (b"a", b"a", b"b")]
    assert found[0] == found[1] != found[2]
    assert found[0] is not None
    assert found[0].samples == power.SAMPLES


def test_where_all_are_alike_each_decides_as_often_as_the_others() -> None:
    found = power.banzhaf(Game(weight=501), of(*[1] * 1000), b"")
    assert found is not None
    assert found.samples is None
    # Penrose: about the square root of 2 / (pi n).
    assert abs(found.rows[0].measure - Fraction(25231, 1_000_000)) < Fraction(1, 100_000)
    assert found.rows[0].share == Fraction(1, 1000)


def test_too_many_voters_are_not_told() -> None:
    assert power.banzhaf(Game(weight=10), of(*[1, 2] * power.MOST), b"") is None


@given(WEIGHTS)
def test_gini_is_the_mean_difference_of_all_pairs(weights: list[int]) -> None:
    pairs = sum(abs(a - b) for a in weights for b in weights)
    expected = Fraction(pairs, 2 * len(weights) * sum(weights))
    assert power.gini(Counter(weights)) == expected


@given(st.integers(1, 1000), st.integers(1, 10**9))
def test_gini_is_nothing_where_all_weigh_the_same(voters: int, weight: int) -> None:
    assert power.gini({weight: voters}) == 0


@given(st.lists(st.integers(1, 60), min_size=2, max_size=12), st.data())
def test_gini_grows_when_a_lighter_voter_gives_to_a_heavier_one(weights: list[int], data: st.DataObject) -> None:
    light, *between, heavy = sorted(weights)
    given_ = data.draw(st.integers(1, light))
    assert power.gini(Counter([light - given_, *between, heavy + given_])) > power.gini(Counter(weights))


@given(WEIGHTS)
def test_the_lorenz_curve_rises_from_nothing_to_all_and_never_above_the_diagonal(weights: list[int]) -> None:
    found = power.lorenz(Counter(weights), 10)
    assert found[0] == 0
    assert found[-1] == 1
    assert found == sorted(found)
    assert all(had <= Fraction(part, 10) for part, had in enumerate(found))
    # The heaviest voters' own share.
    if len(weights) == 10:
        assert found[9] == 1 - Fraction(max(weights), sum(weights))


def game_of(voters: Voters, **answers: Any) -> Game | None:
    return game.game(rule.parse(document(**answers)), voters)


def test_quotas_are_what_the_rules_own_tests_need() -> None:
    voters = Counter({("member", 1): 7, ("worker", 3): 2})
    half = quorum("heads", "1/2", strict=False)
    assert game_of(voters, threshold=share("1/2", "yes_no", strict=True)) == Game(weight=7)
    assert game_of(voters, threshold=share("2/3", "all", strict=False), quorum=half) == Game(weight=9, heads=0)
    by_heads = share("2/3", "all", strict=False) | {"unit": "heads"}
    both = {"module": "all_of/1", "parts": [share("1/2", "yes_no", strict=True), by_heads]}
    assert game_of(voters, threshold=both) == Game(weight=7, heads=6)
    per_class = {"module": "per_class/1", "classes": ["worker"], "fraction": "1/2", "of": "yes_no", "strict": True}
    both = {"module": "all_of/1", "parts": [share("1/2", "yes_no", strict=True), per_class]}
    assert game_of(voters, threshold=both) == Game(weight=7, classes={"worker": 2})
    assert game_of(voters, quorum={"module": "approvals/1", "count": 10}) is None


def test_a_choice_takes_more_weight_than_the_other_option() -> None:
    assert game.game(rule.parse(CHOICE), of(1, 1, 2, 3)) == Game(weight=4)
    consent = document(method={"module": "consent/1"}, threshold={"module": "no_objection/1"})
    assert game.game(rule.parse(consent), of(1, 1, 1)) == Game(heads=3)


def test_so_few_decide_whatever_the_others_do() -> None:
    half = rule.parse(document(threshold=share("1/2", "yes_no", strict=True)))
    assert game.fewest(half, of(*[1] * 1000)) == 501
    assert game.fewest(half, of(50, 30, 10, 5, 5)) == 2
    # Two outvote the others, but they can't make up a quorum of heads without a third.
    with_quorum = rule.parse(document(quorum=quorum("heads", "3/5", strict=False)))
    assert game.fewest(with_quorum, of(50, 30, 10, 5, 5)) == 3
    assert game.fewest(rule.parse(CHOICE), of(50, 30, 10, 5, 5)) == 2
    assert game.fewest(half, Counter()) is None


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(("user", "worker")), st.integers(1, 9)), min_size=1, max_size=9), st.data())
def test_nobody_fewer_could(each: list[Kind], data: st.DataObject) -> None:
    """Against every set of voters, one by one."""
    per_class = {"module": "per_class/1", "classes": ["worker"], "fraction": "1/2", "of": "all", "strict": False}
    plain = share("1/2", "yes_no", strict=True)
    by_heads = share("2/3", "all", strict=False) | {"unit": "heads"}
    parts = data.draw(st.sampled_from([(plain, by_heads), (plain, per_class), (plain, by_heads, per_class)]))
    both = {"module": "all_of/1", "parts": list(parts)}
    found = rule.parse(document(threshold=both, quorum=quorum("weight", "1/3", strict=True)))
    least = None
    for division in product((False, True), repeat=len(each)):
        ours, theirs = ([k for k, yes in zip(each, division, strict=True) if yes is side] for side in (True, False))
        if passes(found, each, ours, theirs) and passes(found, each, ours, []):
            least = min(len(ours), len(each) if least is None else least)
    assert game.fewest(found, Counter(each)) == least


def passes(found: Rule, each: list[Kind], ours: list[Kind], theirs: list[Kind]) -> bool:
    """By the outcome itself."""
    houses: dict[str, dict[str, Count]] = {}
    for choice, side in (("yes", ours), ("no", theirs)):
        for cls, weight in side:
            tally = houses.setdefault(cls if found.by_class else "", {})
            tally[choice] = tally.get(choice, NOBODY) + Count(1, weight)
    votes = Votes(houses or {"": {}})
    return outcome.decide(found, game.roll_of(found, Counter(each)), votes, Paper())[1].result == "passed"
