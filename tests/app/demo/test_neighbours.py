"""``yui demo --witness``: two real installations that soon have cosigned each other, and end together."""

from __future__ import annotations

import asyncio
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from app.cli import neighbours
from app.cli.failures import CommandError
from app.cli.main import main
from app.demo.villages import KAWAOTO, MIZUNASATO
from ledger import checkpoint, signed_note, witness_policy
from tests.app.demo.command import start_demo
from tests.app.test_serve import processes_of
from tests.e2e.conftest import free_port

PATIENCE = 120
VILLAGES = (MIZUNASATO, KAWAOTO)


def free_pair() -> int:
    """A port that is free, and the next one with it."""
    while True:
        port = free_port()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port + 1)) != 0:
                return port


class Pair:
    """The command, run in a folder of its own; again, it finds the villages made."""

    def __init__(self, folder: Path) -> None:
        self.port, self.data, self._log = free_pair(), folder / "data", folder / "log"
        self.start()

    def start(self) -> None:
        self.process = start_demo("--witness", port=self.port, data=self.data, log=self._log)

    def said(self) -> str:
        """What it says until it has said that they know each other, in both languages."""
        assert self.process.stdout is not None
        found = ""
        for line in iter(self.process.stdout.readline, ""):
            found += line
            if "second sample village now" in line:
                return found
        raise AssertionError(found + self._log.read_text())

    def client(self, number: int) -> httpx.Client:
        return httpx.Client(base_url=f"http://localhost:{self.port + number}")

    def is_running(self, number: int) -> bool:
        mark = f"--port\0{self.port + number}\0"
        return any(mark in one for one in processes_of(self.data))


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    pair = Pair(tmp_path)
    yield pair
    if pair.process.poll() is None:
        pair.process.kill()
        pair.process.communicate()


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def cosigned(client: httpx.Client, slug: str) -> bytes:
    """The newest checkpoint that the other has cosigned."""
    until(lambda: client.get(f"/log/{slug}/cosigned").status_code == 200)
    return client.get(f"/log/{slug}/cosigned").content


@pytest.mark.slow
def test_two_villages_witness_each_other_and_end_together(pair: Pair, tmp_path: Path) -> None:
    said = pair.said()
    cards = []
    for number, village in enumerate(VILLAGES):
        assert f"http://localhost:{pair.port + number}/c/{village.slug}/verify" in said
        with pair.client(number) as client:
            note = cosigned(client, village.slug)
            document = client.get("/.well-known/yui.json").json()
            (card,) = document["ledgers"]
            cards.append((document["witness"]["vkey"], card))
            # The page of the ledger and the page of the witness say so too.
            other = VILLAGES[1 - number].origin
            watched = client.get("/witness", headers={"Accept-Language": "en"}).text
            assert other in watched
            assert "Nothing has come" not in watched
            assert f"localhost:{pair.port + 1 - number}/witness" in client.get(f"/c/{village.slug}/ledger").text
        assert checkpoint.parse(note)[0].origin == village.origin
        policy = witness_policy.parse(card["witness_policy"].encode())
        parsed = signed_note.parse(note)
        assert any(line.is_by(policy.keys[0]) for line in parsed.lines)
        (tmp_path / "policy").write_text(card["witness_policy"])
        assert main(["verify", card["url"], "--witness-policy", str(tmp_path / "policy"), "--json"]) == 0
    (first, own), (second, other_card) = cards
    assert (own["witnesses"], other_card["witnesses"]) == ([second], [first])
    assert own["origin"] != other_card["origin"]

    assert pair.is_running(0)
    assert pair.is_running(1)
    pair.process.send_signal(signal.SIGINT)
    pair.process.communicate(timeout=PATIENCE)
    assert pair.process.returncode == 0
    assert processes_of(pair.data) == []

    # Killed without a chance to end the other, it takes the other along all the same.
    pair.start()
    pair.said()
    assert pair.is_running(1)
    pair.process.kill()
    pair.process.communicate()
    until(lambda: not pair.is_running(1))


async def test_a_neighbour_that_ends_by_itself_ends_the_demo(tmp_path: Path) -> None:
    own, other = neighbours.sides(tmp_path / "files", "http://localhost:1", "127.0.0.1", free_port())
    with pytest.raises(CommandError) as fault:
        async with neighbours.beside(own, other, ["--no-such-option"], lambda: None):
            await asyncio.sleep(PATIENCE)
    assert fault.value.code == "demo.neighbour"


def test_the_files_are_its_own(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "policy").write_text("quorum none\n")
    line = ["demo", "--witness", "--witness-policy", str(tmp_path / "policy"), "--data", str(tmp_path / "data")]
    assert main(line) == 2
    assert "--witness-logs" in capfd.readouterr().err
