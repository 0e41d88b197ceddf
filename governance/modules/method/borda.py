"""Points for every option that a ballot puts an option before (Borda)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from governance.count import Count, Counted, Paper, Tally, options, sort_out
from governance.modules.method.compared import Comparing
from governance.modules.method.most import most
from governance.modules.method.pairwise import HALVES, compare_pairs, halves


class Borda(Comparing, frozen=True):
    """``borda/1``: an option gets 1 point from a ballot for each option after it and 1/2 for each on its level.

    The variant is the tournament's (averaged): from a full ranking of n options the first gets n - 1 points and
    the last none; options on one level, as all that are not named, share the points of their places. So every
    ballot hands out n(n - 1)/2 points, and who leaves options unnamed gives them no less and no more than by naming
    them all alike. J.-C. de Borda, Mémoire sur les élections au scrutin (1781); for ties D. Black, The Theory of
    Committees and Elections (1958). Points are no votes: no share of votes can be asked of them. ``equal``: whether
    a ballot may put several options on one level. Amounts are in halves of a point.
    """

    NAME = "borda/1"
    KEYS = ("rule.method.borda", "rule.method.borda.equal")
    BASES = ()

    def largest(self, weight: int, paper: Paper) -> int:
        """All put an option before all others."""
        return weight * HALVES * (paper.options - 1)

    def count(self, profile: Tally, paper: Paper, order: Sequence[str] = ()) -> Counted:
        """The option of most points."""
        ballots = sort_out(profile)
        compared = compare_pairs(ballots.marks, paper.options)
        others = range(paper.options)
        tally = {
            name: Count(compared.named[one], sum(halves(compared, one, other) for other in others if other != one))
            for one, name in enumerate(options(paper))
        }
        return msgspec.structs.replace(most(tally, ballots, 1, order, HALVES), pairs=compared.pairs)
