"""A pen for the sample village: composes, signs and folds statements in memory, and keeps them for loading.

What the fold refuses is not written down, so the village is what the books allow. Statements are gathered in
waves: all of a wave have seen the checkpoint published after the wave before.
"""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass, field
from typing import Any

from nacl.signing import SigningKey

from app.sequencer.guard import Published
from governance.all_books import BOOKS
from ledger import canonical, fold, ids, merkle
from ledger.compose import compose, nonce, seen, sign_ed25519
from ledger.errors import Refusal
from ledger.keys import Facts
from ledger.private import Opening
from ledger.state import Memory, State
from ledger.statement import Entry, Signature, Statement, build_leaf, parse_statement, statement_id


@dataclass(frozen=True)
class Written:
    """One statement as it came in at ``received`` (ms)."""

    received: int
    data: bytes
    signatures: tuple[Signature, ...]
    openings: tuple[Opening, ...]
    id: bytes


@dataclass
class Wave:
    """Statements between two published checkpoints."""

    written: list[Written] = field(default_factory=list)


@dataclass(frozen=True)
class Said:
    """Who says something how: ``keys`` sign in the order of author and cosigners."""

    author: str
    keys: tuple[SigningKey, ...]
    cosigners: tuple[str, ...] = ()
    for_: str | None = None
    via: str | None = None
    replaces: str | None = None


class Pen:
    """Writes one ledger in memory."""

    def __init__(self, origin: str, seed: int) -> None:
        self.origin, self._seed = origin, seed
        self.memory, self.waves, self.refused = Memory(), [Wave()], 0
        self._frontier = merkle.Frontier()
        self._roots: dict[int, bytes] = {0: merkle.EMPTY_ROOT}
        self._seen = 0
        self._count = itertools.count()
        self._last = 0

    @property
    def state(self) -> State:
        """A fresh overlay over what has been written."""
        return State(self.memory)

    @property
    def published(self) -> Published:
        """The newest checkpoint that everyone has seen; nobody has signed it yet."""
        return Published(self._seen, self._roots[self._seen], b"")

    def root_at(self, size: int) -> str | None:
        """History for the fold: the ends of waves are the published checkpoints."""
        root = self._roots.get(size)
        return None if root is None else canonical.b64(root)

    def publish(self) -> None:
        """End the wave: from here on everyone has seen what is written so far."""
        if self.waves[-1].written:
            self._seen = self._frontier.size
            self._roots[self._seen] = self._frontier.root()
            self.waves.append(Wave())

    def write(self, at: int, said: Said, type_: str, body: dict[str, Any]) -> Written | None:
        """Write a statement received at ``at`` (or just after the last one); None when the books refuse it."""
        received = max(at, self._last + 1)
        draft = compose(
            Statement(
                at=canonical.format_time(received - 400),
                author=said.author,
                body=body,
                ledger=self.origin,
                nonce=nonce(received, self._random(10)),
                seen=seen(self._seen, self._roots[self._seen]),
                type=type_,
                v=1,
                cosigners=said.cosigners,
                for_=said.for_,
                replaces=said.replaces,
                via=said.via,
            ),
            lambda: self._random(32),
        )
        signatures = tuple(sign_ed25519(key, draft.data) for key in said.keys)
        statement, id_ = parse_statement(draft.data), statement_id(draft.data)
        state = self.state
        entry = Entry(statement, draft.data, id_, signatures, received)
        try:
            # Our own signatures: their arithmetic is checked when the village is loaded.
            facts = (Facts(),) * len(signatures)
            fold.apply(BOOKS, state, self, self._frontier.size, entry, facts)
        except Refusal:
            self.refused += 1
            return None
        self.memory.absorb(state)
        self._frontier.append(merkle.leaf_hash(build_leaf(draft.data, signatures, received)))
        self._last = received
        written = Written(received, draft.data, signatures, draft.openings, id_)
        self.waves[-1].written.append(written)
        return written

    @property
    def size(self) -> int:
        """Number of entries."""
        return self._frontier.size

    def _random(self, count: int) -> bytes:
        return hashlib.sha256(f"{self._seed} {next(self._count)}".encode()).digest()[:count]


def made(written: Written, prefix: str) -> str:
    """Id of the object that a statement has made."""
    return ids.object_id(prefix, written.id)
