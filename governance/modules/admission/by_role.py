"""Only members in the named roles put proposals to the vote: what the board tables (理事会提出議案)."""

from __future__ import annotations

from collections.abc import Iterable

from governance import standing
from governance.documents import Fault
from governance.modules.questions import Admission, Line, check_codes
from governance.standing import Standing
from ledger.books import roles


class ByRole(Admission, frozen=True):
    """``by_role/1``, with roles."""

    NAME = "by_role/1"
    KEYS = ("rule.admission.by_role",)

    roles: tuple[str, ...]

    def check(self) -> None:
        """At least one role that there is, each once."""
        check_codes(self.roles, "roles", "not_a_role")
        for position, role in enumerate(self.roles):
            if role not in roles.ROLES:
                raise Fault(f"roles/{position}", "not_a_role")

    def admits(self, proposer: Standing) -> bool:
        """In one of the roles."""
        return not proposer.roles.isdisjoint(self.roles)

    def reads(self) -> Iterable[str]:
        """Roles."""
        return (standing.ROLE,)

    def describe(self) -> Line:
        """Names the roles."""
        return self.KEYS[0], {"roles": list(self.roles)}
