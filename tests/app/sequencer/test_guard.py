"""The guard: it only grows, it is the published checkpoint, and a database that disagrees with it is shut."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
import pytest
from nacl.signing import SigningKey

from app.errors import GuardError, LedgerDamaged
from app.installation import Installation
from app.sequencer.guard import Guard
from app.storage.embedded import Server
from app.storage.migrate import migrate
from ledger import checkpoint
from ledger.checkpoint import Checkpoint
from ledger.signed_note import VerifierKey
from tests.app.sequencer.audit import audit
from tests.app.sequencer.books import BOOKS
from tests.app.sequencer.house import ORIGIN, House, founded, settings

SIGNER = SigningKey(bytes(32))
KEY = VerifierKey("a.example:1/b/c", bytes(SIGNER.verify_key))


def note(size: int, root: bytes = bytes(32), signer: SigningKey = SIGNER) -> bytes:
    return checkpoint.sign(Checkpoint(KEY.name, size, root), signer)


@pytest.fixture
def guard(tmp_path: Path) -> Guard:
    guard = Guard(tmp_path / "guard")
    guard.create(KEY, note(0))
    return guard


def test_it_grows_and_never_shrinks(guard: Guard) -> None:
    assert guard.advance(KEY, note(5)).size == 5
    assert guard.advance(KEY, note(5)).size == 5
    assert guard.advance(KEY, note(3)).size == 5
    assert guard.create(KEY, note(0)).size == 5
    assert guard.read(KEY).note == note(5)


def test_a_second_tree_of_one_size_is_a_fork(guard: Guard) -> None:
    guard.advance(KEY, note(5))
    with pytest.raises(GuardError) as caught:
        guard.advance(KEY, note(5, bytes(31) + b"x"))
    assert caught.value.code == "guard.fork"


def test_foreign_and_broken_notes_are_damage(guard: Guard, tmp_path: Path) -> None:
    file = next((tmp_path / "guard").glob("*.note"))
    for bad in (b"", note(5)[:-10], note(5, signer=SigningKey(b"x" * 32)), note(5).replace(b"\n5\n", b"\n6\n")):
        file.write_bytes(bad)
        with pytest.raises(GuardError) as caught:
            guard.read(KEY)
        assert caught.value.code == "guard.damaged"


def test_a_lost_guard_is_not_made_anew_by_advancing(guard: Guard, tmp_path: Path) -> None:
    next((tmp_path / "guard").glob("*.note")).unlink()
    with pytest.raises(GuardError) as caught:
        guard.advance(KEY, note(5))
    assert caught.value.code == "guard.missing"


def test_a_leftover_of_a_crash_while_writing_does_no_harm(guard: Guard, tmp_path: Path) -> None:
    next((tmp_path / "guard").glob("*.note")).with_suffix(".new").write_bytes(b"half a no")
    assert guard.read(KEY).size == 0
    assert guard.advance(KEY, note(1)).size == 1


async def test_concurrent_advances_end_at_the_largest(guard: Guard) -> None:
    await asyncio.gather(*(asyncio.to_thread(guard.advance, KEY, note(size)) for size in range(1, 60)))
    assert guard.read(KEY).size == 59


def guard_file(tmp_path: Path) -> Path:
    return next((tmp_path / "guard").glob("*.note"))


async def code_of(house: House, number: int) -> str:
    with pytest.raises(GuardError) as caught:
        await house.installation.submit(house.ledger, house.word(house.hanako, number))
    return caught.value.code


async def test_a_restored_old_database_is_neither_appended_to_nor_served(
    postgres: Server, migrated: Server, tmp_path: Path
) -> None:
    old = f"{migrated.owner_dsn.database}_old"
    async with Installation.open(settings(migrated, tmp_path)) as installation:
        house = await founded(installation)
        await house.submit(house.word(house.hanako, 1))
    await as_owner(postgres, f"CREATE DATABASE {old} TEMPLATE {migrated.owner_dsn.database}")
    try:
        async with Installation.open(settings(migrated, tmp_path)) as installation:
            house = await founded(installation)
            acknowledged = await house.submit(house.word(house.hanako, 2))
        backup = Server(migrated.owner_dsn.to(old), migrated.service_dsn.to(old))
        async with Installation.open(settings(backup, tmp_path)) as installation:
            ledger = await installation.ledger("words")
            house = House(installation, ledger, acknowledged)
            word = house.word(house.hanako, 3)
            with pytest.raises(GuardError) as caught:
                await installation.submit(ledger, word)
            assert caught.value.code == "guard.ahead"
            with pytest.raises(GuardError, match=r"guard\.ahead"):
                await installation.log.published(ledger)
            with pytest.raises(GuardError, match=r"guard\.ahead"):
                await installation.log.entry(ledger, 0)
            assert await installation.database.pool.fetchval("SELECT size FROM head") == 2
    finally:
        await as_owner(postgres, f"DROP DATABASE {old} WITH (FORCE)")


async def as_owner(postgres: Server, statement: str) -> None:
    connection = await asyncpg.connect(**postgres.owner_dsn.keywords())
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def test_a_database_with_another_story_is_a_fork(house: House, migrated: Server) -> None:
    await house.submit(house.word(house.hanako, 1))
    await house.submit(house.word(house.hanako, 2))
    # Its privileges let the service move the head row; the tree does not follow.
    await house.installation.database.pool.execute("UPDATE head SET root = $1", bytes(32))
    assert await code_of(house, 3) == "guard.fork"
    with pytest.raises(GuardError, match=r"guard\.fork"):
        await house.installation.log.published(house.ledger)


async def test_a_database_that_is_set_back_while_we_run_is_not_served(house: House) -> None:
    await house.submit(house.word(house.hanako, 1))
    await house.installation.log.published(house.ledger)
    await house.installation.database.pool.execute("UPDATE head SET size = 1")
    with pytest.raises(GuardError, match=r"guard\.ahead"):
        await house.installation.log.published(house.ledger)


async def test_changed_hashes_below_the_head_are_noticed(house: House, migrated: Server) -> None:
    await house.submit(house.word(house.hanako, 1))
    owner = await asyncpg.connect(**migrated.owner_dsn.keywords())
    await owner.execute("ALTER TABLE entry DISABLE TRIGGER ALL")
    await owner.execute("UPDATE entry SET leaf_hash = $1 WHERE index = 0", bytes(32))
    await owner.close()
    await house.installation.lanes.stop()
    with pytest.raises(LedgerDamaged, match=r"log\.root"):
        await house.installation.submit(house.ledger, house.word(house.hanako, 2))


async def test_without_its_guard_a_ledger_is_shut_until_an_operator_says_otherwise(
    house: House, tmp_path: Path
) -> None:
    await house.submit(house.word(house.hanako, 1))
    words = [house.word(house.hanako, number) for number in (2, 3)]
    guard_file(tmp_path).unlink()
    for word in words:
        with pytest.raises(GuardError, match=r"guard\.missing"):
            await house.installation.submit(house.ledger, word)
    with pytest.raises(GuardError, match=r"guard\.missing"):
        await house.installation.log.published(house.ledger)
    assert (await house.installation.recreate_guard("words")).size == 2
    assert (await house.submit(words[0])).index == 2


async def test_a_guard_that_cannot_be_written_acknowledges_nothing_and_heals(house: House, tmp_path: Path) -> None:
    first, second = house.word(house.hanako, 1), house.word(house.hanako, 2)
    folder = tmp_path / "guard"
    blocker = folder / f"{guard_file(tmp_path).stem}.new"
    blocker.mkdir()  # not even root can write a file there
    for word in (first, second):
        with pytest.raises(GuardError) as caught:
            await house.installation.submit(house.ledger, word)
        assert caught.value.code == "guard.unwritable"
    # The first was committed and waits to be published; nothing was added on top of it.
    assert await house.installation.database.pool.fetchval("SELECT size FROM head") == 2
    assert (await house.installation.log.published(house.ledger)).size == 1
    assert await house.installation.log.entry(house.ledger, 1) is None
    blocker.rmdir()
    assert (await house.submit(second)).index == 2
    assert (await house.submit(first)).index == 1
    async with house.installation.database.pool.acquire() as connection:
        await audit(connection, house.ledger, BOOKS)


async def test_a_new_ledger_cannot_take_the_name_of_a_guarded_one(
    postgres: Server, migrated: Server, tmp_path: Path
) -> None:
    async with Installation.open(settings(migrated, tmp_path)) as installation:
        await founded(installation)
    empty = f"{migrated.owner_dsn.database}_empty"
    await as_owner(postgres, f"CREATE DATABASE {empty}")
    try:
        fresh = Server(migrated.owner_dsn.to(empty), migrated.service_dsn.to(empty))
        await migrate(fresh.owner_dsn.url)
        async with Installation.open(settings(fresh, tmp_path)) as installation:
            with pytest.raises(GuardError, match=r"guard\.ahead"):
                await founded(installation)
    finally:
        await as_owner(postgres, f"DROP DATABASE {empty} WITH (FORCE)")
    assert Guard(tmp_path / "guard").read(installation.keys.verifier(ORIGIN)).size == 1


async def test_whoever_founds_again_does_not_make_a_lost_guard_anew(house: House, tmp_path: Path) -> None:
    guard_file(tmp_path).unlink()
    with pytest.raises(GuardError, match=r"guard\.missing"):
        await founded(house.installation)
    assert not list((tmp_path / "guard").glob("*.note"))
