"""Tile stores: where a copy of what is public for everyone is kept beside the database, named by a URL.

    file:///srv/tiles              a directory, to be served by any web server
    s3://bucket/folder             object storage that speaks S3; credentials as its tools have them (AWS_… variables)

Auditors, monitors and mirrors then read from there and never load the database that is written to. Each ledger is a
folder by its slug, of the same files that the service shows under ``/log/{slug}/``.
"""

from __future__ import annotations

import asyncio
import gzip
import urllib.parse
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.request import url2pathname

from app import files
from app.errors import StoreError

_SCHEMES: Final = ("file", "s3")
BUNDLES: Final = "/tile/entries/"
"""What the path of a bundle of entries has in it: text, which packs to a third; hashes don't pack."""
FOREVER: Final = "public, max-age=31536000, immutable"
FRESH: Final = "public, max-age=1, must-revalidate"


class Store(Protocol):
    """What a store can do. Errors: StoreError ``store.unavailable``."""

    async def get(self, path: str) -> bytes | None:
        """The file as it lies there, or None where there is none."""

    async def put(self, path: str, data: bytes, *, forever: bool) -> None:
        """Keep the file as a whole, or leave what was there. ``forever``: it never changes again."""


def open_store(url: str) -> Store:
    """The store of that URL. StoreError ``store.url``."""
    parts = urllib.parse.urlsplit(url)
    if (
        parts.scheme not in _SCHEMES
        or (parts.scheme == "file") != (not parts.netloc)
        or not (parts.path or parts.netloc)
    ):
        raise StoreError("store.url", url=url)
    if parts.scheme == "file":
        return DirectoryStore(Path(url2pathname(parts.path)))
    return BucketStore(url)


class DirectoryStore:
    """A folder. Only one process writes at a time (``copier.py``), so drafts need but one name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def get(self, path: str) -> bytes | None:
        """See ``Store.get``."""
        try:
            return await asyncio.to_thread((self._folder / path).read_bytes)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError("store.unavailable", reason=error.strerror or "") from error

    async def put(self, path: str, data: bytes, *, forever: bool) -> None:  # noqa: ARG002
        """See ``Store.put``. How long it may be cached is for the web server to say."""
        try:
            await asyncio.to_thread(self._write, self._folder / path, data)
        except OSError as error:
            raise StoreError("store.unavailable", reason=error.strerror or "") from error

    def _write(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        files.replace(path, data, draft=self._folder / ".draft")


class BucketStore:
    """Object storage, through ``obstore``, which is loaded only here; ``options`` are its own."""

    def __init__(self, url: str, **options: Any) -> None:
        from obstore.store import from_url  # noqa: PLC0415 - a large binary that most installations never need

        self._store = from_url(url, **options)

    async def get(self, path: str) -> bytes | None:
        """See ``Store.get``."""
        from obstore.exceptions import BaseError, NotFoundError  # noqa: PLC0415

        try:
            answer = await self._store.get_async(path)
            return bytes(await answer.bytes_async())
        except (NotFoundError, FileNotFoundError):
            return None
        except (BaseError, OSError) as error:
            raise StoreError("store.unavailable", reason=type(error).__name__) from error

    async def put(self, path: str, data: bytes, *, forever: bool) -> None:
        """See ``Store.put``."""
        from obstore.exceptions import BaseError  # noqa: PLC0415

        attributes: Any = {"Cache-Control": FOREVER if forever else FRESH, "Content-Type": _type_of(path)}
        if BUNDLES in path:
            # A bucket compresses nothing by itself. Readers of bundles are to expect it (C2SP tlog-tiles).
            attributes["Content-Encoding"] = "gzip"
            data = await asyncio.to_thread(gzip.compress, data, mtime=0)
        try:
            await self._store.put_async(path, data, attributes=attributes)
        except (BaseError, OSError) as error:
            raise StoreError("store.unavailable", reason=type(error).__name__) from error


def _type_of(path: str) -> str:
    if path.endswith(".json"):
        return "application/json"
    is_note = path.rpartition("/")[2] in ("checkpoint", "cosigned")
    return "text/plain; charset=utf-8" if is_note else "application/octet-stream"
