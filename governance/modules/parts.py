"""Several quorums, or several thresholds, of which all must hold."""

from __future__ import annotations

from typing import ClassVar, Protocol

from governance.count import Step
from governance.documents import Fault
from governance.modules.questions import Line, Method, Poll


class Part(Protocol):
    """A quorum or a threshold."""

    def by_class(self) -> bool:
        """Whether it asks what each class did."""

    def fits(self, method: Method) -> None:
        """Fault when it asks what the method can't tell."""

    def test(self, poll: Poll) -> tuple[Step, ...]:
        """The steps that say whether it holds."""

    def describe(self) -> Line:
        """Its sentence."""


class AllHold:
    """What a module answers whose ``parts`` must all hold."""

    __slots__ = ()

    KEYS: ClassVar[tuple[str, ...]]
    parts: tuple[Part, ...]

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
