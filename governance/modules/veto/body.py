"""So many members of a class, or in a role, can stop a decision during its timelock: the auditors, a founders'
class.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from governance import standing
from governance.documents import Bounds, Fault
from governance.modules.questions import Line, Veto, check_codes
from governance.standing import Standing
from ledger.books import roles

People = Annotated[int, Bounds(1, 10_000)]


class ByClass(Veto, frozen=True):
    """``by_class/1``: ``count`` members of ``classes``."""

    NAME = "by_class/1"
    KEYS = ("rule.veto.by_class",)

    classes: tuple[str, ...]
    count: People

    def check(self) -> None:
        """A class, and somebody of it."""
        check_codes(self.classes, "classes")

    def needed(self) -> int:
        """As set."""
        return self.count

    def entitles(self, member: Standing) -> bool:
        """Active, and of one of the classes."""
        return member.active and member.cls in self.classes

    def describe(self) -> Line:
        """Names the classes."""
        return self.KEYS[0], {"classes": list(self.classes), "count": self.count}


class ByRole(Veto, frozen=True):
    """``by_role/1``: ``count`` members in ``roles``."""

    NAME = "by_role/1"
    KEYS = ("rule.veto.by_role",)

    roles: tuple[str, ...]
    count: People

    def check(self) -> None:
        """A role that there is, and somebody in it."""
        check_codes(self.roles, "roles", "not_a_role")
        for position, role in enumerate(self.roles):
            if role not in roles.ROLES:
                raise Fault(f"roles/{position}", "not_a_role")

    def needed(self) -> int:
        """As set."""
        return self.count

    def entitles(self, member: Standing) -> bool:
        """Active, and in one of the roles."""
        return member.active and not member.roles.isdisjoint(self.roles)

    def reads(self) -> Iterable[str]:
        """Roles."""
        return (standing.ROLE,)

    def describe(self) -> Line:
        """Names the roles."""
        return self.KEYS[0], {"count": self.count, "roles": list(self.roles)}
