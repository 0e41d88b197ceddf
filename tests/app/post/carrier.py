"""A process that sends until a step fails or kills it: ``python -m tests.app.post.carrier``.

An order is the database's URL, the data directory, the mail server's port, by how much its clock is ahead (ms), the
number of a step, the way in which it fails.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final
from unittest.mock import patch

from aiosmtplib import SMTP

from app.installation import Installation, Settings
from app.post import outbox, sending
from app.post.sending import Round
from app.post.settings import Posting
from governance.all_books import BOOKS
from tests.app.api.service import Travelling
from tests.app.post.desk import listing_due
from tests.faults.forks import serve
from tests.faults.injector import Hook, Step, Way, call, failing, sql


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


async def live(url: str, data: str, port: int, ahead: int, step: int | None, way: str | None) -> str:
    """Send whatever is due; says whether its step came."""
    clock = Travelling()
    clock.ahead = ahead
    posting = Posting("127.0.0.1", port, "yui@coops.example", "none", per_minute=60_000, timeout=2.5)
    async with Installation.open(Settings(Path(data), url, BOOKS, clock)) as installation:
        if step is None or way is None:
            await _send(installation, posting)
            return ""
        # So that it does not wait as long for the database as the service does.
        with failing(STEPS[step], Way[way]) as hit, patch.object(sending, "WAIT", 0.1):
            try:
                await _send(installation, posting)
            except Exception:
                if not hit:
                    raise
        return "hit" if hit else ""


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
    serve(live)
