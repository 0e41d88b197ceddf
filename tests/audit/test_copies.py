"""The same ledger from a folder, from archives and from an address gives the same report."""

from __future__ import annotations

import functools
import gzip
import http.server
import io
import json
import shutil
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import ClassVar

import pytest

from app.audit import run
from app.audit.copies import MAX_FILE, AddressCopy, FolderCopy, open_local
from app.audit.paper import as_json
from app.audit.run import Options
from app.audit.seen import LastSeen
from ledger.errors import FormatError
from ledger.verify.report import Absent, Unreadable
from tests.audit.sample import export_village, sample_village
from tests.simulator import Village


def audited(source: str, **options: object) -> list[dict[str, object]]:
    with ExitStack() as stack:
        found = run.audit(source, Options(**options), stack, lambda _done, _size: None)  # type: ignore[arg-type]
        return [{**as_json(one.name, one.report), "name": ""} for one in found]


@pytest.fixture(scope="session")
def expected(folder: Path) -> list[dict[str, object]]:
    reports = audited(str(folder))
    assert [report["exit_code"] for report in reports] == [0]
    return reports


class Site(http.server.SimpleHTTPRequestHandler):
    """A folder as a site; ``closed`` stands for what an auditor without rights is told."""

    closed = ""

    def do_GET(self) -> None:
        if self.closed and self.path.startswith(self.closed):
            self.send_error(403)
            return
        super().do_GET()

    def log_message(self, *_arguments: object) -> None:
        """Tests are quiet."""


class Packed(http.server.BaseHTTPRequestHandler):
    """Packs without being asked, as object storage does that keeps its files so; ``files`` are the packed bytes."""

    files: ClassVar[dict[str, bytes]] = {}

    def do_GET(self) -> None:
        data = self.files[self.path]
        self.send_response(200)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_arguments: object) -> None:
        """Tests are quiet."""


@pytest.fixture
def packed() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Packed)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_what_comes_packed_is_unpacked_and_no_further_than_it_may_be(packed: str) -> None:
    whole = gzip.compress(b"one\ntwo\n")
    spoilt = whole[:-1] + bytes([whole[-1] ^ 1])
    Packed.files = {"/whole": whole, "/cut": whole[:-9], "/spoilt": spoilt, "/none": b"plain"}
    Packed.files["/endless"] = gzip.compress(bytes(MAX_FILE + 1))
    copy = AddressCopy(packed)
    assert copy.read("whole") == b"one\ntwo\n"
    assert list(copy.lines("whole")) == [b"one", b"two"]
    for path in ("cut", "spoilt", "none"):
        with pytest.raises(Unreadable):
            copy.read(path)
        with pytest.raises(Unreadable):
            list(copy.lines(path))
    with pytest.raises(FormatError, match=r"source\.too_large"):
        copy.read("endless")


@pytest.fixture
def site(folder: Path, tmp_path: Path) -> Iterator[str]:
    """An installation with one ledger under /log/village."""
    shutil.copytree(folder, tmp_path / "log" / "village")
    handler = functools.partial(Site, directory=str(tmp_path))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    address = f"http://127.0.0.1:{server.server_port}"
    (tmp_path / ".well-known").mkdir()
    ledgers = [{"name": "village", "url": f"{address}/log/village"}]
    (tmp_path / ".well-known" / "yui.json").write_text(json.dumps({"ledgers": ledgers}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield address
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("inner", [".", "village-2026"])
@pytest.mark.parametrize("kind", ["zip", "tar.gz", "tar"])
def test_archive(kind: str, inner: str, folder: Path, tmp_path: Path, expected: list[dict[str, object]]) -> None:
    root = tmp_path / "root"
    shutil.copytree(folder, root / inner, dirs_exist_ok=True)
    kinds = {"zip": "zip", "tar.gz": "gztar", "tar": "tar"}
    assert audited(shutil.make_archive(str(tmp_path / "copy"), kinds[kind], root)) == expected


def test_an_archive_writes_nowhere_else(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "copy.tar"
    with tarfile.open(path, "w") as archive:
        archive.add(folder, ".")
        for name in ("../checkpoint", "/tmp/yui-escape/checkpoint", "tile/../../checkpoint"):  # noqa: S108
            item = tarfile.TarInfo(name)
            item.size = 1
            archive.addfile(item, io.BytesIO(b"x"))
        link = tarfile.TarInfo("tile/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc"
        archive.addfile(link)
    with open_local(path) as copy:
        held = set(copy.paths())
        assert held == set(FolderCopy(folder).paths())
    assert not Path("/tmp/yui-escape").exists()  # noqa: S108


@pytest.mark.parametrize("data", [b"", b"not an archive", b"PK\x03\x04"])
def test_what_is_no_copy_can_not_be_checked(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(data)
    with pytest.raises(Unreadable, match=r"source\.not_a_copy"), open_local(tmp_path / "file"):
        pass
    with pytest.raises(Unreadable, match=r"source\.not_a_copy"), open_local(tmp_path):
        pass


def test_a_broken_archive_can_not_be_checked(folder: Path, tmp_path: Path) -> None:
    path = Path(shutil.make_archive(str(tmp_path / "copy"), "gztar", folder))
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(Unreadable, match=r"source\.not_a_copy"), open_local(path):
        pass


@pytest.mark.parametrize("path", ["", "/log/village", "/log/village/"])
def test_address(path: str, site: str, expected: list[dict[str, object]]) -> None:
    assert audited(site + path) == expected


def test_one_ledger_of_an_installation(site: str, expected: list[dict[str, object]]) -> None:
    assert audited(site, ledger="village") == expected
    with pytest.raises(Unreadable, match=r"source\.no_ledger"):
        audited(site, ledger="another")


def test_entries_that_are_not_shown_leave_the_audit_open(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Site, "closed", "/log/village/tile/entries")
    (report,) = audited(site)
    assert report["exit_code"] == 2


def test_a_copy_without_entries_has_its_tree_checked(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "copy")
    shutil.rmtree(tmp_path / "copy" / "tile" / "entries")
    (report,) = audited(str(tmp_path / "copy"))
    statuses = [step["status"] for step in report["steps"]]  # type: ignore[attr-defined]
    assert (report["exit_code"], statuses[2:10]) == (2, ["ok", *["not_checked"] * 7])


def test_nobody_there_can_not_be_checked() -> None:
    with pytest.raises(Unreadable, match=r"source\.no_connection"):
        audited("http://127.0.0.1:9/")


def test_what_is_missing_is_absent_everywhere(site: str, folder: Path) -> None:
    for copy in (AddressCopy(f"{site}/log/village"), FolderCopy(folder)):
        with pytest.raises(Absent):
            copy.read("tile/5/000")
        with pytest.raises(Absent):
            list(copy.lines("tile/5/000"))


def test_all_cores_and_sqlite_give_the_same_report(
    folder: Path, expected: list[dict[str, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "ALONE", 0)
    monkeypatch.setattr(run, "IN_MEMORY", 0)
    assert audited(str(folder)) == expected


def test_the_checkpoint_seen_last_advances_only_after_a_complete_pass(tmp_path: Path) -> None:
    state = tmp_path / "state"
    village = sample_village(("Taro", "Jiro", "Aiko"), works=1)
    first = export_village(village, tmp_path / "first")
    assert audited(str(first), state=state)[0]["exit_code"] == 0
    seen = village.note()
    village.wait(1000)
    second = export_village(village, tmp_path / "second")
    broken = next(path for path in (second / "tile" / "0").rglob("*") if path.is_file())
    data = broken.read_bytes()
    broken.write_bytes(bytes([data[0] ^ 1]) + data[1:])
    assert audited(str(second), state=state)[0]["exit_code"] == 1
    with LastSeen(state) as remembered:
        assert remembered.note(village.origin) == seen
    broken.write_bytes(data)
    (report,) = audited(str(second), state=state)
    assert (report["exit_code"], report["steps"][1]["status"]) == (0, "ok")  # type: ignore[index]
    with LastSeen(state) as remembered:
        assert remembered.note(village.origin) == village.note()
    assert audited(str(first), state=state)[0]["exit_code"] == 1


def test_zip_with_absolute_names_is_no_copy(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "copy.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(folder / "checkpoint", "C:/checkpoint")
    with pytest.raises(Unreadable), open_local(path):
        pass


def test_village_is_large_enough(village: Village) -> None:
    assert village.size > 256
