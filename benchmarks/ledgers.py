"""Whole ledgers made in memory, as an exporter sees them: the sample village, and the same with many more entries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from nacl.signing import SigningKey

from app.audit import house
from app.demo.founding import Place
from app.demo.sharing import DAY
from app.demo.speaking import said
from app.demo.story import Story
from app.demo.writer import made
from ledger import canonical, checkpoint, merkle
from ledger.checkpoint import Checkpoint
from ledger.private import Opening
from ledger.signed_note import VerifierKey
from ledger.statement import build_leaf

ORIGIN: Final = "bench.example/village"
SEED: Final = 7
END: Final = canonical.parse_time("2026-04-01T09:00:00.000Z")
_WAVE: Final = 64
"""Entries between two published checkpoints."""


class ToldLog:
    """``app.audit.export.Log`` of a story, with keys of our own. ``more``: entries beyond the village's."""

    def __init__(self, more: int = 0) -> None:
        self._log_key, clerk = SigningKey(bytes([1]) * 32), SigningKey(bytes([2]) * 32)
        vkey = VerifierKey(ORIGIN, bytes(self._log_key.verify_key)).text()
        story = Story(SEED, END, Place(ORIGIN, vkey, clerk, ("bench.example",), ("https://bench.example",)))
        story.tell()
        _work_on(story, more)
        self._pen = story.pen
        self._written = [written for wave in story.pen.waves for written in wave.written]

    @property
    def size(self) -> int:
        """Number of entries."""
        return len(self._written)

    @property
    def signatures(self) -> int:
        """Number of signatures in them."""
        return sum(len(written.signatures) for written in self._written)

    def note(self) -> bytes:
        """The signed checkpoint."""
        frontier = merkle.Frontier()
        for leaf in self.leaves():
            frontier.append(merkle.leaf_hash(leaf))
        return checkpoint.sign(Checkpoint(ORIGIN, frontier.size, frontier.root()), self._log_key)

    def cosigned(self) -> bytes | None:
        """See ``export.Log``."""
        return None

    def leaves(self) -> Iterable[bytes]:
        """Every entry's bytes."""
        return (build_leaf(written.data, written.signatures, written.received) for written in self._written)

    def records(self) -> Iterable[bytes]:
        """What the fold gives."""
        records = self._pen.memory.records
        return (records[key].line() for key in sorted(records))

    def discovery(self) -> dict[str, Any]:
        """What ``yui.json`` says."""
        return house.discovery(self._pen.state)

    def anchors(self) -> Iterable[tuple[int, bytes]]:
        """None."""
        return ()

    def openings(self) -> Iterable[tuple[int, tuple[Opening, ...]]]:
        """All private values."""
        return ((index, written.openings) for index, written in enumerate(self._written) if written.openings)


def _work_on(story: Story, more: int) -> None:
    """Reports, each attested by somebody else and followed by a gift, until there are ``more`` entries."""
    pen, people = story.pen, [person for person in story.people if person.key is not None and person.id]
    until, at, turn = pen.size + more, END, 0
    while pen.size < until:
        one, other = people[turn % len(people)], people[(turn * 7 + 1) % len(people)]
        turn, at = turn + 1, at + 60_000
        day = canonical.format_time(at - DAY)[:10]
        report = pen.write(at, said(one), "contribution.report/1", {"kind": "mowing", "on": day, "quantity": 60})
        pen.publish()
        if report is not None and one is not other:
            pen.write(at, said(other), "contribution.attest/1", {"contribution": made(report, "con")})
            pen.write(at, said(one), "token.gift/1", {"amount": 1, "to": other.id})
