"""A ledger of a million entries beside one of ten thousand: appends and pages, in turn, at one service.

    python -m benchmarks.growth [--entries 1000000] [--rounds 3]

Both ledgers are real: founded and joined over HTTP, then filled by the lane's own steps (the whole fold, every row,
full tiles) with signed statements, only without HTTP between them and without a checkpoint for every batch.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path
from typing import Final, NamedTuple

import asyncpg

from app.installation import Installation, Settings
from app.sequencer.batch import Appended, Batch, Desk
from app.sequencer.growth import Growth
from app.sequencer.submission import Submission
from app.storage.embedded import EmbeddedPostgres
from app.storage.ledgers import lock_head, log_keys
from benchmarks import append, measure
from benchmarks.append import Bench, Shape
from benchmarks.service import Coop, Service, serving
from governance.all_books import BOOKS
from ledger.keys import Facts

_SMALL: Final = 10_000
_WAVE: Final = 512
"""Statements of a transaction while a ledger is filled: as many as a lane takes at most."""
_SHAPES: Final = (Shape(64, 3000), Shape(4, 4000, 100))
_PAGES: Final = ("", "/ledger", "/ledger/{entry}", "/verify", "/proposals", "/things")
_TIMES: Final = 20


class Side(NamedTuple):
    """One of the two ledgers."""

    coop: Coop
    size: int


async def main(args: argparse.Namespace) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="yui-bench-") as name:
        folder = Path(name)
        measure.introduce("Growth", folder)
        async with serving(folder) as (service, postgres):
            connection = await asyncpg.connect(**postgres.service_dsn.keywords())
            print(await measure.durability(connection), flush=True)
            names = [f"Member {number}" for number in range(append.MEMBERS)]
            sides = [Side(Coop(service, slug), size) for slug, size in (("small", _SMALL), ("large", args.entries))]
            for side in sides:
                await asyncio.to_thread(append.people, side.coop, names)
            await service.stop()
            for side in sides:
                await _fill(folder / "data", postgres, side, names)
            await service.start()
            for side in sides:
                await asyncio.to_thread(_look, service, side.coop)
            await connection.execute("ANALYZE")
            await _appends(Bench(service, postgres, connection, sides[0].coop), sides, names, args.rounds)
            await _pages(service, sides)
            await connection.close()


async def _fill(data: Path, postgres: EmbeddedPostgres, side: Side, names: list[str]) -> None:
    """Append until the ledger is as large as it is to be, then publish it."""
    started = time.perf_counter()
    async with Installation.open(Settings(data, postgres.service_dsn.url, BOOKS)) as installation:
        ledger = await installation.ledger(side.coop.town.slug)
        published = await installation.log.published(ledger)
        desk: Desk | None = None
        async with installation.database.pool.acquire() as connection:
            size = published.size
            while size < side.size:
                submissions = await asyncio.to_thread(_said, side.coop, names, min(_WAVE, side.size - size), size)
                async with connection.transaction():
                    head = await lock_head(connection, ledger.id)
                    if desk is None or desk.source.full:
                        desk = Desk(ledger, BOOKS, await Growth.load(connection, ledger.id, head.size))
                        desk.source.publish(published.size, published.root)
                    batch = Batch(desk, connection, installation.clock.check(head.database_time))
                    outcomes = await batch.fold(submissions)
                    assert all(isinstance(one, Appended) for one in outcomes), outcomes[0]
                    await batch.write(installation.privacy)
                desk.growth.settle()
                size = desk.growth.size
            if desk is not None:
                vkeys = await log_keys(connection, ledger)
                await installation.publisher.publish(connection, ledger, size, desk.growth.root(), vkeys)
    seconds = time.perf_counter() - started
    print(f"{side.coop.town.slug}: {size:,} entries, filled in {seconds:.0f} s", flush=True)


def _said(coop: Coop, names: list[str], count: int, start: int) -> list[Submission]:
    """Signed reports. Their signatures are made here and now, so nobody verifies them."""
    found = []
    for number in range(start, start + count):
        body = {"kind": "cleaning", "on": coop.today(), "quantity": 30 + number % 90}
        said = coop.town.says(names[number % len(names)], "contribution.report/1", body)
        signatures = tuple(one for one in said.signatures if one is not None)
        found.append(Submission(said.statement, said.draft.data, said.id, signatures, (Facts(),) * len(signatures)))
    return found


def _look(service: Service, coop: Coop) -> None:
    coop.town.saw(service.get(f"{coop.path}/context")["checkpoint"])


async def _appends(bench: Bench, sides: list[Side], names: list[str], rounds: int) -> None:
    found: dict[tuple[Shape, int], list[append.Round]] = {}
    for side in sides:
        warming = side.coop.reports(names, 500)
        await append.measure_round(bench._replace(coop=side.coop), warming, Shape(16, 500))
    for _ in range(rounds):
        for shape in _SHAPES:
            for side in sides:
                reports = await asyncio.to_thread(side.coop.reports, names, shape.statements)
                result = await append.measure_round(bench._replace(coop=side.coop), reports, shape)
                found.setdefault((shape, side.size), []).append(result)
    rows = []
    for shape in _SHAPES:
        small, large = (found[shape, side.size] for side in sides)
        share = statistics.median(b.rate / a.rate for a, b in zip(small, large, strict=True))
        cpu = [statistics.median(sum(one.cpu[:2]) for one in results) * 1e6 for results in (small, large)]
        rows.append(
            (
                f"{shape.clients} × {shape.batch} per POST",
                *(measure.spread([one.rate for one in results]) for results in (small, large)),
                f"{share:.0%} (target 90 %)",
                f"{cpu[0]:.0f} → {cpu[1]:.0f}",
            )
        )
    sizes = [f"statements/s at {side.size:,}" for side in sides]
    measure.table(("clients", *sizes, "share", "CPU µs per statement, service and PostgreSQL"), rows)


async def _pages(service: Service, sides: list[Side]) -> None:
    rows = []
    for page in _PAGES:
        asked = [f"/c/{side.coop.town.slug}{page.format(entry=side.size // 2)}" for side in sides]
        rows.append(await _compare(f"page `{page or '/'}`", service, asked))
    proofs = [f"{side.coop.path}/proofs/inclusion?index={side.size // 3}&size={side.size}" for side in sides]
    rows.append(await _compare("inclusion proof", service, proofs))
    rows.append(await _compare("checkpoint", service, [f"/log/{side.coop.town.slug}/checkpoint" for side in sides]))
    measure.table(("asked for", *(f"median ms at {side.size:,}" for side in sides), "ratio"), rows)


async def _compare(what: str, service: Service, paths: list[str]) -> tuple[str, ...]:
    times: list[list[float]] = [[] for _ in paths]
    for _ in range(_TIMES):
        for path, seconds in zip(paths, times, strict=True):
            started = time.perf_counter()
            await asyncio.to_thread(service.text, path)
            seconds.append(time.perf_counter() - started)
    medians = [statistics.median(seconds[1:]) * 1000 for seconds in times]
    return (what, *(f"{median:.1f}" for median in medians), f"{medians[0] / medians[1]:.0%} (target 90 %)")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--entries", type=int, default=1_000_000, help="entries of the large ledger")
    parser.add_argument("--rounds", type=int, default=3, help="how often appends are measured")
    asyncio.run(main(parser.parse_args()))
