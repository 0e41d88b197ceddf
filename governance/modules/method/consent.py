"""Consent: is there an objection to the proposal? (sociocracy; 異議の有無)

G. Endenburg, *Sociocracy* (1998): a decision is taken when nobody has a reasoned objection to it. What stands against
it is an objection alone: who neither consents nor objects stands aside. Whether one objection is enough to stop it is
asked by the threshold (``no_objection/1``).
"""

from __future__ import annotations

from collections.abc import Sequence

from governance.count import ABSTAIN, INVALID, NOBODY, Counted, Paper, Tally, sort_out
from governance.modules.questions import Method


class Consent(Method, frozen=True):
    """``consent/1``: ``consent``, ``object`` or ``abstain``."""

    NAME = "consent/1"
    KEYS = ("rule.method.consent",)
    BASES = ("all", "present", "cast")
    LISTED = True

    def choices(self, paper: Paper) -> tuple[str, ...]:  # noqa: ARG002  (the proposal itself is the only option)
        """In the order in which pages list them."""
        return ("consent", "object", ABSTAIN)

    def count(self, profile: Tally, paper: Paper, order: Sequence[str] = ()) -> Counted:  # noqa: ARG002
        """Always for consent, and never a tie: a proposal passes or it does not."""
        ballots = sort_out(profile)
        consent, objection = (ballots.marks.get(choice, NOBODY) for choice in ("consent", "object"))
        return Counted(
            tally={"consent": consent, "object": objection, ABSTAIN: ballots.abstained, INVALID: ballots.invalid},
            winners=("consent",),
            support=consent,
            rival=objection,
            cast=consent + objection + ballots.abstained,
            abstained=ballots.abstained,
        )
