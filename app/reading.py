"""What pages read: records by plain SQL, and private texts opened for whoever may see them.

Reads go straight to the tables that the fold keeps, never through the fold. Nothing here writes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from typing import Any, Final, TypeVar

import asyncpg

from app.installation import Installation
from app.keystore import PrivacyKeys
from app.storage.ledgers import Ledger
from ledger import canonical
from ledger.books import coop
from ledger.books.coop import Coop
from ledger.books.members import Member
from ledger.books.roles import COOP, ROLES, Role
from ledger.fold import Books
from ledger.state import Record

R = TypeVar("R", bound=Record)
T = TypeVar("T")

_EVERYBODY: Final = 100_000
_GONE: Final = object()
_MANY: Final = 100
"""Private texts that are opened at once without a thread of their own."""

Ref = tuple[str, str]
"""Where a private value stands: the statement's id (base64) and the path in its body."""


class Reading:
    """One ledger as pages read it."""

    def __init__(
        self, pool: asyncpg.Pool, privacy: PrivacyKeys, books: Books, ledger: Ledger, *, keeps: bool = False
    ) -> None:
        """``keeps``: what was found once is not asked for again. For as long as a page is made, and changes nothing."""
        self.pool, self.privacy, self.books, self.ledger = pool, privacy, books, ledger
        self.ledger_id = ledger.id
        self._kept: dict[Hashable, Any] | None = {} if keeps else None

    async def once(self, question: Hashable, find: Callable[[], Awaitable[T]]) -> T:
        """What ``find`` finds; the parts of a page often ask the same."""
        kept = {} if self._kept is None else self._kept
        if question not in kept:
            kept[question] = await find()
        found: T = kept[question]
        return found

    async def find(self, kind: type[R], id_: str) -> R | None:
        """The record, or None."""
        return (await self.find_many(kind, (id_,))).get(id_)

    async def find_many(self, kind: type[R], ids: Iterable[str]) -> dict[str, R]:
        """The records of those ids, by id, in their order."""
        wanted, kept = dict.fromkeys(ids), self._of(kind.kind)
        missing = [id_ for id_ in wanted if id_ not in kept]
        if missing:
            rows = await self.pool.fetch(
                "SELECT id, data FROM record WHERE ledger_id = $1 AND kind = $2 AND id = ANY($3)",
                *(self.ledger_id, kind.kind, missing),
            )
            kept |= dict.fromkeys(missing) | {row["id"]: self._decode(kind, row["data"]) for row in rows}
        return {id_: kept[id_] for id_ in wanted if kept[id_] is not None}

    async def children(
        self, kind: type[R], parent: str = "", *, newest_first: bool = False, limit: int = 1000, offset: int = 0
    ) -> list[R]:
        """Records under ``parent`` in their order, or the other way round."""
        order = "DESC" if newest_first else "ASC"
        query = (
            f"SELECT data FROM record WHERE ledger_id = $1 AND kind = $2 AND parent = $3 "  # noqa: S608 (two fixed words)
            f"ORDER BY sort {order}, id {order} LIMIT $4 OFFSET $5"
        )
        asked = (kind.kind, parent, limit, offset)
        rows = await self.once((query, asked), lambda: self.pool.fetch(query, self.ledger_id, *asked))
        return [self._decode(kind, row["data"]) for row in rows]

    async def marked(self, kind: type[R], mark: str, *, limit: int | None = None, offset: int = 0) -> list[R]:
        """Those that stand out by that mark (see ``app/storage/tables.py``), in their order: all, or a part of them."""
        rows = await self.pool.fetch(
            "SELECT data FROM record WHERE ledger_id = $1 AND kind = $2 AND mark = $3 "
            "ORDER BY sort, id LIMIT $4 OFFSET $5",
            *(self.ledger_id, kind.kind, mark, limit, offset),
        )
        return [self._decode(kind, row["data"]) for row in rows]

    async def count_marked(self, kind: type[Record], mark: str, parent: str | None = None) -> int:
        """How many these are, under ``parent`` or in all."""
        query = "SELECT count(*) FROM record WHERE ledger_id = $1 AND kind = $2 AND mark = $3"
        asked: tuple[Any, ...] = (self.ledger_id, kind.kind, mark)
        if parent is not None:
            query, asked = f"{query} AND parent = $4", (*asked, parent)
        found: int = await self.pool.fetchval(query, *asked)
        return found

    async def count(self, kind: type[Record], parent: str = "") -> int:
        """How many records stand under ``parent``."""
        found: int = await self.pool.fetchval(
            "SELECT count(*) FROM record WHERE ledger_id = $1 AND kind = $2 AND parent = $3",
            self.ledger_id,
            kind.kind,
            parent,
        )
        return found

    async def texts(self, refs: Sequence[Ref]) -> dict[Ref, Any]:
        """The private values at those places; what is erased, or was never given, is left out."""
        kept = self._of("private")
        missing = [ref for ref in dict.fromkeys(refs) if ref not in kept]
        if missing:
            rows = await self.pool.fetch(
                "SELECT p.subject, p.statement_id, p.path, p.sealed FROM private p "
                "JOIN unnest($2::bytea[], $3::text[]) AS want(statement_id, path) "
                "ON p.statement_id = want.statement_id AND p.path = want.path WHERE p.ledger_id = $1",
                self.ledger_id,
                [canonical.unb64(statement, 32) for statement, _ in missing],
                [path for _, path in missing],
            )
            # Many of them take a while, and others have requests too.
            found = await asyncio.to_thread(self._open, rows) if len(rows) > _MANY else self._open(rows)
            kept |= dict.fromkeys(missing, _GONE) | found
        return {ref: kept[ref] for ref in refs if kept[ref] is not _GONE}

    async def text(self, statement: str, path: str, default: str = "") -> str:
        """One private text."""
        return str((await self.texts([(statement, path)])).get((statement, path), default))

    async def names(self, members: Iterable[str]) -> dict[str, str]:
        """Display names by member id: the name that the co-op knows; a short id where it is erased."""
        records = await self.find_many(Member, members)
        refs = {m.id: (m.profile, f"{m.profile_path}/name") for m in records.values()}
        texts = await self.texts(list(refs.values()))
        return {id_: str(texts.get(refs[id_], short(id_))) for id_ in records}

    async def coop(self) -> Coop | None:
        """The co-op's record; None between the making of a ledger and its genesis."""
        return await self.find(Coop, coop.ID)

    async def size(self) -> int:
        """How many entries the records are of, as last committed."""
        found: int = await self.pool.fetchval("SELECT size FROM head WHERE ledger_id = $1", self.ledger_id)
        return found

    async def offices(self) -> list[Role]:
        """All that was ever given a role for the whole co-op, by role."""
        return await self.children(Role, COOP, limit=_EVERYBODY)

    async def roles_of(self, member: str) -> frozenset[str]:
        """The roles that a member now holds for the whole co-op."""
        held = await self.find_many(Role, (f"{member}/{role}/{COOP}" for role in ROLES))
        return frozenset(role.role for role in held.values() if role.active)

    def _of(self, kind: str) -> dict[Any, Any]:
        """What is kept of that kind, by id."""
        kept: dict[Any, Any] = {} if self._kept is None else self._kept.setdefault(kind, {})
        return kept

    def _open(self, rows: Sequence[asyncpg.Record]) -> dict[Ref, Any]:
        found: dict[Ref, Any] = {}
        for row in rows:
            statement, path = row["statement_id"], row["path"]
            opening = self.privacy.open(self.ledger_id, row["subject"], statement, path, row["sealed"])
            if opening is not None:
                found[canonical.b64(statement), path] = opening.value
        return found

    def _decode(self, kind: type[R], data: str | bytes) -> R:
        record = self.books.decode(kind.kind, data.encode() if isinstance(data, str) else data)
        if not isinstance(record, kind):
            raise TypeError(f"{record} is no {kind.__name__}")
        return record


async def reading_of(installation: Installation, slug: str, *, keeps: bool = False) -> Reading:
    """The ledger at that address, to read. LedgerUnknown ``ledger.unknown`` where there is none."""
    ledger = await installation.ledger(slug)
    return Reading(installation.database.pool, installation.privacy, installation.books, ledger, keeps=keeps)


def short(id_: str) -> str:
    """An id as people read it where there is no name: its first six characters after the prefix."""
    prefix, _, rest = id_.partition("_")
    return f"{prefix}_{rest[:6]}"
