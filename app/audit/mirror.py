"""A log that is read from a published copy, to be exported: entries as they are, records by folding them again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from typing import Any

from app.audit.house import HOUSE, discovery
from app.audit.run import desk_for
from ledger import canonical, checkpoint, merkle
from ledger.books.anchors import Anchor
from ledger.fold import apply
from ledger.keys import verify_statement
from ledger.private import Opening
from ledger.state import State
from ledger.statement import parse_leaf
from ledger.tiles import WIDTH, Tile, decode_bundle
from ledger.verify.cosigned import COSIGNED
from ledger.verify.desk import Desk, Point
from ledger.verify.report import Absent
from ledger.verify.tree import Copy


class MirroredLog:
    """``export.Log`` over a copy at its newest checkpoint. What the copy may not show is Unreadable.

    Folding is what makes the records; whether the copy is to be trusted is ``yui verify``'s question.
    """

    def __init__(self, copy: Copy, stack: ExitStack) -> None:
        self._copy = copy
        self._note = copy.read("checkpoint")
        self._size = checkpoint.parse(self._note)[0].size
        self._desk: Desk = desk_for(self._size, stack)
        self._frontier = merkle.Frontier()

    def note(self) -> bytes:
        """See ``export.Log``."""
        return self._note

    def cosigned(self) -> bytes | None:
        """See ``export.Log``."""
        try:
            found = self._copy.read(COSIGNED)
        except Absent:
            return None
        # It may be read a moment after the checkpoint, and then know of more than is mirrored here.
        return found if checkpoint.parse(found)[0].size < self._size else None

    def leaves(self) -> Iterator[bytes]:
        """See ``export.Log``; each is folded as it passes."""
        for start in range(0, self._size, WIDTH):
            width = min(WIDTH, self._size - start)
            tile = Tile(None, start // WIDTH, width)
            for leaf in decode_bundle(self._copy.read(tile.path), width):
                self._fold(leaf)
                yield leaf

    def records(self) -> Iterator[bytes]:
        """See ``export.Log``."""
        return (line for _, _, line in self._desk.lines())

    def discovery(self) -> dict[str, Any]:
        """See ``export.Log``."""
        return discovery(State(self._desk))

    def anchors(self) -> Iterator[tuple[int, bytes]]:
        """See ``export.Log``."""
        for anchor in State(self._desk).children(Anchor):
            with suppress(Absent):
                yield anchor.size, self._copy.read(anchor.proof)

    def openings(self) -> Iterable[tuple[int, tuple[Opening, ...]]]:
        """No copy that is served shows private values."""
        return ()

    def root_at(self, size: int) -> str | None:
        """History for the fold: whoever wants to know whether all of these were published asks ``yui verify``."""
        point = self._desk.point(size)
        return None if point is None else canonical.b64(point.root)

    def _fold(self, leaf: bytes) -> None:
        entry = parse_leaf(leaf)
        facts = tuple(verify_statement(signature, entry.statement_bytes) for signature in entry.signatures)
        state = State(self._desk)
        apply(HOUSE.books, state, self, self._frontier.size, entry, facts)
        self._desk.absorb(state)
        self._frontier.append(merkle.leaf_hash(leaf))
        self._desk.add_point(Point(self._frontier.root(), entry.received))
