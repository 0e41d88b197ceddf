"""Full passes over a ledger, started by an auditor on a page and run beside the service: begun, watched, kept."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from app import exports
from app.installation import Installation
from app.reading import Reading
from app.storage.database import AWAY
from app.storage.ledgers import Ledger

SILENT: Final = 60_000
"""Milliseconds without a word after which a pass counts as broken off, its process having gone."""
ALIVE = 15.0
"""Seconds between two words that a pass is under way."""
_LOCK: Final = 0x70617373
"""Class of the advisory locks under which passes are begun: "pass"."""
KEPT: Final = 20
"""Passes that are remembered for each ledger."""
_LINE: Final = 64 * 1024 * 1024
"""Bytes of a report at most; evidence holds whole entries."""
_BETWEEN: Final = 500
"""Milliseconds between two notes of how far a pass is."""
_running: set[asyncio.Task[None]] = set()
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pass:
    """One pass. Times in ms; ``report`` as ``yui verify --json`` has it, None while it runs and where it failed."""

    started: int
    member: str
    updated: int
    done: int
    size: int
    finished: int | None
    report: dict[str, Any] | None
    evidence: dict[str, Any] | None

    def runs(self, now: int) -> bool:
        """Whether it is still under way."""
        return _runs(self.finished, self.updated, now)


def _runs(finished: int | None, updated: int, now: int) -> bool:
    return finished is None and now - updated < SILENT


async def latest(reading: Reading, *, finished: bool = False) -> Pass | None:
    """The newest pass; with ``finished`` the newest that came to a verdict."""
    row = await reading.pool.fetchrow(
        "SELECT started, member, updated, done, size, finished, report FROM audit_pass "
        "WHERE ledger_id = $1 AND (NOT $2 OR report IS NOT NULL) ORDER BY started DESC LIMIT 1",
        reading.ledger_id,
        finished,
    )
    if row is None:
        return None
    said = msgspec.json.decode(row["report"]) if row["report"] is not None else {"report": None, "evidence": None}
    return Pass(**{**row, **said})


async def begin(installation: Installation, reading: Reading, member: str) -> bool:
    """Start a pass, unless one is running."""
    async with reading.pool.acquire() as connection, connection.transaction():
        # Of two who press at once the second waits here, and finds the first one's pass.
        await connection.execute("SELECT pg_advisory_xact_lock($1, $2)", _LOCK, reading.ledger_id)
        now = installation.clock.now()
        row = await connection.fetchrow(
            "SELECT started, updated, finished FROM audit_pass WHERE ledger_id = $1 ORDER BY started DESC LIMIT 1",
            reading.ledger_id,
        )
        if row is not None and (_runs(row["finished"], row["updated"], now) or row["started"] >= now):
            return False
        await connection.execute(
            "INSERT INTO audit_pass (ledger_id, started, member, updated, done, size) VALUES ($1, $2, $3, $2, 0, 0)",
            *(reading.ledger_id, now, member),
        )
    task = asyncio.create_task(_run(installation, reading.ledger, now))
    _running.add(task)
    task.add_done_callback(_running.discard)
    return True


async def _run(installation: Installation, ledger: Ledger, started: int) -> None:
    report: str | None = None
    alive = asyncio.create_task(_stay_alive(installation, ledger, started))
    try:
        with tempfile.TemporaryDirectory(prefix="yui-pass-") as folder:
            copy = Path(folder) / "copy"
            await exports.write(installation, ledger, copy, None)
            report = await _watch(installation, ledger, started, copy)
    except Exception:  # noqa: BLE001  (whatever went wrong, the pass is over and says so)
        _log.exception("a pass over ledger %s failed", ledger.slug)
    finally:
        alive.cancel()
        await installation.database.pool.execute(
            "UPDATE audit_pass SET finished = $3, updated = $3, report = $4 WHERE ledger_id = $1 AND started = $2",
            ledger.id,
            started,
            installation.clock.now(),
            report,
        )
        await installation.database.pool.execute(
            "DELETE FROM audit_pass WHERE ledger_id = $1 AND started < (SELECT min(started) FROM "
            "(SELECT started FROM audit_pass WHERE ledger_id = $1 ORDER BY started DESC LIMIT $2) AS newest)",
            ledger.id,
            KEPT,
        )


async def _stay_alive(installation: Installation, ledger: Ledger, started: int) -> None:
    """Say now and then that the pass is under way: copying a large ledger takes longer than silence may last."""
    while True:
        await asyncio.sleep(ALIVE)
        try:
            await installation.database.pool.execute(
                "UPDATE audit_pass SET updated = $3 WHERE ledger_id = $1 AND started = $2 AND finished IS NULL",
                *(ledger.id, started, installation.clock.now()),
            )
        except AWAY as error:
            _log.warning("%s", type(error).__name__)


async def _watch(installation: Installation, ledger: Ledger, started: int, copy: Path) -> str | None:
    """Follow the auditor's process; what it said last, if that is a report."""
    job = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "app.audit.job", str(copy), str(installation.data / "auditor")),
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
        limit=_LINE,
    )
    assert job.stdout is not None  # noqa: S101  (asked for above)
    told = started
    try:
        async for line in job.stdout:
            message = msgspec.json.decode(line)
            if "report" in message:
                return line.decode() if await job.wait() == 0 else None
            now = installation.clock.now()
            if now - told >= _BETWEEN:
                told = now
                await _note(installation, ledger, (started, now, message["done"], message["size"]))
    finally:
        if job.returncode is None:
            job.kill()
    return None


async def _note(installation: Installation, ledger: Ledger, at: tuple[int, int, int, int]) -> None:
    await installation.database.pool.execute(
        "UPDATE audit_pass SET updated = $3, done = $4, size = $5 WHERE ledger_id = $1 AND started = $2", ledger.id, *at
    )
