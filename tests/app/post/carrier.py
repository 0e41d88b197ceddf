"""A process that sends until a step fails or kills it: ``python -m tests.app.post.carrier``.

It has everything loaded and waits for orders, one JSON line each: the database's URL, the data directory, the mail
server's port, by how much its clock is ahead (ms), the number of a step, the way in which it fails. For each it forks;
the child sends whatever is due. What became of it is answered in a line: the signal that ended it, or 0.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from aiosmtplib import SMTP

from app.installation import Installation, Settings
from app.post import outbox
from app.post.sending import Round
from app.post.settings import Posting
from governance.all_books import BOOKS
from tests.app.api.service import Travelling
from tests.app.post.desk import listing_due
from tests.faults.injector import Hook, Step, Way, call, failing, sql

ROOT = Path(__file__).parents[3]


def line(name: str, word: bytes) -> Step:
    """A line to the mail server. Its failure looks like a connection that broke."""

    def is_meant(_client: object, *words: bytes, **_: object) -> bool:
        return words[0] == word

    return Step(name, (Hook(SMTP, "execute_command", is_meant, ConnectionResetError("broken")),))


STEPS: Final = (
    sql("take the lock", r"pg_try_advisory_lock"),
    sql("look for what was left", r"SELECT DISTINCT ledger_id FROM outbox"),
    sql("claim the letter", r"SET state = 'sending'"),
    call("open it", "app.keystore:PrivacyKeys.open"),
    call("connect", "aiosmtplib:SMTP.connect"),
    line("say from whom it is", b"MAIL"),
    line("say for whom it is", b"RCPT"),
    line("begin its text", b"DATA"),
    call("write its text", "app.post.smtp:Line._write"),
    sql("note that it is handed over", r"SET state = 'handed'"),
    sql("commit that", r"^COMMIT"),
    line("end its text", b"."),
    sql("keep what came of it", r"UPDATE outbox SET state = \$4"),
)


class Carriers:
    """Makes processes, each living until its step kills it."""

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "tests.app.post.carrier"),
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()

    async def order(self, *order: Any) -> int:
        """Have one send; the signal that ended it, 0 where it has lived."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        signal: int = json.loads(await self._process.stdout.readline())
        return signal


def main() -> None:
    """Fork for every order."""
    gc.freeze()
    for order in sys.stdin:
        pid = os.fork()
        if pid == 0:
            url, data, *rest = json.loads(order)
            asyncio.run(_live(url, Path(data), *rest))
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        sys.stdout.write(json.dumps(max(-status, 0)) + "\n")
        sys.stdout.flush()


async def _live(url: str, data: Path, port: int, ahead: int, step: int | None, way: str | None) -> None:
    clock = Travelling()
    clock.ahead = ahead
    posting = Posting("127.0.0.1", port, "yui@coops.example", "none", per_minute=60_000, timeout=10.0)
    async with Installation.open(Settings(data, url, BOOKS, clock)) as installation:
        if step is None or way is None:
            await _send(installation, posting)
            return
        with failing(STEPS[step], Way[way]) as hit:
            try:
                await _send(installation, posting)
            except Exception:
                if not hit:
                    raise
        if not hit:
            os._exit(1)


async def _send(installation: Installation, posting: Posting) -> None:
    connection = await installation.database.connect()
    while not await outbox.own(connection):  # noqa: ASYNC110  (the one before has only just been killed)
        await asyncio.sleep(0.02)
    round_ = Round(installation, posting, connection)
    await round_.begin()
    while await listing_due(installation.database.pool, installation.clock.now()):
        await round_.step()
    await round_.end()
    connection.terminate()


if __name__ == "__main__":
    main()
