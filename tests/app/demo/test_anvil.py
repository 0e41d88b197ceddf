"""``yui demo --anvil``: a real service and a real chain beside it, on which the village's checkpoint becomes final."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.cli import anvil
from app.cli.main import main
from contracts import check, proof
from contracts.chain import RpcNode
from contracts.record import State
from tests.app.demo.command import start_demo
from tests.app.test_serve import processes_of
from tests.e2e.conftest import free_port

PATIENCE = 120
ENGLISH = {"Accept-Language": "en"}


class Demo:
    """The command, run in a folder of its own; again, it finds village and chain as they were."""

    def __init__(self, folder: Path) -> None:
        self.port, self.data, self._log = free_port(), folder / "data", folder / "log"
        self.start()

    def start(self) -> None:
        self.process = start_demo("--anvil", port=self.port, data=self.data, log=self._log)
        self.client = httpx.Client(base_url=f"http://localhost:{self.port}", headers=ENGLISH, timeout=30)

    def rpc(self) -> str:
        """The chain's address, which it says when all is there."""
        assert self.process.stdout is not None
        for line in iter(self.process.stdout.readline, ""):
            found = re.search(r"written on a test chain \((\S+)\)", line)
            if found:
                return found[1]
        raise AssertionError(self._log.read_text())

    def until(self, path: str, words: str) -> str:
        """The page once it says so."""
        deadline = time.monotonic() + PATIENCE
        while words not in (page := self.client.get(path).text):
            assert time.monotonic() < deadline, page + self._log.read_text()
            time.sleep(0.2)
        return page

    def stop(self) -> None:
        self.client.close()
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=PATIENCE)
        assert self.process.returncode == 0, self._log.read_text()
        assert processes_of(self.data) == []


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    if anvil.program() is None:
        pytest.skip("no anvil for this machine: package-lock.json pins the one for Linux on x86_64")
    demo = Demo(tmp_path)
    yield demo
    if demo.process.poll() is None:
        demo.process.kill()
        demo.process.communicate()


@pytest.mark.slow
def test_an_anchor_becomes_final_and_is_there_after_a_restart(demo: Demo) -> None:
    rpc = demo.rpc()
    demo.until("/c/mizunasato/verify", "On its way")
    demo.until("/c/mizunasato/verify", "On the chain, not final yet")
    page = demo.until("/c/mizunasato/verify", "Final")
    where = re.search(r'href="(/log/mizunasato/anchors/\d+\.json)"', page)
    assert where is not None
    shown = proof.parse(demo.client.get(where[1]).content)
    node = RpcNode(rpc)
    found = check.find(shown, node, anvil.CONFIRMATIONS)
    node.close()
    assert found is not None
    assert found.state == State.FINAL
    demo.until("/c/mizunasato/ledger", "The operator states that this ledger up to entry")
    assert main(["verify", f"http://localhost:{demo.port}/log/mizunasato", "--rpc", rpc, "--json"]) == 0
    demo.stop()

    demo.start()
    again = RpcNode(demo.rpc())
    assert check.find(shown, again, anvil.CONFIRMATIONS) == found._replace(confirmations=found.confirmations)
    again.close()
    page = demo.until("/anchors", "Last looked at the chain")
    assert "held up" not in page
    demo.stop()


def test_a_machine_without_it_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(anvil, "program", lambda: None)
    assert main(["demo", "--anvil", "--port", str(free_port()), "--data", str(tmp_path)]) == 2
    assert "Foundry's anvil" in capfd.readouterr().err
    options = ["--anchor-rpc", "http://127.0.0.1:1"]
    assert main(["demo", "--anvil", *options, "--port", str(free_port()), "--data", str(tmp_path)]) == 2
    assert "brings a chain of its own" in capfd.readouterr().err
