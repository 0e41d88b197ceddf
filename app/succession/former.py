"""What stays to be read under a name that a ledger had before: its last checkpoint, and the entries that are here."""

from __future__ import annotations

from app.api.problems import Problem
from app.installation import Installation
from app.sequencer.guard import Published
from app.storage.ledgers import Former, former_names
from app.visit import Visit
from ledger.books import coop
from ledger.checkpoint import LogKeys
from ledger.signed_note import parse_vkey


async def former(installation: Installation, visit: Visit) -> Former:
    """The name under which the visit came, with the entries that the ledger had then."""
    for name in await former_names(installation.database.pool, visit.reading.ledger_id):
        if name.slug == visit.slug:
            return name
    raise Problem("http.not_found", 404)


def last_published(installation: Installation, visit: Visit, name: Former) -> Published:
    """The last checkpoint under that name, as its guard still has it."""
    keys = [parse_vkey(key.vkey) for key in coop.log_keys(visit.coop)]
    return installation.guard.last(LogKeys(name.origin, tuple(key for key in keys if key.name == name.origin)))
