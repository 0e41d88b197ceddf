"""What one member may have under way is said where they would begin more of it, before anything is signed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.installation import Installation, Settings
from app.pages.proposals import items, new
from app.storage.embedded import Server
from governance.all_books import BOOKS
from governance.books import drafts
from ledger import ids
from ledger.compose import Private
from tests.app.api.service import Coop, Travelling, create_app, web
from tests.governance.documents import CHOICE, document
from tests.town import Town

GREEDY = CHOICE | {"method": {"module": "greedy_budget/1", "most": 10, "by": "votes"}}
ADD = 'data-statement="proposal.item/1"'
TEXTS = {"title": Private("草刈り"), "text": Private("月に一度。")}


@pytest.fixture
async def coop(migrated: Server, tmp_path: Path) -> AsyncIterator[Coop]:
    async with Installation.open(Settings(tmp_path, migrated.service_dsn.url, BOOKS, Travelling())) as installation:
        coop = Coop(create_app(installation, web()), installation, Town("limits", "limits"))
        plain = dict.fromkeys(("ordinary", "rules", "policy", "role", "admit"), document())
        seconded = document(admission={"module": "seconders/1", "count": 2})
        await coop.found("Hanako", rules=plain | {"ordinary": seconded, "budget": GREEDY})
        for name in ("Taro", "Jiro"):
            await coop.join(name)
        yield coop


async def draft(coop: Coop, kind: str, **more: object) -> str:
    return ids.object_id("prop", (await coop.say("Taro", "proposal.draft/1", {"kind": kind, **TEXTS, **more})).id)


async def page(coop: Coop, who: str, path: str) -> str:
    answer = await (await coop.signed_in(who)).get(f"/c/{coop.town.slug}/proposals/{path}")
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_undecided_proposals(coop: Coop, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (drafts, new):
        monkeypatch.setattr(module, "MAX_UNDECIDED", 2)
    await draft(coop, "ordinary")
    shown = await page(coop, "Taro", "new?kind=ordinary")
    assert "一人 2 件まで" in shown
    assert "これ以上は出せません" not in shown
    await draft(coop, "ordinary")
    shown = await page(coop, "Taro", "new?kind=ordinary")
    assert "これ以上は出せません" in shown
    assert "下書きを届け出る" not in shown
    assert "これ以上は出せません" not in await page(coop, "Jiro", "new?kind=ordinary")
    assert "You can&#39;t submit another one now" in await page(coop, "Taro", "new?kind=ordinary&lang=en")


async def test_things_to_pay_for(coop: Coop, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (drafts, items):
        monkeypatch.setattr(module, "MAX_ITEMS_EACH", 1)
    budget = await draft(coop, "budget", budget=100)
    shown = await page(coop, "Jiro", f"{budget}/items")
    assert "一人 1 件まで" in shown
    assert ADD in shown
    await coop.say("Jiro", "proposal.item/1", {"proposal": budget, "cost": 30, **TEXTS})
    shown = await page(coop, "Jiro", f"{budget}/items")
    assert "もういっぱいまで届け出ています" in shown
    assert ADD not in shown
    assert ADD in await page(coop, "Taro", f"{budget}/items")


async def test_only_seconds_that_count_are_counted(coop: Coop) -> None:
    proposal = await draft(coop, "ordinary")
    await coop.say("Jiro", "proposal.second/1", {"proposal": proposal, "version": 1})
    assert "賛同者は2人要ります。いまは1人です。" in await page(coop, "Taro", proposal)
    await coop.say("Jiro", "member.leave/1", {})
    assert "賛同者は2人要ります。いまは0人です。" in await page(coop, "Taro", proposal)
