"""The installation's home: one's own co-ops, then those that are open to everyone, page by page."""

from __future__ import annotations

import httpx
import pytest

from app.pages import entrance
from tests.app.api.service import Coop
from tests.town import Town


async def coops(client: httpx.AsyncClient, page: int = 1) -> list[str]:
    text = (await client.get(f"/?page={page}", headers={"accept": "text/html"})).text
    return [part.partition('"')[0] for part in text.split('href="/c/')[1:]]


async def test_co_ops_come_by_pages_ones_own_first_and_closed_ones_to_their_members_only(
    coop: Coop, closed: Coop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entrance, "SHOWN", 1)
    other = Coop(coop.app, coop.installation, Town("other", "other"))
    await other.found("Hanako")
    stranger = coop.client()
    assert [await coops(stranger, page) for page in (1, 2, 3)] == [[coop.town.slug], ["other"], []]
    member = await closed.signed_in("Hanako")
    assert [await coops(member, page) for page in (1, 2)] == [["closed", coop.town.slug], ["other"]]
    again = await other.signed_in("Hanako", member)
    assert await coops(again) == ["closed", "other", coop.town.slug]
