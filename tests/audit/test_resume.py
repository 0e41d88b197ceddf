"""A run that was broken off is gone on with: same report, and only as far as the copy is the one that it was."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.audit import desk as desks
from app.audit import house, kept, run
from app.audit.export import export
from app.audit.paper import as_json
from app.cli.main import main
from ledger.verify import Report, Trust, verify
from ledger.verify.entries import Examined
from ledger.verify.report import TREE
from tests.audit.acts import Shown
from tests.audit.sample import FilesCopy, export_village, sample_village
from tests.simulator import START, Village

ROOT = Path(__file__).parents[2]


class Broken(Exception):
    """What breaks a run off."""


Examine = Callable[[list[bytes]], list[Examined]]


def entry_by_entry(examine: Examine, bundles: Iterable[list[bytes]]) -> Iterator[list[Examined]]:
    """So that a run may be broken off, and kept, after any entry."""
    for leaves in bundles:
        for leaf in leaves:
            yield examine([leaf])


def audited(copy: FilesCopy, file: Path, *, until: int | None = None, read_again: bool = True, **trust: Any) -> Report:
    def progress(done: int, _size: int) -> None:
        if done == until:
            raise Broken

    with ExitStack() as stack:
        desk = kept.open_desk(file, stack)
        assert desk is not None
        asked = Trust(now=START, read_again=read_again, **trust)
        return verify(copy, house.HOUSE, lambda _size: desk, asked, entry_by_entry, progress)


def said(report: Report) -> Any:
    """A report without what it says of having been gone on with."""
    found = as_json("", report)
    for step in found["steps"]:
        step["notes"] = [note for note in step["notes"] if not note["code"].startswith("resume.")]
    return found


def resumed(report: Report) -> list[str]:
    return [note.code for note in report.step(TREE).notes if note.code.startswith("resume.")]


@pytest.fixture(autouse=True)
def kept_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desks, "KEEP_EVERY", 1)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "desk.sqlite3"


@pytest.fixture(scope="module")
def whole(folder: Path) -> Any:
    copy = FilesCopy.of(folder)
    with tempfile.TemporaryDirectory() as name:
        return said(audited(copy, Path(name) / "desk.sqlite3"))


@given(stops=st.lists(st.integers(1, 277), min_size=1, max_size=3), read_again=st.booleans())
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_wherever_it_was_broken_off(copy: FilesCopy, whole: Any, stops: list[int], *, read_again: bool) -> None:
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "desk.sqlite3"
        for stop in sorted(set(stops)):
            with pytest.raises(Broken):
                audited(copy, file, until=stop, read_again=read_again)
        report = audited(copy, file, read_again=read_again)
        # A copy that holds private values is read again whatever is asked, for they are looked at entry by entry.
        assert resumed(report) == ["resume.read_again"]
        assert said(report) == whole


def without_private(copy: FilesCopy) -> FilesCopy:
    return FilesCopy({path: data for path, data in copy.files.items() if not path.startswith("private/")})


class Counted(FilesCopy):
    """A copy that remembers what was read of it."""

    def __init__(self, files: dict[str, bytes]) -> None:
        super().__init__(files)
        self.asked: list[str] = []

    def read(self, path: str) -> bytes:
        self.asked.append(path)
        return super().read(path)


def test_what_an_address_has_shown_is_not_read_again(copy: FilesCopy, file: Path) -> None:
    open_ = without_private(copy)
    with pytest.raises(Broken):
        audited(open_, file, until=260, read_again=False)
    counted = Counted(open_.files)
    report = audited(counted, file, read_again=False)
    assert (report.exit_code, resumed(report)) == (0, ["resume.not_read_again"])
    assert {path for path in counted.asked if path.startswith("tile/entries")} == {"tile/entries/001.p/22"}
    # A whole pass is kept too: with nothing new, nothing is read but the checkpoint and what may stand beside it.
    counted.asked.clear()
    assert audited(counted, file, read_again=False).exit_code == 0
    assert not [path for path in counted.asked if path.startswith("tile/") and "entries" in path]


def test_a_copy_that_was_tampered_with_meanwhile_is_checked_anew(copy: FilesCopy, file: Path) -> None:
    with pytest.raises(Broken):
        audited(copy, file, until=270)
    path = "tile/entries/000"
    data = copy.files[path]
    copy.files[path] = data[:40] + bytes([data[40] ^ 1]) + data[41:]
    report = audited(copy, file)
    assert report.exit_code == 1
    assert resumed(report) == ["resume.dropped"]
    assert {finding.entry for finding in report.findings if finding.step in (4, 5)} == {0}


def test_what_is_found_is_found_again(copy: FilesCopy, file: Path) -> None:
    path = "tile/entries/001.p/22"
    data = copy.files[path]
    copy.files[path] = data[:-40] + bytes([data[-40] ^ 1]) + data[-39:]
    first, second = audited(copy, file), audited(copy, file)
    assert resumed(second) == ["resume.read_again"]
    assert first.exit_code == 1
    assert said(first) == said(second)


def test_another_history_is_not_gone_on_with(village: Village, folder: Path, tmp_path: Path, file: Path) -> None:
    """Also where nothing is read again: by the tiles, and where those are the old ones, by the root in the end."""
    copy = without_private(FilesCopy.of(folder))
    assert audited(copy, file, read_again=False).exit_code == 0

    leaves = [*village.leaves[:20], *village.leaves[21:], *village.leaves[-1:] * 3]
    export(Shown(village, leaves), tmp_path / "fork", None)
    shown = FilesCopy.of(tmp_path / "fork")
    report = audited(shown, file, read_again=False)
    assert (report.exit_code, resumed(report)) == (1, ["resume.dropped"])


def test_it_goes_on_with_a_ledger_that_has_grown(tmp_path: Path, file: Path) -> None:
    village = sample_village(("Taro", "Jiro", "Aiko"), works=2)
    export_village(village, tmp_path / "first", None)
    assert audited(FilesCopy.of(tmp_path / "first"), file, read_again=False).exit_code == 0
    for _ in range(230):
        village.wait(1000)
    export_village(village, tmp_path / "second", None)
    copy = FilesCopy.of(tmp_path / "second")
    grown = audited(copy, file, read_again=False)
    assert resumed(grown) == ["resume.not_read_again"]
    assert said(grown) == said(audited(copy, tmp_path / "anew.sqlite3"))
    # The tiles that the auditor has computed are those that are published.
    with ExitStack() as stack:
        desk = kept.open_desk(file, stack)
        assert desk is not None
        from ledger.tiles import tiles_of

        for tile in tiles_of(village.size):
            if tile.level is not None:
                assert desk.tile(tile) == copy.files[tile.path]


def test_the_work_of_another_program_is_thrown_away(
    copy: FilesCopy, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert audited(copy, file).exit_code == 0
    monkeypatch.setattr(kept, "program", lambda: "newer")
    report = audited(copy, file)
    assert (report.exit_code, resumed(report)) == (0, ["resume.dropped"])


@pytest.mark.parametrize("junk", [b"not a database, but long enough to be looked at as one" * 20, b""])
def test_a_broken_file_is_thrown_away(copy: FilesCopy, file: Path, junk: bytes) -> None:
    assert audited(copy, file).exit_code == 0
    file.write_bytes(junk)
    assert audited(copy, file).exit_code == 0


def test_nothing_is_kept_where_others_may_write(tmp_path: Path) -> None:
    """What is kept is believed, so nobody else may have put it there."""
    for mode, above, kept_there in ((0o700, 0o755, True), (0o777, 0o755, False), (0o700, 0o777, False)):
        folder = tmp_path / f"{mode:o}-{above:o}" / "desks"
        folder.mkdir(parents=True)
        folder.chmod(mode)
        folder.parent.chmod(above)
        with ExitStack() as stack:
            assert (kept.open_desk(folder / "one.sqlite3", stack) is not None) == kept_there
    planted = tmp_path / "planted"
    planted.mkdir()
    (planted / "desks").symlink_to(tmp_path / "700-755" / "desks")
    with ExitStack() as stack:
        assert kept.open_desk(planted / "desks" / "one.sqlite3", stack) is None


def test_the_command_goes_on_and_begins_anew_when_told(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:

    copied = tmp_path / "copy"
    shutil.copytree(folder, copied)
    monkeypatch.setattr(run, "WORTH_KEEPING", 0)
    told = ["verify", str(copied), "--state", str(tmp_path / "state"), "--json"]
    real = run.Spreading.__call__

    def breaking(self: Any, examine: Examine, bundles: Iterable[list[bytes]]) -> Iterator[list[Examined]]:
        for number, found in enumerate(real(self, examine, bundles)):
            if number:
                raise KeyboardInterrupt
            yield found

    monkeypatch.setattr(run.Spreading, "__call__", breaking)
    assert main(told) == 130
    monkeypatch.setattr(run.Spreading, "__call__", real)
    capsys.readouterr()
    for expected in (True, False):
        assert main(told) == 0
        assert ("resume.read_again" in capsys.readouterr().out) is expected
    monkeypatch.setattr(run.Spreading, "__call__", breaking)
    assert main(told) == 130
    monkeypatch.setattr(run.Spreading, "__call__", real)
    capsys.readouterr()
    assert main([*told, "--fresh"]) == 0
    assert "resume" not in capsys.readouterr().out


KILLED = """
import multiprocessing, os, signal, sys
from app.audit import desk, run
from app.cli.main import main
desk.KEEP_EVERY, run.WORTH_KEEPING, run.ALONE = 1, 0, 0
real = run.Spreading.__call__
def killed(self, examine, bundles):
    for number, found in enumerate(real(self, examine, bundles)):
        if number == 1:
            print(*(child.pid for child in multiprocessing.active_children()), flush=True)
            os.kill(os.getpid(), signal.SIGKILL)
        yield found
run.Spreading.__call__ = killed
main(sys.argv[1:])
"""


def test_killed_it_goes_on_wherever_the_copy_lies_by_then(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first, moved = tmp_path / "first", tmp_path / "moved"
    shutil.copytree(folder, first)
    state = ["--state", str(tmp_path / "state"), "--json"]
    told = [sys.executable, "-c", KILLED, "verify", str(first), *state]
    # Those that it had work for it end too, or this would wait for them: they have the same standard output.
    done = subprocess.run(told, cwd=ROOT, check=False, capture_output=True, timeout=60)
    assert done.returncode == -signal.SIGKILL
    assert len(done.stdout.split()) == (os.cpu_count() or 1 if (os.cpu_count() or 1) > 1 else 0)
    first.rename(moved)
    monkeypatch.setattr(run, "WORTH_KEEPING", 0)
    assert main(["verify", str(moved), *state]) == 0
    resumed_ = json.loads(capsys.readouterr().out)
    assert '"resume.read_again", "params": {"count": 256}' in json.dumps(resumed_)
    assert not list((tmp_path / "state" / "desks").iterdir())
    assert main(["verify", str(moved), "--json"]) == 0
    whole = json.loads(capsys.readouterr().out)
    for found in (resumed_, whole):
        found["steps"][1:3] = []  # what was seen last, and how it was gone on with
    assert resumed_ == whole
