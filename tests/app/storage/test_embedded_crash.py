"""Whatever is killed, and whenever: the same directory starts again by itself, and nothing acknowledged is lost."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from app.storage.embedded import Dsn, EmbeddedPostgres, Stage, process
from tests.app.storage.launching import PATIENCE, Launcher, gone, postmaster_pid

pytestmark = pytest.mark.postgres

# What a caller of asyncpg sees when the server goes away, depending on the moment.
GONE = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


async def _execute(dsn: Dsn, statement: str) -> None:
    connection = await asyncpg.connect(**dsn.keywords())
    await connection.execute(statement)
    await connection.close()


async def _ids(dsn: Dsn) -> set[int]:
    connection = await asyncpg.connect(**dsn.keywords())
    rows = await connection.fetch("SELECT id FROM kept")
    await connection.close()
    return {int(row["id"]) for row in rows}


@contextlib.contextmanager
def _bystander(data: Path, *argv: str, cwd: Path | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A process that has nothing to do with us, of the very account that PostgreSQL runs as."""
    owner = (data / "postgres").stat()
    identity = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": ()} if os.geteuid() == 0 else {}
    with subprocess.Popen(argv or ("sleep", "1000"), cwd=cwd or "/", **identity) as bystander:  # type: ignore[call-overload]
        try:
            yield bystander
            assert bystander.poll() is None, "an unrelated process was ended"
        finally:
            bystander.kill()


async def test_kill_9_of_our_process_and_start_at_once(data: Path) -> None:
    with Launcher(data) as first:
        addresses = first.ready()
        await _execute(Dsn(**addresses["owner"]), "CREATE TABLE kept AS SELECT 7 AS id")
        first.kill()
    async with EmbeddedPostgres(data) as postgres:
        assert await _ids(postgres.owner_dsn) == {7}
        assert postgres.owner_dsn.host != addresses["owner"]["host"]
    assert not os.access(addresses["owner"]["host"], os.F_OK), "the killed launcher's socket directory stays"


async def test_a_server_dies_with_us_even_when_nobody_starts_again(data: Path) -> None:
    with Launcher(data) as launcher:
        launcher.ready()
        launcher.kill()
    await gone(data)


async def test_an_orphan_that_hangs_is_stopped_in_the_end(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    patience = ((signal.SIGINT, 0.2), (signal.SIGQUIT, 0.2), (signal.SIGKILL, 60.0))
    monkeypatch.setattr(process, "_PATIENCE", patience)
    stages: list[Stage] = []
    with Launcher(data) as first:
        orphan = first.ready()["pid"]
        os.kill(orphan, signal.SIGSTOP)  # neither the kernel's signal nor ours reaches it
        first.kill()
    async with EmbeddedPostgres(data, stages.append) as postgres:
        assert postgres.pid != orphan
    assert stages == [Stage.WAITING, Stage.RECOVERING]


async def test_kill_9_of_the_postmaster_under_a_running_service(data: Path) -> None:
    async with EmbeddedPostgres(data) as postgres:
        before = postgres.pid
        assert before is not None
        await _execute(postgres.owner_dsn, "CREATE TABLE kept AS SELECT 7 AS id")
        os.kill(before, signal.SIGKILL)
        assert await _after_restart(postgres.owner_dsn) == {7}  # at the same address
        assert postgres.pid not in {None, before}


async def _after_restart(dsn: Dsn) -> set[int]:
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                return await _ids(dsn)
            except GONE:
                await asyncio.sleep(0.02)


async def test_kill_9_of_postmaster_and_launcher_together(data: Path) -> None:
    stages: list[Stage] = []
    with Launcher(data) as first:
        addresses = first.ready()
        await _execute(Dsn(**addresses["owner"]), "CREATE TABLE kept AS SELECT 7 AS id")
        os.kill(addresses["pid"], signal.SIGKILL)
        first.kill()
    async with EmbeddedPostgres(data, stages.append) as postgres:
        assert await _ids(postgres.owner_dsn) == {7}
    assert stages[-1] == Stage.RECOVERING


async def test_stop_after_the_postmaster_was_killed(data: Path) -> None:
    postgres = EmbeddedPostgres(data)
    await postgres.start()
    os.kill(postmaster_pid(data), signal.SIGKILL)
    await postgres.stop()
    await gone(data)


async def test_nothing_acknowledged_is_lost_under_a_load_of_writes(data: Path) -> None:
    acknowledged: set[int] = set()

    async def write(worker: int) -> None:
        number = worker
        while True:
            with contextlib.suppress(*GONE):
                connection = await asyncpg.connect(**postgres.owner_dsn.keywords())
                while True:
                    number += 4
                    await connection.execute("INSERT INTO kept VALUES ($1, repeat('x', 2000))", number)
                    acknowledged.add(number)
            await asyncio.sleep(0.02)

    async def more() -> None:
        goal = len(acknowledged) + 150
        while len(acknowledged) < goal:  # noqa: ASYNC110 the load is what we wait for
            await asyncio.sleep(0.01)

    async with EmbeddedPostgres(data) as postgres:
        await _execute(postgres.owner_dsn, "CREATE TABLE kept (id int PRIMARY KEY, weight text)")
        writers = [asyncio.create_task(write(worker)) for worker in range(4)]
        async with asyncio.timeout(PATIENCE):
            await more()
            for _ in range(3):
                killed = postmaster_pid(data)
                os.kill(killed, signal.SIGKILL)
                # Its sessions write on until they are ended: what is acknowledged then has to be there as well.
                while postgres.pid in {None, killed}:  # noqa: ASYNC110 another process is what we wait for
                    await asyncio.sleep(0.01)
                await more()
        for writer in writers:
            writer.cancel()
        await asyncio.wait(writers)
        assert acknowledged <= await _ids(postgres.owner_dsn)


@pytest.mark.parametrize("who", ["a bystander of the same account", "our own process", "nobody", "nonsense"])
async def test_a_stale_pid_file_is_believed_by_nobody(data: Path, who: str) -> None:
    with _bystander(data) as bystander:
        named = {"a bystander of the same account": bystander.pid, "our own process": os.getpid(), "nobody": 2**22 - 1}
        pid_file = data / "postgres" / "postmaster.pid"
        pid_file.write_text(f"{named.get(who, 'x')}\n/somewhere\n1700000000\n5432\n/tmp/else\n\n  1 2\nready   \n")
        async with EmbeddedPostgres(data) as postgres:
            await _execute(postgres.owner_dsn, "CREATE TABLE kept (id int)")
            assert postgres.pid == postmaster_pid(data)


async def test_another_postgres_is_left_alone(data: Path, room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_PATIENCE", ((signal.SIGINT, 0.1), (signal.SIGQUIT, 0.1), (signal.SIGKILL, 0.1)))
    other = shutil.copy("/bin/sleep", room / "postgres")  # its program has the name, its folder is another
    elsewhere = room / "elsewhere"
    elsewhere.mkdir()
    elsewhere.chmod(0o777)
    with _bystander(data, str(other), "1000", cwd=elsewhere) as bystander:
        (data / "postgres" / "postmaster.pid").write_text(f"{bystander.pid}\n{data / 'postgres'}\n")
        async with EmbeddedPostgres(data) as postgres:
            assert process.running_in(elsewhere) == [bystander.pid]  # the name alone is found where it is
            assert postgres.pid == postmaster_pid(data)


@pytest.mark.parametrize("sign", ["global", "base/1/PG_VERSION", "base/5"])
async def test_an_interrupted_making_is_made_anew(room: Path, sign: str) -> None:
    data = room / "data"
    with Launcher(data) as first:
        assert first.said() == {"stage": "creating"}
        while not list(data.glob(f".postgres-*/{sign}")):  # noqa: ASYNC110 how far initdb has come
            await asyncio.sleep(0.005)
        first.kill()
    assert list(data.glob(".postgres-*"))
    async with EmbeddedPostgres(data) as postgres:
        await _execute(postgres.owner_dsn, "CREATE TABLE kept (id int)")
    assert not list(data.glob(".postgres-*"))


async def test_a_making_that_is_cancelled_leaves_nothing(room: Path) -> None:
    data = room / "data"
    start = asyncio.create_task(EmbeddedPostgres(data).start())
    while not list(data.glob(".postgres-*/global")):  # noqa: ASYNC110 initdb is at work
        await asyncio.sleep(0.005)
    start.cancel()
    with pytest.raises(asyncio.CancelledError):
        await start
    assert sorted(path.name for path in data.iterdir()) == ["postgres-passwords.json", "postgres.lock"]
    async with EmbeddedPostgres(data):
        pass


async def test_a_start_that_is_cancelled_during_recovery_leaves_no_process(data: Path) -> None:
    postgres = EmbeddedPostgres(data)
    await postgres.start()
    os.kill(postmaster_pid(data), signal.SIGKILL)
    await postgres.stop()
    recovering = asyncio.Event()
    start = asyncio.create_task(postgres.start())
    postgres._progress = lambda _: recovering.set()
    await recovering.wait()
    start.cancel()
    with pytest.raises(asyncio.CancelledError):
        await start
    assert process.running_in(data / "postgres") == []


@pytest.fixture
def lock_naming(data: Path) -> Callable[[Path], None]:
    def write(directory: Path) -> None:
        (data / "postgres.lock").write_text(f"1\n{directory}\n")

    return write


async def test_only_our_own_socket_directory_is_cleaned_away(
    data: Path, room: Path, lock_naming: Callable[[Path], None]
) -> None:
    wide, link, full, ours = (room / f"yui-{name}" for name in ("wide", "link", "full", "ours"))
    for folder, mode in ((wide, 0o755), (full, 0o700), (ours, 0o700)):
        folder.mkdir()
        folder.chmod(mode)
        (folder / ".s.PGSQL.5432").touch()
    (full / "letter").touch()
    link.symlink_to(full)
    for folder in (wide, link, full, ours):
        lock_naming(folder)
        async with EmbeddedPostgres(data):
            pass
    assert (wide / ".s.PGSQL.5432").exists()
    assert (full / "letter").exists()
    assert link.is_symlink()
    assert not ours.exists()
