"""What came of a vote: the count as it can be seen, and every step that led from it to the result."""

from __future__ import annotations

import re
from typing import Any

from app.api.problems import sentence
from app.decisions.counted import Counts, Shown
from app.decisions.spoken import spoken
from app.decisions.steps import tell_step
from app.decisions.words import Words
from app.installation import Installation
from app.pages.proposals.common import labels_of, texts_of
from app.visit import Visit
from governance.books.proposals import Found, Item, Proposal
from governance.count import INVALID, NOBODY, Counted
from governance.rule import Rule


async def counts_of(visit: Visit, words: Words, proposal: Proposal, rule: Rule, counted: Counted) -> Counts:
    """Who tells this count: with the names and costs of the items that it can show."""
    if not rule.method.COSTS:
        return Counts(words, rule.method, dict(enumerate((await texts_of(visit, proposal))[2], 1)))
    numbers = {int(number) for code in counted.tally for number in re.findall("[0-9]+", code)}
    numbers |= {int(number) for one in counted.rounds for code in one.amounts for number in re.findall("[0-9]+", code)}
    items = await visit.reading.find_many(Item, [f"{proposal.id}/{number}" for number in numbers])
    labels = await labels_of(visit, proposal, (), *map(str, numbers))
    return Counts(words, rule.method, labels, {item.number: item.cost for item in items.values()})


async def outcome_of(
    visit: Visit, installation: Installation, words: Words, proposal: Proposal, rule: Rule
) -> dict[str, Any]:
    """The count, step by step, once there is one."""
    found = await visit.reading.find(Found, proposal.id)
    if proposal.outcome is None or found is None or proposal.roll is None:
        return {"outcome": None}
    counts = await counts_of(visit, words, proposal, rule, found.counted)
    shown: Shown = counts.show(proposal, found)
    return {
        "outcome": proposal.outcome,
        "winner": words.joined([counts.option(one) for one in proposal.outcome.winners]) if rule.chooses else "",
        "steps": [
            tell_step(
                words,
                step,
                lambda weight: counts.measured(weight, found.counted.unit),
                chooses=rule.chooses,
                met=proposal.meeting is not None,
                several=proposal.seats > 1,
                method=rule.method.NAME,
                tie=words.t(rule.tie.KEYS[0]),
            )
            for step in proposal.outcome.steps
        ],
        "count": shown,
        "present": found.counted.cast.heads + _invalid(found.counted),
        "spoken": await spoken(installation, visit.reading, proposal, rule),
        "lapse": sentence(words.texts, words.lang, **proposal.lapse) if proposal.lapse else "",
    }


def _invalid(counted: Counted) -> int:
    return counted.tally.get(INVALID, NOBODY).heads
