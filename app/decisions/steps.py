"""The steps of a decision in words: what was asked, what there was, whether it was enough."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Final, NamedTuple

from app.decisions.words import Words
from governance.count import Step

_BASES: Final = ("all", "present", "cast", "yes_no", "expressed")
_PLAIN: Final = ("quorum_approvals", "objections", "consents", "tie", "uncontested", "winners")
"""Steps that are counted in one way alone."""

BY_OTHER: Final = frozenset(("equal_shares/1", "greedy_budget/1", "majority_judgement/1", "schulze/1", "stv/1"))
"""Methods whose winners need not have more votes than the others: by rounds, medians, duels or money."""

_SHORT: Final = ("quorum", "quorum_answers", "quorum_approvals", "threshold")
"""Steps that a known number more would have fulfilled."""


class StepTold(NamedTuple):
    """One step: what is asked in one word, in a sentence, what there was, and whether that is enough.

    ``have``, ``need``: in words; ``short``: by how much it misses, in a sentence, empty where it holds; ``drawn``:
    whether it is a part of something that a bar can show.
    """

    title: str
    asked: str
    found: str
    holds: bool
    have: str
    need: str
    short: str
    drawn: bool
    step: Step


def tell_step(  # noqa: PLR0913
    words: Words,
    step: Step,
    amount: Callable[[int], str],
    *,
    chooses: bool,
    met: bool = False,
    several: bool = False,
    method: str = "",
    tie: str = "",
) -> StepTold:
    """``amount``: how the method's amounts are written, with what they are; quorums are always in whole votes. ``met``:
    in a meeting, where also who is there without a ballot is present. ``several``: more than one option can win.
    ``method``: by which it was counted, where options are chosen. ``tie``: what the rule says of one.
    """
    counted = step.unit == "weight" and step.name in ("threshold", "tie")
    number = amount if counted else words.fmt.integer
    support = words.t("rule.support.option" if chooses else "rule.support.yes")
    of = "met" if met and step.of == "present" else step.of
    params = {
        "have": number(step.have),
        "base": number(step.base),
        "need": number(step.need),
        "support": support,
        "share": "" if step.fraction is None else _share(words, step),
        "of": words.t(f"proposals.of.{of}") if step.of in _BASES else "",
        "tie": tie,
    }
    present = ".met" if met and step.name == "quorum" else ""
    key = f"proposals.step.{step.name}{present}{_manner(step, chooses=chooses, several=several, method=method)}"
    title = words.t(f"proposals.step.{step.name}")
    if step.cls is not None:
        title = words.t("proposals.step.of_class", step=title, cls=words.cls(step.cls))
    asked, found = (_begun(words.t(f"{key}.{part}", **params)) for part in ("asked", "found"))
    drawn = step.base > 0 and step.of in _BASES
    short = ""
    if step.name in _SHORT and step.of != "rival" and step.have < step.need:
        few = number(step.need - step.have)
        votes = words.t("outcome.amount.votes", n=few) if step.unit == "weight" and not counted else few
        short = words.t(f"proposals.step.short.{step.unit}", n=votes)
    return StepTold(title, asked, found, step.holds, params["have"], params["need"], short, drawn, step)


def _manner(step: Step, *, chooses: bool, several: bool, method: str) -> str:
    """By heads or by weight, in one class, or against the next option."""
    if step.name == "tie" and chooses:
        # Those that are level need not be the strongest: the last seats can be what they are level for.
        return ".options"
    if step.name in _PLAIN:
        return ""
    if step.of == "rival":
        # Where money, rounds or a lot decide, what is chosen need not have more votes than what is not.
        weaker = step.holds and (step.have < step.need or method in BY_OTHER)
        return ".chosen" if weaker else ".seats" if several else ".rival"
    return ".cls" if step.cls is not None else f".{step.unit}"


def _begun(sentence: str) -> str:
    """With a capital, also where it begins with what is filled in."""
    return sentence[:1].upper() + sentence[1:]


def _share(words: Words, step: Step) -> str:
    return words.fmt.threshold(Fraction(step.fraction or "1/1"), strict=step.comparison == "over")
