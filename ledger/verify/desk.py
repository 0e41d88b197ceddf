"""The auditor's desk: what it has worked out so far. Dictionaries here; SQLite for large ledgers lives in ``app``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

from ledger.state import Memory, Source, State
from ledger.tiles import Tile


class Point(NamedTuple):
    """The tree at one size: its root, and when the last of its entries was received (ms)."""

    root: bytes
    received: int


class Desk(Source, Protocol):
    """A source for the fold that also remembers every point of the tree and every nonce used."""

    def absorb(self, state: State) -> None:
        """Take in what a state over this desk has written; the state is empty afterwards."""

    def add_point(self, point: Point) -> None:
        """The tree's next point: the first call is for size 1."""

    def point(self, size: int) -> Point | None:
        """The tree at ``size`` (at least 1), or None beyond what was added."""

    def claim(self, author: str, nonce: str, index: int) -> int | None:
        """Note that entry ``index`` uses this nonce; the index of the entry that already did, else None."""

    def lines(self) -> Iterator[tuple[str, str, bytes]]:
        """(kind, id, canonical line) of every record, ordered by kind and id (as UTF-8 bytes)."""

    # A desk may outlive the run. What was written since the last ``keep`` is then gone with the run.

    def add_tile(self, tile: Tile, hashes: list[bytes]) -> None:
        """A hash tile of the tree; a wider one takes the place of a partial one."""

    def keep(self, make: Callable[[], bytes], *, now: bool = False) -> None:
        """A moment at which a later run could go on, knowing besides what ``make`` gives; ``now``: the last one."""

    def kept(self) -> bytes | None:
        """What was kept with all that is on the desk; None where a run begins anew."""

    def clear(self) -> None:
        """Begin anew."""


class MemoryDesk(Memory):
    """A desk of dictionaries, which ends with its run."""

    def __init__(self) -> None:
        super().__init__()
        self._points: list[Point] = []
        self._nonces: dict[tuple[str, str], int] = {}

    def add_point(self, point: Point) -> None:
        """See ``Desk.add_point``."""
        self._points.append(point)

    def point(self, size: int) -> Point | None:
        """See ``Desk.point``."""
        return self._points[size - 1] if 0 < size <= len(self._points) else None

    def claim(self, author: str, nonce: str, index: int) -> int | None:
        """See ``Desk.claim``."""
        earlier = self._nonces.setdefault((author, nonce), index)
        return None if earlier == index else earlier

    def lines(self) -> Iterator[tuple[str, str, bytes]]:
        """See ``Desk.lines``."""
        for key in sorted(self.records):
            yield (*key, self.records[key].line())

    def add_tile(self, tile: Tile, hashes: list[bytes]) -> None:
        """See ``Desk.add_tile``."""

    def keep(self, make: Callable[[], bytes], *, now: bool = False) -> None:
        """See ``Desk.keep``."""

    def kept(self) -> bytes | None:
        """See ``Desk.kept``."""
        return None

    def clear(self) -> None:
        """See ``Desk.clear``."""
