"""A fixed weight for each of some members: delegates of member organisations, by how many they stand for."""

from __future__ import annotations

from typing import Annotated

from governance.documents import Bounds, Fault
from governance.modules.questions import Line, Weight
from governance.modules.weight.by_class import MAX_WEIGHT
from governance.standing import Standing
from ledger import ids

MAX_MEMBERS = 200


class Table(Weight, frozen=True):
    """``table/1``: ``weights`` by member id, and ``others`` for everyone else (0: no vote)."""

    NAME = "table/1"
    KEYS = ("rule.weight.table",)

    weights: dict[str, Annotated[int, Bounds(1, MAX_WEIGHT)]]
    others: Annotated[int, Bounds(0, MAX_WEIGHT)]

    def check(self) -> None:
        """At least one member, no more than the table has room for."""
        if not 1 <= len(self.weights) <= MAX_MEMBERS:
            raise Fault("weights", "parts_number")
        for member in self.weights:
            if not ids.is_id(member, "mem"):
                raise Fault(f"weights/{member}", "not_a_member")

    def of(self, member: Standing) -> int:
        """As the table says."""
        return self.weights.get(member.id, self.others)

    def most(self, members: int, minted: int) -> int:  # noqa: ARG002
        """All of the table, and the others."""
        return sum(self.weights.values()) + members * self.others

    def describe(self) -> Line:
        """Names the members and their weights."""
        return self.KEYS[0], {"members": dict(sorted(self.weights.items())), "others": self.others}
