"""Kills, restarts and full disks at random moments of an append load, and a full check after each.

    python -m benchmarks.chaos [--rounds 20] [--seed 1] [--folder DIR] [--disk MEGABYTES] [--for MINUTES]

After every round: the service has come back by itself (a killed or stopped one is started, as a supervisor would),
every receipt ever given still proves its entry, no statement is in the log twice, every checkpoint that was shown is a
prefix of it, and the auditor's twelve steps find nothing. In ``--folder`` a run is gone on with where it was broken
off, which is a kill of its own. ``--disk``: the data lie on a disk of that size in memory (root may mount one), which
is filled to the last byte now and then.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, nullcontext, suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from benchmarks import load, measure
from benchmarks.acknowledged import Acknowledged
from benchmarks.service import Coop, Service
from tests.faults.disk import Disk, mounted

CLIENTS: Final = 16
STATEMENTS: Final = 240
MEMBERS: Final = 12
RENEWED: Final = 25
"""Rounds after which another co-op is founded, for all of one is checked after each."""
_BURST: Final = 1.0
"""Seconds that a disk is full."""


class Size(NamedTuple):
    """How much is done in a round."""

    statements: int = STATEMENTS
    members: int = MEMBERS


class Tally(msgspec.Struct):
    """What a run has come to so far; kept in its folder."""

    rounds: int = 0
    coops: int = 0
    acknowledged: int = 0
    unanswered: int = 0
    done: dict[str, int] = {}
    """How often what was done."""


class Chaos:
    """One service on its own embedded PostgreSQL, and all receipts that it ever gave."""

    def __init__(self, folder: Path, seed: int, size: Size = Size(), disk: Disk | None = None) -> None:  # noqa: B008
        self._folder, self._data, self._size, self._disk = folder, folder / "disk" / "data", size, disk
        self._tally_file = folder / "tally.json"
        there = self._tally_file.exists()
        self.tally = msgspec.json.decode(self._tally_file.read_bytes(), type=Tally) if there else Tally()
        self._dice = random.Random(seed + self.tally.rounds)  # noqa: S311  (when to do what to whom)
        self.service = Service(self._data, "serve")
        self.service.log = folder / "service.log"  # on another disk
        self._acts: dict[str, Callable[[], Awaitable[float]]] = {
            "service killed": self._kill_service,
            "PostgreSQL killed": self._kill_postgres,
            "both killed": self._kill_both,
            "service restarted": self._restart_service,
            "PostgreSQL restarted": self._restart_postgres,
        }
        if disk is not None:
            self._acts["disk full"] = self._fill_disk

    async def start(self) -> None:
        """Start; what an earlier run has been given receipts for must be there."""
        await self.service.start()
        earlier = Acknowledged.kept_in(self._folder)
        if earlier is not None:
            await asyncio.to_thread(earlier.check, self.service.address, others=True)
            print(
                f"after {self.tally.rounds} rounds: {len(earlier.receipts)} receipts of the last co-op hold", flush=True
            )
        await self._renew()

    async def round(self, what: str = "") -> tuple[str, float]:
        """Do something to it under load, wait until it is back, send again what was not answered, check.

        What was done, and the seconds to come back.
        """
        if self._acknowledged.rounds == RENEWED:
            await self._renew()
        what = what or self._dice.choice(list(self._acts))
        reports = self._coop.reports(self._names, self._size.statements)
        loading = asyncio.create_task(self._send(reports))
        await asyncio.sleep(self._dice.random() * 1.5)
        back = await self._acts[what]()
        answered = await loading
        again = await self._send([report for report in reports if report not in answered])
        assert len(answered) + len(again) == len(reports), "not everything was taken in the end"
        await asyncio.to_thread(self._acknowledged.check, self.service.address)
        self._note(what, len(reports), len(reports) - len(answered))
        return what, back

    def _note(self, what: str, acknowledged: int, unanswered: int) -> None:
        tally = self.tally
        tally.rounds, tally.acknowledged = tally.rounds + 1, tally.acknowledged + acknowledged
        tally.unanswered += unanswered
        tally.done[what] = tally.done.get(what, 0) + 1
        self._acknowledged.rounds += 1
        self._acknowledged.keep(self._folder)
        new = self._tally_file.with_suffix(".new")
        new.write_bytes(msgspec.json.encode(tally))
        new.rename(self._tally_file)

    async def _renew(self) -> None:
        """Another co-op: founded, and people join."""
        self.tally.coops += 1
        # A run that was broken off may have founded one that was not noted.
        slug = f"chaos-{self.tally.coops}-{time.time_ns():x}"
        self._coop, self._names = Coop(self.service, slug), [f"Member {one}" for one in range(self._size.members)]
        self._acknowledged = Acknowledged(slug)
        await asyncio.to_thread(self._coop.found)
        for name in self._names:
            await asyncio.to_thread(self._coop.join, name)
        self._acknowledged.before = 1 + 2 * len(self._names)

    async def _kill_service(self) -> float:
        await self.service.kill()
        return await self.service.start()

    async def _kill_postgres(self) -> float:
        return await self._end_postgres(signal.SIGKILL)

    async def _kill_both(self) -> float:
        postmaster = self._postmaster()
        await self.service.kill()
        with suppress(ProcessLookupError):  # it has ended with its parent
            os.kill(postmaster, signal.SIGKILL)
        return await self.service.start()

    async def _restart_service(self) -> float:
        await self.service.stop()
        return await self.service.start()

    async def _restart_postgres(self) -> float:
        return await self._end_postgres(signal.SIGINT)

    async def _end_postgres(self, how: signal.Signals) -> float:
        started, ended = time.perf_counter(), self._postmaster()
        os.kill(ended, how)
        # What is left of it answers for a moment.
        while self._postmaster() in (0, ended):  # noqa: ASYNC110 - nobody else tells
            await asyncio.sleep(0.02)
        await self._until_it_works()
        return time.perf_counter() - started

    async def _fill_disk(self) -> float:
        assert self._disk is not None
        with self._disk.full():
            await asyncio.sleep(_BURST)
        return await self._until_it_works()

    def _postmaster(self) -> int:
        """PostgreSQL's process, 0 where there is none."""
        try:
            return int((self._data / "postgres" / "postmaster.pid").read_text().split()[0])
        except (OSError, IndexError):
            return 0

    async def _until_it_works(self) -> float:
        started = time.perf_counter()
        while not await asyncio.to_thread(self.service.is_ready):  # noqa: ASYNC110 - nobody else tells
            await asyncio.sleep(0.05)
        return time.perf_counter() - started

    async def _send(self, reports: list[bytes]) -> set[bytes]:
        """Which were answered with a receipt; all receipts are kept."""
        answered: set[bytes] = set()
        waiting = iter(reports)

        async def client() -> None:
            connection = None
            for report in waiting:
                try:
                    connection = connection or await load.connect(self.service.port)
                    answer = await connection.ask(load.post(f"{self._coop.path}/statements", report))
                except OSError:
                    connection = None
                    continue
                if self._acknowledged.take(answer):
                    answered.add(report)
            if connection is not None:
                connection.close()

        await asyncio.gather(*(client() for _ in range(CLIENTS)))
        return answered


async def run(chaos: Chaos, rounds: int, minutes: float) -> None:
    """Round by round until there are so many, or the time is over; an AssertionError is what it looks for."""
    ends = time.monotonic() + 60 * minutes
    backs: dict[str, list[float]] = {}
    try:
        await chaos.start()
        while chaos.tally.rounds < rounds and time.monotonic() < ends:
            what, back = await chaos.round()
            backs.setdefault(what, []).append(back)
            told = f"round {chaos.tally.rounds}: {what}, back after {back:.1f} s"
            print(f"{told}; {chaos.tally.acknowledged} acknowledged, all there", flush=True)
    finally:
        await chaos.service.stop()
    for what, count in sorted(Counter(chaos.tally.done).items()):
        print(f"{what}: {count} times; seconds to come back: {measure.spread(backs.get(what, [0]), 1)}")
    print(
        f"{chaos.tally.rounds} rounds, {chaos.tally.coops} co-ops, {chaos.tally.acknowledged} statements acknowledged:"
    )
    print(f"0 lost, 0 twice, each provable; {chaos.tally.unanswered} were under way and were sent again")


def main(args: argparse.Namespace) -> None:
    """As the arguments have it."""
    measure.introduce(f"kills, restarts and full disks under load, up to {args.rounds} rounds, seed {args.seed}")
    if args.disk and args.folder:
        sys.exit("a disk in memory is gone when the run ends: it can't be gone on with")
    with ExitStack() as stack:
        made: Any = nullcontext(args.folder) if args.folder else tempfile.TemporaryDirectory(prefix="yui-bench-")
        folder = Path(stack.enter_context(made))
        folder.mkdir(parents=True, exist_ok=True)
        disk = stack.enter_context(mounted(folder / "disk", args.disk)) if args.disk else None
        if disk is not None:
            disk.folder.chmod(0o711)
        elif args.disk:
            sys.exit("a disk can't be mounted here: that is for root")
        asyncio.run(run(Chaos(folder, args.seed, disk=disk), args.rounds, args.minutes))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument(
        "--rounds", type=int, default=20, help="how often something is done to it, earlier runs included"
    )
    parser.add_argument("--seed", type=int, default=1, help="decides what is done when, as far as the machine allows")
    parser.add_argument("--folder", default="", help="where a run is kept, and gone on with")
    parser.add_argument(
        "--disk", type=int, default=0, metavar="MB", help="data on a small disk that is filled at times"
    )
    parser.add_argument("--for", dest="minutes", type=float, default=1e9, metavar="MINUTES", help="end after so long")
    main(parser.parse_args())
