"""The yardstick: what the same libraries do without any rules, and Yui as a share of it, in the same minutes.

    python -m benchmarks.bare [--rounds 3] [--scale 1.0]

Litestar on granian with one worker; canonical JSON read strictly; one signature verified by libsodium; an entry and a
record for each statement, written in one fsynced transaction per batch. No books, no tree, no checkpoint, no guard, no
receipt, no log, no limits: nothing that makes a ledger of it. Both services answer the same requests, in turn, on one
PostgreSQL.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import itertools
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import asyncpg
import msgspec
from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server
from litestar import Litestar, post
from litestar.params import RawBody
from nacl.bindings import crypto_sign_open

from benchmarks import append, load, measure
from benchmarks.append import Bench, Shape
from benchmarks.service import ROOT, Coop, free_port, serving
from ledger import canonical
from ledger.statement import DOMAIN, statement_id

_SHAPES: Final = (append.SHAPES[2], append.SHAPES[3])
_TABLES: Final = """
    DROP TABLE IF EXISTS bare_entry, bare_record;
    CREATE TABLE bare_entry (index bigint PRIMARY KEY, leaf bytea NOT NULL, hash bytea NOT NULL);
    CREATE TABLE bare_record (id bytea PRIMARY KEY, data json NOT NULL)
"""


class _Signature(msgspec.Struct):
    key: str
    sig: str


class _Envelope(msgspec.Struct):
    statement: msgspec.Raw
    signatures: list[_Signature]


class _Statement(msgspec.Struct):
    body: msgspec.Raw


Read = tuple[bytes, bytes, str]
_envelope, _envelopes = msgspec.json.Decoder(_Envelope), msgspec.json.Decoder(list[_Envelope])
_statement = msgspec.json.Decoder(_Statement)


class Writer:
    """One transaction for all that waits."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection, self._numbers = connection, itertools.count()
        self._waiting: list[tuple[list[Read], asyncio.Future[list[int]]]] = []
        self._some = asyncio.Event()

    async def write(self, read: list[Read]) -> list[int]:
        """The indexes of entries, once they are durable."""
        answer: asyncio.Future[list[int]] = asyncio.get_running_loop().create_future()
        self._waiting.append((read, answer))
        self._some.set()
        return await answer

    async def run(self) -> None:
        """Write for ever."""
        while True:
            await self._some.wait()
            self._some.clear()
            batch, self._waiting = self._waiting, []
            rows = [(next(self._numbers), *one) for read, _ in batch for one in read]
            async with self._connection.transaction():
                entries = [(index, leaf, hashlib.sha256(b"\x00" + leaf).digest()) for index, leaf, _, _ in rows]
                await self._connection.copy_records_to_table("bare_entry", records=entries)
                await self._connection.executemany(
                    "INSERT INTO bare_record VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET data = excluded.data",
                    [(id_, data) for _, _, id_, data in rows],
                )
            indexes = iter(rows)
            for read, answer in batch:
                answer.set_result([next(indexes)[0] for _ in read])


def _read(envelope: _Envelope) -> Read:
    data = bytes(envelope.statement)
    canonical.decode(data)
    signature = envelope.signatures[0]
    public = canonical.unb64(signature.key.partition(":")[2], 32)
    crypto_sign_open(canonical.unb64(signature.sig, 64) + DOMAIN + data, public)
    return data, statement_id(data), bytes(_statement.decode(data).body).decode()


def make_app(writer: Writer) -> Litestar:
    """The two routes that are measured, under Yui's paths."""

    @post("/api/v1/ledgers/bench/statements")
    async def one(body: RawBody) -> dict[str, Any]:
        return {"index": (await writer.write([_read(_envelope.decode(body))]))[0]}

    @post("/api/v1/ledgers/bench/statements/batch", status_code=200)
    async def many(body: RawBody) -> list[int]:
        return await writer.write([_read(envelope) for envelope in _envelopes.decode(body)])

    return Litestar([one, many], openapi_config=None, logging_config=None)


async def serve(url: str, port: int) -> None:
    """The bare service, until it is killed."""
    connection = await asyncpg.connect(url)
    await connection.execute(_TABLES)
    writer = Writer(connection)
    writing = asyncio.create_task(writer.run())
    server = Server(
        make_app(writer),
        address="127.0.0.1",
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        websockets=False,
        log_enabled=False,
    )
    await asyncio.gather(server.serve(), writing)


@asynccontextmanager
async def _bare(url: str) -> AsyncIterator[tuple[int, int]]:
    """A bare service as a process of its own: its port and process id."""
    port = free_port()
    command = (sys.executable, "-m", "benchmarks.bare", "--serve", url, "--port", str(port))
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
    try:
        while True:
            try:
                (await load.connect(port)).close()
            except OSError:
                await asyncio.sleep(0.05)
            else:
                break
        yield port, process.pid
    finally:
        process.kill()
        await process.wait()


async def main(args: argparse.Namespace) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="yui-bench-") as name:
        folder = Path(name)
        measure.introduce("Yui beside a bare prototype on the same libraries", folder)
        async with serving(folder) as (service, postgres):
            connection = await asyncpg.connect(**postgres.service_dsn.keywords())
            print(await measure.durability(connection), flush=True)
            print(f"raw libsodium: {measure.raw_verifications():,.0f} verifications a second on one core", flush=True)
            bench = Bench(service, postgres, connection, Coop(service))
            names = [f"Member {number}" for number in range(append.MEMBERS)]
            await asyncio.to_thread(append.people, bench.coop, names)
            async with _bare(postgres.owner_dsn.url.replace("+asyncpg", "")) as (port, pid):
                await _compare(bench, names, port, pid, args)
            await connection.close()


async def _compare(bench: Bench, names: list[str], port: int, pid: int, args: argparse.Namespace) -> None:
    shapes = [shape._replace(statements=max(400, int(shape.statements * args.scale))) for shape in _SHAPES]
    rates: dict[tuple[Shape, str], list[tuple[float, float]]] = {}
    await append.measure_round(bench, bench.coop.reports(names, 500), Shape(16, 500))
    for _ in range(args.rounds):
        for shape in shapes:
            reports = await asyncio.to_thread(bench.coop.reports, names, shape.statements)
            before = measure.cpu_seconds(pid)
            seconds, answers = await load.run(port, append.requests_of(bench.coop, reports, shape), shape.clients)
            assert {answer.status for answer in answers} <= {200, 201}, answers[0].body
            count = len(reports)
            rates.setdefault((shape, "bare"), []).append((count / seconds, (measure.cpu_seconds(pid) - before) / count))
            result = await append.measure_round(bench, reports, shape)
            rates.setdefault((shape, "Yui"), []).append((result.rate, result.cpu[0]))
    rows = []
    for (shape, who), found in rates.items():
        share = statistics.median(mine[0] / bare[0] for mine, bare in zip(found, rates[shape, "bare"], strict=True))
        rows.append(
            (
                f"{shape.clients} × {shape.batch} per POST",
                who,
                measure.spread([rate for rate, _ in found]),
                f"{share:.0%}",
                f"{statistics.median(cpu for _, cpu in found) * 1e6:.0f}",
            )
        )
    measure.table(("clients", "service", "statements/s", "of bare", "CPU µs per statement, service alone"), rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured")
    parser.add_argument("--scale", type=float, default=1.0, help="statements of a round, relative to the usual number")
    parser.add_argument("--serve", metavar="URL", help="be the bare service on that database")
    parser.add_argument("--port", type=int)
    options = parser.parse_args()
    asyncio.run(serve(options.serve, options.port) if options.serve else main(options))
