"""The guard: each ledger's published checkpoint, kept in a file outside the database and its backups.

Its note *is* the published checkpoint: receipts, events and ``/checkpoint`` never exceed it. It only grows. A database
that is older than its guard, or tells another story, was restored or tampered with, and is neither served nor
appended to.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from app import files
from app.errors import GuardError
from ledger import checkpoint
from ledger.checkpoint import LogKeys
from ledger.errors import LedgerError
from ledger.signed_note import VerifierKey

_REMEMBERED: Final = 1024
"""Notes whose signatures are not verified again."""


class Published(NamedTuple):
    """A published checkpoint: its signed note, and what the note says."""

    size: int
    root: bytes
    note: bytes


class Guard:
    """A folder with one note per ledger. Notes are replaced as a whole, under a lock that all processes share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._paths: dict[tuple[str, str], Path] = {}

    def read(self, key: VerifierKey | LogKeys) -> Published:
        """The published checkpoint. GuardError ``guard.missing``, ``guard.damaged`` or ``guard.unreadable``;
        ``guard.succeeded`` where the ledger goes on under another name, and this one says nothing any more.
        """
        successor = self.successor(key.name)
        if successor is not None:
            raise GuardError("guard.succeeded", origin=key.name, successor=successor)
        return self.last(key)

    def last(self, key: VerifierKey | LogKeys) -> Published:
        """The published checkpoint, also of a ledger that is succeeded: then it is the last for ever."""
        try:
            note = self._path(key.name, "note").read_bytes()
        except FileNotFoundError as error:
            raise GuardError("guard.missing", origin=key.name) from error
        except OSError as error:
            raise GuardError("guard.unreadable", origin=key.name, reason=str(error)) from error
        return _published(note, key)

    def advance(self, key: VerifierKey | LogKeys, note: bytes) -> Published:
        """Publish ``note`` unless something larger is published already; what is published afterwards.

        GuardError ``guard.fork`` when a different tree of that size is published, ``guard.unwritable`` when it can't be
        written, and what ``read`` raises.
        """
        new = _published(note, key)
        with self._locked(key.name):
            current = self.read(key)
            if current.size > new.size:
                return current
            if current.size == new.size:
                if current.root != new.root:
                    raise GuardError("guard.fork", origin=key.name, size=new.size)
                return current
            self._write(key.name, note)
            return new

    def create(self, key: VerifierKey | LogKeys, note: bytes) -> Published:
        """Begin to guard a ledger with that note, unless it is guarded already; what is published afterwards."""
        new = _published(note, key)
        with self._locked(key.name):
            try:
                return self.read(key)
            except GuardError as error:
                if error.code != "guard.missing":
                    raise
            self._write(key.name, note)
            return new

    def succeed(self, origin: str, successor: str) -> None:
        """The ledger of that name goes on under another: nothing more is published under this one. Again: nothing."""
        with self._locked(origin):
            if self.successor(origin) is None:
                try:
                    files.replace(self._path(origin, "successor"), successor.encode())
                except OSError as error:
                    raise GuardError("guard.unwritable", origin=origin, reason=str(error)) from error

    def successor(self, origin: str) -> str | None:
        """The name under which the ledger goes on, if it does."""
        path = self._path(origin, "successor")
        try:
            # Asked with every statement that is posted, and hardly ever there: asking so costs the least.
            return path.read_text(encoding="utf-8") if os.path.exists(path) else None  # noqa: PTH110
        except FileNotFoundError:
            return None
        except OSError as error:
            raise GuardError("guard.unreadable", origin=origin, reason=str(error)) from error

    def _path(self, origin: str, ending: str) -> Path:
        path = self._paths.get((origin, ending))
        if path is None:
            # Neither sign occurs in an origin, so no two origins share a file.
            path = self._folder / f"{origin.replace('/', '+').replace(':', '=')}.{ending}"
            self._paths[origin, ending] = path
        return path

    @contextmanager
    def _locked(self, origin: str) -> Iterator[None]:
        with ExitStack() as stack:
            try:
                stack.enter_context(files.locked(self._path(origin, "lock")))
            except OSError as error:
                raise GuardError("guard.unwritable", origin=origin, reason=str(error)) from error
            yield

    def _write(self, origin: str, note: bytes) -> None:
        try:
            files.replace(self._path(origin, "note"), note)
        except OSError as error:
            raise GuardError("guard.unwritable", origin=origin, reason=str(error)) from error


@lru_cache(_REMEMBERED)
def _published(note: bytes, key: VerifierKey | LogKeys) -> Published:
    """What a note says, once its signature holds. The same bytes under the same keys are judged once."""
    try:
        found = checkpoint.verify(note, key)
    except LedgerError as error:
        raise GuardError("guard.damaged", origin=key.name, reason=error.code) from error
    return Published(found.size, found.root, note)
