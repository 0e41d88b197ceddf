"""What is exported from the database is what anyone can verify, and what an address shows comes to the same."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from app import exports
from app.cli.main import main
from ledger.compose import Private
from ledger.verify.private import Scope
from tests.app.api.service import Coop


async def exported(coop: Coop, folder: Path, *, private: bool = False) -> Path:
    scope = Scope(all=True, subjects=()) if private else None
    size = await exports.write(coop.installation, await coop.installation.ledger(coop.town.slug), folder, scope)
    assert size == coop.town.head[0]
    return folder


@pytest.fixture
async def lively(coop: Coop) -> Coop:
    await coop.join("Taro")
    await coop.say("Hanako", "coop.profile/1", {"profile": {"name": Private("海の里")}})
    draft = {"kind": "ordinary", "text": Private("花を植える"), "title": Private("花壇")}
    await coop.say("Taro", "proposal.draft/1", draft)
    return coop


async def verified(folder: Path) -> int:
    return await asyncio.to_thread(main, ["verify", str(folder), "--json"])


async def test_an_export_verifies_with_and_without_private_values(lively: Coop, tmp_path: Path) -> None:
    assert await verified(await exported(lively, tmp_path / "plain")) == 0
    assert await verified(await exported(lively, tmp_path / "all", private=True)) == 0
    assert not (tmp_path / "plain" / "private").exists()
    assert "海の里" in "".join(path.read_text() for path in (tmp_path / "all" / "private").rglob("*.jsonl"))


async def test_a_changed_byte_is_found(lively: Coop, tmp_path: Path) -> None:
    folder = await exported(lively, tmp_path / "copy")
    (bundle,) = (folder / "tile" / "entries").rglob("*.p/*")
    data = bytearray(bundle.read_bytes())
    data[-40] ^= 1
    bundle.write_bytes(data)
    assert await verified(folder) == 1


async def test_nothing_is_written_over(lively: Coop, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").touch()
    with pytest.raises(FileExistsError):
        await exported(lively, tmp_path / "full")


async def test_what_an_address_shows_comes_to_the_same(lively: Coop, tmp_path: Path) -> None:
    folder = await exported(lively, tmp_path / "copy")
    with served(folder) as address:
        assert await asyncio.to_thread(main, ["export", address, str(tmp_path / "mirror")]) == 0
    for path in ("checkpoint", "records.jsonl", "yui.json"):
        assert (tmp_path / "mirror" / path).read_bytes() == (folder / path).read_bytes()
    assert json.loads((folder / "yui.json").read_bytes())["ledgers"][0]["origin"] == lively.town.origin


async def test_an_address_does_not_lead_to_files_of_this_machine(lively: Coop, tmp_path: Path) -> None:
    folder, lure = await exported(lively, tmp_path / "copy"), tmp_path / "lure"
    (lure / ".well-known").mkdir(parents=True)
    card = {"ledgers": [{"name": "owase", "url": folder.as_uri()}], "version": "yui/v1"}
    (lure / ".well-known" / "yui.json").write_text(json.dumps(card))
    with served(lure) as address:
        assert await asyncio.to_thread(main, ["export", address, str(tmp_path / "mirror")]) == 2
    assert not (tmp_path / "mirror").exists() or not any((tmp_path / "mirror").iterdir())


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The copy behind an address, as any file server would have it."""

    class Quiet(SimpleHTTPRequestHandler):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args, directory=str(folder))

        def log_message(self, *_args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
