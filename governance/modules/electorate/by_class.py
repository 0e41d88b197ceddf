"""Active members of the named classes may vote: supporters or juniors may belong without a vote."""

from __future__ import annotations

from governance.modules.questions import Ask, Electorate, Line, check_codes
from governance.standing import Standing


class ByClass(Electorate, frozen=True):
    """``by_class/1``, with the class codes that may vote."""

    NAME = "by_class/1"
    KEYS = ("rule.electorate.by_class",)

    classes: tuple[str, ...]

    def check(self) -> None:
        """At least one class, each once."""
        check_codes(self.classes, "classes")

    def includes(self, member: Standing, ask: Ask) -> bool:  # noqa: ARG002
        """Active, and of one of the classes, at the opening."""
        return member.active and member.cls in self.classes

    def describe(self) -> Line:
        """Names the classes."""
        return self.KEYS[0], {"classes": list(self.classes)}
