"""An old backup was restored: the service refuses, and what others kept heals it, to the same root."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.audit.copies import FolderCopy
from app.errors import GuardError, KeyMissing
from app.installation import Installation
from app.keystore import OperatorKeys
from app.reading import Reading
from app.storage.embedded import Server
from app.succession.replay import Replayed, replay
from governance.all_books import BOOKS
from ledger import checkpoint
from ledger.checkpoint import Checkpoint
from ledger.errors import LedgerError, ProofError
from ledger.tiles import Tile, decode_bundle, encode_bundle
from ledger.verify.private import Scope
from tests.app.sequencer.audit import audit as audit_database
from tests.app.succession.conftest import SLUG, Lost

ALL = Scope(all=True, subjects=())


async def head_of(installation: Installation) -> tuple[int, bytes]:
    ledger = await installation.ledger(SLUG)
    published = await installation.log.published(ledger)
    return published.size, published.root


async def test_the_service_refuses_and_the_copy_heals_it(lost: Lost, export: Any) -> None:
    copy = await export(scope=ALL)
    async with lost.house() as coop:
        whole = await head_of(coop.installation)
    async with lost.house(lost.backup) as coop:
        house = coop.installation
        refused = await coop.post(coop.town.says("Hanako", "token.gift/1", {"amount": 1, "to": coop.town.id("Jiro")}))
        assert (refused.status_code, refused.json()["code"]) == (503, "guard.ahead")
        done = await replay(house, SLUG, copy)
        assert (done.after, done.missing) == (whole[0], 0)
        assert done.before == whole[0] - 3
        assert await head_of(house) == whole
        async with house.database.pool.acquire() as connection:
            await audit_database(connection, await house.ledger(SLUG), BOOKS)
        # Names came along, and everybody goes on, from whatever they have seen.
        reading = Reading(house.database.pool, house.privacy, BOOKS, await house.ledger(SLUG))
        assert (await reading.names([lost.town.id("Saburo")])) == {lost.town.id("Saburo"): "Saburo"}
        await coop.say("Saburo", "role.end/1", {"member": lost.town.id("Saburo"), "role": "steward"})
        with pytest.raises(GuardError, match=r"replay\.nothing"):
            await replay(house, SLUG, copy)


async def test_without_private_values_in_the_copy_names_are_missing_and_the_ledger_whole(
    lost: Lost, export: Any
) -> None:
    copy = await export()
    async with lost.house(lost.backup) as coop:
        house = coop.installation
        await replay(house, SLUG, copy)
        reading = Reading(house.database.pool, house.privacy, BOOKS, await house.ledger(SLUG))
        assert await reading.names([lost.town.id("Saburo")]) == {lost.town.id("Saburo"): lost.town.id("Saburo")[:10]}


async def test_a_whole_database_comes_back_from_a_copy(lost: Lost, export: Any, database: Server) -> None:
    from app.storage.migrate import migrate

    copy = await export(scope=ALL)
    async with lost.house() as coop:
        whole = await head_of(coop.installation)
    await migrate(database.owner_dsn.url)
    async with lost.house(database) as coop:
        done = await replay(coop.installation, SLUG, copy)
        assert (done.before, done.missing) == (0, 0)
        assert await head_of(coop.installation) == whole


async def test_where_guard_and_database_are_both_old_the_copys_own_seal_says_what_is_missing(
    lost: Lost, export: Any
) -> None:
    copy = await export()
    async with lost.house() as coop:
        whole = await head_of(coop.installation)
        key = coop.installation.keys.get(lost.town.origin, "log")
        stored = await coop.installation.database.pool.fetchrow("SELECT root, note FROM checkpoint WHERE size = $1", 6)
    guard = next((lost.data / "guard").glob("*.note"))
    guard.write_bytes(checkpoint.sign(Checkpoint(lost.town.origin, 6, stored["root"]), key))
    async with lost.house(lost.backup) as coop:
        assert (await head_of(coop.installation))[0] == 6
        done = await replay(coop.installation, SLUG, copy)
        assert done.published == whole[0]
        assert await head_of(coop.installation) == whole


async def test_what_a_copy_has_not_stays_missing(lost: Lost, export: Any) -> None:
    copy = await export()
    short = await shortened(lost, copy, 8)
    async with lost.house(lost.backup) as coop:
        done = await replay(coop.installation, SLUG, short)
        assert done == Replayed(6, 8, 9)
        assert done.missing == 1
        with pytest.raises(GuardError, match=r"guard\.ahead"):
            await head_of(coop.installation)
        assert (await replay(coop.installation, SLUG, copy)).missing == 0
        assert (await head_of(coop.installation))[0] == 9


async def shortened(lost: Lost, copy: FolderCopy, size: int) -> FolderCopy:
    """The same copy as it was taken earlier."""
    from ledger import merkle

    leaves = decode_bundle(copy.read(Tile(None, 0, 9).path), 9)[:size]
    frontier = merkle.Frontier()
    for leaf in leaves:
        frontier.append(merkle.leaf_hash(leaf))
    folder = lost.data / "shortened"
    (folder / Tile(None, 0, size).path).parent.mkdir(parents=True)
    (folder / Tile(None, 0, size).path).write_bytes(encode_bundle(leaves))
    key = OperatorKeys(lost.data / "keys").get(lost.town.origin, "log")
    (folder / "checkpoint").write_bytes(checkpoint.sign(Checkpoint(lost.town.origin, size, frontier.root()), key))
    return FolderCopy(folder)


async def test_what_differs_is_refused_and_nothing_written(lost: Lost, export: Any, tmp_path: Path) -> None:
    copy = await export()
    folder = tmp_path / "copy"
    path = folder / Tile(None, 0, 9).path
    whole, note = path.read_bytes(), (folder / "checkpoint").read_bytes()
    async with lost.house(lost.backup) as coop:
        house = coop.installation
        leaves = decode_bundle(whole, 9)
        leaves[7] = leaves[7].replace(b'"received":"20', b'"received":"21')
        path.write_bytes(encode_bundle(leaves))
        with pytest.raises(ProofError, match=r"replay\.differs"):
            await replay(house, SLUG, copy)
        # Signed anew it is another history, and the guard knows the one that was published.
        from ledger import merkle

        frontier = merkle.Frontier()
        for leaf in leaves:
            frontier.append(merkle.leaf_hash(leaf))
        other = Checkpoint(lost.town.origin, 9, frontier.root())
        key = house.keys.get(lost.town.origin, "log")
        (folder / "checkpoint").write_bytes(checkpoint.sign(other, key))
        with pytest.raises(GuardError, match=r"guard\.fork"):
            await replay(house, SLUG, copy)
        stranger = checkpoint.sign(Checkpoint(lost.town.origin, 9, bytes(32)), lost.town.key("Taro"))
        (folder / "checkpoint").write_bytes(stranger)
        with pytest.raises(LedgerError, match=r"checkpoint\.key"):
            await replay(house, SLUG, copy)
        foreign = checkpoint.sign(Checkpoint("elsewhere.example/yui", 9, bytes(32)), lost.town.key("Taro"))
        (folder / "checkpoint").write_bytes(foreign)
        with pytest.raises(KeyMissing):
            await replay(house, SLUG, copy)
        assert await house.database.pool.fetchval("SELECT size FROM head") == 6
        assert await house.database.pool.fetchval("SELECT count(*) FROM entry") == 6
        path.write_bytes(whole)
        (folder / "checkpoint").write_bytes(note)
        assert (await replay(house, SLUG, copy)).missing == 0
