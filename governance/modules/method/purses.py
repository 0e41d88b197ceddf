"""What voters have left of their shares of a budget, exactly, and what a project would cost each of them.

Amounts are money for one vote of weight. Whoever backs a project that is bought pays the same price, or all that is
left (the poor), which leaves nothing for ever. So what somebody has is the share less the prices paid, and voters who
paid the same have the same: they stand at one *history*. Prices are fractions, whose denominators multiply with every
purchase; they are kept over one common ``scale`` and touched only where a comparison needs them. Elsewhere a lower
bound of every balance in 2⁻⁶⁴ is enough, together with how far below the truth it can lie: every price is rounded up
there, so by less than one such part for each purchase.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import gcd
from typing import Final, NamedTuple

BITS: Final = 64
_NOTHING: Final = -1
"""The history of those who have nothing left."""
Held = Mapping[int, int]
"""Weight by history."""


class Bounds(NamedTuple):
    """Between them lies a price, in 2⁻⁶⁴. ``high`` is None where it may be out of reach."""

    low: int
    high: int | None


class Price(NamedTuple):
    """The price of what costs ``cost``: ``over`` / (``under`` × ``scale``). ``drained``: the histories it empties."""

    over: int
    under: int
    scale: int
    cost: int
    drained: frozenset[int]

    @property
    def rate(self) -> tuple[int, int]:
        """Price by cost, as a fraction: what is bought next has the lowest."""
        return self.over, self.under * self.scale * self.cost

    def against(self, other: Price) -> int:
        """Below 0 where this rate is the lower one, 0 where both are equal."""
        over, under = self.rate
        other_over, other_under = other.rate
        return over * other_under - other_over * under


class Purses:
    """What groups of voters have left; ``share``: what each vote had at first."""

    def __init__(self, weights: Sequence[int], share: int) -> None:
        self._weights, self._share = weights, share
        self._history = [0] * len(weights)
        # By history: the one before, the purchase that led from there, and the lower bound of the balance.
        self._before, self._bought, self._about = [_NOTHING], [_NOTHING], [share << BITS]
        self._prices: list[int] = []
        self._scale = 1

    def held(self, backers: Sequence[int]) -> dict[int, int]:
        """The weight of those of these groups that have anything left."""
        found: dict[int, int] = {}
        for group in backers:
            history = self._history[group]
            if history != _NOTHING:
                found[history] = found.get(history, 0) + self._weights[group]
        return found

    def able(self, backers: Sequence[int]) -> list[int]:
        """Those of these groups that have anything left."""
        return [group for group in backers if self._history[group] != _NOTHING]

    def bounds(self, held: Held, cost: int) -> Bounds | None:
        """Roughly what each would pay; None where they can't afford it together."""
        about, target, blur = self._about, cost << BITS, len(self._prices)
        rich, poor, money, waiting = sum(held.values()), 0, 0, list(held)
        while rich:
            each = -((money - target) // rich)
            low = [history for history in waiting if about[history] < each]
            if not low:
                # The poor may have `blur` more each, which is taken off the others.
                return Bounds(each - 1 + -blur * poor // rich, each)
            money += sum(about[history] * held[history] for history in low)
            weight = sum(held[history] for history in low)
            poor, rich = poor + weight, rich - weight
            waiting = [history for history in waiting if about[history] >= each]
        return None if money + blur * poor < target else Bounds(0, None)

    def price(self, held: Held, cost: int) -> Price | None:
        """Exactly what each would pay who is not drained by it; None where they can't afford it together."""
        bounds = self.bounds(held, cost)
        if bounds is None:
            return None
        about, blur = self._about, len(self._prices)
        high = bounds.high
        unsure = [one for one in held if about[one] + blur >= bounds.low and (high is None or about[one] <= high)]
        drained = {one: weight for one, weight in held.items() if about[one] + blur < bounds.low}
        missing = cost * self._scale - self._worth(drained)
        rich = sum(held.values()) - sum(drained.values())
        balances = sorted((self._worth({one: 1}), one) for one in unsure)
        for balance, one in balances:
            if balance * rich >= missing:
                break
            drained[one] = held[one]
            missing -= balance * held[one]
            rich -= held[one]
        if not rich:
            return None
        drained.update((one, held[one]) for balance, one in balances if balance * rich == missing)
        return Price(missing, rich, self._scale, cost, frozenset(drained))

    def pay(self, backers: Sequence[int], price: Price) -> None:
        """Take it from them, or what they have left."""
        common = gcd(price.over, price.under)
        factor, over = price.under // common, price.over // common
        self._scale *= factor
        self._prices = [*(one * factor for one in self._prices), over]
        about = -((-over << BITS) // self._scale)
        after: dict[int, int] = dict.fromkeys(price.drained, _NOTHING)
        for group in backers:
            history = self._history[group]
            if history != _NOTHING:
                if history not in after:
                    after[history] = len(self._about)
                    self._before.append(history)
                    self._bought.append(len(self._prices) - 1)
                    self._about.append(self._about[history] - about)
                self._history[group] = after[history]

    def short(self, costs: Mapping[int, int], price: Price) -> set[int]:
        """Groups that can't pay that rate for projects which cost them so much together."""
        over, under = price.rate
        rate, blur, found = (over << 2 * BITS) // under, len(self._prices), set()
        for group, cost in costs.items():
            history = self._history[group]
            need = rate * cost >> BITS
            if self._about[history] > need + (cost >> BITS) + 1:
                continue
            if self._about[history] + blur < need or self._worth({history: 1}) * under < over * cost * self._scale:
                found.add(group)
        return found

    def _worth(self, held: Held) -> int:
        """What they have left together, exactly: in parts of ``scale``."""
        paid: dict[int, int] = {}
        for start, weight in held.items():
            history = start
            while history:
                bought = self._bought[history]
                paid[bought] = paid.get(bought, 0) + weight
                history = self._before[history]
        spent = sum(weight * self._prices[bought] for bought, weight in paid.items())
        return self._share * self._scale * sum(held.values()) - spent
