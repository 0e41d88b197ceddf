"""Files that must survive a crash: replaced as a whole, under a lock that all processes share."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file ``path``, made with its folder where it isn't there. A file of its own, never replaced."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def replace(path: Path, data: bytes, draft: Path | None = None) -> None:
    """Write ``data`` in place of what is there, durably. Only under a lock: the draft's name is always the same.

    ``draft``: where it is written first, on the same disk; beside ``path`` unless it is named.
    """
    new = draft or path.with_suffix(".new")
    with new.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    # A crash before this line leaves the old file, after it the new one, never a part of either.
    new.rename(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder as durable as the files that they name."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
