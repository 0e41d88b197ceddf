"""SIGKILL to the service or to PostgreSQL at random moments of an append load, and a full check after each.

    python -m benchmarks.chaos [--rounds 20] [--seed 1]

After every round: the service has come back by itself, every receipt ever given still proves its entry under the newest
checkpoint, no statement is in the log twice, every checkpoint that was shown is a prefix of it, and ``yui verify`` of
the served log ends with 0.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import msgspec

from app.storage.log import Receipt
from benchmarks import load, measure
from benchmarks.load import Answer
from benchmarks.service import ROOT, Coop, Service
from ledger import checkpoint, merkle
from ledger.signed_note import parse_vkey
from tests.app.sequencer.house import check_receipt

CLIENTS: Final = 16
STATEMENTS: Final = 240
MEMBERS: Final = 12


class Chaos:
    """One service on its own embedded PostgreSQL, and all receipts that it ever gave."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._data, self._dice = folder / "data", random.Random(seed)  # noqa: S311  (when to kill whom)
        self.service = Service(self._data, "serve")
        self.coop, self.names = Coop(self.service), [f"Member {number}" for number in range(MEMBERS)]
        self.receipts: dict[bytes, Receipt] = {}
        self.killed: dict[str, int] = {"service": 0, "PostgreSQL": 0}
        self.unanswered = 0

    async def prepare(self) -> None:
        """Start, found, and let people join."""
        await self.service.start()
        await asyncio.to_thread(self.coop.found)
        for name in self.names:
            await asyncio.to_thread(self.coop.join, name)

    async def round(self) -> float:
        """Kill under load, wait until it is back, send again what was not answered, check; seconds to come back."""
        reports = self.coop.reports(self.names, STATEMENTS)
        loading = asyncio.create_task(self._send(reports))
        await asyncio.sleep(self._dice.random() * 1.5)
        back = await self._kill(self._dice.choice(("service", "PostgreSQL")))
        answered = await loading
        self.unanswered += len(reports) - len(answered)
        again = await self._send([report for report in reports if report not in answered])
        assert len(answered) + len(again) == len(reports), "not everything was taken in the end"
        await self._check()
        return back

    async def _kill(self, whom: str) -> float:
        self.killed[whom] += 1
        started = time.perf_counter()
        if whom == "service":
            await self.service.kill()
            return await self.service.start()
        pid = int((self._data / "postgres" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        await asyncio.to_thread(self._until_it_works)
        return time.perf_counter() - started

    def _until_it_works(self) -> None:
        while True:
            try:
                self.service.get("/readyz")
            except OSError:
                time.sleep(0.05)
            else:
                return

    async def _send(self, reports: list[bytes]) -> set[bytes]:
        """Which were answered with a receipt; all receipts are kept."""
        answered: set[bytes] = set()
        waiting = iter(reports)

        async def client() -> None:
            connection = None
            for report in waiting:
                try:
                    connection = connection or await load.connect(self.service.port)
                    answer = await connection.ask(load.post(f"{self.coop.path}/statements", report))
                except OSError:
                    connection = None
                    continue
                if self._keep(report, answer):
                    answered.add(report)
            if connection is not None:
                connection.close()

        await asyncio.gather(*(client() for _ in range(CLIENTS)))
        return answered

    def _keep(self, report: bytes, answer: Answer) -> bool:
        if answer.status != 201:  # noqa: PLR2004
            assert answer.status >= 500, answer.body  # noqa: PLR2004  (a statement is never refused for a crash)
            return False
        told: dict[str, Any] = msgspec.json.decode(answer.body)
        path = [base64.b64decode(hash_) for hash_ in told["proof"]]
        leaf, note = base64.b64decode(told["leaf"]), told["checkpoint"].encode()
        self.receipts[report] = Receipt(told["index"], leaf, path, note)
        return True

    async def _check(self) -> None:
        context = await asyncio.to_thread(self.service.get, f"{self.coop.path}/context")
        key = parse_vkey(context["vkey"])
        head = checkpoint.verify(context["checkpoint"].encode(), key)
        indexes = {receipt.index for receipt in self.receipts.values()}
        assert len(indexes) == len(self.receipts), "two statements were given one place"
        assert head.size == len(self.receipts) + 1 + 2 * MEMBERS, "something is in the log twice, or was lost"
        for receipt in self.receipts.values():
            check_receipt(receipt, key)
        for note in {receipt.note for receipt in self.receipts.values()}:
            await self._is_prefix(checkpoint.verify(note, key), head)
        await self._audit()

    async def _is_prefix(self, old: checkpoint.Checkpoint, head: checkpoint.Checkpoint) -> None:
        told = await asyncio.to_thread(self.service.get, f"{self.coop.path}/context?from={old.size}")
        now = checkpoint.parse(told["checkpoint"].encode())[0]
        path = [base64.b64decode(hash_) for hash_ in told["consistency"]]
        assert now.size >= head.size
        merkle.check_consistency(old.size, now.size, path, old.root, now.root)

    async def _audit(self) -> None:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "app.cli", "verify", self.service.address, "--json"),
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=asyncio.subprocess.PIPE,
        )
        said, _ = await process.communicate()
        assert process.returncode == 0, said.decode()


async def main(args: argparse.Namespace) -> None:
    """Kill and check, round by round; an AssertionError is what it looks for."""
    measure.introduce(f"SIGKILL at random moments of an append load, {args.rounds} rounds, seed {args.seed}")
    with tempfile.TemporaryDirectory(prefix="yui-bench-") as name:
        chaos = Chaos(Path(name), args.seed)
        await chaos.prepare()
        back = []
        try:
            for number in range(args.rounds):
                back.append(await chaos.round())
                print(
                    f"round {number + 1}: back after {back[-1]:.1f} s, {len(chaos.receipts)} receipts hold", flush=True
                )
        finally:
            await chaos.service.stop()
        killed = ", ".join(f"{whom} {count} times" for whom, count in chaos.killed.items())
        print(f"\nkilled: {killed}; seconds to come back: {measure.spread(back, 1)}")
        print(f"{len(chaos.receipts)} statements acknowledged, all there once and provable;", end=" ")
        print(f"{chaos.unanswered} were under way at a kill and were sent again")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=20, help="how often something is killed")
    parser.add_argument("--seed", type=int, default=1, help="decides who is killed when, as far as the machine allows")
    asyncio.run(main(parser.parse_args()))
