"""Contributions as lists and one by one: what was done, what the reader can do about it, what it earned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.commons.people import folded
from app.commons.said import said_with
from app.commons.telling import Telling
from app.labels import kind_labels
from app.reading import Reading
from app.visit import Visit
from ledger import canonical
from ledger.books.commons_policy import ANY_MEMBER, CommonsPolicy
from ledger.books.contributions import Contribution, Earned
from ledger.books.policies import Policy

PAGE: Final = 20
SEARCHED: Final = 500
"""How many of the newest a search reads: names and notes are sealed, so each has to be opened."""
VIEWS: Final = ("waiting", "mine", "all", "disputed")
_LISTED: Final = {
    "mine": ("c.parent = $2", "DESC"),
    "all": ("$2 <> ''", "DESC"),
    "disputed": ("$2 <> '' AND c.mark = 'disputed'", "ASC"),
}
"""Which, and in which order; $2 is the reader."""


@dataclass(frozen=True)
class Item:
    """One contribution as this reader sees it. ``may``: attest, withdraw, object, resolve. Times in ms."""

    contribution: Contribution
    who: str
    kind: str
    unit: str
    note: str
    worth: int
    may: frozenset[str]
    object_until: int | None

    @property
    def id(self) -> str:
        """The contribution's."""
        return self.contribution.id


class Work:
    """Lists for one reader; ``now`` in ms."""

    def __init__(self, visit: Visit, say: Telling, now: int) -> None:
        self._visit, self._reading, self._say, self._now = visit, visit.reading, say, now
        self._me = visit.member.id if visit.member else ""

    async def view(self, name: str, words: str, page: int) -> tuple[list[Item], bool]:
        """A page (from 1) of one of VIEWS, and whether there are more; ``words`` narrow it."""
        start = (page - 1) * PAGE
        if name == "waiting":
            found = await self._attestable()
            rest = found if words else found[start : start + PAGE + 1]
        else:
            condition, order = _LISTED[name]
            some = (SEARCHED, 0) if words else (PAGE + 1, start)
            rest = await self._select(condition, order, *some)
        if not words:
            return await self.items(rest[:PAGE]), len(rest) > PAGE
        items = [item for item in await self.items(rest) if _matches(item, words)]
        return items[start : start + PAGE], len(items) > start + PAGE

    async def counts(self) -> dict[str, int]:
        """How many wait for the reader's attestation, and how many are disputed."""
        disputed = await self._reading.count_marked(Contribution, "disputed")
        return {"waiting": len(await self._attestable()), "disputed": disputed}

    async def _attestable(self) -> list[Contribution]:
        """What the reader may attest, the oldest first."""
        # Whatever waits for attestation has a day on which it lapses: the list of what is due is the shorter one.
        rows = await self._reading.pool.fetch(
            "SELECT c.id FROM record d JOIN record c ON c.ledger_id = $1 AND c.kind = 'contribution' "
            "AND c.id = d.data->>'subject' WHERE d.ledger_id = $1 AND d.kind = 'due' "
            "AND d.data->>'action' = 'contribution.lapse' AND c.parent <> $2 ORDER BY c.sort, c.id LIMIT $3",
            self._reading.ledger_id,
            self._me,
            SEARCHED,
        )
        found = await self._reading.find_many(Contribution, [row["id"] for row in rows])
        waiting = [found[row["id"]] for row in rows]
        policies = {policy.version: policy.commons() for policy in await self._versions({c.policy for c in waiting})}
        return [c for c in waiting if "attest" in self._may(c, policies[c.policy], None)]

    async def items(self, contributions: list[Contribution]) -> list[Item]:
        """Each with names, notes and what the reader may do."""
        policies = await self._policies({c.policy for c in contributions})
        names = await self._reading.names({c.member for c in contributions})
        notes = await said_with(self._reading, contributions, "note")
        return [self._item(c, policies[c.policy], names.get(c.member, ""), notes.get(c.id, "")) for c in contributions]

    async def _select(self, condition: str, order: str, limit: int, offset: int) -> list[Contribution]:
        rows = await self._reading.pool.fetch(
            f"SELECT c.id, c.sort FROM record c WHERE c.ledger_id = $1 AND c.kind = 'contribution' AND {condition} "  # noqa: S608 (constants)
            f"ORDER BY c.sort {order}, c.id {order} LIMIT $3 OFFSET $4",
            self._reading.ledger_id,
            self._me,
            limit,
            offset,
        )
        found = await self._reading.find_many(Contribution, [row["id"] for row in rows])
        return [found[row["id"]] for row in rows]

    async def _policies(self, versions: set[int]) -> dict[int, tuple[CommonsPolicy, dict[str, str]]]:
        return {
            policy.version: (
                policy.commons(),
                await kind_labels(self._reading, policy, self._say.texts, self._say.lang),
            )
            for policy in await self._versions(versions)
        }

    async def _versions(self, versions: set[int]) -> list[Policy]:
        return list((await self._reading.find_many(Policy, [f"commons/{number}" for number in versions])).values())

    def _item(self, c: Contribution, terms: tuple[CommonsPolicy, dict[str, str]], who: str, note: str) -> Item:
        policy, labels = terms
        kind = policy.kind(c.activity)
        until = None if c.attested_at is None else c.attested_at + policy.objection_seconds * 1000
        worth = kind.earned(c.quantity) if policy.mode == "tokens" else 0
        may = self._may(c, policy, until)
        return Item(c, who, labels[c.activity], kind.unit, note, worth, may, until)

    def _may(self, c: Contribution, policy: CommonsPolicy, until: int | None) -> frozenset[str]:
        me, may = self._me, set[str]()
        if not me:
            return frozenset()
        accepted = ANY_MEMBER in policy.attestation.by or self._visit.holds(*policy.attestation.by)
        attesters = {*c.attesters, *c.helpers}
        if c.state == "reported" and accepted and me not in {c.member, c.reported_by, *attesters}:
            may.add("attest")
        if c.state == "reported" and me == c.member:
            may.add("withdraw")
        in_window = c.state == "reported" or (c.state == "attested" and until is not None and self._now < until)
        if in_window and not c.objector and me != c.member:
            may.add("object")
        involved = {c.member, c.reported_by, c.objector, *attesters}
        if c.state == "disputed" and self._visit.holds("auditor", "administrator") and me not in involved:
            may.add("resolve")
        return frozenset(may)


async def left_of_cap(reading: Reading, policy: CommonsPolicy, member: str, day: str, fiscal_month: int) -> int | None:
    """How many tokens the cap still lets that member earn for work done on ``day`` (2026-04-01); None: no cap."""
    if policy.mint_cap is None:
        return None
    year, month = int(day[:4]), int(day[5:7])
    fiscal = f"fy{year if month >= fiscal_month else year - 1}"
    period = day[:7] if policy.mint_cap.period == "month" else fiscal
    earned = await reading.find(Earned, f"{member}/{period}")
    return max(0, policy.mint_cap.amount - (earned.amount if earned else 0))


def _matches(item: Item, words: str) -> bool:
    text = folded(f"{item.who} {item.kind} {item.note} {item.contribution.on}")
    return all(folded(word) in text for word in words.split())


async def objection(reading: Reading, contribution: Contribution) -> str:
    """Why somebody objects, in their own words; for the parties and those who decide."""
    statement = await reading.pool.fetchval(
        "SELECT statement_id FROM entry WHERE ledger_id = $1 AND index > $2 AND received = $3 "
        "AND position(convert_to('\"type\":\"contribution.object/1\"', 'UTF8') IN leaf) > 0",
        reading.ledger_id,
        contribution.index,
        contribution.objected_at,
    )
    return "" if statement is None else await reading.text(canonical.b64(statement), "reason")
