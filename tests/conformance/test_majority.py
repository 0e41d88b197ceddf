"""Aragon's token voting, run in an EVM, against our preset of that name: thousands of generated votes.

What differs on purpose stands in docs/differences.md; each such difference is shown below.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import gcd

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conformance import majorities, ours
from tests.conformance.evm import staged
from tests.conformance.majorities import HOUR, RATIO, Act, Majority, Setting

pytestmark = pytest.mark.slow
MANY = settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
RATIOS = st.one_of(
    st.sampled_from((500_000, 333_332, 666_666, 250_000, 750_000, 200_000, 2)), st.integers(1, RATIO - 1)
).filter(lambda ratio: gcd(ratio, RATIO) > 1)
WEIGHTS = st.lists(st.integers(0, 5) | st.integers(0, 10**9), min_size=1, max_size=8).filter(any)
ACTS = st.lists(
    st.builds(
        Act,
        st.sampled_from((1, 2, HOUR // 2, HOUR - 1, HOUR, HOUR + 1)),
        st.integers(0, 7),
        st.sampled_from(("yes", "no", "abstain")),
    ),
    max_size=12,
).map(lambda acts: [*sorted(acts, key=lambda act: act.at), Act(HOUR + 1, 0, "none")])


@pytest.fixture(scope="module")
def majority() -> Iterator[Majority]:
    with staged(majorities.SOURCE) as stage:
        yield Majority(stage)


@MANY
@given(
    setting=st.builds(Setting, st.sampled_from(("standard", "replacement")), RATIOS, RATIOS), weights=WEIGHTS, acts=ACTS
)
def test_the_same_votes_come_to_the_same(
    majority: Majority, setting: Setting, weights: list[int], acts: list[Act]
) -> None:
    weights = [*weights, *[0] * (8 - len(weights))]
    rule = ours.token_voting(Fraction(setting.support, RATIO), Fraction(setting.participation, RATIO), None)
    votes: dict[int, str] = {}
    for act, seen in zip(acts, majority.hold(setting, weights, acts), strict=True):
        # Aragon's standard mode takes the first vote of each; with us the last one counts, as in its other mode.
        again = setting.mode == "standard" and act.member in votes
        taken = act.choice != "none" and act.at < HOUR and weights[act.member] > 0 and not again
        assert seen.open == (act.at < HOUR)
        assert seen.done == (taken or act.choice == "none")
        if taken:
            votes[act.member] = act.choice
        counted, outcome = ours.decide(rule, weights, votes)
        assert [counted.tally[choice].weight for choice in ("abstain", "yes", "no")] == [
            seen.abstain,
            seen.yes,
            seen.no,
        ]
        assert outcome.steps[0].holds == seen.participation
        results = ("passed",) if seen.support else ("failed", "tied")
        assert outcome.result in (results if seen.participation else ("no_quorum",))
        assert seen.executable == (outcome.result == "passed" and not seen.open)


@MANY
@given(cases=st.lists(st.tuples(st.integers(1, 10**12), RATIOS), min_size=1, max_size=50))
def test_ratios_round_up_to_the_same_power(majority: Majority, cases: list[tuple[int, int]]) -> None:
    for (total, ratio), power in zip(cases, majority.power(cases), strict=True):
        rule = ours.token_voting(Fraction(1, 2), Fraction(ratio, RATIO), Fraction(ratio, RATIO))
        weights = [power, total - power]
        _, outcome = ours.decide(rule, weights, {0: "yes"})
        taking_part, approving = outcome.steps[:2]
        assert (taking_part.need, approving.need) == (power, power)
        assert outcome.result == "passed"
        if power > 1:
            _, one_less = ours.decide(rule, [power - 1, total - power + 1], {0: "yes"})
            assert one_less.result == "no_quorum"
