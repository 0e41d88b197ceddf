"""A wire to PostgreSQL that is cut at the worst moment: before COMMIT gets there, or before its reply comes back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from app.storage.embedded import Dsn

_REQUEST: Final = b"COMMIT;"
_REPLY: Final = b"COMMIT\0"
"""PostgreSQL's CommandComplete."""


class Wire:
    """Carries every connection, until it is told to cut one. ``away``: nobody answers at all."""

    def __init__(self, dsn: Dsn, folder: Path) -> None:
        self.dsn = Dsn(dsn.user, dsn.password, str(folder), dsn.port, dsn.database)
        self._there = f"{dsn.host}/.s.PGSQL.{dsn.port}"
        self._cut: bytes | None = None
        self.cuts = 0
        self.away = False
        self._writers: set[asyncio.StreamWriter] = set()

    @asynccontextmanager
    async def carrying(self) -> AsyncIterator[None]:
        server = await asyncio.start_unix_server(self._carry, f"{self.dsn.host}/.s.PGSQL.{self.dsn.port}")
        async with server:
            yield
            self.lose()

    def cut_request(self) -> None:
        """The next COMMIT does not get there."""
        self._cut = _REQUEST

    def cut_reply(self) -> None:
        """The next COMMIT's reply does not come back."""
        self._cut = _REPLY

    def lose(self) -> None:
        """Every connection breaks."""
        for writer in self._writers:
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.away:
            writer.transport.abort()
            return
        from_there, there = await asyncio.open_unix_connection(self._there)
        both = {writer, there}
        self._writers |= both
        await asyncio.wait(
            [asyncio.create_task(self._pass(reader, there)), asyncio.create_task(self._pass(from_there, writer))],
            return_when=asyncio.FIRST_COMPLETED,
        )
        self._writers -= both
        for one in both:
            one.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                if self._cut is not None and self._cut in data:
                    self._cut, self.cuts = None, self.cuts + 1
                    return
                writer.write(data)
                await writer.drain()
        except OSError:
            return
