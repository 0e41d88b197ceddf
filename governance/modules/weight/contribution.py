"""A vote weighs what its member has contributed, in tokens thanked with: over all time, or in the periods before the
opening, of which older ones may count less. Whoever contributed nothing has no vote, unless ``base`` gives one.

    weight = base + floor(Σ over periods k = 0 … periods−1 of keep^k × contributed in the k-th period before the
    opening)
"""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

from governance import standing
from governance.documents import Bounds, Fault, spell
from governance.modules.questions import Line, Weight
from governance.modules.weight.cap import MAX_WEIGHT, Cap, capped
from governance.standing import Standing

MAX_PERIODS = 24


class Contribution(Weight, frozen=True):
    """``contribution/1``: ``period_seconds`` 0 is all time; else so many ``periods`` count, each older one ``keep``
    times as much as the one after it. ``base``: what a vote weighs without any contribution.
    """

    NAME = "contribution/1"
    KEYS = ("rule.weight.contribution.ever", "rule.weight.contribution.window")
    READS = (standing.CONTRIBUTED,)

    period_seconds: Annotated[int, Bounds(0, 3660 * 86_400, "negative", "too_long")]
    periods: Annotated[int, Bounds(1, MAX_PERIODS)]
    keep: Fraction
    base: Annotated[int, Bounds(0, MAX_WEIGHT)]
    cap: Cap | None

    def check(self) -> None:
        """All time is one period, of which everything counts."""
        if self.period_seconds == 0 and self.periods != 1:
            raise Fault("periods", "needs_period")
        if self.periods == 1 and self.keep != 1:
            raise Fault("keep", "needs_periods")

    def ago(self) -> tuple[int, ...]:
        """Now, and at the beginning of each period."""
        return (
            (0,) if self.period_seconds == 0 else tuple(n * self.period_seconds * 1000 for n in range(self.periods + 1))
        )

    def of(self, member: Standing) -> int:
        """See above, no more than the cap."""
        had = member.contributed
        earned = had[0]
        if self.period_seconds:
            # In integers throughout, over one denominator: a fraction for every period of every member takes ten times
            # as long.
            over, under, last = self.keep.numerator, self.keep.denominator, self.periods - 1
            parts = (over**k * under ** (last - k) * (had[k] - had[k + 1]) for k in range(self.periods))
            earned = sum(parts) // under**last
        return capped(self.base + max(0, earned), self.cap)

    def most(self, members: int, minted: int) -> int:
        """All at the cap, but nobody is thanked with tokens that were not minted."""
        return min(members * self.base + minted, members * capped(MAX_WEIGHT, self.cap))

    def describe(self) -> Line:
        """With all that is set."""
        params = {"base": self.base, "cap": self.cap, "keep": spell(self.keep), "periods": self.periods}
        return self.KEYS[0 if self.period_seconds == 0 else 1], params | {"period_seconds": self.period_seconds}
