"""Data directories for the launcher's tests, and the proof that none of them leaves a process."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.storage.embedded import EmbeddedPostgres
from tests.app.storage.launching import ORDINARY, copy_installation


@pytest.fixture
def room() -> Iterator[Path]:
    """A short folder that other accounts may enter (pytest's own is closed to them), watched for what is left in it."""
    short = "/tmp" if sys.platform == "darwin" else None  # noqa: S108 - what is made in it is private
    folder = Path(tempfile.mkdtemp(prefix="room-", dir=short)).resolve()
    folder.chmod(0o755)
    yield folder
    left = _working_below(folder)
    shutil.rmtree(folder)
    assert left == [], "the test left processes behind"


def _working_below(folder: Path) -> list[str]:
    """Every live process whose working directory lies below, whatever its name. Linux says so."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink().is_relative_to(folder):
                found.append(f"{process.name} {(process / 'cmdline').read_text()[:60]}")
        except OSError:
            continue
    return found


@pytest.fixture(scope="session")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("made") / "data"

    async def make() -> None:
        async with EmbeddedPostgres(data):
            pass

    asyncio.run(make())
    return data


@pytest.fixture
def data(_made: Path, room: Path) -> Path:
    """A data directory with a database in it that was stopped cleanly."""
    return copy_installation(_made, room / "data")


@pytest.fixture
def ordinary(room: Path) -> Callable[[Path], Path]:
    """Gives a folder to the ordinary account of the tests."""

    def give(folder: Path) -> Path:
        folder.mkdir(mode=0o700, exist_ok=True)
        os.chown(folder, ORDINARY.pw_uid, ORDINARY.pw_gid)
        return folder

    return give
