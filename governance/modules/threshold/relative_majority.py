"""The option with more weight than any other wins, however little that is."""

from __future__ import annotations

from governance.documents import Fault
from governance.modules.questions import Bases, Leading, Method, Step, Threshold


class RelativeMajority(Threshold, frozen=True):
    """``relative_majority/1``"""

    NAME = "relative_majority/1"
    KEYS = ("rule.threshold.relative_majority",)

    def fits(self, method: Method) -> None:
        """For yes and no the same is said by more than half of yes_no: one way to say a thing."""
        if method.OPTIONS == (0, 0):
            raise Fault("module", "needs_options")

    def test(self, leading: Leading, bases: Bases) -> Step:  # noqa: ARG002
        """The leader against the next."""
        return Step(
            name="threshold",
            unit="weight",
            have=leading.support.weight,
            comparison="over",
            fraction=None,
            of="rival",
            base=leading.rival.weight,
            need=leading.rival.weight + 1,
            holds=leading.support.weight > leading.rival.weight,
        )
