"""``yui monitor`` as a process: beside a running service, killed and started again, told to stop."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.cli.main import main
from tests.app.test_serve import Running, environment
from tests.audit.sample import sample_village
from tests.monitor.site import Site, served
from tests.town import Town

PATIENCE = 60


class Monitor:
    """One process, and what it says."""

    def __init__(self, state: Path, *arguments: str, **settings: str) -> None:
        told = [sys.executable, "-P", "-m", "app.cli", "monitor", "--state", str(state), "--json", *arguments]
        self.out = state.with_name(f"{state.name}.out")
        with self.out.open("ab") as out:
            self.process = subprocess.Popen(told, env=environment(**settings), stdout=out, stderr=subprocess.STDOUT)

    def said(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.read_text().splitlines() if line.startswith("{")]

    def kinds(self, type_: str) -> list[str]:
        return [one["kind"] for one in self.said() if one["type"] == type_]

    def until(self, holds: Callable[[], Any]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < deadline, self.out.read_text()
            assert self.process.poll() is None, self.out.read_text()
            time.sleep(0.05)

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@contextmanager
def monitoring(state: Path, *arguments: str, **settings: str) -> Iterator[Monitor]:
    monitor = Monitor(state, *arguments, **settings)
    try:
        yield monitor
    finally:
        if monitor.process.poll() is None:
            monitor.process.kill()
            monitor.process.wait()


@pytest.fixture
def site() -> Iterator[Site]:
    with served() as found:
        yield found


def sizes(monitor: Monitor) -> list[int]:
    return [one["size"] for one in monitor.said() if one["type"] == "looked" and one["fault"] is None]


def has_seen(monitor: Monitor, size: int) -> bool:
    return size in sizes(monitor)


def test_it_goes_on_after_a_kill_and_tells_once(site: Site, tmp_path: Path) -> None:
    village, state = sample_village(), tmp_path / "state"
    site.show(village, tmp_path / "first")
    arguments = [site.address, "--interval", "1s", "--webhook", f"{site.address}/hook", "--metrics", "127.0.0.1:0"]
    with monitoring(state, *arguments, YUI_MONITOR_SECRET="secret") as monitor:
        monitor.until(lambda: sizes(monitor))
        (place,) = [one["url"] for one in monitor.said() if one["type"] == "metrics"]
        numbers = httpx.get(place).text
        assert re.search(rf'yui_monitor_ledger_size\{{ledger="\S+/log/village"\}} {village.size}.0', numbers)
        assert "yui_monitor_alarm{" in numbers
        assert not re.search(r"yui_monitor_alarm\{.*\} 1", numbers)
        other = Monitor(state, site.address)
        assert other.process.wait(PATIENCE) == 2  # the state is in use
        monitor.end(signal.SIGKILL)
    site.bundles()
    for _ in range(5):
        village.wait(1000)
    site.show(village, tmp_path / "second")
    with monitoring(state, *arguments, YUI_MONITOR_SECRET="secret") as monitor:
        monitor.until(lambda: village.size in sizes(monitor))
        assert set(site.bundles()) == {f"001.p/{village.size - 256}"}
        # The operator shows another history; a receiver that is away for a while hears of it once.
        site.refuse = 1
        site.show(village, tmp_path / "false", village.leaves[:50] + village.leaves[51:] + village.leaves[-1:] * 3)
        monitor.until(lambda: site.taken)
        assert "split_view" in monitor.kinds("alarm.raised")
        looked = len(site.asked)
        monitor.until(lambda: len(site.asked) > looked + 2)
        assert monitor.end() == 0
    monitor_events = [one["id"] for one in monitor.said() if "id" in one]
    heard = [json.loads(body)["id"] for _, body in site.taken]
    assert len(set(heard)) == len(heard)
    assert set(heard) == set(monitor_events)
    told = {json.loads(body)["kind"]: json.loads(body) for _, body in site.taken}
    evidence = told["split_view"]["evidence"]
    assert main(["verify-evidence", evidence]) == 0
    # Started again, it has nothing new to tell.
    with monitoring(state, *arguments) as monitor:
        looked = len(site.asked)
        monitor.until(lambda: len(site.asked) > looked + 4)
        assert monitor.end(signal.SIGINT) == 0
    assert len(site.taken) == len(heard)


def test_one_that_is_sick_keeps_nobody_waiting(site: Site, tmp_path: Path) -> None:
    village = sample_village(("Taro", "Jiro", "Aiko"), works=1)
    site.show(village, tmp_path / "shown")
    listed = tmp_path / "list"
    listed.write_text(f"# villages\n{site.address}\n")
    with served() as sick:
        sick.broken = lambda _handler: time.sleep(PATIENCE)
        arguments = ["--list", str(listed), f"{sick.address}/log/sick", "http://127.0.0.1:9/log/away"]
        with monitoring(tmp_path / "state", *arguments, "--interval", "1s", "--unreachable", "1s") as monitor:
            monitor.until(lambda: village.size in sizes(monitor))
            monitor.until(lambda: "unreachable" in monitor.kinds("alarm.raised"))
            begun = time.monotonic()
            assert monitor.end() == 0
            assert time.monotonic() - begun < 30


def test_once_for_cron(site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    village = sample_village(("Taro", "Jiro", "Aiko"), works=1)
    site.show(village, tmp_path / "shown")
    told = ["monitor", site.address, "--state", str(tmp_path / "state"), "--once", "--lang", "en"]
    assert main(told) == 0
    assert f"{village.size} entries ({village.size} new)" in capsys.readouterr().out
    assert main([*told, "--max-age", "1h"]) == 1
    assert "ALARM: the checkpoint is old" in capsys.readouterr().out
    assert main(told) == 0
    assert "cleared: the checkpoint is old" in capsys.readouterr().out
    assert main(["monitor", "http://127.0.0.1:9", "--state", str(tmp_path / "other"), "--once"]) == 2
    for wrong in (
        [],
        ["ftp://x"],
        [site.address, "--webhook", "mailto:x"],
        [site.address, "--metrics", "0.0.0.0:1"],
        ["--list", str(tmp_path / "none")],
    ):
        assert main(["monitor", *wrong, "--state", str(tmp_path / "other"), "--once"]) == 2


@pytest.mark.parametrize("path", ["", "/log/village"])
def test_a_ledger_that_can_not_be_read_is_unreachable_though_its_checkpoint_is_there(
    site: Site, tmp_path: Path, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    site.show(sample_village(("Taro", "Jiro", "Aiko"), works=1), tmp_path / "shown")
    whole = dict(site.files)

    def partly(handler: Any) -> None:
        data = whole.get(handler.path)
        handler.send_response(500 if "/tile/" in handler.path else 200 if data is not None else 404)
        handler.send_header("Content-Length", str(len(data or b"")))
        handler.end_headers()
        handler.wfile.write(data or b"")

    site.broken = partly
    told = ["monitor", site.address + path, "--state", str(tmp_path / "state"), "--once", "--lang", "en"]
    assert main([*told, "--unreachable", "1h"]) == 2
    assert main([*told, "--unreachable", "0s"]) == 1
    assert "ALARM: does not answer" in capsys.readouterr().out
    site.broken = None
    assert main(told) == 0
    assert "cleared: does not answer" in capsys.readouterr().out


def test_beside_a_service_that_grows(tmp_path: Path) -> None:
    running = Running(tmp_path / "data")
    try:
        town = Town("owase")
        with httpx.Client(base_url=running.address) as client:
            prepared = client.post("/api/v1/foundings/prepare", json={"slug": "owase"})
            genesis = town.genesis(prepared.json(), "Hanako")
            town.saw(client.post("/api/v1/ledgers?slug=owase", content=genesis.json()).json()["checkpoint"])
            with monitoring(tmp_path / "state", running.address, "--interval", "1s") as monitor:
                monitor.until(lambda: 1 in sizes(monitor))
                for size, name in enumerate(("Taro", "Jiro"), start=2):
                    said = town.invitation(name, "Hanako")
                    answer = client.post("/api/v1/ledgers/owase/statements", content=said.json())
                    town.saw(answer.json()["checkpoint"])
                    monitor.until(partial(has_seen, monitor, size))
                assert monitor.kinds("alarm.raised") == []
                assert monitor.end() == 0
        checked = [one["checked"] for one in monitor.said() if one["type"] == "looked"]
        assert sum(checked) == 3
    finally:
        running.stop()
