"""A mail server that is real and does as it is told: aiosmtpd in a thread, on a port of this machine."""

from __future__ import annotations

import asyncio
import email
import ssl
from collections import deque
from email.message import EmailMessage
from email.policy import default
from typing import Any, NamedTuple

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.e2e.conftest import free_port

OK = "250 2.0.0 taken"
CUT_BEFORE = "cut before the end"
LOSE = "cut after the end, not taken"
TAKE_AND_CUT = "cut after the end, taken"
SLOW = "taken after a while"


class Taken(NamedTuple):
    """A letter that the server has taken on: for whom, its bytes, and whether it came encrypted."""

    recipient: str
    data: bytes
    encrypted: bool

    @property
    def message(self) -> EmailMessage:
        return email.message_from_bytes(self.data, policy=default)


class Office:
    """``mail``, ``rcpt`` and ``data``: what the next such commands are answered; the rest is taken.

    ``taken``: what has arrived, in order; ``begun``: how often the text of a letter was asked for.
    """

    def __init__(self, **options: Any) -> None:
        self.mail, self.rcpt, self.data = deque[str](), deque[str](), deque[str]()
        self.taken: list[Taken] = []
        self.logins: list[LoginPassword] = []
        self.begun = self.connections = 0
        self.wait = 0.0
        self.port = free_port()
        self._options = options
        self._controller: Controller | None = None

    def open(self) -> None:
        self._controller = _Controller(self, self._options)
        self._controller.start()
        self.connections = 0  # but for its own, by which it sees that it listens

    def close(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    # What aiosmtpd asks.

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.mail.popleft() if self.mail else OK

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.rcpt.popleft() if self.rcpt else OK

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        answer = self.data.popleft() if self.data else OK
        if answer in (OK, TAKE_AND_CUT, SLOW):
            assert isinstance(envelope.content, bytes)
            encrypted = server.transport is not None and server.transport.get_extra_info("sslcontext") is not None
            self.taken += [Taken(one, envelope.content, encrypted) for one in envelope.rcpt_tos]
        if answer == SLOW:
            await asyncio.sleep(self.wait)
            return OK
        if answer in (LOSE, TAKE_AND_CUT):
            _hang_up(server)
        return answer

    def authenticate(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: Any) -> AuthResult:
        self.logins.append(data)
        return AuthResult(success=data == LoginPassword(b"yui", b"a secret"), handled=False)


class _Server(SMTP):
    """aiosmtpd's, which hangs up after the first line of a letter if that is the order."""

    office: Office

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's
        self.office.begun += 1
        if self.office.data and self.office.data[0] == CUT_BEFORE:
            self.office.data.popleft()
            await self.push("354 go on")
            await self._reader.readline()
            _hang_up(self)
            return
        await super().smtp_DATA(arg)


def _hang_up(server: SMTP) -> None:
    assert isinstance(server.transport, asyncio.WriteTransport)
    server.transport.abort()


class _Controller(Controller):
    def __init__(self, office: Office, options: dict[str, Any]) -> None:
        implicit: ssl.SSLContext | None = options.pop("implicit", None)
        super().__init__(
            office, hostname="127.0.0.1", port=office.port, ssl_context=implicit, authenticator=office.authenticate
        )
        self._office, self._more = office, options

    def factory(self) -> SMTP:
        self._office.connections += 1
        server = _Server(self.handler, hostname="office.example", authenticator=self._office.authenticate, **self._more)
        server.office = self._office
        return server
