"""What the clerk announces: how many may vote once voting has opened, and the count once it has closed.

Both are worked out beside the head's lock, by the functions with which the fold checks them. The count of confidential
ballots alone is the operator's word: it opens the private values, and nobody else can until an auditor does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

import msgspec

from app.installation import Installation
from app.storage.ledgers import Ledger
from governance import outcome
from governance.books import ballots, counts, proposals
from governance.books.ballots import Ballot
from governance.books.proposals import Proposal
from governance.modules.questions import INVALID, NOBODY, Count
from governance.rule import Rule
from ledger import canonical
from ledger.state import State


class Announcement(NamedTuple):
    """What the clerk should say. ``cause`` names what calls for it: the same cause is announced once."""

    type: str
    body: dict[str, Any]
    cause: str


Announcer = Callable[[Installation, Ledger], Awaitable[list[Announcement]]]


class _Closed(NamedTuple):
    """A confidential vote that waits for its count."""

    proposal: Proposal
    rule: Rule
    roll: Count
    ballots: list[Ballot]


async def decisions(installation: Installation, ledger: Ledger) -> list[Announcement]:
    """Rolls of the votes that have opened, and counts of those that have closed."""
    found = []
    for id_ in await _unannounced(installation, ledger):
        said, closed = await installation.ask(ledger, partial(_look, id_, installation.clock.now()))
        found += said
        if closed is not None:
            found.append(_count(closed.proposal, *await _count_sealed(installation, ledger, closed)))
    return found


ANNOUNCERS: Final[tuple[Announcer, ...]] = (decisions,)
"""Each looks at a ledger after it has grown, and says what is to be announced now."""


async def _unannounced(installation: Installation, ledger: Ledger) -> list[str]:
    query = (
        "SELECT id FROM record WHERE ledger_id = $1 AND kind = 'proposal' AND data->>'opened_index' IS NOT NULL "
        "AND (data->>'roll_entry' IS NULL OR data->>'count_entry' IS NULL) ORDER BY sort, id"
    )
    return [id_ for (id_,) in await installation.database.pool.fetch(query, ledger.id)]


def _look(id_: str, now: int, state: State) -> tuple[list[Announcement], _Closed | None]:
    """What is to be said of one proposal, as far as the ledger itself tells."""
    proposal = state.need(Proposal, id_)
    rule = proposals.pinned(state, proposal)
    roll = counts.roll(state, proposal, rule)
    said = []
    if proposal.roll_entry is None:
        body = {"heads": roll.heads, "proposal": proposal.id, "weight": roll.weight}
        said.append(Announcement("proposal.roll/1", body, proposal.id))
    if proposal.count_entry is not None:
        return said, None
    if proposal.outcome is not None and proposal.tally is not None:
        said.append(_count(proposal, proposal.tally, proposal.outcome.result))
    elif rule.secrecy.SEALED and proposal.stage(now) == "counting":
        return said, _Closed(proposal, rule, roll, ballots.of(state, proposal))
    return said, None


def _count(proposal: Proposal, tally: dict[str, Count], result: str) -> Announcement:
    body = {"proposal": proposal.id, "result": result, "tally": msgspec.to_builtins(tally)}
    return Announcement("proposal.count/1", body, proposal.id)


async def _count_sealed(installation: Installation, ledger: Ledger, closed: _Closed) -> tuple[dict[str, Count], str]:
    choices = await _open(installation, ledger, closed.ballots)
    tally = dict.fromkeys(ballots.choices(closed.rule, closed.proposal), NOBODY)
    for ballot in closed.ballots:
        # What opens to nothing, or to no choice that there is, was present but says nothing.
        choice = choices.get(ballot.statement)
        tally[choice if isinstance(choice, str) and choice in tally else INVALID] += Count(1, ballot.weight)
    decided = outcome.decide(closed.rule, closed.roll, tally, len(closed.proposal.options))
    return tally, decided.result


async def _open(installation: Installation, ledger: Ledger, cast: Sequence[Ballot]) -> dict[str, Any]:
    """The choice in each ballot whose opening is there, by the ballot's statement."""
    query = (
        "SELECT subject, statement_id, path, sealed FROM private "
        "WHERE ledger_id = $1 AND path = 'choice' AND statement_id = ANY($2)"
    )
    wanted = [canonical.unb64(ballot.statement, 32) for ballot in cast]
    rows = await installation.database.pool.fetch(query, ledger.id, wanted)

    def open_all() -> dict[str, Any]:
        opened = ((row["statement_id"], installation.privacy.open(ledger.id, *row)) for row in rows)
        return {canonical.b64(id_): opening.value for id_, opening in opened if opening is not None}

    return await asyncio.to_thread(open_all)
