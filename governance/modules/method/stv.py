"""The single transferable vote: as many seats as a share of the ballots is sure of, whoever they agree upon."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from governance.count import ABSTAIN, MAX_OPTIONS, Counted, Paper, Tally, sort_out
from governance.modules.method.ranking import is_ranking
from governance.modules.method.ways import count_transfers
from governance.modules.questions import Method
from ledger.canonical import MAX_INTEGER

_PLACES: Final = 100_000
"""Five decimal places, any remainder being ignored (rule 48(3))."""


class SingleTransferableVote(Method, frozen=True):
    """``stv/1``: the rules of Scotland's local elections (weighted inclusive Gregory, Droop quota, five decimals).

    Scottish Local Government Elections Order 2007 (SSI 2007/42), schedule 1; the same in SSI 2011/399:

    - 46: the quota is the votes divided by seats + 1, without decimals, plus 1. It stays the same throughout.
    - 47: whoever has the quota is elected.
    - 48: a surplus is passed on, the largest first. *All* papers of the elected option go to the next continuing
      option on them, each at its value times surplus / votes, cut off after five decimals. The rest is exhausted:
      papers that name nobody else, and what is cut off.
    - 49, 51: equal surpluses or equally few votes: by the latest earlier stage at which they differed, then by lot.
    - 50: without a surplus, the option of fewest votes is excluded; its papers pass on at the value they have.
    - 52: as many continuing options as vacancies: they are elected, and nothing more is passed on.

    What these rules don't know of: a vote of weight n counts as n papers. Options that no ballot names don't stand, so
    that seats can stay empty; of the others nobody is in need of votes to fill the last vacancies (rule 52). Options
    without votes that can't be elected by rule 52 are excluded together. Without a lot all ways out of a tie are
    followed, and it is one only where they differ in who is elected. Amounts are in 1/100000 of a vote;
    where votes weigh so much that these would not be exact integers of JSON, in larger parts.
    """

    NAME = "stv/1"
    KEYS = ("rule.method.stv",)
    OPTIONS = (2, MAX_OPTIONS)
    SEATS = True
    BASES = ()

    def accepts(self, choice: str, paper: Paper) -> bool:
        """A ranking of some or all options, or abstain."""
        return choice == ABSTAIN or is_ranking(choice, paper.options, equal=False)

    def count(self, profile: Tally, paper: Paper, order: Sequence[str] = ()) -> Counted:
        """Stage by stage."""
        votes = sort_out(profile).expressed.weight
        unit = max(1, min(_PLACES, MAX_INTEGER // max(1, votes)))
        return count_transfers(profile, paper, order, unit=unit, quota=votes // (paper.seats + 1) + 1)
