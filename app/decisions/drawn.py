"""Lots as pages tell of them: what was drawn, in which entry the clerk said so, and all it takes to draw again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from app.decisions.words import Words
from app.installation import Installation
from app.naming import sees_names
from app.visit import Visit
from governance import lots
from governance.books.proposals import Proposal
from ledger import canonical, ids
from ledger.statement import parse_leaf

_ORDER = (
    "SELECT index FROM entry WHERE ledger_id = $1 AND author = $2 AND index >= $3 "
    "AND position(convert_to('\"type\":\"lot.order/', 'UTF8') IN leaf) > 0 "
    "AND position(convert_to($4, 'UTF8') IN leaf) > 0 ORDER BY index LIMIT 1"
)
"""The clerk draws soon after the close, so the search ends where it has begun."""


class Ticket(NamedTuple):
    """Of one member or option: the ``id`` that goes into the ticket, what it is called, and the ticket in hex."""

    id: str
    label: str
    ticket: str


class Lot(NamedTuple):
    """What was drawn, in the order of the tickets; ``entry`` is the announcement's index, ``size`` and ``root`` (hex)
    are the checkpoint's that it was drawn from, ``mine`` the reader's own ticket (of a panel, for members).
    """

    entry: int
    size: int
    origin: str
    root: str
    tickets: list[Ticket]
    mine: str = ""
    chosen: bool = False

    @property
    def last(self) -> str:
        """The highest ticket that was drawn."""
        return self.tickets[-1].ticket


async def panel_of(visit: Visit, installation: Installation, words: Words, proposal: Proposal) -> Lot | None:
    """Who votes on a proposal where a lot decides that; None before it is drawn and published."""
    if proposal.draw is None:
        return None
    members = proposal.draw.members
    names = await visit.reading.names(members) if sees_names(visit) else {}
    labels = [words.t("pages.person", name=names[one]) if one in names else words.member(one) for one in members]
    found = await _lot(visit, installation, proposal, proposal.draw.entry, list(zip(members, labels, strict=True)))
    if found is None:
        return None
    me = "" if visit.member is None else visit.member.id
    mine = lots.ticket(_seed(found, proposal), me).hex() if me else ""
    return found._replace(mine=mine, chosen=me in members)


async def order_of(
    visit: Visit, installation: Installation, words: Words, proposal: Proposal, labels: dict[int, str]
) -> Lot | None:
    """The order in which options win a tie that a lot decided; None where none has."""
    if not proposal.order or proposal.closed_index is None:
        return None
    index = await visit.reading.pool.fetchval(
        _ORDER, visit.reading.ledger_id, ids.CLERK, proposal.closed_index, f'"{proposal.id}"'
    )
    named = [(one, words.choice(one, labels)) for one in proposal.order]
    return None if index is None else await _lot(visit, installation, proposal, index, named)


async def _lot(
    visit: Visit, installation: Installation, proposal: Proposal, entry: int, named: Sequence[tuple[str, str]]
) -> Lot | None:
    stored = await installation.log.entry(visit.reading.ledger, entry)
    if stored is None:  # recorded this moment, and not yet published
        return None
    seen = parse_leaf(stored.leaf).statement.seen
    root = canonical.unb64(seen.root, 32).hex()
    lot = Lot(entry, seen.size, visit.reading.ledger.origin, root, [])
    seed = _seed(lot, proposal)
    return lot._replace(tickets=[Ticket(id_, label, lots.ticket(seed, id_).hex()) for id_, label in named])


def _seed(lot: Lot, proposal: Proposal) -> bytes:
    return lots.seed(lot.origin, proposal.id, bytes.fromhex(lot.root))
