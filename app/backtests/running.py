"""Backtests that members begin on pages: begun, watched, and kept as long as nothing else has been decided.

What one comes to depends on the draft and on what has been decided alone, and power on who is a member: it is told as
of when the backtest was run. So the same draft is not gone through again for everyone who looks at it.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar

import msgspec

from app.api.problems import Problem
from app.backtests.document import Document, document
from app.installation import Installation
from app.reading import Reading
from app.storage.database import TROUBLE
from app.storage.ledgers import Ledger
from governance import backtest
from governance.backtest import Backtest
from governance.books.proposals import Found
from governance.counted_again import Draft, again
from governance.standing import Sight
from ledger import canonical
from ledger.state import State

T = TypeVar("T")
Ask = Callable[[Callable[[State], T]], Awaitable[T]]
Told = Callable[[int, int], Awaitable[None]]
"""Is told how many decisions of how many have been gone through."""

SILENT: Final = 60_000
"""Milliseconds without a word after which a backtest counts as broken off, its process having gone."""
AT_ONCE: Final = 2
"""Backtests of one ledger at a time."""
KEPT: Final = 50
"""Backtests that are kept for each ledger."""
_LOCK: Final = 0x62746573
"""Class of the advisory locks under which backtests are begun: "btes"."""
_BETWEEN: Final = 0.5
"""Seconds between two notes of how far one is."""
_COUNTS: Final = "counts-"
_BALLOTS: Final = "ballots-"
"""What names begin with: of backtests that every member may look at, and of those for whoever may see the ballots."""
_running: set[asyncio.Task[None]] = set()
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Run:
    """One backtest. Times in ms; ``result`` is None while it runs, and where it failed."""

    id: str
    kind: str
    rule: dict[str, Any]
    started: int
    updated: int
    done: int
    size: int
    finished: int | None
    result: Document | None

    @property
    def discreet(self) -> bool:
        """Whether it tells nothing that only ballots do."""
        return self.id.startswith(_COUNTS)

    def runs(self, now: int) -> bool:
        """Whether it is still under way."""
        return self.finished is None and now - self.updated < SILENT


async def name(reading: Reading, kind: str, rule: dict[str, Any], *, discreet: bool) -> str:
    """What a draft's backtest goes by as long as nothing else has been decided; ``discreet`` ones apart."""
    decided = await reading.count(Found)
    said = canonical.encode({"decided": decided, "kind": kind, "rule": rule})
    return (_COUNTS if discreet else _BALLOTS) + hashlib.sha256(b"yui/backtest\n" + said).hexdigest()[:32]


async def find(reading: Reading, id_: str) -> Run | None:
    """The backtest of that name."""
    row = await reading.pool.fetchrow(
        "SELECT id, kind, document, started, updated, done, size, finished, result FROM backtest "
        "WHERE ledger_id = $1 AND id = $2",
        *(reading.ledger_id, id_),
    )
    if row is None:
        return None
    fields = dict(row)
    result = fields.pop("result")
    rule = msgspec.json.decode(fields.pop("document"))
    return Run(**fields, rule=rule, result=None if result is None else msgspec.json.decode(result))


async def begin(installation: Installation, reading: Reading, kind: str, tried: Draft, *, discreet: bool) -> str:
    """Have a draft's backtest run, unless that is done or under way; its name. Problem ``backtest.busy``.

    ``discreet``: for those who may not see the ballots (``governance.counted_again``).
    """
    id_ = await name(reading, kind, tried.document, discreet=discreet)
    known = await find(reading, id_)
    if known is not None and (known.result is not None or known.runs(installation.clock.now())):
        return id_
    async with reading.pool.acquire() as connection, connection.transaction():
        # Of two who press at once the second waits here, and finds what the first has begun.
        await connection.execute("SELECT pg_advisory_xact_lock($1, $2)", _LOCK, reading.ledger_id)
        now = installation.clock.now()
        rows = await connection.fetch(
            "SELECT id, result IS NOT NULL AS done FROM backtest "
            "WHERE ledger_id = $1 AND (id = $2 AND result IS NOT NULL OR finished IS NULL AND updated > $3)",
            *(reading.ledger_id, id_, now - SILENT),
        )
        if any(row["id"] == id_ for row in rows):
            return id_
        if sum(not row["done"] for row in rows) >= AT_ONCE:
            raise Problem("backtest.busy", 429)
        await connection.execute(
            "INSERT INTO backtest (ledger_id, id, kind, document, started, updated, done, size) "
            "VALUES ($1, $2, $3, $4, $5, $5, 0, 0) ON CONFLICT (ledger_id, id) DO UPDATE "
            "SET started = excluded.started, updated = excluded.updated, done = 0, size = 0, finished = NULL",
            *(reading.ledger_id, id_, kind, msgspec.json.encode(tried.document).decode(), now),
        )
    task = asyncio.create_task(_run(installation, reading.ledger, id_, (kind,), tried))
    _running.add(task)
    task.add_done_callback(_running.discard)
    return id_


async def compute(
    ask: Ask[Any], now: Sight, kinds: tuple[str, ...], tried: Draft, told: Told, *, discreet: bool = False
) -> Document:
    """Go through all decisions, one question each, so that others have their turn between them."""
    past = await ask(lambda state: backtest.decisions(state, kinds))
    found = []
    for number, proposal in enumerate(past):
        await told(number, len(past))
        found.append(await ask(partial(again, proposal=proposal, tried=tried, discreet=discreet)))
    spreads = await ask(lambda state: backtest.power_now(state, tried, kinds, now))
    return document(tried, kinds, now, Backtest(tuple(found), *spreads), discreet=discreet)


async def newest(installation: Installation, ledger: Ledger) -> Sight:
    """The moment after the newest published entry: as of when power is told."""
    size = (await installation.log.published(ledger)).size
    entry = await installation.log.entry(ledger, size - 1)
    if entry is None:
        raise LookupError(ledger.origin)
    return size, entry.received + 1


async def _run(installation: Installation, ledger: Ledger, id_: str, kinds: tuple[str, ...], tried: Draft) -> None:
    last = 0.0

    async def told(done: int, size: int) -> None:
        nonlocal last
        if time.monotonic() - last >= _BETWEEN:
            last = time.monotonic()
            await _write(installation, ledger, id_, done=done, size=size)

    result: Document | None = None
    try:
        now = await newest(installation, ledger)
        discreet = id_.startswith(_COUNTS)
        result = await compute(
            lambda question: installation.ask(ledger, question), now, kinds, tried, told, discreet=discreet
        )
    except Exception:  # noqa: BLE001  (whatever went wrong, the backtest is over and says so)
        _log.exception("a backtest over ledger %s failed", ledger.slug)
    try:
        await _finish(installation, ledger, id_, result)
    except TROUBLE as error:
        _log.warning("%s", type(error).__name__)


async def _write(installation: Installation, ledger: Ledger, id_: str, *, done: int, size: int) -> None:
    await installation.database.pool.execute(
        "UPDATE backtest SET updated = $3, done = $4, size = $5 WHERE ledger_id = $1 AND id = $2",
        *(ledger.id, id_, installation.clock.now(), done, size),
    )


async def _finish(installation: Installation, ledger: Ledger, id_: str, result: Document | None) -> None:
    await installation.database.pool.execute(
        "UPDATE backtest SET updated = $3, finished = $3, result = $4 WHERE ledger_id = $1 AND id = $2",
        *(ledger.id, id_, installation.clock.now()),
        None if result is None else msgspec.json.encode(result).decode(),
    )
    await installation.database.pool.execute(
        "DELETE FROM backtest WHERE ledger_id = $1 AND started < (SELECT min(started) FROM "
        "(SELECT started FROM backtest WHERE ledger_id = $1 ORDER BY started DESC LIMIT $2) AS newest)",
        *(ledger.id, KEPT),
    )
