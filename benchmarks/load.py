"""A load generator: as many connections as clients, kept alive, each with one request under way."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_END: Final = b"\r\n\r\n"


class Answer(NamedTuple):
    """One answer: its status, its body, and the seconds that it took."""

    status: int
    body: bytes
    seconds: float


class Connection(asyncio.Protocol):
    """One connection, one request at a time. ConnectionError when the other side closes it."""

    def __init__(self) -> None:
        self._received = bytearray()
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionError(str(exc)))

    def data_received(self, data: bytes) -> None:
        """See asyncio."""
        self._received += data
        end = self._received.find(_END)
        if end < 0:
            return
        length = _LENGTH.search(self._received, 0, end + len(_END))
        whole = end + len(_END) + (int(length[1]) if length else 0)
        if len(self._received) >= whole and self._answer is not None:
            status, body = int(self._received[9:12]), bytes(self._received[end + len(_END) : whole])
            del self._received[:whole]
            self._answer.set_result((status, body))

    async def ask(self, request: bytes) -> Answer:
        """Send a request and await its answer."""
        if self._transport.is_closing():
            raise ConnectionError("closed")
        self._answer = asyncio.get_running_loop().create_future()
        started = time.perf_counter()
        self._transport.write(request)
        status, body = await self._answer
        return Answer(status, body, time.perf_counter() - started)

    def close(self) -> None:
        """Close it."""
        self._transport.close()


def post(path: str, body: bytes) -> bytes:
    """The bytes of a POST of JSON."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return head.encode() + _END + body


async def connect(port: int, client: int = 0) -> Connection:
    """A new connection to this machine's service. Each client comes from an address of its own, as people do."""
    loop, address = asyncio.get_running_loop(), (f"127.0.1.{client + 1}", 0)
    _, connection = await loop.create_connection(Connection, "127.0.0.1", port, local_addr=address)
    return connection


async def run(port: int, requests: Sequence[bytes], clients: int) -> tuple[float, list[Answer]]:
    """Send all requests, by ``clients`` at once; the seconds from first to last, and the answers."""
    connections = [await connect(port, client) for client in range(clients)]
    waiting, answers = iter(requests), list[Answer]()
    started = time.perf_counter()
    await asyncio.gather(*(_client(connection, waiting, answers) for connection in connections))
    seconds = time.perf_counter() - started
    for connection in connections:
        connection.close()
    return seconds, answers


async def _client(connection: Connection, waiting: Iterator[bytes], answers: list[Answer]) -> None:
    for request in waiting:
        answers.append(await connection.ask(request))  # noqa: PERF401  (each is noted as it comes)
