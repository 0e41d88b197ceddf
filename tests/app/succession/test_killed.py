"""SIGKILL in the middle of putting entries back, or of founding a successor: done again, it is done once."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.storage.embedded import Server
from app.succession import drafting
from app.succession.founding import succeed
from governance.all_books import BOOKS
from ledger import canonical
from ledger.compose import sign_ed25519
from tests.app.sequencer.audit import audit as audit_database
from tests.app.succession.conftest import SLUG, Lost
from tests.app.succession.killed import NEW

ROOT = Path(__file__).parents[3]


async def killed(lost: Lost, database: Server, point: str, what: str, file: Path) -> None:
    arguments = (str(lost.data), database.service_dsn.url, point, what, str(file))
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.app.succession.killed", *arguments, cwd=ROOT, stderr=asyncio.subprocess.PIPE
    )
    _, said = await asyncio.wait_for(child.communicate(), 60)
    assert child.returncode == -signal.SIGKILL, said.decode()


async def test_putting_entries_back(lost: Lost, export: Callable[..., Any]) -> None:
    await export()
    for point in ("write:after", "commit:before"):
        await killed(lost, lost.backup, point, "replay", lost.data / "copy")
        async with lost.house(lost.backup) as coop:
            assert await coop.installation.database.pool.fetchval("SELECT count(*) FROM entry") == 6
    await killed(lost, lost.backup, "commit:after", "replay", lost.data / "copy")
    async with lost.house(lost.backup) as coop:
        ledger = await coop.installation.ledger(SLUG)
        assert (await coop.installation.log.published(ledger)).size == 9
        await coop.say("Hanako", "role.give/1", {"member": coop.town.id("Jiro"), "role": "steward"})
        async with coop.installation.database.pool.acquire() as connection:
            await audit_database(connection, ledger, BOOKS)


@pytest.mark.parametrize("point", ["write:after", "shut:after", "commit:after"])
async def test_founding_a_successor(lost: Lost, tmp_path: Path, point: str) -> None:
    async with lost.house(lost.backup) as coop:
        made = await drafting.draft(coop.installation, SLUG, NEW, "わけ", key_lost=False)
    data = made.statement.encode()
    signatures = [msgspec.to_builtins(sign_ed25519(coop.town.key(name), data)) for name in ("Hanako", "Jiro")]
    statement = canonical.decode(data)
    envelope = tmp_path / "envelope.json"
    body = {"private": made.openings, "signatures": signatures, "statement": statement}
    envelope.write_bytes(msgspec.json.encode(body, order="deterministic"))
    await killed(lost, lost.backup, point, "succeed", envelope)
    async with lost.house(lost.backup) as coop:
        house = coop.installation
        submission = await house.read(envelope.read_bytes())
        first = await succeed(house, SLUG, NEW, submission)
        assert first == await succeed(house, SLUG, NEW, submission)
        assert first.index == 6
        ledger = await house.ledger(SLUG)
        assert (ledger.slug, (await house.log.published(ledger)).size) == (NEW, 7)
        assert house.guard.successor(made.origin) == ledger.origin
        async with house.database.pool.acquire() as connection:
            await audit_database(connection, ledger, BOOKS)
