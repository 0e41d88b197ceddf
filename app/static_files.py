"""Scripts, styles and pictures of the pages, past the framework: read and packed once, sent again where they changed.

A page consists of some thirty of them. Browsers keep what the address names by its content (``?v=``, as templates
write it). Modules import each other by plain names, and an old one kept beside a new one would break signing, so for
those they ask each time, and are told that nothing has changed (RFC 9110, 13.1.2). Anything unusual about a request,
and files too large to be kept in memory, are the framework's.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import time
from pathlib import Path
from typing import Final, NamedTuple

from litestar.types import HTTPScope, Send

from app.front import Door, Header

ADDRESS: Final = "/static"
ROUTE: Final = f"{ADDRESS}/{{file_path}}"
_FINGERPRINT: Final = 10
"""Hexadecimal digits of a content's SHA-256 in an address."""
_LARGEST, _WORTH_PACKING = 1 << 20, 1000
_KEPT: Final = (b"cache-control", b"public, max-age=31536000, immutable")
_ASKED_FOR: Final = (b"cache-control", b"no-cache")
_PACKED: Final = (b"content-encoding", b"gzip")
_VARIES: Final = (b"vary", b"Accept-Encoding")


def fingerprint(content: bytes) -> str:
    """What stands for a content in addresses."""
    return hashlib.sha256(content).hexdigest()[:_FINGERPRINT]


class File(NamedTuple):
    """A file as it was when it had this stamp."""

    stamp: tuple[int, int]
    content: bytes
    packed: bytes | None
    address: bytes
    """The query of an address that names this content."""
    tag: bytes
    type: Header


class StaticFiles:
    """The files below a folder, when the service starts; one that changes afterwards is read anew."""

    def __init__(self, folder: Path, door: Door) -> None:
        self._door = door
        below = (path for path in folder.rglob("*") if path.is_file() and path.stat().st_size <= _LARGEST)
        self._paths = {f"{ADDRESS}/{path.relative_to(folder).as_posix()}": path for path in below}
        self._files: dict[Path, File] = {}

    def find(self, scope: HTTPScope) -> File | None:
        """What a request asks for, if it can be answered here."""
        path = self._paths.get(scope["path"])
        if path is None or scope["method"] != "GET" or any(name == b"range" for name, _ in scope["headers"]):
            return None
        try:
            status = path.stat()
        except OSError:
            return None
        stamp, file = (status.st_mtime_ns, status.st_size), self._files.get(path)
        if file is None or file.stamp != stamp:
            file = self._files[path] = _read(path, stamp)
        return file

    async def answer(self, file: File, scope: HTTPScope, send: Send) -> None:
        """Send it, or say that what the browser has is the same."""
        started, asked = time.perf_counter_ns(), dict(scope["headers"])
        kept = _KEPT if scope["query_string"] == file.address else _ASKED_FOR
        headers = [*self._door.headers, kept, (b"etag", file.tag), _VARIES]
        status, body = 200, file.content
        if _names(asked.get(b"if-none-match", b""), file.tag):
            status, body = 304, b""
        else:
            if file.packed is not None and _unpacks(asked.get(b"accept-encoding", b"")):
                body = file.packed
                headers.append(_PACKED)
            headers += (file.type, (b"content-length", b"%d" % len(body)))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})
        self._door.note("GET", ROUTE, status, started)


def _read(path: Path, stamp: tuple[int, int]) -> File:
    content = path.read_bytes()
    packed = gzip.compress(content, mtime=0) if len(content) >= _WORTH_PACKING else content
    digest = fingerprint(content).encode()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if kind.startswith("text/"):
        kind += "; charset=utf-8"
    return File(
        stamp=stamp,
        content=content,
        packed=packed if len(packed) < len(content) else None,
        address=b"v=" + digest,
        tag=b'W/"' + digest + b'"',  # weak: the same for both encodings
        type=(b"content-type", kind.encode()),
    )


def _names(known: bytes, tag: bytes) -> bool:
    """Whether the tags that a browser knows include this one, compared weakly; a star stands for any."""
    return any(one.strip().removeprefix(b"W/") in (tag.removeprefix(b"W/"), b"*") for one in known.split(b","))


def _unpacks(accepted: bytes) -> bool:
    """Whether gzip is among the encodings that a browser takes, and not as one that it does not (``q=0``)."""
    weights = (one.lower().replace(b" ", b"").partition(b";q=") for one in accepted.split(b","))
    return any(name == b"gzip" and (not weight or weight.strip(b"0.") != b"") for name, _, weight in weights)
