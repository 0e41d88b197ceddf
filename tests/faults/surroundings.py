"""What surrounds the service fails: disks, connections, clocks, PostgreSQL, the guard. Each for real, nothing patched
in the program but how long somebody is left waiting.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple
from unittest.mock import patch

import asyncpg
import httpx

from app.clock import Clock
from app.installation import Installation, Settings
from app.storage import database
from app.storage.embedded import EmbeddedPostgres, Server
from app.storage.migrate import migrate
from governance.all_books import BOOKS
from tests.app.api.service import ADDRESS, create_app, web
from tests.app.sequencer.test_clock import HOUR, Hands
from tests.faults import acts
from tests.faults.acts import told
from tests.faults.disk import Disk, mounted
from tests.faults.ground import Hamlet
from tests.faults.mortal import Mortals
from tests.faults.proxy import Wire
from tests.town import Written

NOT_HERE: Final = "not run here"


class Surroundings(NamedTuple):
    """A PostgreSQL of our own (on a disk that can be filled, where one may be mounted), and a folder for the rest."""

    postgres: EmbeddedPostgres
    mortals: Mortals
    disk: Disk | None
    folder: Path

    def fresh(self, name: str) -> Path:
        folder = self.folder / name
        folder.mkdir()
        return folder

    @asynccontextmanager
    async def hamlet(self, data: Path, url: str | None = None, clock: Clock | None = None) -> AsyncIterator[Hamlet]:
        """A founded co-op in that data directory, called after it."""
        settings = Settings(data, url or self.postgres.service_dsn.url, BOOKS, clock or Clock())
        async with Installation.open(settings) as installation:
            hamlet = Hamlet(installation, data.name)
            await hamlet.found()
            await hamlet.ledger()
            yield hamlet


@asynccontextmanager
async def surrounded(folder: Path) -> AsyncIterator[Surroundings]:
    """Everything is well to begin with."""
    async with AsyncExitStack() as stack:
        disk = stack.enter_context(mounted(folder / "disk", 400))
        if disk is not None:
            disk.folder.chmod(0o711)
        postgres = await stack.enter_async_context(EmbeddedPostgres(folder / "disk" / "data"))
        await migrate(postgres.owner_dsn.url)
        yield Surroundings(postgres, stack.enter_context(Mortals()), disk, folder)


async def _spoilt(hamlet: Hamlet, *written: Written) -> str:
    """What is told of statements while something is wrong."""
    return (await told(hamlet.record(*written)))[0]


async def _mended(hamlet: Hamlet, *written: Written) -> None:
    """The same again, when nothing is wrong any more; then everything is looked at."""
    await hamlet.record(*written)
    await hamlet.check()


async def full_database(around: Surroundings) -> str:
    """The database's disk is full"""
    if around.disk is None:
        return NOT_HERE
    async with around.hamlet(around.fresh("full-database")) as hamlet:
        many = [hamlet.town.invitation(f"guest {number}", "Hanako") for number in range(500)]
        with around.disk.full():
            said = await _spoilt(hamlet, *many)
        async with asyncio.timeout(60):
            pool = hamlet.installation.database.pool
            while (await told(pool.fetchval("SELECT 1")))[0] != "done":  # noqa: ASYNC110 - nobody else tells
                await asyncio.sleep(0.05)
        await _mended(hamlet, *many)
    return f"told `{said}`, nothing is written"


async def full_guard(around: Surroundings) -> str:
    """The guard's disk is full"""
    with mounted(around.folder / "full-guard", 2) as disk:
        if disk is None:
            return NOT_HERE
        async with around.hamlet(disk.folder) as hamlet:
            one = hamlet.town.invitation("Taro", "Hanako")
            with disk.full():
                said = await _spoilt(hamlet, one)
            await _mended(hamlet, one)
    return f"told `{said}`; written, and published as soon as there is room"


async def full_keys(around: Surroundings) -> str:
    """The disk of the privacy keys is full"""
    with mounted(around.folder / "full-keys", 2) as disk:
        if disk is None:
            return NOT_HERE
        async with around.hamlet(disk.folder) as hamlet:
            one = hamlet.town.application("Taro", await hamlet.invite("Taro"))
            with disk.full():
                said = await _spoilt(hamlet, one)
            await _mended(hamlet, one)
    return f"told `{said}`, nothing is written: no private value without its key on disk"


async def no_connection(around: Surroundings) -> str:
    """Every connection to the database is in use"""
    async with around.hamlet(around.fresh("no-connection")) as hamlet:
        pool, one = hamlet.installation.database.pool, hamlet.town.invitation("Taro", "Hanako")
        transport: Any = httpx.ASGITransport(create_app(hamlet.installation, web()))  # type: ignore[arg-type]
        path = f"/api/v1/ledgers/{hamlet.slug}/statements"
        async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
            with patch.object(database, "PATIENCE", 0.2):
                held = [await pool.acquire() for _ in range(pool.get_max_size())]
                answer = await client.post(path, content=one.json())
            for connection in held:
                await pool.release(connection)
            assert (await client.post(path, content=one.json())).status_code == 201
        await hamlet.record(one)
        await hamlet.check()
    again = answer.headers["Retry-After"]
    return f"after 10 s {answer.status_code} `{answer.json()['code']}`, Retry-After {again} s"


async def clock_forward(around: Surroundings) -> str:
    """The clock jumps an hour forward"""
    return await _jump(around, "clock-forward", HOUR, steady=0)


async def clock_back(around: Surroundings) -> str:
    """The clock jumps an hour back"""
    return await _jump(around, "clock-back", -HOUR, steady=0)


async def clock_apart(around: Surroundings) -> str:
    """The clock is an hour from the database's"""
    return await _jump(around, "clock-apart", HOUR, steady=HOUR)


async def _jump(around: Surroundings, name: str, wall: int, *, steady: int) -> str:
    hands = Hands()
    async with around.hamlet(around.fresh(name), clock=hands.clock()) as hamlet:
        one = hamlet.town.invitation("Taro", "Hanako")
        hands.wall, hands.steady = wall, steady
        said = await _spoilt(hamlet, one)
        hands.wall = hands.steady = 0
        await _mended(hamlet, one)
    return f"told `{said}`, nothing is written until the clocks agree"


async def restarted(around: Surroundings) -> str:
    """PostgreSQL is restarted"""
    return await _ended(around, "restarted", signal.SIGINT)


async def killed(around: Surroundings) -> str:
    """PostgreSQL is killed (SIGKILL)"""
    return await _ended(around, "killed", signal.SIGKILL)


async def _ended(around: Surroundings, name: str, how: signal.Signals) -> str:
    async with around.hamlet(around.fresh(name)) as hamlet:
        one, other = (hamlet.town.invitation(guest, "Hanako") for guest in ("Taro", "Jiro"))
        pid = around.postgres.pid
        assert pid is not None
        under_way = asyncio.create_task(told(hamlet.record(one)))
        os.kill(pid, how)
        said = (await under_way)[0], (await told(hamlet.record(other)))[0]
        async with asyncio.timeout(60):
            while around.postgres.pid in (None, pid):  # noqa: ASYNC110 - the launcher tells nobody
                await asyncio.sleep(0.05)
        # How long a start takes is the machine's business: whoever is told nothing sends it again.
        assert set(said) <= {"done", "database.unavailable"}
        await _mended(hamlet, one, other)
    return "it is started again; what comes meanwhile waits for it, at most some seconds, then `database.unavailable`"


async def killed_afterwards(around: Surroundings) -> str:
    """PostgreSQL is killed just after an answer"""
    async with around.hamlet(around.fresh("killed-afterwards")) as hamlet:
        await hamlet.invite("Taro")
        pid = around.postgres.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        async with asyncio.timeout(60):
            while around.postgres.pid in (None, pid):  # noqa: ASYNC110 - the launcher tells nobody
                await asyncio.sleep(0.05)
        await asyncio.sleep(1)
        await hamlet.check()
    return "what was answered is there, and the checkpoint that was shown may be named as `seen`"


async def lost_request(around: Surroundings) -> str:
    """COMMIT does not reach PostgreSQL"""
    return await _wire(around, "lost-request", Wire.cut_request)


async def lost_reply(around: Surroundings) -> str:
    """COMMIT is done, its reply is lost"""
    return await _wire(around, "lost-reply", Wire.cut_reply)


async def unreachable(around: Surroundings) -> str:
    """PostgreSQL can't be reached for long"""

    def away(wire: Wire) -> None:
        wire.away = True
        wire.lose()

    return await _wire(around, "unreachable", away)


async def _wire(around: Surroundings, name: str, spoil: Callable[[Wire], None]) -> str:
    data = around.fresh(name)
    wire = Wire(around.postgres.service_dsn, data)
    async with wire.carrying(), around.hamlet(data, wire.dsn.url) as hamlet:
        one = hamlet.town.invitation("Taro", "Hanako")
        spoil(wire)
        said, _ = await told(hamlet.record(one))
        assert wire.away or wire.cuts == 1
        wire.away = False
        await _mended(hamlet, one)
    return "answered with the receipt: tried again unseen" if said == "done" else f"told `{said}`"


async def guard_lost(around: Surroundings) -> str:
    """The guard's note is lost"""
    async with around.hamlet(around.fresh("guard-lost")) as hamlet:
        one = hamlet.town.invitation("Taro", "Hanako")
        _note(hamlet).unlink()
        said = await _spoilt(hamlet, one)
        again, _ = await told(hamlet.installation.found(hamlet.slug, await _genesis(hamlet)))
        assert again == said, "the genesis again made the guard anew"
        assert not _note(hamlet).exists()
        await hamlet.installation.recreate_guard(hamlet.slug)
        await _mended(hamlet, one)
    return f"told `{said}`, nothing is served or written until an operator runs `yui operator recreate-guard`"


async def guard_damaged(around: Surroundings) -> str:
    """The guard's note is damaged"""
    async with around.hamlet(around.fresh("guard-damaged")) as hamlet:
        one, note = hamlet.town.invitation("Taro", "Hanako"), _note(hamlet)
        whole = note.read_bytes()
        note.write_bytes(whole[:-9])
        said = await _spoilt(hamlet, one)
        note.write_bytes(whole)
        await _mended(hamlet, one)
    return f"told `{said}`, nothing is served or written"


async def guard_stale(around: Surroundings) -> str:
    """The guard is older than the database (restored from a backup)"""
    async with around.hamlet(around.fresh("guard-stale")) as hamlet:
        old = _note(hamlet).read_bytes()
        await hamlet.invite("Taro")
        _note(hamlet).write_bytes(old)
        await _mended(hamlet, hamlet.town.invitation("Jiro", "Hanako"))
    return "it is caught up with the database, which extends it: one history"


async def database_old(around: Surroundings) -> str:
    """The database is older than the guard (restored from a backup)"""
    return await _set_back(around, "database-old", guard=False)


async def both_old(around: Surroundings) -> str:
    """Database and guard are both old"""
    return await _set_back(around, "both-old", guard=True)


async def _set_back(around: Surroundings, name: str, *, guard: bool) -> str:
    data = around.fresh(name)
    url = around.postgres.service_dsn.to(name).url
    await _database(around, name, None)
    async with around.hamlet(data, url) as hamlet:
        note, seen = _note(hamlet).read_bytes(), hamlet.town.head
    await _database(around, f"{name}-backup", name)
    async with Installation.open(Settings(data, url, BOOKS)) as installation:
        hamlet.installation = installation
        lost = hamlet.town.invitation("Taro", "Hanako")
        kept = (await hamlet.record(lost))[0]
        await hamlet.check()
        newest = _note(hamlet).read_bytes()
    if guard:
        _note(hamlet).write_bytes(note)
        hamlet.town.head = seen  # somebody who has seen nothing since
    backup = around.postgres.service_dsn.to(f"{name}-backup").url
    arguments = {"slug": hamlet.slug, "envelopes": [hamlet.town.invitation("Jiro", "Hanako").json().decode()]}
    said = await around.mortals.on(backup, data).act("append", arguments)
    if guard:
        shown = Installation.open(Settings(data, backup, BOOKS))
        async with shown as installation:
            assert (
                await installation.log.receipt(await installation.ledger(hamlet.slug), kept.index)
            ).leaf != kept.leaf
        _note(hamlet).write_bytes(newest)
        assert said == "done"
        return (
            "not noticed here: whoever has seen nothing newer is given **a second history**. A later `seen`, receipts, "
            "browsers, witnesses and `yui verify --state` reveal it"
        )
    async with Installation.open(Settings(data, url, BOOKS)) as installation:
        hamlet.installation = installation
        await hamlet.check()
    return f"told `{said}`, nothing is served or written"


async def shared_guard(around: Surroundings) -> str:
    """Two hosts append with one guard and one database"""
    async with around.hamlet(around.fresh("shared-guard")) as hamlet:
        other = around.mortals.on(around.postgres.service_dsn.url, hamlet.installation.data)
        here = [hamlet.town.invitation(f"here {number}", "Hanako") for number in range(40)]
        there = [hamlet.town.invitation(f"there {number}", "Hanako") for number in range(40)]
        arguments = {"slug": hamlet.slug, "envelopes": [one.json().decode() for one in there]}
        both = asyncio.create_task(other.act("append", arguments))
        for one in here:
            await hamlet.record(one)
        assert await both == "done"
        await _mended(hamlet, *there)
        assert len({receipt.index for receipt in hamlet.receipts}) == len(hamlet.receipts)
    return "one order, one history"


async def other_guard(around: Surroundings) -> str:
    """A second host has the keys, and a guard folder of its own"""
    return await _second_host(around, "other-guard", note=False)


async def old_guard(around: Surroundings) -> str:
    """A second host has an older copy of the guard"""
    return await _second_host(around, "old-guard", note=True)


async def _second_host(around: Surroundings, name: str, *, note: bool) -> str:
    async with around.hamlet(around.fresh(name)) as hamlet:
        elsewhere = around.folder / f"{name}-elsewhere" / name
        shutil.copytree(hamlet.installation.data, elsewhere)
        if not note:
            shutil.rmtree(elsewhere / "guard")
        await hamlet.invite("Taro")
        one = hamlet.town.invitation("Jiro", "Hanako")
        other = around.mortals.on(around.postgres.service_dsn.url, elsewhere)
        said = await other.act("append", {"slug": hamlet.slug, "envelopes": [one.json().decode()]})
        await _mended(hamlet, one)
    if said == "done":
        return "it catches up with the database first; the head's lock keeps one history"
    return f"it is told `{said}` and neither serves nor writes"


async def other_database(around: Surroundings) -> str:
    """A second host has the guard, and a copy of the database"""
    name = "other-database"
    data, url = around.fresh(name), around.postgres.service_dsn.to("other-database").url
    await _database(around, name, None)
    async with around.hamlet(data, url) as hamlet:
        pass
    await _database(around, f"{name}-copy", name)
    async with Installation.open(Settings(data, url, BOOKS)) as installation:
        hamlet.installation = installation
        one = hamlet.town.invitation("Jiro", "Hanako")
        await hamlet.invite("Taro")
        other = around.mortals.on(around.postgres.service_dsn.to(f"{name}-copy").url, data)
        said = await other.act("append", {"slug": hamlet.slug, "envelopes": [one.json().decode()]})
        await _mended(hamlet, one)
    return f"it is told `{said}` and neither serves nor writes"


async def _database(around: Surroundings, name: str, template: str | None) -> None:
    connection = await asyncpg.connect(**around.postgres.owner_dsn.keywords())
    try:
        await connection.execute(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
    finally:
        await connection.close()
    if template is None:
        await migrate(around.postgres.owner_dsn.to(name).url)


def _note(hamlet: Hamlet) -> Path:
    return hamlet.installation.data / "guard" / f"{hamlet.origin.replace('/', '+')}.note"


async def _genesis(hamlet: Hamlet) -> Any:
    return await hamlet.installation.read(hamlet.genesis.json())


SCENARIOS: Final[tuple[Callable[[Surroundings], Awaitable[str]], ...]] = (
    *(full_database, full_guard, full_keys, no_connection, clock_forward, clock_back, clock_apart, restarted, killed),
    *(
        killed_afterwards,
        lost_request,
        lost_reply,
        unreachable,
        guard_lost,
        guard_damaged,
        guard_stale,
        database_old,
        both_old,
    ),
    *(shared_guard, other_guard, old_guard, other_database),
)

__all__ = ["NOT_HERE", "SCENARIOS", "Server", "Surroundings", "acts", "surrounded"]
