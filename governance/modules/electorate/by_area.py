"""Active members who live in, or belong to, the named areas may vote: a neighbourhood decides for itself."""

from __future__ import annotations

from governance import standing
from governance.modules.questions import Ask, Electorate, Line, check_codes
from governance.standing import Standing


class ByArea(Electorate, frozen=True):
    """``by_area/1``, with the area codes that may vote."""

    NAME = "by_area/1"
    KEYS = ("rule.electorate.by_area",)
    READS = (standing.BELONGING,)

    areas: tuple[str, ...]

    def check(self) -> None:
        """At least one area, each once."""
        check_codes(self.areas, "areas", "not_a_code")

    def includes(self, member: Standing, ask: Ask) -> bool:  # noqa: ARG002
        """Active, and of one of the areas, at the opening."""
        return member.active and member.area in self.areas

    def describe(self) -> Line:
        """Names the areas."""
        return self.KEYS[0], {"areas": list(self.areas)}
