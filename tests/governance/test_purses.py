"""Shares of a budget: balances and prices are exact, and bounds hold whatever has been paid before."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.modules.method import purses
from governance.modules.method.purses import Price, Purses

FEWER = settings(max_examples=80, deadline=None)
SHARE = 60


class Naive:
    """The same in fractions."""

    def __init__(self, weights: list[int]) -> None:
        self.weights = weights
        self.money = [Fraction(SHARE)] * len(weights)

    def price(self, backers: list[int], cost: int) -> Fraction | None:
        missing, rich = Fraction(cost), sum(self.weights[one] for one in backers if self.money[one])
        for one in sorted((one for one in backers if self.money[one]), key=self.money.__getitem__):
            if self.money[one] * rich >= missing:
                return missing / rich
            missing -= self.weights[one] * self.money[one]
            rich -= self.weights[one]
        return None

    def pay(self, backers: list[int], price: Fraction) -> None:
        for one in backers:
            self.money[one] -= min(self.money[one], price)


def exactly(price: Price) -> Fraction:
    return Fraction(price.over, price.under * price.scale)


@pytest.mark.parametrize("bits", [0, 3, 64])
@FEWER
@given(st.data())
def test_prices_are_exact_and_within_their_bounds(bits: int, data: st.DataObject) -> None:
    # Some weigh much more than others: what is not known of the many poor falls on the few rich.
    weights = data.draw(st.lists(st.sampled_from((1, 2, 7, 100, 5000)), min_size=2, max_size=7))
    groups = st.sets(st.integers(0, len(weights) - 1), min_size=1).map(sorted)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(purses, "BITS", bits)
        ours, naive = Purses(weights, SHARE), Naive(weights)
        for backers, part in data.draw(st.lists(st.tuples(groups, st.fractions(0, 1, max_denominator=12)), max_size=6)):
            together = sum(weights[one] * naive.money[one] for one in backers)
            for cost in (int(together * part) or 1, int(together) or 1, int(together) + 1):
                wanted, held = naive.price(backers, cost), ours.held(backers)
                bounds, price = ours.bounds(held, cost), ours.price(held, cost)
                assert (price is None) == (wanted is None)
                if wanted is not None:
                    assert price is not None
                    assert exactly(price) == wanted
                    assert bounds is not None
                    assert bounds.low <= wanted * 2**bits
                    assert bounds.high is None or wanted * 2**bits <= bounds.high
                    dues = {one: cost * (1 + one % 3) for one in ours.able(backers)}
                    short = {one for one, due in dues.items() if naive.money[one] < wanted / cost * due}
                    assert ours.short(dues, price) == short
            paid = ours.price(ours.held(backers), int(together * part) or 1)
            if paid is not None:
                ours.pay(backers, paid)
                naive.pay(backers, exactly(paid))
            assert ours.able(range(len(weights))) == [one for one, left in enumerate(naive.money) if left]
