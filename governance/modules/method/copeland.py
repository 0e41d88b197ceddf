"""The option that wins most comparisons with another (Copeland)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from governance.count import Count, Counted, Paper, Tally, options, sort_out
from governance.modules.method.compared import Comparing
from governance.modules.method.most import most
from governance.modules.method.pairwise import HALVES, Compared, compare_pairs


class Copeland(Comparing, frozen=True):
    """``copeland/1``: 1 for each option that more weight puts after this one than before it, 1/2 for a draw.

    A. H. Copeland, A reasonable social welfare function (1951), with draws as halves (Copeland 1/2; Faliszewski and
    others, JAIR 35, 2009). Whoever beats all others wins; the winner is always of the Smith set. Comparisons won are
    no votes: no share of votes can be asked of them. ``equal``: whether a ballot may put several options on one
    level. Amounts are in halves of a comparison.
    """

    NAME = "copeland/1"
    KEYS = ("rule.method.copeland", "rule.method.copeland.equal")
    BASES = ()

    def count(self, profile: Tally, paper: Paper, order: Sequence[str] = ()) -> Counted:
        """The option of most comparisons won."""
        ballots = sort_out(profile)
        compared = compare_pairs(ballots.marks, paper.options)
        tally = {name: Count(compared.named[one], _won(compared, one)) for one, name in enumerate(options(paper))}
        return msgspec.structs.replace(most(tally, ballots, 1, order, HALVES), pairs=compared.pairs)


def _won(compared: Compared, one: int) -> int:
    """In halves. Where nothing weighs anything nobody has won."""
    if not compared.weight:
        return 0
    rows = [(compared.pairs[one][other], row[one]) for other, row in enumerate(compared.pairs) if other != one]
    return sum(2 if ours > theirs else 1 if ours == theirs else 0 for ours, theirs in rows)
