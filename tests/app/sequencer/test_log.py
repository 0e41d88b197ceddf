"""What is served: tiles, bundles, proofs, never beyond the published size."""

from __future__ import annotations

import asyncio

import pytest

from app.sequencer.submission import parse
from ledger import merkle
from ledger.checkpoint import verify
from ledger.errors import ProofError
from ledger.tiles import Tile, TileReader, decode_bundle, split_hashes, tiles_of
from tests.app.sequencer.audit import audit
from tests.app.sequencer.books import BOOKS
from tests.app.sequencer.house import House

SIZE = 600


@pytest.fixture
async def long_house(house: House) -> House:
    tree = house.tree
    said = [parse(house.hanako.say("word.say/1", {"number": n}, tree)) for n in range(SIZE - 1)]
    for start in range(0, len(said), 170):
        await asyncio.gather(*(house.submit(one) for one in said[start : start + 170]))
    return house


async def test_tiles_and_bundles_are_the_tree(long_house: House) -> None:
    log, ledger = long_house.installation.log, long_house.ledger
    published = await log.published(ledger)
    assert published.size == SIZE
    served = {tile: await log.tile(ledger, tile) for tile in tiles_of(SIZE)}
    assert all(data is not None for data in served.values())
    leaves = [
        leaf for tile, data in served.items() if tile.level is None for leaf in decode_bundle(data or b"", tile.width)
    ]
    hashes = [
        value for tile, data in served.items() if tile.level == 0 for value in split_hashes(data or b"", tile.width)
    ]
    assert [merkle.leaf_hash(leaf) for leaf in leaves] == hashes
    reader = TileReader(lambda tile: served[tile] or b"", SIZE)
    assert merkle.range_root(reader.node, 0, SIZE) == published.root
    assert verify(published.note, long_house.installation.keys.verifier(ledger.origin)).root == published.root


async def test_old_partial_tiles_stay_valid(long_house: House) -> None:
    log, ledger = long_house.installation.log, long_house.ledger
    full = await log.tile(ledger, Tile(0, 1))
    part = await log.tile(ledger, Tile(0, 1, 100))
    assert full is not None
    assert part == full[: 100 * 32]


async def test_nothing_beyond_the_published_size(long_house: House) -> None:
    log, ledger = long_house.installation.log, long_house.ledger
    assert await log.tile(ledger, Tile(0, 2, SIZE - 512 + 1)) is None
    assert await log.tile(ledger, Tile(None, 2, SIZE - 512 + 1)) is None
    assert await log.entry(ledger, SIZE) is None
    assert await log.entries(ledger, SIZE - 1, SIZE + 10) == [await log.entry(ledger, SIZE - 1)]
    with pytest.raises(ProofError):
        await log.receipt(ledger, SIZE)
    with pytest.raises(ProofError):
        await log.inclusion(ledger, 0, SIZE + 1)
    with pytest.raises(ProofError):
        await log.consistency(ledger, 5, SIZE + 1)


async def test_proofs(long_house: House) -> None:
    log, ledger = long_house.installation.log, long_house.ledger
    published = await log.published(ledger)
    for index in (0, 1, 255, 256, 511, 512, SIZE - 1):
        long_house.check(await log.receipt(ledger, index))
    async with long_house.installation.database.pool.acquire() as connection:
        leaves = await audit(connection, ledger, BOOKS)
    roots = [merkle.EMPTY_ROOT]
    frontier = merkle.Frontier()
    for leaf in leaves:
        frontier.append(merkle.leaf_hash(leaf))
        roots.append(frontier.root())
    for old, new in ((1, 2), (3, SIZE), (256, SIZE), (257, 512), (512, 513), (SIZE, SIZE)):
        path = await log.consistency(ledger, old, new)
        merkle.check_consistency(old, new, path, roots[old], roots[new])
        path = await log.inclusion(ledger, old - 1, new)
        merkle.check_inclusion(merkle.leaf_hash(leaves[old - 1]), old - 1, new, path, roots[new])
    found = await log.find(ledger, bytes(32))
    assert found is None
    stored = await log.entry(ledger, 300)
    assert stored is not None
    assert await log.find(ledger, stored.statement_id) == stored
    assert published.root == roots[-1]
