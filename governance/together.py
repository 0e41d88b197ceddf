"""What of a rule's answers can't work together, each of them possible by itself: a fault at the one to be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.documents import Fault

if TYPE_CHECKING:
    from governance.rule import Rule

_ANONYMOUS = ("hands", "unopposed")
IN_MEETINGS = ("room", *_ANONYMOUS)
"""Channels that there are in meetings alone."""


def check(rule: Rule) -> None:
    """Fault with the path to what does not fit the rest."""
    _check_fit(rule)
    _check_tie(rule)
    if rule.veto.needed() and not rule.timing.timelock():
        raise Fault("veto/module", "needs_timelock")
    if rule.weight.BY_CLASS and rule.delegation.ALLOWED:
        raise Fault("delegation/module", "needs_plain_weight")
    if rule.weight.BY_CLASS and rule.electorate.without_chair():
        # The weight of ballots cast would change with whoever takes the chair.
        raise Fault("electorate/module", "needs_plain_weight")
    if rule.uncontested.POSSIBLE and (not rule.method.SEATS or rule.method.COSTS):
        raise Fault("uncontested/module", "needs_seats")
    if rule.secrecy.SEALED and (rule.method.COSTS or rule.by_class):
        raise Fault("secrecy/module", "not_sealed")
    if rule.watches:
        _check_watching(rule)
    if rule.venue.or_all():
        _check_consent(rule)
    for position, channel in enumerate(rule.channels):
        if channel in _ANONYMOUS:
            _check_anonymous(rule, f"channels/{position}")


def _check_tie(rule: Rule) -> None:
    if rule.tie.BREAKS is not None and not rule.threshold.halves():
        # A casting vote decides between equal halves; two thirds are not reached by one.
        raise Fault("tie/module", "needs_half")
    if rule.tie.BREAKS == "chair" and rule.chooses:
        raise Fault("tie/module", "needs_yes_no")


def _check_fit(rule: Rule) -> None:
    for question in ("quorum", "threshold"):
        try:
            getattr(rule, question).fits(rule.method)
        except Fault as fault:
            raise fault.under(question) from fault


def _check_watching(rule: Rule) -> None:
    """A vote whose end depends on how it stands is counted with every ballot: open, direct, by yes or no."""
    if rule.secrecy.SEALED:
        raise Fault("timing/module", "not_sealed")
    if rule.chooses or rule.delegation.ALLOWED or rule.by_class or rule.tie.BREAKS is not None:
        raise Fault("timing/module", "needs_plain_vote")
    if any(channel in _ANONYMOUS for channel in rule.channels):
        raise Fault("timing/module", "needs_ballots")
    if rule.venue.kinds():
        # There the chair closes it, and a proxy's mandates count at the close.
        raise Fault("timing/module", "not_in_meetings")


def _check_consent(rule: Rule) -> None:
    """One agrees or does not, by a ballot of one's own."""
    if rule.chooses or "all" not in rule.method.BASES:
        raise Fault("venue/module", "needs_yes_no")
    if all(channel in IN_MEETINGS for channel in rule.channels):
        raise Fault("venue/module", "needs_ballots")


def _check_anonymous(rule: Rule, path: str) -> None:
    """Hands in a room are heads, and nobody notes whose: only for yes and no, one vote each, not for elections."""
    if "yes_no" not in rule.method.BASES:
        raise Fault(path, "needs_yes_no")
    if rule.weight.NAME != "one_member_one_vote/1":
        raise Fault(path, "needs_one_vote_each")
    if rule.secrecy.SEALED:
        raise Fault(path, "not_sealed")
    if rule.by_class or rule.delegation.ALLOWED:
        raise Fault(path, "needs_plain_vote")
