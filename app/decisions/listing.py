"""Proposals as lists: what is open now, what is coming, what was decided, and by words in the title."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from app.reading import Reading
from governance.books.ballots import Ballot
from governance.books.proposals import Proposal
from governance.lifecycle import Stage
from ledger.books.members import Member

PAGE: Final = 20
SEARCHED: Final = 500
"""How many of the newest proposals a search reads: titles are sealed, so every one has to be opened."""
_UNDECIDED: Final = "mark = 'undecided'"
_DECIDED: Final = "mark IS DISTINCT FROM 'undecided'"


@dataclass(frozen=True)
class Item:
    """One line of a list. ``title`` is empty where the reader may not see it; ``voted``: whether the reader has."""

    proposal: Proposal
    stage: Stage
    title: str
    voted: bool
    mine: bool


@dataclass(frozen=True)
class Undecided:
    """What is not decided yet, each in the order in which it becomes urgent."""

    voting: list[Item]
    counting: list[Item]
    scheduled: list[Item]
    mine: list[Item]
    drafts: list[Item]


class Listing:
    """Lists for one reader: ``titles`` says whether the reader may see them, ``now`` in ms."""

    def __init__(self, reading: Reading, member: Member | None, now: int, *, titles: bool) -> None:
        self._reading, self._member, self._now, self._titles = reading, member, now, titles

    async def undecided(self) -> Undecided:
        """Everything that is still to be decided."""
        items = await self._items(await self._select(_UNDECIDED, SEARCHED, 0))
        by_stage: dict[str, list[Item]] = {}
        for item in items:
            by_stage.setdefault("mine" if item.stage == "draft" and item.mine else item.stage, []).append(item)
        return Undecided(
            voting=sorted(by_stage.get("voting", []), key=lambda item: item.proposal.closes_at or 0),
            counting=by_stage.get("counting", []),
            scheduled=sorted(by_stage.get("scheduled", []), key=lambda item: item.proposal.opens_at or 0),
            mine=by_stage.get("mine", []),
            drafts=by_stage.get("draft", []),
        )

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

    async def _select(self, condition: str, limit: int, offset: int) -> list[Proposal]:
        reading = self._reading
        rows = await reading.pool.fetch(
            f"SELECT data FROM record WHERE ledger_id = $1 AND kind = 'proposal' AND parent = '' "  # noqa: S608 (constants)
            f"AND {condition} "
            "ORDER BY sort DESC, id DESC LIMIT $2 OFFSET $3",
            reading.ledger_id,
            limit,
            offset,
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
