"""What the clerk announces: lots, how many may vote once voting has opened, and the count once it has closed.

All is worked out beside the head's lock, by the functions with which the fold checks it, and handed to the lane, so
that the fold need not find a large count again. The count of sealed ballots alone is the operator's word: it opens
the private values, and nobody else can until an auditor does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

import asyncpg
import msgspec

from app import patience
from app.aside import ask_aside, work_aside
from app.installation import Installation
from app.keystore import PrivacyKeys
from app.sequencer.guard import Published
from app.sequencer.state import ask
from app.storage.ledgers import Ledger
from governance.all_books import BOOKS
from governance.books import counts, draws, proposals, rolls, tallying
from governance.books.ballots import Ballot
from governance.books.openings import MOST as MOST_OPENINGS
from governance.books.openings import publishable
from governance.books.proposals import Found, Proposal
from governance.rule import Rule
from ledger import canonical
from ledger.private import Opening
from ledger.state import State


class Announcement(NamedTuple):
    """What the clerk should say. ``cause`` names what calls for it: the same cause is announced once.

    ``seen``: the checkpoint it has to have seen, where that matters (a lot is drawn from it).
    """

    type: str
    body: dict[str, Any]
    cause: str
    seen: Published | None = None


_STATEMENT: Final = 24_000
"""Bytes of openings in one statement, which may have 32,768."""
Announcer = Callable[[Installation, Ledger], Awaitable[list[Announcement]]]


class Look(NamedTuple):
    """What is to be said of one proposal, what was found out for it, and whether sealed ballots wait to be opened."""

    said: list[Announcement]
    settled: dict[str, Any]
    sealed: bool = False


async def decisions(installation: Installation, ledger: Ledger) -> list[Announcement]:
    """Lots, rolls of the votes that have opened, and counts of those that have closed."""
    found: list[Announcement] = []
    published = await installation.log.published(ledger)
    for id_ in await _unannounced(installation, ledger):
        question = partial(look, id_, published)
        beside = await installation.ask(ledger, patience.is_large)
        if beside:
            seen = await ask_aside(installation.database_url, ledger.id, question)
        else:
            seen = await installation.ask(ledger, question)
        installation.lanes.settle(ledger, seen.settled)
        found += seen.said
        if seen.sealed:
            found += await _unsealed(installation, ledger, id_, beside=beside)
    return found


ANNOUNCERS: Final[tuple[Announcer, ...]] = (decisions,)
"""Each looks at a ledger after it has grown, and says what is to be announced now."""


async def _unannounced(installation: Installation, ledger: Ledger) -> list[str]:
    query = (
        "SELECT id FROM record WHERE ledger_id = $1 AND kind = 'proposal' AND mark IN ('called', 'unannounced') "
        "AND (data->>'opened_index' IS NOT NULL OR data->>'drawing' = 'true') "
        "ORDER BY sort, id"
    )
    return [id_ for (id_,) in await installation.database.pool.fetch(query, ledger.id)]


def look(id_: str, published: Published, state: State) -> Look:
    """What is to be said of one proposal, as far as the ledger itself tells."""
    proposal = state.need(Proposal, id_)
    rule = proposals.pinned(state, proposal)
    if proposal.drawing:
        return Look(_panel(state, proposal, rule, published), {})
    said: list[Announcement] = []
    settled: dict[str, Any] = {}
    if proposal.roll_entry is None:
        roll = rolls.roll(state, proposal, rule)
        settled[rolls.question(proposal)] = roll
        # The chair may come back to whoever had it before: then the same roll is announced once more.
        cause = f"{id_} {published.size}" if rule.electorate.without_chair() else id_
        said.append(Announcement("proposal.roll/1", {"proposal": id_, **msgspec.to_builtins(roll)}, cause))
    if proposal.count_entry is not None or proposal.closed_index is None:
        return Look(said, settled)
    if proposal.outcome is not None:
        counted = state.need(Found, id_).counted
        body = counts.announcement(proposal, rule, counted, proposal.outcome)
        said.append(Announcement("proposal.count/1", body, id_))
    elif rule.tie.BREAKS == "lot" and not proposal.order:
        said += _order(state, proposal, published)
    elif rule.on_word:
        settled[counts.outside_question(proposal)] = counts.outside(state, proposal, rule)
        return Look(said, settled, sealed=True)
    elif rule.secrecy.SEALED and any(ballot.opened is None for ballot in tallying.cast(state, proposal)):
        return Look(said, settled, sealed=True)
    else:
        found = settled[f"count:{id_}"] = counts.count(state, proposal, rule)
        said.append(Announcement("proposal.count/1", counts.announcement(proposal, rule, *found), id_))
    return Look(said, settled)


def _panel(state: State, proposal: Proposal, rule: Rule, published: Published) -> list[Announcement]:
    panel = rule.electorate.panel()
    if panel is None or proposal.called_index is None or published.size <= proposal.called_index:
        return []
    lot = draws.draw_panel(state, proposal, panel, published.root)
    body = {"among": lot.among, "last": canonical.b64(lot.last), "proposal": proposal.id}
    return [Announcement("lot.panel/1", body, f"{proposal.id} {proposal.rule} {published.size}", published)]


def _order(state: State, proposal: Proposal, published: Published) -> list[Announcement]:
    if proposal.closed_index is None or published.size <= proposal.closed_index:
        return []
    order = draws.said_of(draws.draw_order(state, proposal, published.root))
    body = {"order": list(order), "proposal": proposal.id}
    return [Announcement("lot.order/1", body, f"{proposal.id} {published.size}", published)]


async def _unsealed(installation: Installation, ledger: Ledger, id_: str, *, beside: bool) -> list[Announcement]:
    if beside:
        work = partial(_unseal_beside, id_, installation.privacy.path)
        return await work_aside(installation.database_url, ledger.id, work)
    async with installation.database.pool.acquire() as connection:
        return await unseal(id_, installation.privacy, connection, ledger.id)


async def _unseal_beside(id_: str, privacy: Path, connection: asyncpg.Connection, ledger_id: int) -> list[Announcement]:
    with closing(PrivacyKeys(privacy)) as keys:
        return await unseal(id_, keys, connection, ledger_id)


async def unseal(id_: str, privacy: PrivacyKeys, connection: asyncpg.Connection, ledger_id: int) -> list[Announcement]:
    """The openings of ballots that were hidden, as long as there are any to publish; then the count."""
    cast = await ask(connection, BOOKS, ledger_id, partial(_cast, id_))
    openings = await _open(privacy, connection, ledger_id, [ballot for ballot in cast if ballot.opened is None])

    def question(state: State) -> list[Announcement]:
        proposal = state.need(Proposal, id_)
        rule = proposals.pinned(state, proposal)
        waiting = [(ballot.member, openings[ballot.statement]) for ballot in cast if ballot.statement in openings]
        if rule.secrecy.OPENED and (said := publications(id_, waiting)):
            return said
        if rule.secrecy.OPENED:
            found = counts.count(state, proposal, rule)
        else:
            found = counts.opened(state, proposal, rule, lambda ballot: _value(openings.get(ballot.statement)))
        return [Announcement("proposal.count/1", counts.announcement(proposal, rule, *found), id_)]

    return await ask(connection, BOOKS, ledger_id, question)


def _cast(id_: str, state: State) -> list[Ballot]:
    return tallying.cast(state, state.need(Proposal, id_))


def _value(opening: Opening | None) -> Any:
    return None if opening is None else opening.value


def publications(id_: str, waiting: Sequence[tuple[str, Opening]]) -> list[Announcement]:
    """The openings of those members' ballots, as many statements as they take; but of those that fit into one."""
    return [
        Announcement("ballot.openings/1", {"openings": batch, "proposal": id_}, f"{id_} {batch[0]['member']}")
        for batch in _batches([(member, opening) for member, opening in waiting if publishable(opening.value)])
    ]


def _batches(waiting: Sequence[tuple[str, Opening]]) -> Iterator[list[dict[str, Any]]]:
    """As many as fit into a statement."""
    batch: list[dict[str, Any]] = []
    size = 0
    for member, opening in waiting:
        one = {"member": member, "salt": opening.salt, "value": opening.value}
        length = len(canonical.encode(one))
        if batch and (len(batch) == MOST_OPENINGS or size + length > _STATEMENT):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += length
    if batch:
        yield batch


async def _open(
    privacy: PrivacyKeys, connection: asyncpg.Connection, ledger_id: int, cast: Sequence[Ballot]
) -> dict[str, Opening]:
    """The opening of each ballot that has one, by the ballot's statement."""
    query = (
        "SELECT subject, statement_id, path, sealed FROM private "
        "WHERE ledger_id = $1 AND path = 'choice' AND statement_id = ANY($2)"
    )
    wanted = [canonical.unb64(ballot.statement, 32) for ballot in cast]
    rows = await connection.fetch(query, ledger_id, wanted)

    def open_all() -> dict[str, Opening]:
        opened = ((row["statement_id"], privacy.open(ledger_id, *row)) for row in rows)
        return {canonical.b64(id_): opening for id_, opening in opened if opening is not None}

    return await asyncio.to_thread(open_all)
