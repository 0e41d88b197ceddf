"""What is offered for a place in a block (EIP-1559), and how an offer that nobody took is raised."""

from __future__ import annotations

from typing import NamedTuple

from contracts.errors import FeeTooHigh
from contracts.node import Head


class Fees(NamedTuple):
    """Wei per gas: the most that is paid in all, and of it the tip of whoever makes the block."""

    max_fee: int
    tip: int


def offer(head: Head, tip: int, most: int) -> Fees:
    """Enough for six full blocks in a row, each of which raises the base fee by an eighth; at the most ``most``.

    FeeTooHigh where even the next block asks more.
    """
    if head.base_fee + tip > most:
        raise FeeTooHigh(needed=head.base_fee + tip, allowed=most)
    return Fees(min(2 * head.base_fee + tip, most), tip)


def raised(before: Fees, head: Head, tip: int, most: int) -> Fees:
    """An offer that nodes take in place of ``before``: they ask for a tenth more of both, we give an eighth.

    FeeTooHigh where that is more than ``most``.
    """
    least = Fees(_eighth_more(before.max_fee), _eighth_more(before.tip))
    if least.max_fee > most:
        raise FeeTooHigh(needed=least.max_fee, allowed=most)
    now = offer(head, max(tip, least.tip), most)
    return Fees(max(now.max_fee, least.max_fee), now.tip)


def _eighth_more(fee: int) -> int:
    return fee + fee // 8 + 1
