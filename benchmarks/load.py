"""A load generator: as many connections as clients, kept alive, each with one request under way."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final, NamedTuple, TypeVar

P = TypeVar("P", bound=asyncio.Protocol)

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
    """A new connection to this machine's service."""
    return await _open(port, client, Connection)


class _Client(asyncio.Protocol):
    """A connection that sends the next request as soon as the last one is answered, with nothing in between."""

    def __init__(self, waiting: Iterator[bytes], answers: list[Answer], done: asyncio.Future[None]) -> None:
        self._waiting, self._answers, self._done = waiting, answers, done
        self._received = b""
        self._sent = 0.0
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio."""
        if not self._done.done():
            self._done.set_exception(ConnectionError(str(exc)))

    def data_received(self, data: bytes) -> None:
        """See asyncio."""
        received = self._received = self._received + data if self._received else data
        end = received.find(_END)
        if end < 0:
            return
        length = _LENGTH.search(received, 0, end + len(_END))
        start = end + len(_END)
        if len(received) >= start + (int(length[1]) if length else 0):
            self._answers.append(Answer(int(received[9:12]), received[start:], time.perf_counter() - self._sent))
            self._received = b""
            self.send()

    def send(self) -> None:
        """The next request, if there is one."""
        request = next(self._waiting, None)
        if request is None:
            self._done.set_result(None)
            self._transport.close()
        else:
            self._sent = time.perf_counter()
            self._transport.write(request)


async def run(port: int, requests: Sequence[bytes], clients: int) -> tuple[float, list[Answer]]:
    """Send all requests, by ``clients`` at once; the seconds from first to last, and the answers."""
    loop, waiting, answers = asyncio.get_running_loop(), iter(requests), list[Answer]()
    done = [loop.create_future() for _ in range(clients)]
    connected = [
        await _open(port, client, partial(_Client, waiting, answers, ended)) for client, ended in enumerate(done)
    ]
    started = time.perf_counter()
    for one in connected:
        one.send()
    await asyncio.gather(*done)
    return time.perf_counter() - started, answers


async def _open(port: int, client: int, protocol: Callable[[], P]) -> P:
    """Each client comes from an address of its own, as people do."""
    loop, address = asyncio.get_running_loop(), (f"127.0.1.{client + 1}", 0)
    _, connection = await loop.create_connection(protocol, "127.0.0.1", port, local_addr=address)
    return connection
