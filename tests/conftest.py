"""One PostgreSQL for the whole run, a fresh database for each test that asks for one."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import secrets
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy.engine import make_url

import contracts  # noqa: F401 - before tests load Ethereum's libraries: see there
from app import logs
from app.storage.embedded import OWNER, SERVICE, Dsn, EmbeddedPostgres, Server
from app.storage.migrate import migrate

_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
_ROOM = 4 << 30
_BETWEEN_COLLECTIONS = 10_000
# How long an example takes says how busy the machine is, and nothing else. The rest is Hypothesis's own choice.
settings.register_profile("untimed", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_configure(config: pytest.Config) -> None:
    """Processes that share the tests out ignore Ctrl-C, and what tests start in them would too: some press it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if not hasattr(config, "workerinput"):  # else the process that shares them out has done so for all
        _hurry()


def _hurry() -> None:
    """For all processes of this run: what they write goes to memory, and what they compile is kept for the next."""
    if "TMPDIR" not in os.environ and _is_roomy(_MEMORY) and not os.statvfs(_MEMORY).f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"] = tempfile.tempdir = str(_MEMORY)
    # Two hundred times a test starts the service or a command: each would compile all of it anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


def _is_roomy(memory: Path) -> bool:
    return memory.is_dir() and shutil.disk_usage(memory).free > _ROOM


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where processes share the files out, those of long tests come first, so that all end at about the same time."""
    if hasattr(config, "workerinput"):
        long = {item.path for item in items for name in ("browser", "slow") if item.get_closest_marker(name)}
        items.sort(key=lambda item: item.path not in long)


def pytest_collection_finish() -> None:
    """What thousands of tests and their modules consist of stays to the end: it need not be searched for cycles."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_BETWEEN_COLLECTIONS)


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    """A log that a test sets up ends with it: its lines would go to a stream that is closed, or be another test's."""
    root = logging.getLogger()
    yield
    for handler in [one for one in root.handlers if isinstance(one, logs.Writer)]:
        root.removeHandler(handler)
        handler.end()


@pytest.fixture(scope="session")
def quick() -> Iterator[Path]:
    """A folder where fsync costs nothing, in memory, where there is room for that."""
    with tempfile.TemporaryDirectory(prefix="yui-tests-", dir=_MEMORY if _is_roomy(_MEMORY) else None) as name:
        yield Path(name)


@pytest.fixture(scope="session")
def postgres(quick: Path) -> Iterator[Server]:
    """The embedded server, or the one that YUI_TEST_DATABASE_URL names (as a superuser of it)."""
    outside = os.environ.get("YUI_TEST_DATABASE_URL")
    if outside:
        yield asyncio.run(_outside_server(outside))
        return
    launcher = EmbeddedPostgres(quick / "postgres")
    server = asyncio.run(launcher.start())
    yield server
    asyncio.run(launcher.stop())


@pytest.fixture
async def database(postgres: Server) -> AsyncIterator[Server]:
    """A new empty database, owned by ``yui_owner``, as both roles see it; dropped after the test."""
    async with _database(postgres) as made:
        yield made


@pytest.fixture(scope="session")
def _template(postgres: Server) -> Iterator[str]:
    """A database with all tables, migrated once and copied for each test."""
    name = f"test_template_{secrets.token_hex(6)}"
    asyncio.run(_as_owner(postgres, f"CREATE DATABASE {name}"))
    asyncio.run(migrate(postgres.owner_dsn.to(name).url))
    yield name
    asyncio.run(_drop(postgres, name))


@pytest.fixture
async def migrated(postgres: Server, _template: str) -> AsyncIterator[Server]:
    """A new database with all tables; dropped after the test."""
    async with _database(postgres, f"TEMPLATE {_template}") as made:
        yield made


@asynccontextmanager
async def _database(postgres: Server, how: str = "") -> AsyncIterator[Server]:
    name = f"test_{secrets.token_hex(6)}"
    await _as_owner(postgres, f"CREATE DATABASE {name} {how}")
    try:
        yield Server(postgres.owner_dsn.to(name), postgres.service_dsn.to(name))
    finally:
        await _drop(postgres, name)


async def _drop(postgres: Server, name: str) -> None:
    """Drop a database; a worker of the server's own that is cleaning it up can't be sent away, only waited for."""
    for _ in range(100):
        try:
            await _as_owner(postgres, f"DROP DATABASE {name} WITH (FORCE)")
        except asyncpg.InsufficientPrivilegeError:
            await asyncio.sleep(0.1)
        else:
            return
    raise TimeoutError(f"{name} is still in use")


async def _as_owner(server: Server, statement: str) -> None:
    connection = await asyncpg.connect(**server.owner_dsn.keywords())
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _outside_server(address: str) -> Server:
    """Gives a server of any kind the two roles of the embedded one."""
    url = make_url(address)
    host, database = str(url.host or url.query.get("host")), url.database or "postgres"
    port = int(url.port or str(url.query.get("port", 5432)))
    superuser = Dsn(url.username or "postgres", url.password or "", host, port, database)
    password = secrets.token_hex(24)
    connection = await asyncpg.connect(**superuser.keywords())
    try:
        for role in (OWNER, SERVICE):
            if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role):
                await connection.execute(f"CREATE ROLE {role}")
            await connection.execute(f"ALTER ROLE {role} LOGIN PASSWORD '{password}'")
        await connection.execute(f"ALTER ROLE {OWNER} CREATEDB")
        await connection.execute(f"GRANT {SERVICE} TO {OWNER}")
    finally:
        await connection.close()
    owner, service = (Dsn(role, password, host, port, database) for role in (OWNER, SERVICE))
    return Server(owner, service)
