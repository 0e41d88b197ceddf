"""Lists of what is put to decision: each section in its order, by pages, whatever there are of the others."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.decisions import listing
from app.installation import Installation, Settings
from app.storage.embedded import Server
from governance.all_books import BOOKS
from ledger import canonical, ids
from ledger.compose import Private
from tests.app.api.service import Coop, Travelling, create_app, web
from tests.governance.documents import document
from tests.town import Town

HOUR = 3_600_000


@pytest.fixture
async def coop(migrated: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Coop]:
    """Pages have two lines."""
    monkeypatch.setattr(listing, "PAGE", 2)
    async with Installation.open(Settings(tmp_path, migrated.service_dsn.url, BOOKS, Travelling())) as installation:
        coop = Coop(create_app(installation, web()), installation, Town("listing", "listing"))
        await coop.found("Hanako", rules=dict.fromkeys(("ordinary", "rules", "policy", "role", "admit"), document()))
        await coop.join("Taro")
        yield coop


async def draft(coop: Coop, who: str, title: str) -> str:
    body = {"kind": "ordinary", "title": Private(title), "text": Private("月に一度。")}
    return ids.object_id("prop", (await coop.say(who, "proposal.draft/1", body)).id)


async def call(coop: Coop, who: str, proposal: str, ahead: int | None = None) -> None:
    now = coop.installation.clock.now()
    opens_at = None if ahead is None else canonical.format_time(now + ahead)
    await coop.say(who, "proposal.open/1", {"proposal": proposal, "opens_at": opens_at})


async def shown(coop: Coop, who: str, query: str = "") -> str:
    client = coop.stranger if who == "" else await coop.signed_in(who)
    answer = await client.get(f"/c/{coop.town.slug}/proposals{query}")
    assert answer.status_code == 200, answer.text
    return answer.text


def titles(page: str) -> list[str]:
    """What is on the page of what these tests have drafted, from the top; sections by their names."""
    sections = "投票を受け付けています|もうすぐ始まります|わたしの下書き|ほかの人の下書き"
    return re.findall(f">([VSMT][0-9]|{sections})<", page)


async def test_each_section_has_its_order_and_its_pages(coop: Coop) -> None:
    for title, ahead in (("S3", 3), ("S1", 1), ("S2", 2)):
        await call(coop, "Taro", await draft(coop, "Taro", title), ahead * HOUR)
    for title in ("V1", "V2", "V3"):
        await call(coop, "Taro", await draft(coop, "Taro", title))
    for title in ("M1", "M2", "M3"):
        await draft(coop, "Hanako", title)
    await draft(coop, "Taro", "T1")
    first = titles(await shown(coop, "Hanako"))
    assert first == [
        *("投票を受け付けています", "V1", "V2"),
        *("もうすぐ始まります", "S1", "S2"),
        *("わたしの下書き", "M3", "M2"),
        *("ほかの人の下書き", "T1"),
    ]  # fmt: skip
    for section, last in (("voting", "V3"), ("scheduled", "S3"), ("mine", "M1")):
        page = await shown(coop, "Hanako")
        assert f'?view={section}&amp;page=2">ほかに1件' in page
        assert titles(await shown(coop, "Hanako", f"?view={section}&page=2"))[-1:] == [last]
    assert "view=drafts" not in page
    assert titles(await shown(coop, "Taro", "?view=drafts")) == ["ほかの人の下書き", "M3", "M2"]
    assert "page=2" in await shown(coop, "Taro", "?view=drafts")
    assert "いまはありません" in await shown(coop, "Hanako", "?view=counting")


async def test_home_says_what_is_voted_on_and_how_much_is_being_prepared(coop: Coop) -> None:
    await call(coop, "Taro", await draft(coop, "Taro", "S1"), HOUR)
    for title in ("M1", "M2"):
        await draft(coop, "Hanako", title)
    answer = await (await coop.signed_in("Taro")).get(f"/c/{coop.town.slug}")
    assert "準備中の3件も見る" in answer.text
    assert "投票中の議案はありません" in answer.text
