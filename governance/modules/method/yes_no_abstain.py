"""Yes, no, or abstain."""

from __future__ import annotations

from collections.abc import Sequence

from governance.count import ABSTAIN, INVALID, NOBODY, Counted, Paper, Tally, sort_out
from governance.modules.questions import Method


class YesNoAbstain(Method, frozen=True):
    """``yes_no_abstain/1``"""

    NAME = "yes_no_abstain/1"
    KEYS = ("rule.method.yes_no_abstain",)
    BASES = ("all", "present", "cast", "yes_no")
    LISTED = True

    def choices(self, paper: Paper) -> tuple[str, ...]:  # noqa: ARG002  (the proposal itself is the only option)
        """In the order in which pages list them."""
        return ("yes", "no", ABSTAIN)

    def count(self, profile: Tally, paper: Paper, order: Sequence[str] = ()) -> Counted:  # noqa: ARG002
        """Always for yes: a proposal passes or it does not. A tie is as much yes as no (可否同数)."""
        ballots = sort_out(profile)
        yes, no = ballots.marks.get("yes", NOBODY), ballots.marks.get("no", NOBODY)
        tied = yes.weight == no.weight > 0
        lost = tied and tuple(order[:1]) == ("no",)
        return Counted(
            tally={"yes": yes, "no": no, ABSTAIN: ballots.abstained, INVALID: ballots.invalid},
            winners=() if lost else ("yes",),
            support=yes,
            rival=no,
            cast=yes + no + ballots.abstained,
            abstained=ballots.abstained,
            tied=("yes", "no") if tied else (),
        )
