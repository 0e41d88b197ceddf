"""What the service writes down reaches its file, whole and in order, whatever else is going on."""

from __future__ import annotations

import json
import logging
import logging.config
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import logs


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Path]:
    """A file that lines are written to by a writer of its own."""
    writer = logs.Writer(logging.FileHandler(tmp_path / "log", encoding="utf-8"))
    root = logging.getLogger()
    before, root.handlers = root.handlers, [*root.handlers, writer]
    yield tmp_path / "log"
    root.handlers = before
    writer.end()


def test_lines_gather_and_a_warning_brings_them_out(written: Path) -> None:
    note = logs.requests()
    for number in range(100):
        note("POST", "/c/{slug}", 200, number)
    logging.getLogger("yui.test").warning("結")
    lines = written.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["ms"] for line in lines[:100]] == list(range(100))
    assert json.loads(lines[0]) | {"time": ""} == {
        "method": "POST",
        "route": "/c/{slug}",
        "status": 200,
        "ms": 0,
        "event": "request",
        "level": "info",
        "logger": "yui.request",
        "time": "",
    }
    assert lines[100] == "結"


def test_memory_has_a_bound_and_no_line_is_lost(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "_GATHERED", 60.0)
    monkeypatch.setattr(logs, "_MOST", 50)
    note = logs.requests()
    for number in range(1000):
        note("GET", "/", 200, number)
    logging.getLogger("yui.test").warning("end")
    assert len(written.read_text(encoding="utf-8").splitlines()) == 1001


def test_nothing_is_lost_when_the_process_ends_or_a_library_configures_its_own_log() -> None:
    program = (
        "import logging, logging.config; from app import logs; logs.configure(); note = logs.requests()\n"
        "logging.config.dictConfig({'version': 1, 'disable_existing_loggers': False})\n"
        "for number in range(3): note('GET', '/', 200, number)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert [json.loads(line)["ms"] for line in done.stderr.splitlines()] == [0, 1, 2]
