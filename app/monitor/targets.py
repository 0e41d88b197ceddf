"""Which ledgers are watched: addresses of installations or of single ledgers, from the command line and from a file."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Final, NamedTuple

from app.audit.copies import is_address, ledgers_at
from ledger.errors import FormatError
from ledger.signed_note import VerifierKey, parse_vkey

MOST: Final = 10_000
"""Ledgers of one installation that are watched: nobody's discovery document fills the disk."""
PATIENCE: Final = 120.0
"""Seconds that an address has to say which ledgers it has."""


class Target(NamedTuple):
    """An address, and the operator's key to hold a ledger there to; without one it is held to its own genesis."""

    address: str
    vkey: VerifierKey | None = None


class Watched(NamedTuple):
    """A ledger, wherever it was found."""

    url: str
    name: str
    vkey: VerifierKey | None = None


def read(path: Path) -> list[Target]:
    """The addresses in a file, one a line, perhaps with the operator's key after it. FormatError ``monitor.list``."""
    targets = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        words = line.partition("#")[0].split()
        if words:
            targets.append(_target(words, number))
    return targets


def parse(address: str, number: int = 0) -> Target:
    """An address as it is typed."""
    return _target([address], number)


def find(target: Target, stop: threading.Event) -> list[Watched]:
    """The ledgers there now. Unreadable, or FormatError: ``monitor.key_of_many``, for a key is one ledger's;
    ``monitor.too_many``.
    """
    until = time.monotonic() + PATIENCE
    found = ledgers_at(target.address, lambda: 0.0 if stop.is_set() else until)
    if len(found) > MOST:
        raise FormatError("monitor.too_many", address=target.address, count=len(found))
    if target.vkey is not None and len(found) != 1:
        raise FormatError("monitor.key_of_many", address=target.address)
    return [Watched(url.rstrip("/"), name, target.vkey) for name, url in found]


def _target(words: list[str], number: int) -> Target:
    if not is_address(words[0]) or len(words) > 2:  # noqa: PLR2004 - an address and a key
        raise FormatError("monitor.list", line=number)
    return Target(words[0], parse_vkey(words[1]) if words[1:] else None)
