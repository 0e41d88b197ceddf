"""One connection to the mail server, and one letter after the other over it (RFC 5321).

The message is sent without the line that ends it, ``hand`` is awaited, and only then comes that line, ``.``: before it
no server has a letter, after it only the server's answer says whether it has.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, NamedTuple

from aiosmtplib import SMTP, SMTPException, SMTPResponse, SMTPResponseException

from app.post.outbox import Verdict
from app.post.settings import Posting

TROUBLE: Final = (SMTPException, OSError)
"""What goes wrong with a server; time-outs are among them."""
_DOT_AT_START: Final = re.compile(rb"(?m)^\.")
_BARE: Final = re.compile(rb"(?<!\r)\n|\r(?!\n)")
_ENHANCED: Final = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}(?![0-9.])")
_START_INPUT: Final = 354
_TOO_LARGE: Final = 552
_GONE: Final = 0.05
"""Seconds between two looks whether what was written has left."""
_BYE: Final = 2.0
"""Seconds that a server has to say goodbye."""


class Delivery(NamedTuple):
    """What came of a letter. ``server``: what went wrong would befall any other letter, too."""

    verdict: Verdict
    server: bool = False


class Line:
    """Connects when there is something to send; stays connected until ``hang_up``, or until something goes wrong."""

    def __init__(self, posting: Posting) -> None:
        self._posting = posting
        self._client: SMTP | None = None

    async def deliver(self, recipient: str, data: bytes, hand: Callable[[], Awaitable[None]]) -> Delivery:
        """Send one letter. What ``hand`` raises is raised, and the letter is not sent."""
        try:
            return await self._deliver(recipient, data, hand)
        except BaseException:
            self._drop()
            raise

    async def _deliver(self, recipient: str, data: bytes, hand: Callable[[], Awaitable[None]]) -> Delivery:
        try:
            client = await self._begun(data)
        except TROUBLE as error:
            await self.hang_up()
            if isinstance(error, SMTPResponseException) and error.code == _TOO_LARGE:
                return Delivery(Verdict("failed", _code(error)))
            return Delivery(Verdict("waiting", _code(error)), server=True)
        try:
            await client.rcpt(recipient)
            await self._write(client, data)
        except TROUBLE as error:
            await self._forget(client)
            refused = isinstance(error, SMTPResponseException) and 500 <= error.code < 600  # noqa: PLR2004
            return Delivery(Verdict("failed" if refused else "waiting", _code(error)))
        await hand()
        return Delivery(await self._end(client))

    async def hang_up(self) -> None:
        """Say goodbye, if there is anybody."""
        client, self._client = self._client, None
        if client is not None and client.is_connected:
            with suppress(*TROUBLE):
                await client.quit(timeout=_BYE)
            client.close()

    async def _begun(self, data: bytes) -> SMTP:
        """A connection on which a letter has been begun. One that was used may have had enough: then a new one."""
        if self._client is not None and self._client.is_connected:
            with suppress(*TROUBLE):
                await self._client.mail(self._posting.sender, options=_size(self._client, data))
                return self._client
            await self.hang_up()
        client = await self._connected()
        await client.mail(self._posting.sender, options=_size(client, data))
        return client

    async def _connected(self) -> SMTP:
        wanted = self._posting
        client = SMTP(
            hostname=wanted.host,
            port=wanted.port,
            username=wanted.user or None,
            password=wanted.password or None,
            local_hostname=wanted.domain,
            timeout=wanted.timeout,
            use_tls=wanted.tls == "tls",
            start_tls=wanted.tls == "starttls",
        )
        await client.connect()
        self._client = client
        return client

    async def _write(self, client: SMTP, data: bytes) -> None:
        """The whole message but for its end."""
        if _BARE.search(data):
            raise ValueError("a line that does not end with CRLF")  # servers read different messages from such
        begun = await client.execute_command(b"DATA")
        if begun.code != _START_INPUT:
            raise SMTPResponseException(begun.code, begun.message)
        if client.protocol is None or client.transport is None:
            raise ConnectionResetError
        client.protocol.write(_DOT_AT_START.sub(b"..", data))
        # Until it has left this machine nothing is lost by waiting: a line that breaks now is no letter in doubt.
        async with asyncio.timeout(self._posting.timeout):
            while client.is_connected and _waiting(client):  # noqa: ASYNC110  (the transport tells nobody)
                await asyncio.sleep(_GONE)

    async def _end(self, client: SMTP) -> Verdict:
        if not client.is_connected:
            return Verdict("waiting", "connection")
        try:
            # No other task runs between the look above and the writing of this line.
            answer = await client.execute_command(b".", timeout=self._posting.patience)
        except TROUBLE as error:
            self._drop()
            return Verdict("unknown", _code(error))
        return _judged(answer)

    async def _forget(self, client: SMTP) -> None:
        """The server is to forget the letter that it refused, or the conversation is over."""
        try:
            await client.rset(timeout=self._posting.timeout)
        except TROUBLE:
            self._drop()

    def _drop(self) -> None:
        """At once, without a word: what lacks its end is no letter."""
        client, self._client = self._client, None
        if client is not None and client.transport is not None:
            client.transport.abort()  # type: ignore[attr-defined]  # every stream transport has it
            client.close()


def _waiting(client: SMTP) -> bool:
    return client.transport is not None and bool(client.transport.get_write_buffer_size())  # type: ignore[attr-defined]


def _size(client: SMTP, data: bytes) -> list[str]:
    """RFC 1870: what is too large is refused before it is sent."""
    return [f"SIZE={len(data)}"] if client.supports_extension("size") else []


def _judged(answer: SMTPResponse) -> Verdict:
    states: dict[int, str] = {2: "sent", 4: "waiting", 5: "failed"}
    return Verdict(states.get(answer.code // 100, "unknown"), _spelled(answer.code, answer.message))  # type: ignore[arg-type]


def _code(error: BaseException) -> str:
    """The answer's numbers; its words may hold addresses."""
    if isinstance(error, SMTPResponseException):
        return _spelled(error.code, error.message)
    if isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError):
        return "tls"
    if isinstance(error, TimeoutError):
        return "timeout"
    # What is no error of the connection's: the server does not offer STARTTLS, or no log-in.
    return "connection" if isinstance(error, OSError) else "unsupported"


def _spelled(code: int, words: str) -> str:
    if code < 0:
        return "unreadable"
    enhanced = _ENHANCED.match(words)
    return f"{code} {enhanced.group()}" if enhanced else str(code)
