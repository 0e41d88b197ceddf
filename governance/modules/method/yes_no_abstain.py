"""Yes, no, or abstain."""

from __future__ import annotations

from governance.modules.questions import NOBODY, Bases, Count, Leading, Method, Tally, total


class YesNoAbstain(Method, frozen=True):
    """``yes_no_abstain/1``"""

    NAME = "yes_no_abstain/1"
    KEYS = ("rule.method.yes_no_abstain",)
    BASES = ("all", "present", "cast", "yes_no")

    def choices(self, options: int) -> tuple[str, ...]:  # noqa: ARG002  (the proposal itself is the only option)
        """In the order in which pages list them."""
        return ("yes", "no", "abstain")

    def bases(self, roll: Count, tally: Tally) -> Bases:
        """Abstentions are cast, but neither yes nor no."""
        present = total(tally)
        yes_no = tally.get("yes", NOBODY) + tally.get("no", NOBODY)
        return {"all": roll, "present": present, "cast": yes_no + tally.get("abstain", NOBODY), "yes_no": yes_no}

    def leading(self, tally: Tally, options: int) -> Leading:  # noqa: ARG002
        """Always yes: a proposal passes or it does not. A tie is as much yes as no (可否同数)."""
        yes, no = tally.get("yes", NOBODY), tally.get("no", NOBODY)
        return Leading("yes", yes, no, tied=yes.weight == no.weight > 0)
