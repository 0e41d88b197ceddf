"""Instant runoff: the weakest option is excluded and its votes pass on, until one has more than half."""

from __future__ import annotations

from collections.abc import Sequence

from governance.count import ABSTAIN, MAX_OPTIONS, Counted, Paper, Tally
from governance.modules.method.ranking import is_ranking
from governance.modules.method.ways import count_transfers
from governance.modules.questions import Method


class InstantRunoff(Method, frozen=True):
    """``irv/1``: every ballot counts for the first option on it that is still in the count.

    1. Whoever has more than half of what still counts wins. Ballots that name nobody who is still in are exhausted
       and don't count (so the winner may have less than half of all ballots: the rounds show by how much).
    2. Otherwise the option of fewest votes is excluded; those that nobody votes for go together, which changes nothing.
    3. Among options of equally few votes: whoever had fewer in the latest earlier round in which they differed; if
       they never did, the order; without one every way is followed, and where ways differ in the winner there is a tie.

    Rule 3 is rule 51 of the Scottish Local Government Elections Order 2007 (see ``stv/1``). Options can't be put
    on one level. Weights count as that many ballots.
    """

    NAME = "irv/1"
    KEYS = ("rule.method.irv",)
    OPTIONS = (2, MAX_OPTIONS)

    def accepts(self, choice: str, paper: Paper) -> bool:
        """A ranking of some or all options, or abstain."""
        return choice == ABSTAIN or is_ranking(choice, paper.options, equal=False)

    def count(self, profile: Tally, paper: Paper, order: Sequence[str] = ()) -> Counted:
        """Round by round."""
        return count_transfers(profile, paper, order)
