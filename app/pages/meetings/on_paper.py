"""What a written ballot asks about one item: yes or no, or which of its options, in the manner of its method."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from app.decisions.ballot_form import BallotForm, ballot_form
from app.decisions.words import Words
from app.pages.proposals.common import labels_of
from app.papers.meeting import Asks
from app.visit import Visit
from governance.books.proposals import Proposal
from governance.count import Paper
from governance.rule import Rule

ANSWERS: Final = ("yes", "no", "abstain")
MOST: Final = 40
"""Options on paper; who has more to choose from does it on a page."""


class Asked(NamedTuple):
    """As the papers have it (``app.papers.meeting.Item``)."""

    asks: Asks
    options: tuple[str, ...] = ()
    how: str = ""
    marks: Literal["tick", "number"] = "tick"


async def asked(visit: Visit, words: Words, proposal: Proposal, rule: Rule, options: Sequence[str]) -> Asked:
    """What can be said about it on paper."""
    paper = Paper(proposal.items or len(proposal.options), proposal.seats, (), proposal.budget)
    if "paper" not in rule.channels or paper.options > MOST:
        return Asked("room")
    numbers = " ".join(str(number) for number in range(1, paper.options + 1))
    labels = await labels_of(visit, proposal, options, numbers)
    if rule.method.LISTED:
        choices = rule.method.choices(paper)
        if choices == ANSWERS:
            return Asked("vote")
        return Asked("choose", tuple(words.choice(one, labels) for one in choices), words.t("paperwork.one_of"))
    form = ballot_form(rule.method, paper, labels, "", words)
    if form is None:
        raise LookupError("a method is listed or has a form")
    ticked = form.family in ("approvals", "projects")
    rows = (*(row.label for row in form.rows), words.t("ballot.abstain"))
    counted = words.t("paperwork.counted", method=words.module("method", rule.method.NAME))
    return Asked("choose", rows, f"{_how(words, form)} {counted}", "tick" if ticked else "number")


def _how(words: Words, form: BallotForm) -> str:
    key = f"ballot.help.{form.family}" + (".equal" if form.family == "ranking" and form.equal else "")
    said = words.t(key, limit=words.fmt.integer(form.limit))
    grades = words.joined([label for _, label in form.grades])
    return f"{said} {words.t('paperwork.grades', grades=grades)}" if grades else said
