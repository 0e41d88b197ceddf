"""Where the ledger goes, its proofs go: into exports, from the database and from an address, and to tile stores."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.audit.copies import FolderCopy
from app.audit.export import export
from app.audit.mirror import MirroredLog
from app.exports import write
from app.stores import open_store
from app.stores.copier import Copier
from contracts import proof
from tests.app.anchors.harbour import Harbour
from tests.app.api.service import Coop

PATH = "anchors/1.json"


@pytest.fixture
async def anchored(harbour: Harbour, coop: Coop) -> bytes:
    """The proof of the co-op's one anchor."""
    async with harbour.owner() as owner:
        await harbour.finish(owner)
    return (await coop.stranger.get(coop.log(PATH))).content


async def test_an_export_has_them_and_so_has_an_export_of_it(coop: Coop, anchored: bytes, tmp_path: Path) -> None:
    ledger = await coop.installation.ledger(coop.town.slug)
    await write(coop.installation, ledger, tmp_path / "first", None)
    assert (tmp_path / "first" / PATH).read_bytes() == anchored
    assert proof.parse(anchored).site.chain_id == 31337

    def again() -> None:
        with ExitStack() as stack:
            export(MirroredLog(FolderCopy(tmp_path / "first"), stack), tmp_path / "second")

    await asyncio.to_thread(again)
    assert (tmp_path / "second" / PATH).read_bytes() == anchored


async def test_a_tile_store_has_them(coop: Coop, anchored: bytes, tmp_path: Path) -> None:
    ledger = await coop.installation.ledger(coop.town.slug)
    await Copier(coop.installation, open_store((tmp_path / "tiles").as_uri())).copy(ledger)
    assert (tmp_path / "tiles" / "owase" / PATH).read_bytes() == anchored
    (tmp_path / "tiles" / "owase" / PATH).write_bytes(b"kept")
    await Copier(coop.installation, open_store((tmp_path / "tiles").as_uri())).copy(ledger)
    assert (tmp_path / "tiles" / "owase" / PATH).read_bytes() == b"kept", "what is there stays as it is"
