"""An installation with a thousand ledgers, most of them idle, beside one with a single ledger.

    python -m benchmarks.idle_ledgers [--ledgers 1000] [--watched 30]

Each ledger is founded as people found one: its own keys, a signed genesis, its guard. Then the service is stopped and
started anew, and asked for its first pages. Afterwards nobody asks for anything, and what it does by itself is counted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import asyncpg

from app.storage.embedded import EmbeddedPostgres
from benchmarks import measure
from benchmarks.service import Service, serving
from tests.town import Town

_PAGES = ("/", "/c/bench-0", "/c/bench-0/ledger")


class Idle(NamedTuple):
    """One installation. ``start`` (clock and processor time, to the first page) and ``pages`` in seconds; the rest per
    minute of idleness, memory in MB.
    """

    ledgers: int
    start: float
    start_cpu: float
    pages: list[float]
    memory: float
    connections: int
    transactions: float
    service_cpu: float
    database_cpu: float


async def main(args: argparse.Namespace) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="yui-bench-") as name:
        folder = Path(name)
        measure.introduce("Idle ledgers", folder)
        async with serving(folder) as (service, postgres):
            connection = await asyncpg.connect(**postgres.owner_dsn.keywords())
            print(await measure.durability(connection), flush=True)
            rows = []
            for count in (1, args.ledgers):
                started = time.perf_counter()
                have = await connection.fetchval("SELECT count(*) FROM head")
                await asyncio.to_thread(_found, service, range(have, count))
                print(f"{count} ledgers founded in {time.perf_counter() - started:.0f} s", flush=True)
                rows.append(await _idle(service, postgres, connection, count, args.watched))
            _print(rows)
            await connection.close()


def _found(service: Service, numbers: range) -> None:
    for number in numbers:
        town = Town(f"bench-{number}", f"bench-{number}")
        prepared = service.post("/api/v1/foundings/prepare", json.dumps({"slug": town.slug}).encode())
        service.post(f"/api/v1/ledgers?slug={town.slug}", town.genesis(prepared, "Hanako").json())


async def _idle(
    service: Service, postgres: EmbeddedPostgres, connection: asyncpg.Connection, count: int, watched: float
) -> Idle:
    starts, used_by_start = [], []
    for _ in range(3):
        await service.stop()
        began = time.perf_counter()
        await service.start()
        await asyncio.to_thread(_page, service, "/")
        starts.append(time.perf_counter() - began)
        used_by_start.append(measure.cpu_seconds(service.pid))
    pages = [statistics.median([await asyncio.to_thread(_page, service, path) for _ in range(5)]) for path in _PAGES]
    await asyncio.sleep(count / 20 + 5)  # until what a start looks at once is looked at
    counts = await _counted(connection)
    cpu = measure.cpu_seconds(service.pid), measure.cpu_seconds(postgres.pid or 0)
    await asyncio.sleep(watched)
    done = await _counted(connection) - counts
    used = measure.cpu_seconds(service.pid) - cpu[0], measure.cpu_seconds(postgres.pid or 0) - cpu[1]
    connections = await connection.fetchval("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'yui'")
    per_minute = 60 / watched
    return Idle(
        count,
        statistics.median(starts),
        statistics.median(used_by_start),
        pages,
        _memory(service.pid),
        connections,
        *(much * per_minute for much in (done, *used)),
    )


def _page(service: Service, path: str) -> float:
    started = time.perf_counter()
    service.text(path)
    return time.perf_counter() - started


async def _counted(connection: asyncpg.Connection) -> int:
    """Transactions that the database has committed; each query of an idle service is one."""
    await connection.execute("SELECT pg_stat_force_next_flush()")
    await asyncio.sleep(1.5)  # sessions report what they did about once a second
    query = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
    found: int = await connection.fetchval(query)
    return found


def _memory(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def _print(rows: list[Idle]) -> None:
    heads = (
        "ledgers",
        "start to first page, s",
        "CPU s of it",
        *(f"`{path}` ms" for path in _PAGES),
        "MB",
        "connections",
    )
    idle = ("transactions/min", "CPU s/min, service", "CPU s/min, PostgreSQL")
    measure.table(
        (*heads, *idle),
        (
            (
                f"{one.ledgers:,}",
                f"{one.start:.2f}",
                f"{one.start_cpu:.2f}",
                *(f"{seconds * 1000:.0f}" for seconds in one.pages),
                f"{one.memory:.0f}",
                str(one.connections),
                f"{one.transactions:.0f}",
                f"{one.service_cpu:.2f}",
                f"{one.database_cpu:.2f}",
            )
            for one in rows
        ),
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--ledgers", type=int, default=1000, help="how many the larger installation has")
    parser.add_argument("--watched", type=float, default=30.0, help="seconds for which it is watched doing nothing")
    asyncio.run(main(parser.parse_args()))
