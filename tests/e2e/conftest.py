"""The running service and real browsers, for tests of pages.

    def test_something(coop: Coop, page: Page) -> None:
        coop.join("Taro")
        coop.sign_in(page, "Taro")
        page.goto(coop.address("tokens"))

One ``./yui serve`` with its own data directory serves all tests; each test has a co-op of its own in it, founded over
HTTP by Hanako. Another one goes by a clock that tests put forward (``travelling``). Every page has a virtual
authenticator, so passkeys work, and a page that throws, or that the content security policy stops, fails its test.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from app.cli.test_tools import BROWSERS
from ledger import canonical
from tests.e2e.travelling_server import AHEAD
from tests.town import Town, Written

ROOT = Path(__file__).parents[2]
STARTING = 120.0
PATIENCE = 30_000
"""Milliseconds that a page has for what it is expected to show, on machines that do much else."""
SERVE, DEMO = ("app.cli", "serve"), ("app.cli", "demo")
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
FAILED = pytest.StashKey[bool]()
PKCS8_ED25519 = bytes.fromhex("302e020100300506032b657004220420")
"""RFC 8410: what stands before the 32 bytes of a private key."""
TAKE_KEY = """async ({ slug, origin, member, secret }) => {
  const { linkKey } = await import("/static/js/signing_keys.js");
  const { openKeystore, signIn } = await import("/static/js/sign.js");
  const { alg, public: text, privateKey } = await linkKey(secret);
  await (await openKeystore()).add({ kind: "device", ledger: origin, member, alg, public: text, privateKey });
  return (await signIn({ slug, member, origin })).member;
}"""

OpenPage = Callable[..., Page]


class Coop:
    """One co-op of the running service."""

    def __init__(self, server: str, town: Town) -> None:
        self.server, self.town, self.slug = server, town, town.slug
        self._client = httpx.Client(base_url=server)

    def address(self, path: str = "") -> str:
        """The address of one of its pages."""
        return f"{self.server}/c/{self.slug}" + (f"/{path}" if path else "")

    def found(self, *founders: str, **genesis: Any) -> None:
        prepared = self._client.post("/api/v1/foundings/prepare", json={"slug": self.slug})
        written = self.town.genesis(prepared.json(), *founders, **genesis)
        self._saw(self._client.post("/api/v1/ledgers", params={"slug": self.slug}, content=written.json()))

    def say(self, author: str, type_: str, body: dict[str, Any], **more: Any) -> Written:
        """Have it said, signed by the people's own keys, and recorded."""
        return self.record(self.town.says(author, type_, body, **more))

    def record(self, written: Written) -> Written:
        self._saw(self._client.post(f"/api/v1/ledgers/{self.slug}/statements", content=written.json()))
        return written

    def join(self, *names: str) -> None:
        for name in names:
            self.record(self.town.application(name, self.record(self.town.invitation(name, "Hanako"))))

    def appoint(self, name: str, role: str) -> None:
        self.say("Hanako", "role.give/1", {"member": self.town.id(name), "role": role})

    def open(self, author: str, proposal: str) -> None:
        """Call the vote, and wait until the clerk has told who votes: then no page has news by itself."""
        self.say(author, "proposal.open/1", {"proposal": proposal})
        called, until = self.town.head, time.monotonic() + STARTING
        while self.town.head == called and time.monotonic() < until:
            time.sleep(0.05)
            self.catch_up()
        assert self.town.head != called

    def catch_up(self) -> None:
        """What was said in browsers has been seen by those who write without one."""
        self.town.saw(self._client.get(f"/api/v1/ledgers/{self.slug}/context").json()["checkpoint"])

    def sign_in(self, page: Page, name: str) -> None:
        """Put the person's key on the page's device, and sign in with it."""
        page.goto(self.address())
        seed = PKCS8_ED25519 + bytes(self.town.key(name))
        secret = canonical.b64(seed).replace("+", "-").replace("/", "_").rstrip("=")
        about = {"slug": self.slug, "origin": self.town.origin, "member": self.town.id(name), "secret": secret}
        assert page.evaluate(TAKE_KEY, about) == self.town.id(name)

    def _saw(self, answer: httpx.Response) -> None:
        assert answer.status_code == 201, answer.text
        self.town.saw(answer.json()["checkpoint"])


class Village:
    """The sample village; ``be`` signs a page in as one of those whom its role switcher offers, by number."""

    ADMINISTRATOR, AUDITOR, CONCIERGE, MEMBER = 0, 2, 4, 6

    def __init__(self, server: str) -> None:
        self.server = server

    def address(self, path: str = "") -> str:
        """The address of one of the village's pages."""
        return f"{self.server}/c/mizunasato" + (f"/{path}" if path else "")

    def be(self, page: Page, number: int) -> None:
        page.goto(self.address())
        key = page.request.get(f"{self.server}/demo/keys/{number}").json()
        about = {"slug": key["slug"], "origin": key["ledger"], "member": key["member"], "secret": key["secret"]}
        assert page.evaluate(TAKE_KEY, about) == key["member"]


class Travelling:
    """A service whose clock can be put forward, never back."""

    def __init__(self, address: str, file: Path) -> None:
        self.address, self._file = address, file

    def now(self) -> int:
        """What its clock shows, in ms."""
        return time.time_ns() // 1_000_000 + int(self._file.read_text())

    def forward(self, seconds: int) -> None:
        """From now on it is so much later there. Who waits for what falls due waits for the clerk's next look."""
        new = self._file.with_suffix(".new")
        new.write_text(str(int(self._file.read_text()) + seconds * 1000))
        new.replace(self._file)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running ``yui serve``."""
    with running(SERVE, tmp_path_factory.mktemp("served")) as address:
        yield address


@pytest.fixture(scope="session")
def village(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Village]:
    """A running ``yui demo``: the sample village, with people to be."""
    with running(DEMO, tmp_path_factory.mktemp("village")) as address:
        yield Village(address)


@pytest.fixture(scope="session")
def travelling(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Travelling]:
    """A running service of which the tests that ask for it move the clock."""
    folder = tmp_path_factory.mktemp("travelling")
    (folder / AHEAD).write_text("0")
    with running(("tests.e2e.travelling_server",), folder) as address:
        yield Travelling(address, folder / AHEAD)


@contextmanager
def running(
    command: tuple[str, ...], folder: Path, environment: Mapping[str, str] = {}, *, sound: bool = True
) -> Iterator[str]:
    """A service of its own with its data in ``folder``: its address.

    A fault while it stops fails the test; one while it runs, too, unless it is not ``sound``.
    """
    port = free_port()
    line = [sys.executable, "-P", "-m", *command, "--port", str(port), "--data", str(folder / "data")]
    variables = os.environ | {"PYTHONPATH": str(ROOT), "YUI_REQUESTS_PER_MINUTE": "1000000", **environment}
    log_path = folder / f"log-{port}"
    with log_path.open("wb") as log:
        process = subprocess.Popen(line, env=variables, cwd=folder, stdout=log, stderr=log)
    try:
        _wait_until_ready(process, port, log_path)
        yield f"http://localhost:{port}"
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
        assert not sound or '"level": "error"' not in log_path.read_text(encoding="utf-8")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + STARTING
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(f"http://localhost:{port}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError(log.read_text(errors="replace"))


@pytest.fixture
def coop(server: str) -> Coop:
    """A fresh co-op, everything in it public; Hanako has founded it and is its administrator."""
    token = secrets.token_hex(4)
    coop = Coop(server, Town(f"coop-{token}", token))
    coop.found("Hanako")
    return coop


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for each file: while Playwright runs, nothing asynchronous can be tested in the same process."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        path = os.environ.get("YUI_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Pages of a test that failed tell what they show."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


@pytest.fixture
def open_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[OpenPage]:
    """``open_page(lang="ja", phone=False)``: a page of a device that has never been here."""
    contexts, faults = [], list[str]()

    def open_(lang: str = "ja", *, phone: bool = False) -> Page:
        locale = {"ja": "ja-JP", "en": "en-GB"}[lang]
        context = browser.new_context(locale=locale, viewport=PHONE if phone else DESKTOP, has_touch=phone)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
        devtools = context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        return page

    yield open_
    for context in contexts:
        if request.node.stash.get(FAILED, False):
            _tell(context)
        context.close()
    assert not faults


def _tell(context: BrowserContext) -> None:
    for page in context.pages:
        sys.stdout.write("\n".join((page.url, page.locator("body").aria_snapshot(), "")))


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A Japanese desktop page."""
    return open_page()
