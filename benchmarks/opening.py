"""How long other entries wait while a vote opens and closes in a co-op of a million members.

    python -m benchmarks.opening [--members 1000000] [--voting SECONDS] [--watched]

The service and its database run as always; two clients report work, one after the other, in the large co-op and in a
small one, and each waits for its receipts. The members, the delegations of half of them and the ballots of the other
half are written into the database at once; all else is said over HTTP and by the clerk. Prints how long appends took in
quiet, from the opening until the roll is announced, and from the close until the count is. A *watched* vote may close
early, so its first ballot, which is cast at once, needs the roll of them all.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import asyncpg

from app.storage.embedded import EmbeddedPostgres
from benchmarks import load, measure
from benchmarks.service import Coop, Service, serving
from ledger import ids
from ledger.compose import Private
from tests.simulator import majority_rule

_PAUSE: Final = 0.02
"""Seconds between two reports of a client."""
_QUIET: Final = 10.0
_PATIENCE: Final = 900.0
TARGET: Final = 200
"""Milliseconds by which an opening or a close may hold up other appends."""
_MEMBER: Final = "'mem_' || left(md5(n::text), 26)"
_MEMBERS: Final = f"""
    INSERT INTO trace (ledger_id, kind, subject, index, position, time, value)
    SELECT $1, 'member', {_MEMBER}, 0, 1, $2,
           json_build_object('active', true, 'class', 'member', 'joined', $2::bigint + n)
    FROM generate_series(1, $3::int) n
"""  # noqa: S608  (our own words)
_DELEGATIONS: Final = f"""
    INSERT INTO trace (ledger_id, kind, subject, index, position, time, value)
    SELECT $1, 'delegation', {_MEMBER} || '/', 0, 2, $2, to_json('mem_' || left(md5((n - 1)::text), 26))
    FROM generate_series(2, $3::int) n WHERE n % 4 IN (1, 2)
"""  # noqa: S608
_BALLOTS: Final = f"""
    INSERT INTO record (ledger_id, kind, id, parent, sort, data, changed)
    SELECT $1, 'ballot', $4::text || '/' || {_MEMBER}, $4, '', json_build_object(
        'id', $4::text || '/' || {_MEMBER}, 'index', $5::int, 'proposal', $4::text, 'member', {_MEMBER}, 'choice',
        (ARRAY['yes', 'no', 'abstain'])[1 + n % 3], 'cls', 'member', 'weight', 1, 'statement', '', 'entry', $5::int,
        'cast_at', $2::bigint, 'via', null), $5
    FROM generate_series(1, $3::int) n WHERE n % 4 IN (0, 3)
"""  # noqa: S608


_EARLY: Final = {
    "module": "phased/1",
    "deliberation_seconds": 0,
    "delay_seconds": 0,
    "late_quorum_seconds": 0,
    "early_close": True,
    "super_quorum": None,
    "timelock_seconds": 0,
    "execution_seconds": 0,
}


class Client:
    """One after the other, for as long as it runs: when each report was sent, and how long its receipt took."""

    def __init__(self, service: Service, coop: Coop) -> None:
        self._service, self._coop = service, coop
        self.took: list[tuple[float, float]] = []

    async def run(self, number: int) -> None:
        """Until it is cancelled."""
        connection = await load.connect(self._service.port, number)
        try:
            while True:
                envelope = self._coop.reports(["Hanako"], 1)[0]
                sent = time.perf_counter()
                answer = await connection.ask(load.post(f"{self._coop.path}/statements", envelope))
                assert answer.status in (200, 201), answer.body
                self.took.append((sent, answer.seconds))
                await asyncio.sleep(_PAUSE)
        finally:
            connection.close()

    def row(self, label: str, start: float, end: float) -> tuple[str, ...]:
        """Of what was sent between two moments: number, median, p99, longest in ms."""
        found = [seconds * 1000 for sent, seconds in self.took if start <= sent < end]
        numbers = (measure.percentile(found, 0.5), measure.percentile(found, 0.99), max(found))
        return label, f"{end - start:.1f}", f"{len(found):,}", *(f"{number:.0f}" for number in numbers)


async def main(args: argparse.Namespace) -> None:
    """Measure and print."""
    voting = args.voting or 75 + args.members // 8000
    with tempfile.TemporaryDirectory(prefix="yui-bench-") as name:
        folder = Path(name)
        measure.introduce(f"A vote of {args.members:,} members opens and closes", folder)
        async with serving(folder) as (service, postgres):
            connection = await asyncpg.connect(**postgres.service_dsn.keywords())
            print(await measure.durability(connection), flush=True)
            large, other = Coop(service, "large"), Coop(service, "other")
            await asyncio.to_thread(_found, large, voting, watched=args.watched)
            await asyncio.to_thread(other.found)
            await service.stop()  # what it knows of the members is about to change
            ledger = await _people(postgres, args.members)
            await service.start()
            await _measure(service, connection, (large, other), ledger, args)
            await connection.close()


def _found(coop: Coop, voting: int, *, watched: bool) -> None:
    """With votes of that many seconds, and delegations, or ballots each of which may be the last that is needed."""
    if watched:
        rule = majority_rule(timing=_EARLY | {"voting_seconds": voting})
    else:
        timing = {"delay_seconds": 0, "module": "fixed/1", "timelock_seconds": 0, "voting_seconds": voting}
        rule = majority_rule(timing=timing, delegation={"module": "standing/1", "depth": None})
    coop.found(rules=dict.fromkeys(("ordinary", "rules", "policy", "role", "admit"), rule))


async def _people(postgres: EmbeddedPostgres, members: int) -> int:
    """Write members and delegations into the large co-op's ledger; its number."""
    owner = await asyncpg.connect(**postgres.owner_dsn.keywords())
    started = time.perf_counter()
    ledger = await owner.fetchval("SELECT id FROM ledger WHERE slug = 'large'")
    founded = await owner.fetchval("SELECT min(time) FROM trace WHERE ledger_id = $1", ledger)
    for query in (_MEMBERS, _DELEGATIONS):
        await owner.execute(query, ledger, founded, members, timeout=_PATIENCE)
    census = "UPDATE record SET data = jsonb_set(data::jsonb, '{entered}', to_jsonb($2::int)) WHERE kind = 'census'"
    await owner.execute(census + " AND ledger_id = $1", ledger, members)
    await owner.execute("ANALYZE")
    await owner.close()
    print(f"{members:,} members written in {time.perf_counter() - started:.0f} s", flush=True)
    return int(ledger)


async def _measure(
    service: Service, connection: asyncpg.Connection, coops: tuple[Coop, Coop], ledger: int, args: argparse.Namespace
) -> None:
    large, members = coops[0], args.members
    clients = [Client(service, coop) for coop in coops]
    running = [asyncio.create_task(client.run(number)) for number, client in enumerate(clients)]
    await asyncio.sleep(1)
    quiet = time.perf_counter()
    await asyncio.sleep(_QUIET)
    opening = time.perf_counter()
    proposal = await asyncio.to_thread(_call, large)
    if args.watched:
        await asyncio.to_thread(_vote, large, proposal)
        print(f"first ballot: {time.perf_counter() - opening:.1f} s after the call", flush=True)
    await _until(connection, ledger, proposal, "roll_entry", running)
    opened = time.perf_counter()
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    row = await _proposal(connection, ledger, proposal)
    await connection.execute(
        _BALLOTS, ledger, row["opens_at"] + 1, members, proposal, row["roll_entry"], timeout=_PATIENCE
    )
    await connection.execute("ANALYZE record", timeout=_PATIENCE)
    left = row["closes_at"] / 1000 - time.time()
    print(f"roll announced; ballots written; {left:.0f} s to the close (--voting for more)", flush=True)
    await asyncio.sleep(max(0.0, left - 5))
    running = [asyncio.create_task(client.run(number)) for number, client in enumerate(clients)]
    await asyncio.sleep(max(0.0, row["closes_at"] / 1000 - time.time()))
    closing = time.perf_counter()
    await _until(connection, ledger, proposal, "count_entry", running)
    closed = time.perf_counter()
    for task in running:
        task.cancel()
    spans = (("in quiet", quiet, opening), ("opening", opening, opened), ("closing", closing, closed))
    rows = [
        (where, *client.row(label, start, end))
        for label, start, end in spans
        for where, client in zip(("the same ledger", "another ledger"), clients, strict=True)
    ]
    heads = ("appends to", "while", "seconds", "appends", "p50 ms", "p99 ms", f"longest ms (target: {TARGET} more)")
    measure.table(heads, rows)
    print(f"counted: {(await _proposal(connection, ledger, proposal))['tally']}")


def _call(coop: Coop) -> str:
    """Have a vote opened at once; its id."""
    texts = {"title": Private("屋根の修理"), "text": Private("集会所の屋根を直します。")}
    body = {"effects": [], "kind": "ordinary", "options": [], **texts}
    drafted = coop.town.says("Hanako", "proposal.draft/1", body)
    coop.record(drafted)
    proposal = ids.object_id("prop", drafted.id)
    coop.record(coop.town.says("Hanako", "proposal.open/1", {"proposal": proposal}))
    return proposal


def _vote(coop: Coop, proposal: str) -> None:
    coop.record(coop.town.says("Hanako", "ballot.cast/1", {"choice": "yes", "proposal": proposal}))


async def _until(
    connection: asyncpg.Connection, ledger: int, proposal: str, field: str, running: list[asyncio.Task[None]]
) -> None:
    """Wait for the clerk."""
    async with asyncio.timeout(_PATIENCE):
        while (await _proposal(connection, ledger, proposal)).get(field) is None:
            for task in running:
                if task.done():
                    task.result()
            await asyncio.sleep(0.1)


async def _proposal(connection: asyncpg.Connection, ledger: int, proposal: str) -> dict[str, Any]:
    query = "SELECT data FROM record WHERE ledger_id = $1 AND kind = 'proposal' AND id = $2"
    return dict(json.loads(await connection.fetchval(query, ledger, proposal)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--members", type=int, default=1_000_000, help="of the large co-op")
    parser.add_argument("--voting", type=int, default=0, help="seconds of voting, in which the ballots are written")
    parser.add_argument("--watched", action="store_true", help="a vote that may close early, with a ballot at once")
    asyncio.run(main(parser.parse_args()))
