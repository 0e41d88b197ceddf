"""Where anchors under way are remembered. What is saved is safe before anything is sent because of it.

A store has one owner: the nonces of an account can't be given out in two places.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol

import msgspec

from contracts.errors import StoreDamaged, StoreTaken
from contracts.record import Anchor, State

_CHAINS: Final = "chains.json"
_LOCK: Final = "lock"


class Store(Protocol):
    """Memory that outlives the process; ``save`` and ``pin`` return only when a loss of power can't undo them."""

    def unfinished(self) -> list[Anchor]:
        """All that are not final, in the order of their numbers."""

    def last(self) -> Anchor | None:
        """The one with the highest number."""

    def save(self, anchor: Anchor) -> None:
        """Keep it under its number, in place of what stood there; wholly or not at all."""

    def genesis(self, chain_id: int) -> str | None:
        """The first block's hash that was pinned for that chain."""

    def pin(self, chain_id: int, genesis: str) -> None:
        """Remember it."""


class MemoryStore:
    """For tests, and for trying things out."""

    def __init__(self) -> None:
        self.anchors: dict[int, Anchor] = {}
        self.chains: dict[int, str] = {}

    def unfinished(self) -> list[Anchor]:
        """All that are not final, in the order of their numbers."""
        return [anchor for _, anchor in sorted(self.anchors.items()) if anchor.state != State.FINAL]

    def last(self) -> Anchor | None:
        """The one with the highest number."""
        return self.anchors[max(self.anchors)] if self.anchors else None

    def save(self, anchor: Anchor) -> None:
        """Keep it under its number."""
        self.anchors[anchor.number] = anchor

    def genesis(self, chain_id: int) -> str | None:
        """The first block's hash that was pinned for that chain."""
        return self.chains.get(chain_id)

    def pin(self, chain_id: int, genesis: str) -> None:
        """Remember it."""
        self.chains[chain_id] = genesis


class FileStore:
    """A folder of its own on a local disk: one JSON file for each anchor, written aside, flushed, and renamed.

    Final ones lie in ``final/``, so that the years don't make each look at the rest slower. A file that a kill left
    half written has another name and is never read.
    """

    def __init__(self, folder: Path) -> None:
        """Take the folder, made where missing, for as long as this process lives; StoreTaken if another one has it."""
        self._folder, self._final = folder, folder / "final"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._final.mkdir(mode=0o700, exist_ok=True)
        self._lock = (folder / _LOCK).open("ab")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise StoreTaken from None

    def close(self) -> None:
        """Let another process have it."""
        self._lock.close()

    def final(self) -> Iterator[Anchor]:
        """All that are final, in the order of their numbers; StoreDamaged where a file can't be read."""
        return (_read(self._final / f"{number}.json") for number in _numbers(self._final))

    def unfinished(self) -> list[Anchor]:
        """All that are not final, in the order of their numbers; StoreDamaged where a file can't be read."""
        # A kill between the two steps of `save` leaves an older state beside the final one.
        numbers = set(_numbers(self._folder)) - set(_numbers(self._final))
        return [_read(self._folder / f"{number}.json") for number in sorted(numbers)]

    def last(self) -> Anchor | None:
        """The one with the highest number."""
        found = [(number, folder) for folder in (self._folder, self._final) for number in _numbers(folder)]
        if not found:
            return None
        number = max(number for number, _ in found)
        folder = self._final if (number, self._final) in found else self._folder
        return _read(folder / f"{number}.json")

    def save(self, anchor: Anchor) -> None:
        """Keep it under its number, in place of what stood there."""
        name = f"{anchor.number}.json"
        if anchor.state == State.FINAL:
            _write(self._final / name, msgspec.json.encode(anchor))
            (self._folder / name).unlink(missing_ok=True)
        else:
            _write(self._folder / name, msgspec.json.encode(anchor))

    def genesis(self, chain_id: int) -> str | None:
        """The first block's hash that was pinned for that chain."""
        return self._chains().get(chain_id)

    def pin(self, chain_id: int, genesis: str) -> None:
        """Remember it."""
        _write(self._folder / _CHAINS, msgspec.json.encode(self._chains() | {chain_id: genesis}))

    def _chains(self) -> dict[int, str]:
        path = self._folder / _CHAINS
        try:
            return msgspec.json.decode(path.read_bytes(), type=dict[int, str]) if path.exists() else {}
        except msgspec.DecodeError as error:
            raise StoreDamaged(name=_CHAINS) from error


def _numbers(folder: Path) -> list[int]:
    return sorted(int(path.stem) for path in folder.glob("*.json") if path.stem.isdecimal())


def _read(path: Path) -> Anchor:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Anchor)
    except msgspec.DecodeError as error:
        raise StoreDamaged(name=path.name) from error


def _write(path: Path, data: bytes) -> None:
    draft = path.parent / f".{path.name}.new"
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
