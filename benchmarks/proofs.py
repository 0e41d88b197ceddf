"""Inclusion and consistency proofs from stored tiles, in process, without HTTP.

    python -m benchmarks.proofs [--entries 1000000] [--count 500] [--profile]

The tree is made of random hashes; its size is rounded down to full tiles. Every proof is checked.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import os
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import asyncpg

from app.sequencer import writing
from app.storage import ledgers
from app.storage.embedded import EmbeddedPostgres
from app.storage.log import prove, root_at
from app.storage.migrate import migrate
from benchmarks import measure
from ledger import merkle
from ledger.tiles import HASH_SIZE, WIDTH, root_of

Question = Callable[[merkle.Reader], list[bytes]]


async def main(args: argparse.Namespace) -> None:
    """Measure and print."""
    measure.introduce("Proofs from stored tiles")
    with tempfile.TemporaryDirectory(prefix="yui-bench-") as name:
        async with EmbeddedPostgres(Path(name) / "database") as postgres:
            await migrate(postgres.owner_dsn.url)
            connection = await asyncpg.connect(**postgres.service_dsn.keywords())
            ledger = await ledgers.add(connection, "proofs", "bench.example/proofs")
            assert ledger is not None
            leaves = await _grow(connection, ledger.id, args.entries // WIDTH)
            profile = cProfile.Profile(time.thread_time)
            if args.profile:
                profile.enable()
            await _measure(connection, ledger.id, leaves, args.count)
            profile.disable()
            await connection.close()
        if args.profile:
            profile.dump_stats(Path(name) / "profile")
            measure.show_profile(Path(name) / "profile")


async def _grow(connection: asyncpg.Connection, ledger_id: int, tiles: int) -> list[bytes]:
    """Full tiles of every level; the hashes of the lowest, tile by tile."""
    lowest = [os.urandom(WIDTH * HASH_SIZE) for _ in range(tiles)]
    level, data = 0, lowest
    while data:
        roots = [root_of([tile[at : at + HASH_SIZE] for at in range(0, len(tile), HASH_SIZE)]) for tile in data]
        rows = [(ledger_id, level, index, tile, roots[index]) for index, tile in enumerate(data)]
        await writing.insert(connection, writing.TILES, rows)
        full = len(roots) // WIDTH * WIDTH
        data = [b"".join(roots[start : start + WIDTH]) for start in range(0, full, WIDTH)]
        level += 1
    return lowest


def inclusion(index: int, size: int) -> Question:
    """What the service asks a tree for a receipt."""
    return lambda node: merkle.prove_inclusion(node, index, size)


def consistency(old: int, size: int) -> Question:
    """What it asks for a device that has seen ``old``."""
    return lambda node: merkle.prove_consistency(node, old, size)


async def _measure(connection: asyncpg.Connection, ledger_id: int, leaves: list[bytes], count: int) -> None:
    size, dice = len(leaves) * WIDTH, random.Random(1)  # noqa: S311  (which entries are asked about)
    root = await root_at(connection, ledger_id, size)
    inclusions, consistencies = [], []
    for _ in range(count):
        index = dice.randrange(size)
        path, times = await _timed(connection, ledger_id, size, inclusion(index, size))
        inclusions.append(times)
        at = index % WIDTH * HASH_SIZE
        merkle.check_inclusion(leaves[index // WIDTH][at : at + HASH_SIZE], index, size, path, root)
        old = dice.randrange(1, len(leaves)) * WIDTH
        path, times = await _timed(connection, ledger_id, size, consistency(old, size))
        consistencies.append(times)
        merkle.check_consistency(old, size, path, await root_at(connection, ledger_id, old), root)
    heads = ("proof", "entries", "median ms", "p99 ms", "CPU ms, median", "CPU to the target of 1 ms")
    rows = [_row(name, size, times) for name, times in (("inclusion", inclusions), ("consistency", consistencies))]
    measure.table(heads, rows)


async def _timed(
    connection: asyncpg.Connection, ledger_id: int, size: int, question: Question
) -> tuple[list[bytes], tuple[float, float]]:
    """The proof, and the seconds that it took: by the clock, and of this thread's processor time."""
    started, used = time.perf_counter(), time.thread_time()
    path = await prove(connection, ledger_id, size, question)
    return path, (time.perf_counter() - started, time.thread_time() - used)


def _row(name: str, size: int, times: list[tuple[float, float]]) -> tuple[str, ...]:
    middle, slow = (measure.percentile((clock for clock, _ in times), share) * 1000 for share in (0.5, 0.99))
    cpu = measure.percentile((used for _, used in times), 0.5) * 1000
    return (name, f"{size:,}", f"{middle:.2f}", f"{slow:.2f}", f"{cpu:.2f}", f"{cpu:.1f} ×")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--entries", type=int, default=1_000_000, help="leaves of the tree")
    parser.add_argument("--count", type=int, default=500, help="proofs of each kind")
    parser.add_argument("--profile", action="store_true", help="where the time goes")
    asyncio.run(main(parser.parse_args()))
