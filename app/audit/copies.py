"""Where a published copy of a log lies: a folder, an archive, or an address."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import io
import json
import math
import shutil
import tarfile
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from pathlib import Path, PurePosixPath
from typing import Any, Final

from ledger import checkpoint
from ledger.errors import FormatError
from ledger.tiles import WIDTH
from ledger.verify.report import Absent, Unreadable

MAX_FILE: Final = WIDTH * (2 + 65_535)
"""Bytes of the largest file that is read as a whole: a bundle of entries, each as large as may be."""
MAX_LINE: Final = 16 * 2**20
"""Bytes of the longest line read from a text file."""
DISCOVERY: Final = "/.well-known/yui.json"
_TIMEOUT: Final = 60
_HEADERS: Final = {"Accept": "*/*", "Accept-Encoding": "gzip, identity"}
_PART: Final = 1 << 16
_SPOILT: Final = (OSError, EOFError, zlib.error, http.client.HTTPException)
_OWN_NAMES: Final = ("checkpoint", "cosigned", "records.jsonl", "yui.json", "tile/", "anchors/", "private/")


class FolderCopy:
    """An exported tree of files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, path: str) -> bytes:
        """See ``Copy.read``."""
        try:
            with (self._folder / path).open("rb") as file:
                return _limited(file.read(MAX_FILE + 1), path)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
            raise Absent("source.absent", path=path) from error
        except OSError as error:
            raise Unreadable("source.unreadable", path=path, detail=error.strerror or "") from error

    def lines(self, path: str) -> Iterator[bytes]:
        """See ``Copy.lines``."""
        try:
            with (self._folder / path).open("rb") as file:
                yield from read_lines(file)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
            raise Absent("source.absent", path=path) from error
        except OSError as error:
            raise Unreadable("source.unreadable", path=path, detail=error.strerror or "") from error

    def paths(self) -> Iterable[str]:
        """See ``Copy.paths``."""
        return (path.relative_to(self._folder).as_posix() for path in self._folder.rglob("*") if path.is_file())


class AddressCopy:
    """A ledger's URL, read with GET. ``until``: when patience with its answers ends, by the monotonic clock."""

    def __init__(self, url: str, until: Callable[[], float] = lambda: math.inf) -> None:
        self._url, self._until = url.rstrip("/"), until

    def read(self, path: str) -> bytes:
        """See ``Copy.read``."""
        if time.monotonic() > self._until():
            raise Unreadable("source.too_slow", path=path)
        with _get(f"{self._url}/{path}", path) as answer:
            return self._read(answer, path)

    def lines(self, path: str) -> Iterator[bytes]:
        """See ``Copy.lines``."""
        with _get(f"{self._url}/{path}", path) as answer:
            try:
                yield from read_lines(gzip.GzipFile(fileobj=answer) if _is_packed(answer) else answer)
            except _SPOILT as error:
                raise Unreadable("source.no_connection", path=path) from error

    def paths(self) -> None:
        """An address can't tell what it holds."""
        return

    def _read(self, answer: Any, path: str) -> bytes:
        """As it comes: whoever sends a byte a minute would never let a plain read end."""
        parts, size = [], 0
        try:
            while size <= MAX_FILE and (part := answer.read1(_PART)):
                parts.append(part)
                size += len(part)
                if time.monotonic() > self._until():
                    raise Unreadable("source.too_slow", path=path)
        except (OSError, http.client.HTTPException) as error:
            raise Unreadable("source.no_connection", path=path) from error
        if size <= MAX_FILE and answer.length:
            raise Unreadable("source.no_connection", path=path)  # it was cut off, which is nothing that anybody signed
        data = _limited(b"".join(parts), path)
        return _limited(_unpacked(data, path), path) if _is_packed(answer) else data


def is_address(source: str) -> bool:
    """Whether ``source`` is a URL that can be asked."""
    return urllib.parse.urlsplit(source).scheme in ("http", "https")


def ledgers_at(address: str, until: Callable[[], float] = lambda: math.inf) -> list[tuple[str, str]]:
    """(name, URL) of the ledgers at an address: the ledger that it is itself, or all those of the installation."""
    try:
        checkpoint.parse(AddressCopy(address, until).read("checkpoint"))
    except (Absent, FormatError):
        pass  # another page may stand there
    else:
        return [(address, address)]
    base = urllib.parse.urljoin(address, DISCOVERY)
    try:
        document = json.loads(AddressCopy(base.removesuffix(DISCOVERY), until).read(DISCOVERY.lstrip("/")))
        return [(str(row["name"]), urllib.parse.urljoin(base, row["url"])) for row in document["ledgers"]]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Unreadable("source.discovery", address=address) from error
    except Absent as error:
        raise Unreadable("source.no_ledger", address=address) from error


@contextlib.contextmanager
def open_local(source: Path) -> Iterator[FolderCopy]:
    """The copy in a folder, or in an archive (.zip, .tar, .tar.gz …), which is unpacked for the time being."""
    if source.is_dir():
        yield FolderCopy(_root(source, source))
        return
    with tempfile.TemporaryDirectory(prefix="yui-audit-") as name:
        folder = Path(name)
        try:
            if zipfile.is_zipfile(source):
                _unpack_zip(source, folder)
            else:
                _unpack_tar(source, folder)
        except (OSError, tarfile.TarError, zipfile.BadZipFile, EOFError) as error:
            raise Unreadable("source.not_a_copy", path=str(source)) from error
        yield FolderCopy(_root(folder, source))


def _root(folder: Path, source: Path) -> Path:
    """The folder itself, or the only one in it, as archives like to have it."""
    if not (folder / "checkpoint").is_file():
        inner = [path.parent for path in folder.glob("*/checkpoint")]
        if len(inner) != 1:
            raise Unreadable("source.not_a_copy", path=str(source))
        return inner[0]
    return folder


def _unpack_zip(source: Path, folder: Path) -> None:
    with zipfile.ZipFile(source) as archive:
        for item in archive.infolist():
            target = None if item.is_dir() else _target(folder, item.filename)
            if target is not None:
                with archive.open(item) as data, target.open("wb") as file:
                    shutil.copyfileobj(data, file)


def _unpack_tar(source: Path, folder: Path) -> None:
    with tarfile.open(source) as archive:
        for item in archive:
            target = _target(folder, item.name) if item.isfile() else None
            data = archive.extractfile(item) if target is not None else None
            if target is not None and data is not None:
                with target.open("wb") as file:
                    shutil.copyfileobj(data, file)


def _target(folder: Path, name: str) -> Path | None:
    """Where a file of an archive goes, its folder made; None for what is no file of ours or points elsewhere."""
    path = PurePosixPath(name)
    parts = path.parts
    own = any("/".join(parts[start:]).startswith(_OWN_NAMES) for start in (0, 1))
    if path.is_absolute() or ".." in parts or "\\" in name or ":" in name or not own:
        return None
    target = folder.joinpath(*parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    return target


def _get(url: str, path: str) -> Any:
    # An installation tells where its ledgers are: that must not lead to files of the machine that asks.
    if not is_address(url):
        raise Unreadable("source.no_connection", path=path)
    request = urllib.request.Request(url, headers=_HEADERS)  # noqa: S310 - the scheme was looked at
    try:
        return urllib.request.urlopen(request, timeout=_TIMEOUT)  # noqa: S310
    except urllib.error.HTTPError as error:
        error.close()
        if error.code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise Unreadable("source.forbidden", path=path) from error
        if error.code in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
            raise Absent("source.absent", path=path) from error
        raise Unreadable("source.http", path=path, status=error.code) from error
    except (OSError, ValueError) as error:
        raise Unreadable("source.no_connection", path=path) from error


def _is_packed(answer: Any) -> bool:
    """A store may pack bundles without being asked (C2SP tlog-tiles, Log entries)."""
    return bool(answer.headers.get("Content-Encoding", "").strip().lower() == "gzip")


def _unpacked(data: bytes, path: str) -> bytes:
    """Of what unpacks to more than may be, only so much that it is seen."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            return file.read(MAX_FILE + 1)
    except _SPOILT as error:
        raise Unreadable("source.no_connection", path=path) from error


def _limited(data: bytes, path: str) -> bytes:
    if len(data) > MAX_FILE:
        raise FormatError("source.too_large", path=path)
    return data


def read_lines(file: Any) -> Iterator[bytes]:
    """Lines without their ends; a last line that has none keeps a mark, so that it equals no true line."""
    while line := file.readline(MAX_LINE):
        yield line[:-1] if line.endswith(b"\n") else line + b"\x00"
