"""A share of each of several classes must be present, by heads: no house decides without the others."""

from __future__ import annotations

from fractions import Fraction

from governance.count import NOBODY, Step, compare
from governance.documents import Fault, spell
from governance.modules.questions import House, Line, Poll, Quorum, check_codes

_EMPTY = House(NOBODY, NOBODY, {})


class PerClass(Quorum, frozen=True):
    """``per_class/1``: ``fractions`` by class code; ``strict`` asks for more than the share."""

    NAME = "per_class/1"
    KEYS = ("rule.quorum.per_class.over", "rule.quorum.per_class.at_least")
    BY_CLASS = True

    fractions: dict[str, Fraction]
    strict: bool

    def check(self) -> None:
        """One class at least; more than everyone never comes."""
        check_codes(self.fractions, "fractions")
        for code, share in self.fractions.items():
            if self.strict and share == 1:
                raise Fault(f"fractions/{code}", "unreachable")

    def test(self, poll: Poll) -> tuple[Step, ...]:
        """One step for each class. A class without a voter on the roll is not there to be asked, and fails."""
        steps = []
        for code, share in sorted(self.fractions.items()):
            house = poll.houses.get(code, _EMPTY)
            have, base = house.present.heads, house.roll.heads
            steps.append(compare("quorum", "heads", have, share, "all", base, strict=self.strict, cls=code))
        return tuple(steps)

    def describe(self) -> Line:
        """Names the classes and shares."""
        shares = {code: spell(share) for code, share in sorted(self.fractions.items())}
        return self.KEYS[0 if self.strict else 1], {"fractions": shares}
