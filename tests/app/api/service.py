"""The whole service over a real database, and people who come to it with clients of their own."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from functools import cache
from typing import Any

import httpx
from litestar import Litestar

from app.clock import Clock
from app.installation import Installation
from app.server import Service, furnish, register
from app.settings import WebSettings
from tests.town import Town, Written

ADDRESS = "http://coops.example"
SECRET = bytes(range(32))


def web(**changes: Any) -> WebSettings:
    plain = WebSettings(address=ADDRESS, secret=SECRET, requests_per_minute=100_000)
    return replace(plain, **changes)


@cache
def _registered(settings: WebSettings) -> Service:
    return register(settings)


def create_app(installation: Installation, settings: WebSettings) -> Litestar:
    """As the service makes it; but what knows nothing of the installation is made once for all tests of a process."""
    return furnish(copy(_registered(settings)), installation, settings)


class Travelling(Clock):
    """A clock that can be put forward."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead = 0

    def now(self) -> int:
        return super().now() + self.ahead

    def check(self, database: int) -> int:
        return super().check(database) + self.ahead


class Coop:
    """A founded co-op as people reach it."""

    def __init__(self, app: Litestar, installation: Installation, town: Town) -> None:
        self.app, self.installation, self.town = app, installation, town
        self.stranger = self.client()

    def client(self) -> httpx.AsyncClient:
        """A browser that has never been here."""
        application: Any = self.app  # the same protocol in other types
        transport = httpx.ASGITransport(application)
        return httpx.AsyncClient(transport=transport, base_url=ADDRESS)

    def api(self, path: str) -> str:
        return f"/api/v1/ledgers/{self.town.slug}/{path}"

    def log(self, path: str) -> str:
        return f"/log/{self.town.slug}/{path}"

    async def post(self, written: Written, path: str = "statements") -> httpx.Response:
        return await self.stranger.post(self.api(path), content=written.json())

    async def say(self, author: str, type_: str, body: dict[str, Any], **more: Any) -> Written:
        """Say it and have it recorded."""
        return await self.record(self.town.says(author, type_, body, **more))

    async def record(self, written: Written) -> Written:
        answer = await self.post(written)
        assert answer.status_code == 201, answer.text
        self.town.saw(answer.json()["checkpoint"])
        return written

    async def found(self, *founders: str, **genesis: Any) -> None:
        answer = await self.stranger.post("/api/v1/foundings/prepare", json={"slug": self.town.slug})
        assert answer.status_code == 200, answer.text
        written = self.town.genesis(answer.json(), *founders, **genesis)
        address = f"/api/v1/ledgers?slug={self.town.slug}"
        answer = await self.stranger.post(address, content=written.json())
        assert answer.status_code == 201, answer.text
        self.town.saw(answer.json()["checkpoint"])

    async def join(self, name: str, by: str = "Hanako") -> None:
        invitation = await self.record(self.town.invitation(name, by))
        await self.record(self.town.application(name, invitation))

    async def appoint(self, name: str, role: str, by: str = "Hanako") -> None:
        await self.say(by, "role.give/1", {"member": self.town.id(name), "role": role})

    async def signed_in(self, name: str, client: httpx.AsyncClient | None = None) -> httpx.AsyncClient:
        """A browser in which ``name`` has signed in."""
        client = client or self.client()
        asked = (await client.get(self.api("session/challenge"))).json()
        answer = await client.post(self.api("session"), json=self.town.answer(name, asked))
        assert answer.status_code == 200, answer.text
        return client
