"""A witness whose folder is lost, or put back, cosigns nothing of what it has forgotten: the database knows how far it
had come, and an operator who can't find the note anywhere says so with that number.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
from litestar import Litestar
from nacl.signing import SigningKey
from prometheus_client import REGISTRY

from app.cli.main import main
from app.errors import WitnessError
from app.installation import Installation, Settings
from app.storage.embedded import Server
from app.witness.memory import Memory, digest, size_of
from app.witness.service import Witness
from app.witness.settings import PolicyFile, Witnessing
from app.witness.watermarks import Watermarks
from governance.all_books import BOOKS
from ledger import cosignature, signed_note
from ledger.errors import LedgerError
from tests.app.api.service import ADDRESS, create_app, web
from tests.app.witness.log import ORIGIN, NumberLog

LOG, FORK = NumberLog(), NumberLog(fork=2)
Command = Callable[..., int]


def settings(migrated: Server, folder: Path) -> Settings:
    listed = folder / "witness.logs"
    listed.write_text(f"log {LOG.vkey.text()}\nquorum none\n")
    witnessing = Witnessing(logs=PolicyFile(listed), name="coops.example/witness")
    return Settings(folder, migrated.service_dsn.url, BOOKS, witnessing=witnessing)


@pytest.fixture
async def installation(migrated: Server, tmp_path: Path) -> AsyncIterator[Installation]:
    async with Installation.open(settings(migrated, tmp_path)) as installation:
        yield installation


@pytest.fixture
def witness(installation: Installation) -> Witness:
    assert installation.witness is not None
    return installation.witness


class Note:
    """The file with the witness's memory of the log, and what befalls it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "witness" / f"{digest(ORIGIN)}.note"

    def read(self) -> bytes | None:
        return self.path.read_bytes() if self.path.exists() else None

    def become(self, kept: bytes | None) -> None:
        """Put back what somebody kept; None: it is gone."""
        if kept is None:
            self.path.unlink()
        else:
            self.path.write_bytes(kept)


@pytest.fixture
def note(tmp_path: Path) -> Note:
    return Note(tmp_path)


@pytest.fixture
def forget(witness: Witness, migrated: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """``yui operator forget-witnessed``, at the installation's data directory and database."""
    assert witness.key.name == "coops.example/witness"
    monkeypatch.setenv("YUI_DATABASE_URL", migrated.service_dsn.url)
    monkeypatch.setenv("YUI_DATABASE_OWNER_URL", migrated.owner_dsn.url)
    # A command takes signals, which only the main thread may.
    monkeypatch.setattr("app.cli.runtime._until_signal", lambda work: work())
    monkeypatch.setattr("app.logs.configure", lambda _: None)  # its log would outlive the test

    def act(*more: str, origin: str = ORIGIN) -> int:
        return main(["operator", "forget-witnessed", origin, *more, "--data", str(tmp_path)])

    return act


async def mark(installation: Installation) -> int | None:
    size: int | None = await installation.database.pool.fetchval("SELECT size FROM watermark WHERE origin = $1", ORIGIN)
    return size


async def assert_lost(witness: Witness, body: bytes, size: int) -> None:
    with pytest.raises(WitnessError) as refused:
        await witness.add_checkpoint(body)
    assert (refused.value.code, refused.value.params) == ("witness.lost", {"origin": ORIGIN, "size": size})


async def test_a_deleted_note_is_not_taken_for_a_log_never_seen(
    witness: Witness, installation: Installation, note: Note
) -> None:
    await witness.add_checkpoint(LOG.request(0, 7))
    assert await mark(installation) == 7
    note.become(None)
    for body in (FORK.request(0, 7), LOG.request(0, 7), LOG.request(0, 9), LOG.request(7, 9), LOG.request(0, 3)):
        await assert_lost(witness, body, 7)
    assert note.read() is None
    assert await mark(installation) == 7


async def test_a_note_that_is_put_back_is_not_believed(
    witness: Witness, installation: Installation, note: Note
) -> None:
    await witness.add_checkpoint(LOG.request(0, 2))
    old = note.read()
    await witness.add_checkpoint(LOG.request(2, 7))
    new = note.read()
    note.become(old)
    # A history that parts from the true one after what the old note knows.
    for body in (FORK.request(2, 9), LOG.request(2, 7), LOG.request(2, 2)):
        await assert_lost(witness, body, 7)
    assert note.read() == old
    note.become(new)
    await witness.add_checkpoint(LOG.request(7, 9))
    assert await mark(installation) == 9


async def test_the_log_itself_can_give_back_what_was_lost(witness: Witness, note: Note) -> None:
    """Its checkpoint carries our cosignature, which nobody else can make: as good as the file."""
    line = await witness.add_checkpoint(LOG.request(0, 7))
    text = signed_note.parse(LOG.note(7)).text
    stranger = cosignature.sign(text, "stranger.example", SigningKey(bytes(32)), 1_000)
    note.become(None)
    note.become(LOG.note(7) + stranger)
    with pytest.raises(WitnessError, match=r"witness\.damaged"):
        await witness.add_checkpoint(LOG.request(7, 9))
    note.become(LOG.note(7) + stranger + line)
    await witness.add_checkpoint(LOG.request(7, 9))
    assert size_of(witness.memory.last(ORIGIN)) == 9


@pytest.mark.parametrize("older", ["UPDATE watermark SET size = 2", "UPDATE watermark SET origin = 'none'"])
async def test_an_older_database_is_harmless(witness: Witness, installation: Installation, older: str) -> None:
    await witness.add_checkpoint(LOG.request(0, 7))
    await installation.database.pool.execute(older)
    with pytest.raises(LedgerError):
        await witness.add_checkpoint(FORK.request(7, 9))
    await witness.add_checkpoint(LOG.request(7, 7))
    assert await mark(installation) == 7


async def test_a_crash_between_file_and_database_loses_nothing(
    witness: Witness, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    await witness.add_checkpoint(LOG.request(0, 3))

    async def crash(_marks: Watermarks, _origin: str, _size: int) -> None:
        raise ConnectionResetError

    with monkeypatch.context() as inner:
        inner.setattr(Watermarks, "advance", crash)
        with pytest.raises(ConnectionResetError):
            await witness.add_checkpoint(LOG.request(3, 9))
    assert (size_of(witness.memory.last(ORIGIN)), await mark(installation)) == (9, 3)
    with pytest.raises(LedgerError):
        await witness.add_checkpoint(NumberLog(fork=5).request(3, 9))
    await witness.add_checkpoint(LOG.request(9, 9))
    assert await mark(installation) == 9


async def test_two_processes_of_one_data_directory_share_both_memories(
    witness: Witness, installation: Installation, migrated: Server, tmp_path: Path, note: Note
) -> None:
    async with Installation.open(settings(migrated, tmp_path)) as other:
        assert other.witness is not None

        async def one(which: Witness, new: int) -> str:
            try:
                await which.add_checkpoint(LOG.request(0, new))
            except LedgerError as error:
                return error.code
            return "cosigned"

        answers = await asyncio.gather(*(one((witness, other.witness)[new % 2], new) for new in range(1, 25)))
        assert sorted(set(answers)) == ["cosigned", "witness.conflict"]
        assert answers.count("cosigned") == 1
        first = size_of(witness.memory.last(ORIGIN))
        assert await mark(installation) == first
        # Both go on at once: whoever is later in the database doesn't put it back.
        await asyncio.gather(*(which.add_checkpoint(LOG.request(first, first)) for which in (witness, other.witness)))
        await other.witness.add_checkpoint(LOG.request(first, 40))
        await Watermarks(installation.database.pool, witness.key).advance(ORIGIN, first)
        assert await mark(installation) == 40
        note.become(None)
        for which in (witness, other.witness):
            await assert_lost(which, LOG.request(0, 40), 40)


async def test_another_key_has_promised_nothing(installation: Installation, witness: Witness) -> None:
    await witness.add_checkpoint(LOG.request(0, 7))
    other = Memory(installation.data / "other", "coops.example/witness", SigningKey(bytes(32)))
    assert await Watermarks(installation.database.pool, other.public).of(ORIGIN) == 0


async def test_an_operator_says_with_the_number_that_it_is_lost_for_good(
    witness: Witness,
    installation: Installation,
    note: Note,
    forget: Command,
    capsys: pytest.CaptureFixture[str],
) -> None:
    await witness.add_checkpoint(LOG.request(0, 3))
    old = note.read()
    await witness.add_checkpoint(LOG.request(3, 7))
    assert await asyncio.to_thread(forget, "--size", "7") == 2
    assert "nothing is lost" in capsys.readouterr().err
    note.become(old)
    for wrong in ((), ("--size", "6"), ("--size", "8"), ("--size", "3")):
        assert await asyncio.to_thread(forget, *wrong) == 2
        said = capsys.readouterr().err
        assert "up to entry 7" in said
        assert f"witness/{note.path.name}" in said
        await assert_lost(witness, LOG.request(3, 9), 7)
    assert await asyncio.to_thread(forget, "--size", "7", origin="other.example/log") == 2
    assert await asyncio.to_thread(forget, "--size", "7") == 0
    assert "goes on from entry 3" in capsys.readouterr().out
    assert await mark(installation) == 3
    with pytest.raises(LedgerError):
        await witness.add_checkpoint(NumberLog(fork=1).request(3, 9))
    await witness.add_checkpoint(LOG.request(3, 9))
    note.become(None)
    assert await asyncio.to_thread(forget, "--size", "9") == 0
    await witness.add_checkpoint(LOG.request(0, 9))


async def test_who_was_never_a_witness_has_nothing_to_forget(
    installation: Installation, forget: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    for key in (installation.data / "keys").glob("*.witness"):
        key.unlink()
    assert await asyncio.to_thread(forget, "--size", "7") == 2
    assert "never been a witness" in capsys.readouterr().err
    assert not list((installation.data / "keys").glob("*.witness"))


async def test_it_is_answered_shown_and_counted(witness: Witness, installation: Installation, note: Note) -> None:
    def counted() -> float | None:
        return REGISTRY.get_sample_value("yui_witness_lost_logs")

    async with browser(create_app(installation, web())) as client:
        await witness.add_checkpoint(LOG.request(0, 2))
        old = note.read()
        await witness.add_checkpoint(LOG.request(2, 7))
        new = note.read()
        assert "is lost" not in (await client.get("/witness", headers={"Accept-Language": "en"})).text
        for left in (old, None):
            note.become(left)
            answer = await client.post("/witness/add-checkpoint", content=FORK.request(2, 9))
            assert (answer.status_code, answer.json()["code"]) == (503, "witness.lost")
            assert answer.json()["params"] == {"origin": ORIGIN, "size": 7}
            assert counted() == 1
            page = (await client.get("/witness", headers={"Accept-Language": "en"})).text
            assert "what was remembered is lost" in page
            assert "what was cosigned up to entry 7 is lost" in page
            shown = await client.get(f"/witness/{digest(ORIGIN)}/checkpoint")
            assert (shown.status_code, shown.content) == ((404, shown.content) if left is None else (200, left))
        note.become(new)
        assert (await client.post("/witness/add-checkpoint", content=LOG.request(7, 9))).status_code == 200
        assert counted() == 0
        assert "is lost" not in (await client.get("/witness", headers={"Accept-Language": "en"})).text


def browser(app: Litestar) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS)  # type: ignore[arg-type]


async def test_what_anybody_gets_is_marked_first(witness: Witness, installation: Installation) -> None:
    await witness.add_checkpoint(LOG.request(0, 7))
    await installation.database.pool.execute("UPDATE watermark SET size = 3")
    found = await witness.cosigned(digest(ORIGIN))
    assert found is not None
    assert (found.head.size, await mark(installation)) == (7, 7)


async def test_looking_through_them_marks_and_counts(witness: Witness, installation: Installation, note: Note) -> None:
    await witness.add_checkpoint(LOG.request(0, 7))
    await installation.database.pool.execute("UPDATE watermark SET size = 3")
    await witness.look_through()
    assert (await mark(installation), REGISTRY.get_sample_value("yui_witness_lost_logs")) == (7, 0)
    note.become(None)
    await witness.look_through()
    assert REGISTRY.get_sample_value("yui_witness_lost_logs") == 1


async def test_another_logs_note_under_its_name_is_damage(witness: Witness, note: Note) -> None:
    await witness.add_checkpoint(LOG.request(0, 7))
    kept = note.read()
    assert kept is not None
    other = note.path.with_name(f"{digest('coop.example/other')}.note")
    other.write_bytes(kept)
    with pytest.raises(WitnessError, match=r"witness\.damaged"):
        witness.memory.last("coop.example/other")
