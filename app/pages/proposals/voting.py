"""What a reader, an official or a concierge votes with: choices to tap, or a ballot to fill in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from app.decisions.ballot_form import BallotForm, ballot_form
from app.decisions.items import Items, items_of
from app.decisions.words import Words
from app.naming import sees_titles
from app.pages.proposals.common import labels_of
from app.visit import Visit
from governance.books.proposals import Item, Proposal
from governance.count import Paper
from governance.rule import Rule


class Voting(NamedTuple):
    """``choices``: (code, words) of everything that can be said, where that can be listed; else ``form``.

    ``items``: the page of a budgeting round's list that the form begins with. ``chosen``: what the present ballot names
    of it, by number. ``key`` tells apart several ballots on one page.
    """

    key: str
    choices: list[tuple[str, str]]
    form: BallotForm | None
    items: Items | None
    chosen: Mapping[int, tuple[str, int]]


async def voting(
    visit: Visit, words: Words, proposal: Proposal, rule: Rule, labels: Mapping[int, str], text: str
) -> Voting:
    """For somebody whose ballot, if any, is ``text``."""
    paper = Paper(proposal.items or len(proposal.options), proposal.seats, (), proposal.budget)
    key = proposal.id[-8:]
    if rule.method.LISTED:
        choices = [(code, words.choice(code, labels)) for code in rule.method.choices(paper)]
        return Voting(key, choices, None, None, {})
    if not rule.method.COSTS:
        return Voting(key, [], ballot_form(rule.method, paper, labels, text, words), None, {})
    found = await items_of(visit.reading, proposal, "", 1, titles=sees_titles(visit))
    shown = [one for one in found.found if not one.item.withdrawn]
    costs = {one.item.number: one.item.cost for one in shown}
    form = ballot_form(rule.method, paper, {one.item.number: one.title for one in shown}, text, words, costs)
    return Voting(key, [], form, found, await _chosen(visit, proposal, text))


async def _chosen(visit: Visit, proposal: Proposal, text: str) -> dict[int, tuple[str, int]]:
    """Name and cost of the items that a ballot names, on whatever page of the list they stand."""
    named = await labels_of(visit, proposal, (), text)
    items = await visit.reading.find_many(Item, [f"{proposal.id}/{number}" for number in named])
    return {item.number: (named[item.number], item.cost) for item in items.values()}
