"""An auditor's look at a database: everything follows from the leaves, or an assertion fails."""

from __future__ import annotations

import asyncpg
import msgspec

from app.storage.ledgers import Ledger
from ledger import canonical, fold, keys, merkle, tiles
from ledger.fold import Books
from ledger.state import Memory, State
from ledger.statement import parse_leaf


class _History:
    def __init__(self, roots: dict[int, bytes]) -> None:
        self._roots = roots

    def root_at(self, size: int) -> str | None:
        return canonical.b64(self._roots[size]) if size in self._roots else None


async def audit(connection: asyncpg.Connection, ledger: Ledger, books: Books) -> list[bytes]:
    """The leaves, once the tree, the tiles, the records and the traces are found to be exactly what they make."""
    rows = await connection.fetch(
        "SELECT index, leaf, leaf_hash, statement_id, received FROM entry WHERE ledger_id = $1 ORDER BY index",
        ledger.id,
    )
    head = await connection.fetchrow("SELECT size, root, received FROM head WHERE ledger_id = $1", ledger.id)
    assert [row["index"] for row in rows] == list(range(head["size"])), "a gap"
    leaves = [row["leaf"] for row in rows]
    assert [merkle.leaf_hash(leaf) for leaf in leaves] == [row["leaf_hash"] for row in rows]
    roots = _roots(leaves)
    assert head["root"] == roots[-1]
    await _check_tiles(connection, ledger, [row["leaf_hash"] for row in rows])
    published = await connection.fetch("SELECT size, root FROM checkpoint WHERE ledger_id = $1", ledger.id)
    assert all(roots[size] == root for size, root in published), "a fork"
    memory = _fold(books, leaves, _History(dict(published)))
    assert head["received"] == parse_leaf(leaves[-1]).received
    await _check_records(connection, ledger, memory)
    await _check_traces(connection, ledger, memory)
    return leaves


def _roots(leaves: list[bytes]) -> list[bytes]:
    frontier, roots = merkle.Frontier(), [merkle.EMPTY_ROOT]
    for leaf in leaves:
        frontier.append(merkle.leaf_hash(leaf))
        roots.append(frontier.root())
    return roots


def _fold(books: Books, leaves: list[bytes], history: _History) -> Memory:
    memory = Memory()
    for index, leaf in enumerate(leaves):
        entry = parse_leaf(leaf)
        facts = tuple(keys.verify_statement(signature, entry.statement_bytes) for signature in entry.signatures)
        state = State(memory)
        fold.apply(books, state, history, index, entry, facts)
        memory.absorb(state)
    return memory


async def _check_tiles(connection: asyncpg.Connection, ledger: Ledger, hashes: list[bytes]) -> None:
    expected: dict[tuple[int, int], tuple[bytes, bytes]] = {}
    level = 0
    while len(hashes) >= tiles.WIDTH:
        full = [hashes[start : start + tiles.WIDTH] for start in range(0, len(hashes) - tiles.WIDTH + 1, tiles.WIDTH)]
        roots = [tiles.root_of(tile) for tile in full]
        expected |= {(level, n): (b"".join(tile), roots[n]) for n, tile in enumerate(full)}
        hashes, level = roots, level + 1
    rows = await connection.fetch("SELECT level, index, data, root FROM tile WHERE ledger_id = $1", ledger.id)
    assert {(row["level"], row["index"]): (row["data"], row["root"]) for row in rows} == expected


async def _check_records(connection: asyncpg.Connection, ledger: Ledger, memory: Memory) -> None:
    query = "SELECT kind, id, parent, sort, data FROM record WHERE ledger_id = $1"
    stored = {
        (kind, id_): (parent, sort, data) for kind, id_, parent, sort, data in await connection.fetch(query, ledger.id)
    }
    folded = {
        key: (record.parent, record.sort, msgspec.json.encode(record).decode())
        for key, record in memory.records.items()
    }
    assert stored == folded


async def _check_traces(connection: asyncpg.Connection, ledger: Ledger, memory: Memory) -> None:
    columns, order = "kind, subject, index, time, value", "kind, subject, index, position"
    query = f"SELECT {columns} FROM trace WHERE ledger_id = $1 ORDER BY {order}"  # noqa: S608  (two fixed lists)
    stored = [(*row[:4], msgspec.json.decode(row[4])) for row in await connection.fetch(query, ledger.id)]
    folded = [
        (kind, subject, row.index, row.time, row.value)
        for kind, subjects in sorted(memory._rows.items())
        for subject, rows in sorted(subjects.items())
        for row in rows
    ]
    assert stored == folded
