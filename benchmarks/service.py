"""A running service to be measured: an embedded PostgreSQL, ``yui serve`` as a process of its own, and people in it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from app.storage.embedded import EmbeddedPostgres
from tests.town import Town, Written

ROOT: Final = Path(__file__).parents[1]
_STARTING: Final = 120.0
_STOPPING: Final = 60.0


class Service:
    """A ``yui`` command that serves. ``command``: its name and arguments; ``profile``: where cProfile's file goes."""

    def __init__(self, data: Path, *command: str, profile: Path | None = None, **environment: str) -> None:
        self.port = free_port()
        self.address = f"http://localhost:{self.port}"
        module = ("app.cli",) if profile is None else ("benchmarks.profiled", str(profile))
        self._command = (sys.executable, "-P", "-m", *module, *command)
        self._profiled = profile is not None
        self._command += ("--port", str(self.port), "--data", str(data), "--requests-per-minute", "100000000")
        self.log = data.parent / "service.log"
        self._environment = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
        self.pid = 0

    async def start(self) -> float:
        """Start it; the seconds until it answers that it is ready."""
        started = time.perf_counter()
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, env=self._environment, stdout=log, stderr=log
            )
        self.pid = self._process.pid
        while not await asyncio.to_thread(self.is_ready):
            if self._process.returncode is not None or time.perf_counter() - started > _STARTING:
                raise RuntimeError(self.log.read_text(errors="replace")[-3000:])
            await asyncio.sleep(0.02)
        return time.perf_counter() - started

    def profile(self) -> None:
        """From here on the profile counts, if there is one."""
        if self._profiled:
            self._process.send_signal(signal.SIGUSR1)

    async def stop(self) -> None:
        """End it as Ctrl-C does."""
        self._process.send_signal(signal.SIGINT)
        await asyncio.wait_for(self._process.wait(), _STOPPING)

    async def kill(self) -> None:
        """End it with SIGKILL."""
        self._process.kill()
        await self._process.wait()

    def get(self, path: str) -> Any:
        """A JSON answer."""
        with urllib.request.urlopen(self.address + path) as answer:  # noqa: S310  (our own address)
            return json.load(answer)

    def text(self, path: str) -> bytes:
        """A page."""
        with urllib.request.urlopen(self.address + path) as answer:  # noqa: S310  (our own address)
            found: bytes = answer.read()
            return found

    def post(self, path: str, data: bytes) -> Any:
        """A JSON answer to JSON; HTTPError for a refusal."""
        asked = urllib.request.Request(self.address + path, data, {"Content-Type": "application/json"})  # noqa: S310
        with urllib.request.urlopen(asked) as answer:  # noqa: S310
            return json.load(answer)

    def is_ready(self) -> bool:
        """Whether it answers that it can work."""
        try:
            self.get("/readyz")
        except OSError:
            return False
        return True


@asynccontextmanager
async def serving(
    folder: Path, profile: Path | None = None, **environment: str
) -> AsyncIterator[tuple[Service, EmbeddedPostgres]]:
    """``yui serve`` in a folder, on a PostgreSQL that is ours to ask."""
    async with EmbeddedPostgres(folder / "database") as postgres:
        urls = {"YUI_DATABASE_URL": postgres.service_dsn.url, "YUI_DATABASE_OWNER_URL": postgres.owner_dsn.url}
        service = Service(folder / "data", "serve", profile=profile, **urls, **environment)
        await service.start()
        try:
            yield service, postgres
        finally:
            await service.stop()


class Coop:
    """A co-op at a service, founded by Hanako, with members whose keys we hold."""

    def __init__(self, service: Service, slug: str = "bench") -> None:
        self._service, self.town = service, Town(slug, slug)
        self.path = f"/api/v1/ledgers/{slug}"

    def found(self, **changes: Any) -> None:
        """Found it. Everything is public; ``changes``: of the genesis."""
        prepared = self._service.post("/api/v1/foundings/prepare", json.dumps({"slug": self.town.slug}).encode())
        genesis = self.town.genesis(prepared, "Hanako", **changes)
        self.town.saw(self._service.post(f"/api/v1/ledgers?slug={self.town.slug}", genesis.json())["checkpoint"])

    def join(self, name: str) -> None:
        """A new member by invitation."""
        invitation = self.town.invitation(name, "Hanako")
        self.record(invitation)
        self.record(self.town.application(name, invitation))

    def record(self, written: Written) -> dict[str, Any]:
        """Post it; the receipt."""
        receipt: dict[str, Any] = self._service.post(f"{self.path}/statements", written.json())
        self.town.saw(receipt["checkpoint"])
        return receipt

    @staticmethod
    def today() -> str:
        """The date at the co-op, which lies in Japan."""
        return (datetime.now(UTC) + timedelta(hours=9)).date().isoformat()

    def reports(self, names: list[str], count: int) -> list[bytes]:
        """Envelopes of signed ``contribution.report/1`` by the members in turn, all different."""
        today = self.today()
        return [
            self.town.says(
                names[number % len(names)],
                "contribution.report/1",
                {"kind": "cleaning", "on": today, "quantity": 30 + number % 90},
            ).json()
            for number in range(count)
        ]


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
