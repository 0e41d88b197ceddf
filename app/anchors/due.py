"""What is to be anchored, and what has been: entries other than anchors make a ledger due, final anchors make entries.

What is due is measured against what is on its way, too, so no checkpoint is sent twice; and against the ledger's own
anchors, so that a database restored from a backup sends nothing smaller after something larger.
"""

from __future__ import annotations

import logging
from typing import Any, Final, NamedTuple

import asyncpg
import msgspec

from app.announcements import Announcement
from app.clerk import written
from app.errors import ServiceError
from app.installation import Installation
from app.sequencer.lane import Refused
from app.storage.ledgers import Ledger
from contracts import proof
from contracts.record import Anchor, Place
from ledger import canonical, checkpoint
from ledger.books import anchors

_log = logging.getLogger("yui.anchors")
_SAID_ALREADY: Final = ("statement.nonce_reused", "anchor.not_growing")


class Untold(NamedTuple):
    """A ledger that has no entry about its anchor yet, and the code of why: it is tried again next time."""

    origin: str
    refusal: str


async def due(installation: Installation, connection: asyncpg.Connection) -> list[bytes]:
    """The newest published signed checkpoint of every ledger that is due. Trouble with one does not stop the others."""
    # An anchor's entry never changes, so the entry that changed it last is its own.
    rows = await connection.fetch(
        "SELECT l.id, l.slug, l.origin, k.known FROM named l JOIN head h ON h.ledger_id = l.id CROSS JOIN LATERAL ("
        "  SELECT greatest("
        "    (SELECT size FROM anchored WHERE ledger_id = l.id ORDER BY size DESC LIMIT 1),"
        "    (SELECT id::bigint FROM record WHERE ledger_id = l.id AND kind = 'anchor' ORDER BY sort LIMIT 1), 0"
        "  ) AS known"
        ") k WHERE h.size - k.known > ("
        "  SELECT count(*) FROM record WHERE ledger_id = l.id AND kind = 'anchor' AND changed >= k.known"
        ") ORDER BY l.id"
    )
    notes = []
    for *of, known in rows:
        ledger = Ledger(*of)
        try:
            published = await installation.log.published(ledger)
        except ServiceError as error:
            _log.warning("%s is not anchored: %s", ledger.origin, error)
            continue
        if published.size > known:
            notes.append(published.note)
    return notes


async def tell(installation: Installation, connection: asyncpg.Connection) -> list[Untold]:
    """Have the clerk record every final anchor on its ledger, in the order of sending; what was refused."""
    rows = await connection.fetch(
        "SELECT l.id, l.slug, l.origin, a.size, a.batch, a.proof FROM anchored a JOIN named l ON l.id = a.ledger_id "
        "WHERE NOT a.recorded AND a.proof IS NOT NULL ORDER BY a.batch, l.id"
    )
    places: dict[int, Place] = {}
    refused = []
    for *of, size, batch, file in rows:
        if batch not in places:
            places[batch] = await _place(connection, batch)
        ledger = Ledger(*of)
        code = await _record(installation, ledger, file, places[batch])
        if code and code not in _SAID_ALREADY:
            refused.append(Untold(ledger.origin, code))
            continue
        query = "UPDATE anchored SET recorded = true WHERE ledger_id = $1 AND size = $2"
        await connection.execute(query, ledger.id, size)
    return refused


async def _place(connection: asyncpg.Connection, batch: int) -> Place:
    data = await connection.fetchval("SELECT data FROM anchor_batch WHERE number = $1", batch)
    place = msgspec.json.decode(data, type=Anchor).place
    if place is None:
        raise ValueError(f"batch {batch} has proofs and no place")
    return place


async def _record(installation: Installation, ledger: Ledger, file: bytes, place: Place) -> str:
    """The code of why it is not on the ledger, or nothing."""
    body, now = _body(file, place), installation.clock.now()
    said = Announcement(anchors.RECORD, body, str(body["size"]))
    try:
        await installation.submit(ledger, await written(installation, ledger, said, now))
    except Refused as refused:
        return str(refused.error.code)
    except ServiceError as error:
        return error.code
    return ""


def _body(file: bytes, place: Place) -> dict[str, Any]:
    shown = proof.parse(file)
    return shown.site._asdict() | {
        "block": place.block,
        "checkpoint": canonical.b64(shown.digest),
        "size": checkpoint.parse(shown.note)[0].size,
        "time": canonical.format_time(place.time),
    }
