"""Several quorums must all be reached: by heads and by weight, say."""

from __future__ import annotations

from governance.count import Step
from governance.documents import Fault
from governance.modules.questions import Line, Method, Poll, Quorum, check_parts


class AllOf(Quorum, frozen=True):
    """``all_of/1``, with two to eight ``parts``."""

    NAME = "all_of/1"
    KEYS = ("rule.quorum.all_of",)

    parts: tuple[Quorum, ...]

    def check(self) -> None:
        """Parts that are no compositions of the same kind, none twice."""
        check_parts(self.parts, AllOf)

    def by_class(self) -> bool:
        """If one of them does."""
        return any(part.by_class() for part in self.parts)

    def fits(self, method: Method) -> None:
        """All must."""
        for position, part in enumerate(self.parts):
            try:
                part.fits(method)
            except Fault as fault:
                raise fault.under(f"parts/{position}") from fault

    def test(self, poll: Poll) -> tuple[Step, ...]:
        """The steps of all."""
        return tuple(step for part in self.parts for step in part.test(poll))

    def describe(self) -> Line:
        """All sentences."""
        return self.KEYS[0], {"parts": [part.describe() for part in self.parts]}
