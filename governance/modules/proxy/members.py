"""A member may be represented by another who votes on the item (委任状), up to a number of mandates per holder.

``members/1`` with 9 is the consumer co-operative act's limit (消費生活協同組合法17), with 4 the worker co-operative
act's. Somebody of the household who is no member brings the member's own written ballot: that needs no mandate.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from governance.documents import Bounds, Fault
from governance.modules.questions import Line, Proxy

MAX_MANDATES = 10_000


class ByMembers(Proxy, frozen=True, rename={"limit": "most", "chair": "to_chair"}):
    """``members/1``: ``most`` mandates for one holder, null: any number; ``who`` may hold them: any of the ``members``
    who may vote, or only those of the same ``household``; ``to_chair``: one may leave it to the chair (議長一任).
    """

    NAME = "members/1"
    KEYS: ClassVar[tuple[str, ...]] = (
        "rule.proxy.members",
        "rule.proxy.members.most",
        "rule.proxy.household",
        "rule.proxy.household.most",
        "rule.proxy.chair",
    )
    ALLOWED = True

    limit: Annotated[int, Bounds(1, MAX_MANDATES)] | None
    who: Literal["members", "household"]
    chair: bool

    def check(self) -> None:
        """One mandate at least. The chair is of no one's household but their own."""
        if self.chair and self.who == "household":
            raise Fault("to_chair", "household")

    def most(self, gathers: str) -> int | None:  # noqa: ARG002
        """As set, in every kind of meeting."""
        return self.limit

    def within_household(self) -> bool:
        """As set."""
        return self.who == "household"

    def to_chair(self) -> bool:
        """As set."""
        return self.chair

    def describe(self) -> Line:
        """By who may hold how many; with the chair where that is possible."""
        key = f"rule.proxy.{self.who}" + ("" if self.limit is None else ".most")
        line: Line = (key, {} if self.limit is None else {"most": self.limit})
        return ("rule.proxy.chair", {"parts": [line]}) if self.chair else line
