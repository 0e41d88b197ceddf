"""Classes as houses: each class has a fixed share of the whole, however many voters it has, divided equally among
them (a multi-stakeholder co-op: workers 50, users 30, supporters 20).

A voter of class c weighs ``share_c × L / n_c`` where n_c is the number of voters of that class on the roll and L
their least common multiple, so that all weights are integers and the houses stand to each other exactly as their
shares. Where the whole would grow beyond 2^43, ``L`` is the largest number below it, and each voter's weight is
rounded down: by less than one part in ten million of the whole, with a hundred thousand voters to a class.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Final

from governance.documents import Bounds, Fault
from governance.modules.questions import Line, Weight, check_codes
from governance.standing import Standing

MAX_SHARE: Final = 1000
_MOST: Final = 2**43
"""Of all weights together: times the thousand points of a ballot they stay within JSON's exact integers."""


class Houses(Weight, frozen=True):
    """``houses/1``: ``shares`` by class code. Classes without a share have no vote."""

    NAME = "houses/1"
    KEYS = ("rule.weight.houses",)
    BY_CLASS = True

    shares: dict[str, Annotated[int, Bounds(1, MAX_SHARE)]]

    def check(self) -> None:
        """Two classes or more."""
        check_codes(self.shares, "shares")
        if len(self.shares) < 2:  # noqa: PLR2004  (one house is one member one vote)
            raise Fault("shares", "parts_number")

    def of(self, member: Standing) -> int:
        """The share of the class."""
        return self.shares.get(member.cls, 0)

    def scale(self, classes: Mapping[str, int]) -> Mapping[str, int]:
        """See above."""
        voters = {cls: count for cls, count in classes.items() if count and cls in self.shares}
        whole = min(math.lcm(*voters.values()), _MOST // sum(self.shares.values()))
        return {cls: max(1, self.shares[cls] * whole // count) for cls, count in voters.items()}

    def most(self, members: int, minted: int) -> int:  # noqa: ARG002
        """The whole, and 1 for everyone of a class too large for its share."""
        return _MOST + members

    def describe(self) -> Line:
        """Names the classes and their shares."""
        return self.KEYS[0], {"shares": dict(sorted(self.shares.items()))}
