"""Durable signed appends over HTTP: one statement per POST by 1, 16 and 64 clients, and in batches of 100.

    python -m benchmarks.append [--rounds 3] [--scale 1.0] [--clients 64] [--fsync 5] [--profile]

Statements are ``contribution.report/1`` by many members, signed beforehand; the service runs as always: the whole fold
with the books of the house, every entry on disk, the guard advanced, a receipt for each. This process is the load.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Final, NamedTuple

import asyncpg

from app.sequencer.submission import parse
from app.storage.embedded import EmbeddedPostgres
from benchmarks import load, measure
from benchmarks.service import Coop, Service, serving
from benchmarks.slow_disk import compiler, fsync_milliseconds, slow_disk

MEMBERS: Final = 100
BATCH: Final = 100


class Shape(NamedTuple):
    """``statements`` of one round, by ``clients`` at once, ``batch`` in each request; ``target`` per second."""

    clients: int
    statements: int
    batch: int = 1
    target: int | None = None


SHAPES: Final = (Shape(1, 400), Shape(16, 3000), Shape(64, 6000, 1, 5000), Shape(4, 8000, BATCH, 12_000))


class Round(NamedTuple):
    """What one round gave: statements a second, seconds of each answer, statements per commit.

    ``cpu``: seconds of processor time for one statement in the service, in PostgreSQL, and in this process.
    """

    rate: float
    seconds: list[float]
    per_commit: float
    cpu: tuple[float, float, float]


class Bench(NamedTuple):
    """What is measured: the service, its database, and the co-op in it."""

    service: Service
    postgres: EmbeddedPostgres
    connection: asyncpg.Connection
    coop: Coop

    def cpu(self) -> tuple[float, float, float]:
        """Processor time so far, of all three."""
        database = measure.cpu_seconds(self.postgres.pid) if self.postgres.pid else 0.0
        return measure.cpu_seconds(self.service.pid), database, time.process_time()


async def main(args: argparse.Namespace) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="yui-bench-") as name:
        folder = Path(name)
        measure.introduce("Durable signed appends over HTTP, keep-alive, load generator included", folder)
        profile = folder / "profile" if args.profile else None
        if args.fsync and compiler() is None:
            print("not measured: a slower disk is injected by a library, and there is no C compiler (cc) to make it")
            return
        with slow_disk(args.fsync) if args.fsync else nullcontext(dict[str, str]()) as environment:
            if environment:
                found = fsync_milliseconds(environment, folder)
                print(
                    f"{args.fsync:g} ms added to each fsync of service and database: {found:.2f} ms in all", flush=True
                )
            async with serving(folder, profile, **environment) as (service, postgres):
                await _measure(service, postgres, args)
        if profile is not None:
            measure.show_profile(profile)


async def _measure(service: Service, postgres: EmbeddedPostgres, args: argparse.Namespace) -> None:
    connection = await asyncpg.connect(**postgres.service_dsn.keywords())
    print(await measure.durability(connection), flush=True)
    bench = Bench(service, postgres, connection, Coop(service))
    names = [f"Member {number}" for number in range(MEMBERS)]
    await asyncio.to_thread(people, bench.coop, names)
    shapes = [
        shape._replace(statements=max(shape.batch, int(shape.statements * args.scale)))
        for shape in SHAPES
        if args.clients in (None, shape.clients)
    ]
    warming = bench.coop.reports(names, 500)
    _parsing(warming)
    await measure_round(bench, warming, Shape(16, 500))
    service.profile()
    rounds: dict[Shape, list[Round]] = {shape: [] for shape in shapes}
    for _ in range(args.rounds):
        for shape in shapes:  # in turn, so that a noisy minute falls on all
            reports = await asyncio.to_thread(bench.coop.reports, names, shape.statements)
            rounds[shape].append(await measure_round(bench, reports, shape))
    _print(rounds)
    await connection.close()


def people(coop: Coop, names: list[str]) -> None:
    """Found the co-op and have them all join."""
    coop.found()
    for name in names:
        coop.join(name)


def _parsing(reports: list[bytes]) -> None:
    """What the worker threads do, which a profile of the main thread does not see."""
    started = time.perf_counter()
    for report in reports:
        parse(report)
    each = (time.perf_counter() - started) / len(reports)
    raw = measure.raw_verifications()
    print(f"reading one statement (form, NFC, signature): {each * 1e6:.0f} µs; raw libsodium {1e6 / raw:.0f} µs")


def requests_of(coop: Coop, reports: list[bytes], shape: Shape) -> list[bytes]:
    """What is sent."""
    path = f"{coop.path}/statements"
    if shape.batch == 1:
        return [load.post(path, report) for report in reports]
    groups = [reports[start : start + shape.batch] for start in range(0, len(reports), shape.batch)]
    return [load.post(f"{path}/batch", b"[" + b",".join(group) + b"]") for group in groups]


async def measure_round(bench: Bench, reports: list[bytes], shape: Shape) -> Round:
    """Send them all, and see that they are in the log."""
    requests = requests_of(bench.coop, reports, shape)
    before, used = await _counted(bench.connection), bench.cpu()
    seconds, answers = await load.run(bench.service.port, requests, shape.clients)
    after, cpu = await _counted(bench.connection), bench.cpu()
    assert {answer.status for answer in answers} <= {200, 201}, next(a.body for a in answers if a.status >= 300)  # noqa: PLR2004
    assert after[0] - before[0] == len(reports), "not everything that was acknowledged is in the log"
    count, commits = len(reports), max(1, after[1] - before[1])
    service, database, own = ((now - then) / count for then, now in zip(used, cpu, strict=True))
    return Round(count / seconds, [answer.seconds for answer in answers], count / commits, (service, database, own))


async def _counted(connection: asyncpg.Connection) -> tuple[int, int]:
    """Entries, and published checkpoints: one for each commit."""
    row = await connection.fetchrow("SELECT (SELECT count(*) FROM entry), (SELECT count(*) FROM checkpoint)")
    return row[0], row[1]


def _print(rounds: dict[Shape, list[Round]]) -> None:
    alone = statistics.median(one.rate for one in next(iter(rounds.values())))
    rows = []
    for shape, results in rounds.items():
        rates = [one.rate for one in results]
        seconds = [second for one in results for second in one.seconds]
        rate = statistics.median(rates)
        rows.append(
            (
                f"{shape.clients} × {'one statement' if shape.batch == 1 else f'{shape.batch} statements'} per POST",
                measure.spread(rates),
                f"{rate / alone:.1f}",
                f"{rate / shape.target:.0%}" if shape.target else "–",
                f"{measure.percentile(seconds, 0.5) * 1000:.1f}",
                f"{measure.percentile(seconds, 0.99) * 1000:.1f}",
                f"{statistics.median(one.per_commit for one in results):.0f}",
                " + ".join(
                    f"{statistics.median(part) * 1e6:.0f}" for part in zip(*(one.cpu for one in results), strict=True)
                ),
            )
        )
    heads = ("clients", "statements/s, median (range)", "to one client", "of the target", "p50 ms", "p99 ms")
    measure.table((*heads, "statements per commit", "CPU µs per statement: service + PostgreSQL + load"), rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured")
    parser.add_argument("--scale", type=float, default=1.0, help="statements of a round, relative to the usual number")
    parser.add_argument("--clients", type=int, help="only the row with so many clients: 1, 16, 64, or 4 for batches")
    parser.add_argument("--fsync", type=float, default=0.0, metavar="MS", help="milliseconds added to each fsync")
    parser.add_argument("--profile", action="store_true", help="run the service under cProfile: slower, but it tells")
    asyncio.run(main(parser.parse_args()))
