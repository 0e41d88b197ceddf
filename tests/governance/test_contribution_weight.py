"""The weight of contributions, against the formula as it is written."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from governance.modules.weight.contribution import Contribution
from governance.standing import Standing


@given(st.fractions(Fraction(1, 999), 1, max_denominator=999), st.lists(st.integers(0, 10**9), min_size=3, max_size=25))
def test_each_older_period_counts_for_so_much_less_and_the_sum_is_rounded_down(keep: Fraction, had: list[int]) -> None:
    contributed = tuple(sorted(had, reverse=True))
    periods = len(contributed) - 1
    exact = sum((keep**k * (contributed[k] - contributed[k + 1]) for k in range(periods)), Fraction(0))
    weight = Contribution(period_seconds=86_400, periods=periods, keep=keep, base=2, cap=None)
    member = Standing("mem_a", "member", active=True, contributed=contributed)
    assert weight.of(member) == min(2 + exact.numerator // exact.denominator, 1_000_000_000)
