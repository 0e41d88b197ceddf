"""Wherever the data directory lies, whoever starts it: the database is made, starts, stops, and leaves nothing."""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from app.storage.embedded import EmbeddedPostgres, Server, Stage
from tests.app.storage.launching import ORDINARY, ROOT, Launcher, gone

pytestmark = pytest.mark.postgres

AWKWARD = 'the village\'s "%s" $HOME `id` 100% 結の台帳'


async def _count_to(dsn: Server | EmbeddedPostgres) -> int:
    """Writes as the owner; how many rows there are now."""
    owner = await asyncpg.connect(**dsn.owner_dsn.keywords())
    try:
        await owner.execute("CREATE TABLE IF NOT EXISTS visit (id int GENERATED ALWAYS AS IDENTITY)")
        await owner.execute("INSERT INTO visit DEFAULT VALUES")
        return int(await owner.fetchval("SELECT count(*) FROM visit"))
    finally:
        await owner.close()


def _mode(path: str) -> int:
    return stat.S_IMODE(Path(path).stat().st_mode)


def _status(pid: int | None) -> dict[str, list[str]]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: words.split() for name, _, words in (line.partition(":") for line in lines)}


@pytest.mark.parametrize(
    "name", ["with a space", "100%d", 'it\'s "quoted"', "$HOME `id` \\ &;", "村の結の台帳", "長い" * 25 + "x" * 75]
)
async def test_any_path_is_good(room: Path, name: str) -> None:
    data = room / name
    stages: list[Stage] = []
    for visits in (1, 2):
        async with EmbeddedPostgres(data, stages.append) as postgres:
            assert await _count_to(postgres) == visits
            assert len(postgres.owner_dsn.host) < 80
    assert stages == [Stage.CREATING]  # the second start neither makes nor recovers anything


async def test_the_directory_holds_what_it_says(room: Path) -> None:
    data = room / "data"
    async with EmbeddedPostgres(data) as postgres:
        sockets = postgres.owner_dsn.host
        assert _mode(sockets) == 0o700
    assert not os.access(sockets, os.F_OK)
    assert sorted(path.name for path in data.iterdir()) == ["postgres", "postgres-passwords.json", "postgres.lock"]
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in data.iterdir() if path.is_file()} == {0o600}
    assert list((data / "postgres" / "log").glob("postgresql-*.log"))


async def test_durability_and_access_are_as_promised(data: Path) -> None:
    wanted = {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "data_checksums": "on",
        "jit": "off",
        "listen_addresses": "",
        "logging_collector": "on",
        "server_encoding": "UTF8",
        "TimeZone": "UTC",
    }
    async with EmbeddedPostgres(data) as postgres:
        connection = await asyncpg.connect(**postgres.service_dsn.keywords())
        assert {name: await connection.fetchval(f"SHOW {name}") for name in wanted} == wanted
        collations = await connection.fetch("SELECT datcollate, datctype FROM pg_database WHERE datname = 'yui'")
        assert [tuple(row) for row in collations] == [("C", "C")]
        await connection.close()
        service = postgres.service_dsn.keywords()
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(**(service | {"password": postgres.owner_dsn.password}))
        for database in ("yui", "postgres"):
            with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):  # no such line in pg_hba.conf
                await asyncpg.connect(**(service | {"user": "postgres", "database": database}))


async def test_an_operators_own_sizes_in_postgresql_conf_count(data: Path) -> None:
    with (data / "postgres" / "postgresql.conf").open("a") as file:
        file.write("max_connections = 33\nfsync = off\n")
    async with EmbeddedPostgres(data) as postgres:
        connection = await asyncpg.connect(**postgres.service_dsn.keywords())
        assert await connection.fetchval("SHOW max_connections") == "33"
        assert await connection.fetchval("SHOW fsync") == "on"
        await connection.close()


async def test_a_database_restored_without_its_passwords_gets_new_ones(data: Path) -> None:
    (data / "postgres-passwords.json").unlink()
    async with EmbeddedPostgres(data) as postgres:
        assert await _count_to(postgres) == 1


async def test_postgres_environment_variables_of_the_caller_change_nothing(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PGDATA", "PGPORT", "PGHOST", "PGUSER", "PGOPTIONS", "PGDATABASE", "LC_ALL", "LANGUAGE"):
        monkeypatch.setenv(name, "9")
    async with EmbeddedPostgres(data) as postgres:
        monkeypatch.delenv("PGOPTIONS")  # asyncpg's own reading of it is the caller's business
        assert await _count_to(postgres) == 1


async def test_start_and_stop_by_hand(data: Path) -> None:
    postgres = EmbeddedPostgres(data)
    server = await postgres.start()
    assert await _count_to(server) == 1
    with pytest.raises(RuntimeError):
        await postgres.start()
    await postgres.stop()
    await postgres.stop()
    with pytest.raises(RuntimeError):
        _ = postgres.owner_dsn
    await postgres.start()
    await postgres.stop()


@pytest.mark.skipif(not ROOT, reason="only root changes accounts")
async def test_root_runs_it_as_another_account_and_changes_no_mode_above(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    data = closed / AWKWARD
    above = {folder: (folder.stat().st_mode, folder.stat().st_uid) for folder in (closed, *closed.parents)}
    async with EmbeddedPostgres(data) as postgres:
        assert await _count_to(postgres) == 1
        status = _status(postgres.pid)
        assert set(status["Uid"]) == {str((data / "postgres").stat().st_uid)}
        assert "0" not in status["Uid"]
        assert status["Groups"] == []
    assert {folder: (folder.stat().st_mode, folder.stat().st_uid) for folder in above} == above


@pytest.mark.skipif(not ROOT, reason="only root can become somebody else")
async def test_an_ordinary_user_starts_it_and_root_after_him(room: Path, ordinary: Callable[[Path], Path]) -> None:
    data = ordinary(room / "his") / (AWKWARD + "長" * 30)
    with Launcher(data, "ordinary") as launcher:
        addresses = launcher.ready()
        assert set(_status(addresses["pid"])["Uid"]) == {str(ORDINARY.pw_uid)}
        connection = await asyncpg.connect(**addresses["owner"])
        await connection.execute("CREATE TABLE his ()")
        await connection.close()
        assert launcher.close() == 0
    assert launcher.stages == ["creating"]
    async with EmbeddedPostgres(data) as postgres:  # root serves it as its owner
        connection = await asyncpg.connect(**postgres.owner_dsn.keywords())
        await connection.execute("DROP TABLE his")
        await connection.close()
    with Launcher(data, "ordinary") as launcher:
        assert "pid" in launcher.ready()
        assert launcher.close() == 0


async def test_ctrl_c_reaches_us_and_not_the_server(data: Path) -> None:
    with Launcher(data) as launcher:
        launcher.ready()
        os.killpg(launcher.process.pid, signal.SIGINT)  # what a terminal does: the whole foreground group
        assert launcher.said() == {"alive": 1}
        assert launcher.process.wait() != 0
    await gone(data)


async def test_it_ends_with_us_where_the_kernel_cannot_see_to_it(data: Path) -> None:
    with Launcher(data, "leash") as launcher:
        assert "pid" in launcher.ready()
        launcher.kill()
    await gone(data)
    with Launcher(data, "leash") as launcher:
        assert "pid" in launcher.ready()
        assert launcher.close() == 0
    assert launcher.stages == []  # the leash asked for a clean shutdown
