"""``yui serve`` as people start and stop it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.cli import places
from app.cli.main import main
from app.texts import LANGUAGES, Catalogue
from tests.e2e.conftest import free_port
from tests.town import Town

ROOT = Path(__file__).parents[2]
TIME = 120


def command(data: Path, port: int) -> list[str]:
    return [sys.executable, "-P", "-m", "app.cli", "serve", "--port", str(port), "--data", str(data)]


def environment(**more: str) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT)} | more


def refused(data: Path, port: int, **more: str) -> str:
    done = subprocess.run(
        command(data, port), env=environment(**more), capture_output=True, text=True, timeout=TIME, check=False
    )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 2
    return done.stderr


class Running:
    def __init__(self, data: Path, **settings: str) -> None:
        self.port, self.data = free_port(), data
        # Into a file: a full pipe would stop whoever logs into it.
        self.log = data.with_name(f"{data.name}.log")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command(data, self.port), env=environment(**settings), stdout=subprocess.PIPE, stderr=log, text=True
            )
        assert self.process.stdout is not None
        self.said = iter(self.process.stdout.readline, "")
        assert any(f"http://localhost:{self.port}" in line for line in self.said)

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def stop(self, number: int = signal.SIGINT) -> str:
        """What it wrote to the standard error output."""
        self.process.send_signal(number)
        self.process.communicate(timeout=30)
        assert self.process.returncode == 0
        return self.log.read_text()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path / "data with 結")
    yield running
    if running.process.poll() is None:
        running.process.kill()
        running.process.communicate()


def processes_of(data: Path) -> list[str]:
    """Command lines and working directories of everything that has to do with the data directory."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            about = (folder / "cmdline").read_bytes().decode(errors="replace") + str((folder / "cwd").readlink())
        except OSError:
            continue
        if folder.name.isdigit() and str(data) in about:
            found.append(about)
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_and_leaves_no_process(running: Running, number: int) -> None:
    assert httpx.get(f"{running.address}/readyz").json() == {"status": "ready"}
    running.stop(number)
    assert processes_of(running.data) == []


def test_it_stops_while_a_page_listens_and_starts_again(running: Running) -> None:
    town = Town("owase")
    with httpx.Client(base_url=running.address) as client:
        prepared = client.post("/api/v1/foundings/prepare", json={"slug": "owase"})
        genesis = town.genesis(prepared.json(), "Hanako")
        assert client.post("/api/v1/ledgers?slug=owase", content=genesis.json()).status_code == 201
        heard = threading.Event()

        def listen() -> None:
            with client.stream("GET", "/api/v1/ledgers/owase/events", timeout=60) as page:
                for line in page.iter_lines():
                    if line.startswith("data:"):
                        heard.set()

        page = threading.Thread(target=listen)
        page.start()
        assert heard.wait(20)
        running.stop()
        page.join(20)
        assert not page.is_alive()
    again = Running(running.data)
    assert httpx.get(f"{again.address}/api/v1/ledgers/owase/context").json()["size"] == 1
    again.stop()


def test_a_stranger_verifies_it_by_its_address_and_from_an_export(running: Running, tmp_path: Path) -> None:
    town = Town("owase")
    with httpx.Client(base_url=running.address) as client:
        prepared = client.post("/api/v1/foundings/prepare", json={"slug": "owase"})
        genesis = town.genesis(prepared.json(), "Hanako")
        town.saw(client.post("/api/v1/ledgers?slug=owase", content=genesis.json()).json()["checkpoint"])
        for name in ("Taro", "Jiro"):
            said = town.invitation(name, "Hanako")
            assert client.post("/api/v1/ledgers/owase/statements", content=said.json()).status_code == 201
    assert main(["verify", running.address]) == 0
    assert main(["verify", f"{running.address}/log/owase"]) == 0
    assert main(["export", running.address, str(tmp_path / "mirror")]) == 0
    running.stop()
    assert main(["export", "--data", str(running.data), "--ledger", "owase", str(tmp_path / "own")]) == 0
    for copy in ("mirror", "own"):
        assert main(["verify", str(tmp_path / copy)]) == 0
    assert (tmp_path / "own" / "records.jsonl").read_bytes() == (tmp_path / "mirror" / "records.jsonl").read_bytes()
    assert main(["export", "--data", str(running.data), "--ledger", "nowhere", str(tmp_path / "none")]) == 2


def test_what_people_send_is_in_no_log(running: Running) -> None:
    secret = "ひみつのことば-4711"
    with httpx.Client(base_url=running.address) as client:
        headers = {"Cookie": f"yui={secret.encode().hex()}", "Authorization": secret.encode().hex()}
        for path in ("ledgers/nowhere/statements", "foundings/prepare", f"ledgers/{secret}/statements"):
            client.post(
                f"/api/v1/{path}",
                json={"slug": secret, "statement": {"body": secret}, "signatures": []},
                headers=headers,
            )
        client.get("/api/v1/ledgers/nowhere/context", params={"from": secret}, headers=headers)
        client.get(f"/{secret}")
    log = running.stop()
    assert log.count('"request"') >= 4
    assert '"route": "/api/v1/ledgers/{slug}/statements"' in log
    for written in (secret, secret.encode().hex(), "4711"):
        assert written not in log


def test_a_port_in_use(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port: int = taken.getsockname()[1]
        assert str(port) in refused(tmp_path, port)


def test_a_port_that_another_yui_has(running: Running, tmp_path: Path) -> None:
    assert str(running.port) in refused(tmp_path / "other", running.port)


def test_a_data_directory_that_another_yui_has(running: Running) -> None:
    assert str(running.data) in refused(running.data, free_port())


def test_a_data_directory_that_can_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert str(tmp_path / "file" / "data") in refused(tmp_path / "file" / "data", free_port())


@pytest.mark.parametrize("url", ["postgresql://yui:secret@127.0.0.1:1/yui", "nonsense"])
def test_a_database_that_is_not_there(tmp_path: Path, url: str) -> None:
    assert "secret" not in refused(tmp_path, free_port(), YUI_DATABASE_URL=url)


@pytest.mark.parametrize("setting", ["YUI_WITNESS_LOGS", "YUI_WITNESS_POLICY"])
def test_a_witness_file_that_is_at_fault(tmp_path: Path, setting: str) -> None:
    file = tmp_path / "witnesses"
    assert str(file) in refused(tmp_path / "data", free_port(), **{setting: str(file)})
    file.write_text("quorum nobody\n")
    assert str(file) in refused(tmp_path / "data", free_port(), **{setting: str(file)})


def test_the_data_directory_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("YUI_DATA", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    assert places.default_data() == tmp_path / "share" / "yui"
    (tmp_path / ".yui").mkdir()
    assert places.default_data() == tmp_path / ".yui"
    monkeypatch.setenv("YUI_DATA", str(tmp_path / "named"))
    assert places.default_data() == tmp_path / "named"


def test_every_sentence_of_the_commands_is_there_in_both_languages() -> None:
    catalogue = Catalogue.load()
    keys = {lang: set(catalogue.texts(lang, "commands.")) for lang in LANGUAGES}
    assert keys["ja"] == keys["en"]
