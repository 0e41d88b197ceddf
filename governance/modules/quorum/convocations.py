"""Another quorum when the meeting is convened again because the first one was not quorate (第二招集)."""

from __future__ import annotations

from governance.count import Step
from governance.documents import Fault
from governance.modules.questions import Line, Method, Poll, Quorum


class Convocations(Quorum, frozen=True):
    """``convocations/1``: ``first`` for a meeting's first convocation (and votes outside meetings), ``second`` after
    it.
    """

    NAME = "convocations/1"
    KEYS = ("rule.quorum.convocations",)

    first: Quorum
    second: Quorum

    def check(self) -> None:
        """Two different ones, neither of which is such a pair itself."""
        for name in ("first", "second"):
            if isinstance(getattr(self, name), Convocations):
                raise Fault(f"{name}/module", "parts_nested")
        if self.first == self.second:
            raise Fault("second", "twice")

    def by_class(self) -> bool:
        """If one of them does."""
        return self.first.by_class() or self.second.by_class()

    def fits(self, method: Method) -> None:
        """Both must."""
        for name in ("first", "second"):
            try:
                getattr(self, name).fits(method)
            except Fault as fault:
                raise fault.under(name) from fault

    def test(self, poll: Poll) -> tuple[Step, ...]:
        """By the one that applies."""
        return (self.first if poll.convocation == 1 else self.second).test(poll)

    def describe(self) -> Line:
        """Both sentences."""
        return self.KEYS[0], {"parts": [self.first.describe(), self.second.describe()]}
