"""What a budgeting round may pay for, as lists: a page of it, or what a search finds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from app.decisions.people import fold
from app.reading import Reading
from governance.books.proposals import Item, Proposal
from governance.count import MAX_PROJECTS

PAGE: Final = 50


class Named(NamedTuple):
    """An item with its title; the title's place in the list where the reader may not see it."""

    item: Item
    title: str


class Items(NamedTuple):
    """One page of a list. ``total``: all that were found; ``page`` counts from 1."""

    found: list[Named]
    page: int
    total: int
    q: str

    @property
    def first(self) -> int:
        """The position of the first that is shown, from 1."""
        return (self.page - 1) * PAGE + 1

    @property
    def last(self) -> int:
        """The position of the last."""
        return min(self.page * PAGE, self.total)


async def items_of(reading: Reading, proposal: Proposal, q: str, page: int, *, titles: bool) -> Items:
    """A page of a round's items in the order in which they were proposed; of those whose title has the words of ``q``.

    Titles are sealed: a search opens every one.
    """
    words = fold(q)
    if not words or not titles:
        found = await reading.children(Item, proposal.id, limit=PAGE, offset=(page - 1) * PAGE)
        return Items(await _named(reading, found, titles=titles), page, proposal.items, "")
    everything = await _named(reading, await reading.children(Item, proposal.id, limit=MAX_PROJECTS), titles=True)
    having = [one for one in everything if words in fold(one.title)]
    return Items(having[(page - 1) * PAGE : page * PAGE], page, len(having), q)


async def item_labels(reading: Reading, proposal: Proposal, numbers: Iterable[int], *, titles: bool) -> dict[int, str]:
    """What items are called, by number."""
    records = await reading.find_many(Item, [f"{proposal.id}/{number}" for number in sorted(set(numbers))])
    named = await _named(reading, list(records.values()), titles=titles)
    return {one.item.number: one.title for one in named}


async def _named(reading: Reading, found: list[Item], *, titles: bool) -> list[Named]:
    texts = await reading.texts([(one.statement, "title") for one in found]) if titles else {}
    return [Named(one, str(texts.get((one.statement, "title"), f"#{one.number}"))) for one in found]
