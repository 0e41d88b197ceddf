"""What a page says of itself, so that the browser knows when to ask again."""

from __future__ import annotations

import re

import pytest

from app.sequencer.guard import Published
from app.storage.ledgers import Ledger
from app.storage.log import Log
from tests.app.api.service import Coop


async def test_a_page_never_claims_entries_that_came_while_it_was_read(
    coop: Coop, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, _ = coop.town.head
    published = Log.published

    async def meanwhile(log: Log, ledger: Ledger) -> Published:
        monkeypatch.undo()
        await coop.join("Taro")
        return await published(log, ledger)

    # The frame asks for the seal after the page's content was read.
    monkeypatch.setattr(Log, "published", meanwhile)
    page = (await coop.stranger.get(f"/c/{coop.town.slug}/proposals")).text
    claimed = re.search(r'data-size="(\d+)"', page)
    assert claimed is not None
    assert coop.town.head[0] > before
    assert int(claimed[1]) == before
