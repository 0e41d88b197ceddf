"""The entries in which a log's key changed, fetched from a copy without reading the whole of it where that can be."""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from app.audit.copies import DISCOVERY, AddressCopy, is_address, ledgers_at, open_local
from ledger import checkpoint, key_changes, tiles
from ledger.tiles import Tile
from ledger.verify.report import Absent, Unreadable
from ledger.verify.tree import Copy, bundles

_MARK = f'"type":"{key_changes.ROTATE}"'.encode()


def of(source: str, origin: str, stack: ExitStack) -> dict[int, bytes]:
    """By index, the leaves in which one key of that log names the next. Unreadable, Absent or FormatError.

    Which entries to look at is taken from the discovery document if there is one: what it leaves out is only missed,
    and what it makes up is no such entry.
    """
    for copy, document in _copies(source, stack):
        size = _size(copy, origin)
        if size is None:
            continue
        hinted = _hinted(document, origin)
        if hinted is None:
            return dict(_searched(copy, size))
        return {index: leaf for index in hinted if index < size and _MARK in (leaf := _leaf(copy, index, size))}
    raise Unreadable("source.no_ledger", address=source)


def _copies(source: str, stack: ExitStack) -> Iterator[tuple[Copy, Any]]:
    if not is_address(source):
        copy = stack.enter_context(open_local(Path(source)))
        yield copy, _document(copy, "yui.json")
        return
    base = AddressCopy(urllib.parse.urljoin(source, "/"))
    document = _document(base, DISCOVERY.lstrip("/"))
    for _, url in ledgers_at(source):
        yield AddressCopy(url), document


def _document(copy: Copy, path: str) -> Any:
    try:
        return json.loads(copy.read(path))
    except (Absent, Unreadable, ValueError, RecursionError):
        return None


def _size(copy: Copy, origin: str) -> int | None:
    head = checkpoint.parse(copy.read("checkpoint"))[0]
    return head.size if head.origin == origin else None


def _hinted(document: Any, origin: str) -> list[int] | None:
    try:
        (row,) = [row for row in document["ledgers"] if row["origin"] == origin]
        return [int(key["since"]) - 1 for key in row["keys"] if int(key["since"]) > 1]
    except (ValueError, TypeError, KeyError):
        return None


def _leaf(copy: Copy, index: int, size: int) -> bytes:
    number, position = divmod(index, tiles.WIDTH)
    bundle = Tile(None, number, min(tiles.WIDTH, size - number * tiles.WIDTH))
    return tiles.decode_bundle(copy.read(bundle.path), bundle.width)[position]


def _searched(copy: Copy, size: int) -> Iterator[tuple[int, bytes]]:
    for bundle in bundles(size):
        data = copy.read(bundle.path)
        if _MARK in data:
            leaves = tiles.decode_bundle(data, bundle.width)
            start = bundle.index * tiles.WIDTH
            yield from ((start + position, leaf) for position, leaf in enumerate(leaves) if _MARK in leaf)
