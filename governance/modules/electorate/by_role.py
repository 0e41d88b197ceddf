"""Active members who hold one of the named roles may vote: a board (理事会), the auditors, certified concierges."""

from __future__ import annotations

from governance import standing
from governance.documents import Fault
from governance.modules.questions import Ask, Electorate, Line, check_codes
from governance.standing import Standing
from ledger.books import roles


class ByRole(Electorate, frozen=True):
    """``by_role/1``, with the roles that may vote."""

    NAME = "by_role/1"
    KEYS = ("rule.electorate.by_role",)
    READS = (standing.ROLE,)

    roles: tuple[str, ...]

    def check(self) -> None:
        """At least one role that there is, each once."""
        check_codes(self.roles, "roles", "not_a_role")
        for position, role in enumerate(self.roles):
            if role not in roles.ROLES:
                raise Fault(f"roles/{position}", "not_a_role")

    def includes(self, member: Standing, ask: Ask) -> bool:  # noqa: ARG002
        """Active, and in one of the roles, at the opening."""
        return member.active and not member.roles.isdisjoint(self.roles)

    def describe(self) -> Line:
        """Names the roles."""
        return self.KEYS[0], {"roles": list(self.roles)}
