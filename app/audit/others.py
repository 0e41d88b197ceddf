"""Other copies of a checkpoint as people have them: a note, a receipt, an export, a ledger's or witness's address."""

from __future__ import annotations

import urllib.parse
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from app.audit.copies import AddressCopy, is_address, ledgers_at, open_local
from ledger import checkpoint, receipt
from ledger.errors import FormatError, LedgerError
from ledger.signed_note import MAX_NOTE
from ledger.verify.others import Other
from ledger.verify.report import Absent

_MAX_FILE: Final = MAX_NOTE + (1 << 18)


def load(sources: tuple[str, ...], stack: ExitStack) -> tuple[Other, ...]:
    """All of them; what can't be read is there too, with the reason."""
    return tuple(other for source in sources for other in _load(source, stack))


def _load(source: str, stack: ExitStack) -> Iterator[Other]:
    try:
        yield from _at_address(source) if is_address(source) else _at_hand(source, stack)
    except OSError:
        yield Other(source, fault="source.unreadable")
    except LedgerError as error:
        yield Other(source, fault=error.code)


def _at_hand(source: str, stack: ExitStack) -> Iterator[Other]:
    path = Path(source)
    if path.is_file():
        with path.open("rb") as file:
            note = _note(file.read(_MAX_FILE))
        if note is not None:
            yield Other(source, note)
            return
    copy = stack.enter_context(open_local(path))
    yield Other(source, copy.read("checkpoint"), copy)


def _at_address(source: str) -> Iterator[Other]:
    parts = urllib.parse.urlsplit(source)
    if parts.path.strip("/"):
        base, _, last = source.rstrip("/").rpartition("/")
        try:
            note = _note(AddressCopy(base).read(last))
        except (Absent, FormatError):
            note = None
        if note is not None:
            yield Other(source, note, AddressCopy(base))
            return
    for name, url in ledgers_at(source):
        copy = AddressCopy(url)
        yield Other(name if name == source else f"{source} {name}", copy.read("checkpoint"), copy)


def _note(data: bytes) -> bytes | None:
    """The signed checkpoint that a file is, or that a receipt holds."""
    if data.startswith(receipt.HEADER.encode()):
        return receipt.parse(data).note
    try:
        checkpoint.parse(data)
    except FormatError:
        return None
    return data
