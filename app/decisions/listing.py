"""Proposals as lists: what is open now, what is coming, what was decided, and by words in the title."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, Final, NamedTuple

from app.reading import Reading
from governance.books.ballots import Ballot
from governance.books.proposals import Proposal
from governance.lifecycle import Stage
from ledger.books.members import Member

PAGE: Final = 20
SEARCHED: Final = 500
"""How many of the newest proposals a search reads: titles are sealed, so every one has to be opened."""
CALLED: Final = ("voting", "counting", "scheduled")
SECTIONS: Final = (*CALLED, "mine", "drafts")
"""What is undecided: what was called to a vote, by its stage; one's own drafts; those of others."""
_DRAFTS: Final = {
    "mine": "mark = 'draft' AND data->>'proposer' = $2",
    "drafts": "mark = 'draft' AND data->>'proposer' <> $2",
}
_DECIDED: Final = "(mark IS NULL OR mark = 'unannounced')"


@dataclass(frozen=True)
class Item:
    """One line of a list. ``title`` is empty where the reader may not see it; ``voted``: whether the reader has."""

    proposal: Proposal
    stage: Stage
    title: str
    voted: bool
    mine: bool


class Section(NamedTuple):
    """A page of what is undecided in one way, and how ``many`` there are in all."""

    items: list[Item]
    many: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.many // PAGE))


class Listing:
    """Lists for one reader: ``titles`` says whether the reader may see them, ``now`` in ms."""

    def __init__(self, reading: Reading, member: Member | None, now: int, *, titles: bool) -> None:
        self._reading, self._member, self._now, self._titles = reading, member, now, titles

    async def undecided(self) -> dict[str, Section]:
        """What is still to be decided, by section: the first page of each."""
        return {name: await self.section(name, 1) for name in SECTIONS}

    async def section(self, name: str, page: int) -> Section:
        """A page (from 1) of one section, in the order in which they become urgent; drafts the newest first."""
        start = (page - 1) * PAGE
        if name in CALLED:
            found = await self._called(name)
            return Section(await self._items(found[start : start + PAGE]), len(found))
        member = self._member.id if self._member else ""
        found = await self._select(_DRAFTS[name], PAGE, start, member)
        return Section(await self._items(found), await self._count(_DRAFTS[name], member))

    async def voting(self) -> list[Item]:
        """All that is voted on now, what closes first at the top."""
        return await self._items(await self._called("voting"))

    async def preparing(self) -> int:
        """How many are drafts, or wait for their vote to begin."""
        return await self._reading.count_marked(Proposal, "draft") + len(await self._called("scheduled"))

    async def drafts(self, proposer: Member | None = None) -> list[Item]:
        """The newest drafts, of anyone or of that member, as many as a search reads."""
        if proposer is None:
            return await self._items(await self._select("mark = 'draft'", SEARCHED, 0))
        return await self._items(await self._select(_DRAFTS["mine"], SEARCHED, 0, proposer.id))

    async def decided(self, page: int) -> tuple[list[Item], bool]:
        """A page (from 1) of what was decided or withdrawn, newest first, and whether there are more."""
        found = await self._select(_DECIDED, PAGE + 1, (page - 1) * PAGE)
        return await self._items(found[:PAGE]), len(found) > PAGE

    async def search(self, words: str, page: int) -> tuple[list[Item], bool]:
        """The same of those whose title has all these words, in whatever stage."""
        wanted = words.casefold().split()
        items = await self._items(await self._select("TRUE", SEARCHED, 0))
        found = [item for item in items if all(word in item.title.casefold() for word in wanted)]
        start = (page - 1) * PAGE
        return found[start : start + PAGE], len(found) > start + PAGE

    async def _called(self, stage: str) -> list[Proposal]:
        called = await self._reading.once("called", partial(self._reading.marked, Proposal, "called"))
        found = [proposal for proposal in reversed(called) if proposal.stage(self._now) == stage]
        urgent = {"voting": lambda one: one.closes_at or 0, "scheduled": lambda one: one.opens_at or 0}
        return sorted(found, key=urgent[stage]) if stage in urgent else found

    async def _count(self, condition: str, *about: str) -> int:
        query = f"SELECT count(*) FROM record WHERE ledger_id = $1 AND kind = 'proposal' AND {condition}"  # noqa: S608
        found: int = await self._reading.pool.fetchval(query, self._reading.ledger_id, *about)
        return found

    async def _select(self, condition: str, limit: int, offset: int, *about: str) -> list[Proposal]:
        reading = self._reading
        rows = await reading.pool.fetch(
            f"SELECT data FROM record WHERE ledger_id = $1 AND kind = 'proposal' AND parent = '' "  # noqa: S608 (constants)
            f"AND {condition} ORDER BY sort DESC, id DESC LIMIT {limit:d} OFFSET {offset:d}",
            reading.ledger_id,
            *about,
        )
        found = [reading.books.decode(Proposal.kind, row["data"].encode()) for row in rows]
        return [proposal for proposal in found if isinstance(proposal, Proposal)]

    async def _items(self, proposals: list[Proposal]) -> list[Item]:
        refs = [(proposal.statement, "title") for proposal in proposals]
        texts: dict[Any, Any] = await self._reading.texts(refs) if self._titles else {}
        member = self._member.id if self._member else ""
        cast = await self._reading.find_many(Ballot, [f"{proposal.id}/{member}" for proposal in proposals])
        return [
            Item(
                proposal=proposal,
                stage=proposal.stage(self._now),
                title=str(texts.get((proposal.statement, "title"), "")),
                voted=(ballot := cast.get(f"{proposal.id}/{member}")) is not None and ballot.counts,
                mine=proposal.proposer == member,
            )
            for proposal in proposals
        ]
