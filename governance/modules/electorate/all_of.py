"""Only who is included by every one of several electorates may vote."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from governance.documents import Fault
from governance.modules.questions import Ask, Electorate, Line, check_parts
from governance.standing import Standing


class AllOf(Electorate, frozen=True):
    """``all_of/1``, with two to eight ``parts``."""

    NAME = "all_of/1"
    KEYS = ("rule.electorate.all_of",)

    parts: tuple[Electorate, ...]

    def check(self) -> None:
        """Parts that are no compositions of the same kind, none twice; and no panel, which is drawn from a whole."""
        check_parts(self.parts, AllOf)
        for position, part in enumerate(self.parts):
            if part.panel() is not None:
                raise Fault(f"parts/{position}/module", "parts_nested")

    def includes(self, member: Standing, ask: Ask) -> bool:
        """By all parts."""
        return all(part.includes(member, ask) for part in self.parts)

    def reads(self) -> Iterable[str]:
        """What the parts look at."""
        return {kind for part in self.parts for kind in part.reads()}

    def disinterested(self) -> bool:
        """If one part does."""
        return any(part.disinterested() for part in self.parts)

    def undivided(self) -> Electorate:
        """The same of all parts."""
        return msgspec.structs.replace(self, parts=tuple(part.undivided() for part in self.parts))

    def without_chair(self) -> bool:
        """If one of the parts does."""
        return any(part.without_chair() for part in self.parts)

    def describe(self) -> Line:
        """The parts' own sentences."""
        return self.KEYS[0], {"parts": [part.describe() for part in self.parts]}
