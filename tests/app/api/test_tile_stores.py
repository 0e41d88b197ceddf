"""Copies for auditors in a folder: whole or not at all, never back, and only what everyone may see."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from app.cli.main import main
from app.errors import StoreError
from app.stores import DirectoryStore, Store, open_store
from app.stores.copier import Copier
from ledger import checkpoint
from ledger.tiles import tiles_of
from tests.app.api.service import Coop

SLUG = "owase"


async def copy(coop: Coop, store: Store) -> None:
    await Copier(coop.installation, store).copy(await coop.installation.ledger(coop.town.slug))


async def invite(coop: Coop, count: int) -> None:
    for start in range(0, count, 100):
        said = [coop.town.invitation(f"guest {start + number}", "Hanako") for number in range(min(100, count - start))]
        batch = b"[" + b",".join(written.json() for written in said) + b"]"
        answer = await coop.stranger.post(coop.api("statements/batch"), content=batch)
        assert answer.status_code == 200
        coop.town.saw(answer.json()[-1]["checkpoint"])


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def test_a_folder_holds_what_the_service_shows_and_verifies(coop: Coop, tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path / "tiles")
    await copy(coop, store)
    await invite(coop, 260)
    await copy(coop, store)
    folder = tmp_path / "tiles" / SLUG
    for path in ["checkpoint", *(tile.path for tile in tiles_of(261))]:
        shown = await coop.stranger.get(coop.log(path))
        assert (folder / path).read_bytes() == shown.content, path
    assert await asyncio.to_thread(main, ["verify", str(folder)]) == 0
    before = files(tmp_path / "tiles")
    await copy(coop, store)
    assert files(tmp_path / "tiles") == before


class Breaking:
    """A store that ends after so many files."""

    def __init__(self, store: Store, left: int) -> None:
        self._store, self.left = store, left

    async def get(self, path: str) -> bytes | None:
        return await self._store.get(path)

    async def put(self, path: str, data: bytes, *, forever: bool) -> None:
        if self.left == 0:
            raise StoreError("store.unavailable", reason="")
        self.left -= 1
        await self._store.put(path, data, forever=forever)


async def test_wherever_it_breaks_off_the_checkpoint_promises_what_is_there(coop: Coop, tmp_path: Path) -> None:
    await invite(coop, 260)
    whole = DirectoryStore(tmp_path / "whole")
    await copy(coop, whole)
    expected = files(tmp_path / "whole")
    for left in range(len(expected)):
        store = DirectoryStore(tmp_path / str(left))
        with pytest.raises(StoreError):
            await copy(coop, Breaking(store, left))
        found = files(tmp_path / str(left))
        assert f"{SLUG}/checkpoint" not in found or left == len(expected) - 1
        await copy(coop, store)
        assert files(tmp_path / str(left)) == expected


async def test_it_never_goes_back_nor_over_another_history(coop: Coop, tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path / "tiles")
    await invite(coop, 3)
    key = coop.installation.keys.get(coop.town.origin, "log")
    for size, code in ((9, "store.ahead"), (2, "store.fork")):
        note = checkpoint.sign(checkpoint.Checkpoint(coop.town.origin, size, bytes(32)), key)
        await store.put(f"{SLUG}/checkpoint", note, forever=False)
        with pytest.raises(StoreError) as caught:
            await copy(coop, store)
        assert caught.value.code == code
        assert await store.get(f"{SLUG}/checkpoint") == note


async def test_only_what_everyone_may_see_is_copied(closed: Coop, tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path / "copy")
    await copy(closed, store)
    assert not (tmp_path / "copy").exists()
    await closed.say("Hanako", "coop.visibility/1", {"entries": "members", "tiles": "public"})
    await copy(closed, store)
    assert set(files(tmp_path / "copy" / "closed")) == {"checkpoint", "tile/0/000.p/2"}
    await closed.say("Hanako", "coop.visibility/1", {"entries": "public", "tiles": "public"})
    await copy(closed, store)
    assert "tile/entries/000.p/3" in files(tmp_path / "copy" / "closed")


@pytest.mark.parametrize(
    "url", ["", "tiles", "/srv/tiles", "ftp://host/tiles", "file://host/tiles", "s3:", "https://x/y"]
)
def test_what_is_no_store(url: str) -> None:
    with pytest.raises(StoreError, match=r"store\.url"):
        open_store(url)
