"""Entries that the database lost are put back from a copy: exact bytes, folded again, held to what was published.

The copy's own checkpoint, signed by this ledger's key, says which tree it is of. Nothing is written before the leaves
that are missing are seen to lead from the tree that is here to that one, and to the guard's on the way; then everything
is written in one transaction. A crash leaves all of it or nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Final, NamedTuple

import asyncpg

from app.errors import GuardError, LedgerDamaged, LedgerUnknown
from app.installation import Installation
from app.sequencer.batch import Appended, Batch, Desk
from app.sequencer.growth import Growth
from app.sequencer.guard import Published
from app.sequencer.submission import Submission
from app.storage import ledgers
from app.storage.ledgers import Head, Ledger, add, lock_head, log_keys
from ledger import checkpoint, merkle, private
from ledger.errors import LedgerError, ProofError
from ledger.fold import Books
from ledger.keys import verify_statement
from ledger.private import Opening
from ledger.statement import Entry, parse_leaf
from ledger.tiles import WIDTH, Tile, decode_bundle
from ledger.verify.private import PrivateValues
from ledger.verify.report import PRIVATE, Step
from ledger.verify.tree import Copy

_CHUNK: Final = 256
"""Entries that are written at once, at most."""


class Replayed(NamedTuple):
    """What became of it: entries here before and after, and the published checkpoint's size."""

    before: int
    after: int
    published: int

    @property
    def missing(self) -> int:
        """Published entries that are still not here."""
        return max(self.published - self.after, 0)


class _Missing(NamedTuple):
    """The leaves of a copy from ``start`` on, the tree that they lead to, and where statements have seen it between."""

    start: int
    head: Published
    points: frozenset[int]


async def replay(installation: Installation, slug: str, copy: Copy) -> Replayed:
    """Put back what the copy has and the database has not.

    GuardError ``replay.nothing`` where the copy has nothing more, ``guard.…`` where it is of another history than the
    guard; ProofError ``replay.differs`` where it does not go on from what is here; what the copy raises.
    """
    head = await asyncio.to_thread(_published_by, installation, copy)
    origin = checkpoint.parse(head.note)[0].origin
    published = await asyncio.to_thread(installation.guard.read, installation.keys.verifiers(origin))
    ledger = await _ledger(installation, slug, origin)
    async with installation.database.pool.acquire() as connection:
        async with connection.transaction():
            here = await lock_head(connection, ledger.id)
            if head.size <= here.size:
                raise GuardError("replay.nothing", origin=ledger.origin, copy=head.size, size=here.size)
            growth = await _growth(connection, ledger, here)
            missing = await asyncio.to_thread(_survey, copy, growth, head, published)
            await _write(installation, connection, ledger, _Leaves(copy, installation.books, missing), missing)
        if head.size > published.size:  # the guard was as old as the database
            vkeys = await log_keys(connection, ledger)
            published = await installation.publisher.publish(connection, ledger, head.size, head.root, vkeys)
        await installation.publisher.remember(connection, ledger, published if published.size == head.size else head)
    return Replayed(here.size, head.size, published.size)


def _published_by(installation: Installation, copy: Copy) -> Published:
    """The copy's checkpoint, which this installation's keys must have signed."""
    note = copy.read("checkpoint")
    origin = checkpoint.parse(note)[0].origin
    found = checkpoint.verify(note, installation.keys.verifiers(origin))
    return Published(found.size, found.root, note)


async def _ledger(installation: Installation, slug: str, origin: str) -> Ledger:
    """The ledger that it is for; where the whole database was lost, one without entries."""
    async with installation.database.pool.acquire() as connection, connection.transaction():
        found = await ledgers.find(connection, slug) or await add(connection, slug, origin)
    if found is None or found.origin != origin:
        raise LedgerUnknown("ledger.taken", slug=slug, origin=origin)
    return found


async def _growth(connection: asyncpg.Connection, ledger: Ledger, here: Head) -> Growth:
    growth = await Growth.load(connection, ledger.id, here.size)
    if growth.root() != here.root:
        raise LedgerDamaged("log.root", origin=ledger.origin, size=here.size)
    return growth


def _survey(copy: Copy, growth: Growth, head: Published, published: Published) -> _Missing:
    """Read the missing leaves once, and see that they lead where they should. Nothing is written yet."""
    frontier = merkle.Frontier(growth.size, _edge(growth))
    points, forked = set[int](), False
    for leaf in _leaves(copy, growth.size, head.size):
        frontier.append(merkle.leaf_hash(leaf))
        points.add(parse_leaf(leaf).statement.seen.size)
        forked = forked or (frontier.size == published.size and frontier.root() != published.root)
    if frontier.root() != head.root:
        raise ProofError("replay.differs", size=growth.size)
    if forked:
        raise GuardError("guard.fork", origin=checkpoint.parse(head.note)[0].origin, size=published.size)
    inside = (point for point in points if growth.size < point < head.size)
    return _Missing(growth.size, head, frozenset(inside))


def _edge(growth: Growth) -> list[bytes]:
    """The roots of the full subtrees that make up the tree, largest first."""
    return [growth.node(level, index) for level, index in merkle.subtrees(0, growth.size)]


def _leaves(copy: Copy, start: int, end: int) -> Iterator[bytes]:
    for first in range(start - start % WIDTH, end, WIDTH):
        width = min(WIDTH, end - first)
        found = decode_bundle(copy.read(Tile(None, first // WIDTH, width).path), width)
        yield from found[max(start - first, 0) :]


class _Leaves:
    """The missing entries as submissions, in pieces that end wherever a later statement has seen the tree."""

    def __init__(self, copy: Copy, books: Books, missing: _Missing) -> None:
        self._copy, self._missing = copy, missing
        self._private = PrivateValues(copy, books, Step(PRIVATE))

    def pieces(self) -> Iterator[list[tuple[Submission, int, bytes]]]:
        """(submission, moment of receipt, exact leaf) of each."""
        piece: list[tuple[Submission, int, bytes]] = []
        start, end = self._missing.start, self._missing.head.size
        for index, leaf in enumerate(_leaves(self._copy, start, end), start=start):
            entry = parse_leaf(leaf)
            piece.append((_submission(entry, self._openings(index)), entry.received, leaf))
            if len(piece) == _CHUNK or index + 1 in self._missing.points:
                yield piece
                piece = []
        if piece:
            yield piece

    def _openings(self, index: int) -> tuple[Opening, ...]:
        """The private values that the copy has of it."""
        return () if self._private.scope is None else self._private.openings(index)


def _submission(entry: Entry, openings: tuple[Opening, ...]) -> Submission:
    """As if it were posted; but private values may be missing, for the copy or because they were erased."""
    expected = dict(private.commitments(entry.statement.body))
    for opening in openings:
        private.check_opening(entry.statement, opening, expected.get(opening.path, ""))
    facts = tuple(verify_statement(signature, entry.statement_bytes) for signature in entry.signatures)
    return Submission(entry.statement, entry.statement_bytes, entry.id, entry.signatures, facts, openings)


async def _write(
    installation: Installation, connection: asyncpg.Connection, ledger: Ledger, leaves: _Leaves, missing: _Missing
) -> None:
    desk = Desk(ledger, installation.books, await Growth.load(connection, ledger.id, missing.start))
    pieces = leaves.pieces()
    while piece := await asyncio.to_thread(next, pieces, None):
        work = Batch(desk, connection, piece[0][1])
        outcomes = await work.fold([submission for submission, _, _ in piece], [received for _, received, _ in piece])
        for outcome, (_, _, leaf) in zip(outcomes, piece, strict=True):
            if isinstance(outcome, LedgerError):
                raise outcome
            if not isinstance(outcome, Appended) or outcome.leaf != leaf:
                raise LedgerDamaged("log.incomplete", index=desk.growth.size)
        await work.write(installation.privacy)
        growth = desk.growth
        # What somebody has seen of this tree was published: signing it again says nothing new.
        vkeys = await log_keys(connection, ledger)
        point = installation.publisher.sign(ledger.origin, growth.size, growth.root(), vkeys)
        await installation.publisher.remember(connection, ledger, point)
        desk.source.publish(point.size, point.root)
        growth.settle()
    if desk.growth.root() != missing.head.root:
        raise ProofError("replay.differs", size=missing.start)
