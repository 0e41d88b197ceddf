"""Desks that outlive a run: where they lie, which program made them, and what becomes of one that is of no use."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import stat
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Final

from app.audit.desk import SqliteDesk
from app.audit.house import HOUSE

_ROOT: Final = Path(__file__).parents[2]
_PACKAGES: Final = ("ledger", "governance", "app/audit")
_COMPANIONS: Final = ("", "-wal", "-shm", "-journal")


def path(folder: Path, *names: str) -> Path:
    """The file for a copy that goes by those names."""
    digest = hashlib.sha256("\0".join(names).encode()).hexdigest()
    return folder / "desks" / f"{digest[:32]}.sqlite3"


def open_desk(file: Path, stack: ExitStack) -> SqliteDesk | None:
    """The desk in that file, begun anew where it is none; None where another process works at it, or where others
    than this account may write: what is kept there is believed.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not _is_private(file.parent):
        return None
    try:
        desk = SqliteDesk(file, HOUSE.books, program())
    except sqlite3.OperationalError:
        return None
    except sqlite3.DatabaseError:
        remove(file)
        desk = SqliteDesk(file, HOUSE.books, program())
    stack.callback(desk.close)
    return desk


def _is_private(folder: Path) -> bool:
    """Whether this account alone can put something there, as far as the system tells."""
    here, above = folder.lstat(), folder.parent.stat()
    own = not hasattr(os, "geteuid") or here.st_uid == os.geteuid()
    shared = here.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    # Whoever may rename what is in the folder above can put another in the place of this one.
    replaceable = above.st_mode & stat.S_IWOTH and not above.st_mode & stat.S_ISVTX
    return own and stat.S_ISDIR(here.st_mode) and not shared and not replaceable


def remove(file: Path) -> None:
    """Throw a desk away. Nobody may be working at it."""
    for companion in _COMPANIONS:
        file.with_name(file.name + companion).unlink(missing_ok=True)


@cache
def program() -> str:
    """What decides how entries fold, in one hash: another program has to say for itself what it makes of them."""
    digest = hashlib.sha256()
    for package in _PACKAGES:
        for source in sorted((_ROOT / package).rglob("*.py")):
            data = source.read_bytes()
            digest.update(f"{source.relative_to(_ROOT).as_posix()} {len(data)}\n".encode() + data)
    return digest.hexdigest()
