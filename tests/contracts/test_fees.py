"""Offers, and raised offers, within what the operator allows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import fees
from contracts.errors import FeeTooHigh
from contracts.fees import Fees
from contracts.node import Head

WEI = st.integers(0, 10**12)


@given(WEI, WEI, WEI)
def test_an_offer_pays_for_the_next_block_within_the_limit_or_is_not_made(base: int, tip: int, most: int) -> None:
    head = Head(9, base)
    if base + tip > most:
        with pytest.raises(FeeTooHigh) as refused:
            fees.offer(head, tip, most)
        assert refused.value.params == {"needed": base + tip, "allowed": most}
    else:
        offered = fees.offer(head, tip, most)
        assert base + tip <= offered.max_fee <= min(2 * base + tip, most)
        assert offered.tip == tip


@given(WEI, WEI, WEI, WEI, WEI)
def test_a_raised_offer_is_what_nodes_take_in_place_of_the_first(
    base: int, tip: int, most: int, before_max: int, before_tip: int
) -> None:
    before = Fees(max(before_max, before_tip), before_tip)
    try:
        now = fees.raised(before, Head(9, base), tip, most)
    except FeeTooHigh:
        assert most < max(base + max(tip, before_tip * 9 // 8 + 1), before.max_fee * 9 // 8 + 1)
        return
    for new, old in zip(now, before, strict=True):
        assert new * 10 >= old * 11
        assert new > old
    assert base + now.tip <= now.max_fee <= most
    assert now.tip <= now.max_fee


def test_in_a_rising_market_it_follows_the_market() -> None:
    assert fees.raised(Fees(300, 100), Head(9, 1000), 200, 10_000) == Fees(2200, 200)


def test_in_a_calm_market_it_gives_an_eighth_more() -> None:
    assert fees.raised(Fees(3000, 800), Head(9, 10), 20, 10_000) == Fees(3376, 901)
