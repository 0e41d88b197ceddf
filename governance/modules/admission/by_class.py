"""Only members of the named classes put proposals to the vote."""

from __future__ import annotations

from governance.modules.questions import Admission, Line, check_codes
from governance.standing import Standing


class ByClass(Admission, frozen=True):
    """``by_class/1``, with class codes."""

    NAME = "by_class/1"
    KEYS = ("rule.admission.by_class",)

    classes: tuple[str, ...]

    def check(self) -> None:
        """At least one class, each once."""
        check_codes(self.classes, "classes")

    def admits(self, proposer: Standing) -> bool:
        """Of one of the classes."""
        return proposer.cls in self.classes

    def describe(self) -> Line:
        """Names the classes."""
        return self.KEYS[0], {"classes": list(self.classes)}
