"""Lengths of time with what may lengthen, shorten or follow them.

``deliberation``: from the version voted on to the call. ``late_quorum``: when the quorum is reached with less than this
left, voting goes on until so much has passed since; once, so nobody decides in the last minute by keeping others
away. ``early_close``: voting ends as soon as those who have not voted can't change the outcome. ``super_quorum``: it
ends as soon as the proposal would pass with the support of that share (rounded down) of all votes on the roll.
``execution``: after the timelock somebody executes the decision within this time, else it lapses; 0: it executes
itself.
"""

from __future__ import annotations

from fractions import Fraction

from governance.documents import spell
from governance.modules.questions import Line, Timing
from governance.modules.timing.fixed import Voting, Wait


class Phased(Timing, frozen=True):
    """``phased/1``, all in seconds."""

    NAME = "phased/1"
    KEYS = ("rule.timing.phased",)

    deliberation_seconds: Wait
    delay_seconds: Wait
    voting_seconds: Voting
    late_quorum_seconds: Wait
    early_close: bool
    super_quorum: Fraction | None
    timelock_seconds: Wait
    execution_seconds: Wait

    def deliberation(self) -> int:
        """In milliseconds."""
        return self.deliberation_seconds * 1000

    def delay(self) -> int:
        """In milliseconds."""
        return self.delay_seconds * 1000

    def voting(self) -> int:
        """In milliseconds."""
        return self.voting_seconds * 1000

    def late_quorum(self) -> int:
        """In milliseconds."""
        return self.late_quorum_seconds * 1000

    def closes_early(self) -> bool:
        """As set."""
        return self.early_close

    def super(self) -> Fraction | None:
        """As set."""
        return self.super_quorum

    def timelock(self) -> int:
        """In milliseconds."""
        return self.timelock_seconds * 1000

    def execution(self) -> int:
        """In milliseconds."""
        return self.execution_seconds * 1000

    def describe(self) -> Line:
        """All that is set."""
        share = None if self.super_quorum is None else spell(self.super_quorum)
        return self.KEYS[0], {f: getattr(self, f) for f in self.__struct_fields__} | {"super_quorum": share}
