"""What the service's own role cannot do to the log, and what stops even the owner."""

from __future__ import annotations

import asyncpg
import pytest

from app.storage.embedded import Server
from tests.app.sequencer.house import House

FORBIDDEN = [
    "UPDATE entry SET leaf = ''",
    "UPDATE entry SET received = received + 1 WHERE false",
    "DELETE FROM entry",
    "TRUNCATE entry",
    "ALTER TABLE entry DISABLE TRIGGER ALL",
    "ALTER TABLE entry DISABLE TRIGGER entry_stays",
    "DROP TRIGGER entry_stays ON entry",
    "DROP TABLE entry",
    "DROP FUNCTION refuse_change() CASCADE",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "ALTER TABLE entry OWNER TO yui_service",
    "ALTER TABLE entry RENAME TO other",
    "SET session_replication_role TO replica",
    "SET ROLE yui_owner",
    "UPDATE tile SET data = ''",
    "DELETE FROM tile",
    "TRUNCATE tile",
    "UPDATE checkpoint SET note = ''",
    "DELETE FROM checkpoint",
    "UPDATE trace SET value = '1'",
    "DELETE FROM trace",
    "UPDATE ledger SET origin = 'other.example'",
    "DELETE FROM ledger",
    "DELETE FROM head",
    "TRUNCATE record",
    "CREATE TABLE mine (id int)",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
async def test_refused_over_the_service_connection(house: House, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await house.installation.database.pool.execute(statement)


@pytest.mark.parametrize("statement", ["UPDATE entry SET leaf = ''", "DELETE FROM entry", "TRUNCATE entry"])
async def test_the_trigger_stops_the_owner(house: House, migrated: Server, statement: str) -> None:
    owner = await asyncpg.connect(**migrated.owner_dsn.keywords())
    try:
        with pytest.raises(asyncpg.RestrictViolationError):
            await owner.execute(statement)
    finally:
        await owner.close()
    assert (await house.installation.log.entry(house.ledger, 0)) is not None
