"""The articles as a document, version by version; projects and federations with the decisions behind them."""

from __future__ import annotations

import re

from ledger.compose import Private
from tests.app.decided.conftest import Deciding

FIRST = "第1条 この組合は、結の里という。\n第2条 総会は年に一度開く。"
SECOND = "第1条 この組合は、結の里という。\n第2条 総会は年に二度開く。"


async def adopt(coop: Deciding, title: str, text: str) -> str:
    return await coop.decide("special", title, text, {"effect": "articles"})


async def test_without_articles_the_page_says_how_they_come_about(coop: Deciding) -> None:
    assert "定款はまだ記録されていません" in await coop.page("Taro", "articles")
    client = await coop.signed_in("Taro")
    assert (await client.get("/c/short/articles/1")).status_code == 404


async def test_what_was_decided_last_is_in_force_and_what_was_before_is_kept(coop: Deciding) -> None:
    first = await adopt(coop, "定款を定める", FIRST)
    second = await adopt(coop, "定款を改める", SECOND)
    shown = await coop.page("Taro", "articles")
    document = shown[shown.index('id="document"') :].partition("</div>")[0]
    assert "年に二度" in document
    assert "年に一度" not in document
    for proposal, title in ((first, "定款を定める"), (second, "定款を改める")):
        assert f'href="/c/short/proposals/{proposal}">{title}</a>' in shown
    assert '<a href="/c/short/articles/1">' in shown
    assert "Articles of association" in await coop.page("Taro", "articles", lang="en")


async def test_their_change_begins_from_the_text_in_force_and_becomes_the_articles(coop: Deciding) -> None:
    link = "proposals/new?kind=special&amp;effect=articles"
    assert link in await coop.page("Taro", "articles")
    assert "第1条" not in await coop.page("Taro", link.replace("&amp;", "&"))
    await adopt(coop, "定款を定める", FIRST)
    form = await coop.page("Taro", link.replace("&amp;", "&"))
    assert FIRST in form
    assert "この本文が、新しい定款になります。" in form
    assert FIRST not in await coop.page("Taro", "proposals/new?kind=special")


async def test_a_version_shows_what_it_changed_line_by_line(coop: Deciding) -> None:
    await adopt(coop, "定款を定める", FIRST)
    await adopt(coop, "定款を改める", SECOND)
    shown = await coop.page("Taro", "articles/2")
    assert re.findall("<(ins|del)>(.*?)<", shown) == [
        ("del", "第2条 総会は年に一度開く。"),
        ("ins", "第2条 総会は年に二度開く。"),
    ]
    back = await coop.page("Taro", "articles/1?against=2")
    assert re.findall("<ins>(.*?)<", back) == ["第2条 総会は年に一度開く。"]
    assert "これは前の版です" in back
    assert "<ins>" not in await coop.page("Taro", "articles/1")


async def test_who_fails_to_adopt_changes_nothing(coop: Deciding) -> None:
    proposal = await coop.call(await coop.draft("special", "定款", FIRST, effects=[{"effect": "articles"}]))
    await coop.vote(proposal, Hanako="yes", Taro="no", Jiro="no")
    assert proposal not in await coop.page("Taro", "articles")


async def test_projects_and_federations_name_the_decision_that_opened_them(coop: Deciding) -> None:
    assert "取り組みはまだありません" in await coop.page("Taro", "projects")
    project = await coop.decide(
        "ordinary", "棚田の手入れ", "皆で。", {"effect": "project", "lead": coop.town.id("Jiro")}
    )
    union = await coop.decide("special", "連合へ", "加わる。", {"effect": "federation", "origin": "union.example/yui"})
    shown = await coop.page("Taro", "projects")
    assert f'id="{project}"' in shown
    assert "棚田の手入れ" in shown
    assert "まとめ役 Jiroさん" in shown
    assert re.search(rf"union\.example/yui.*?/proposals/{union}", shown, re.DOTALL)
    assert "Jiroさん" not in await coop.page("", "projects")  # strangers read no names
    entry = await coop.page("Taro", f"ledger/{await opening(coop, project)}")
    assert f'href="/c/short/projects#{project}"' in entry


async def test_what_a_budget_is_spent_on_begins_as_projects(coop: Deciding) -> None:
    allot = [{"effect": "allot"}]
    proposal = await coop.draft("budget", "地域の予算", "何に使うか。", budget=900, effects=allot)
    for name, title, cost in (("Taro", "街灯を直す", 500), ("Jiro", "橋をかける", 800)):
        thing = {"proposal": proposal, "title": Private(title), "text": Private("皆で。"), "cost": cost}
        await coop.say(name, "proposal.item/1", thing)
    await coop.call(proposal)
    await coop.vote(proposal, Hanako="1", Taro="1", Jiro="2")
    shown = await coop.page("Taro", "projects")
    assert "街灯を直す" in shown
    assert "橋をかける" not in shown
    assert "まとめ役 Taroさん" in shown
    assert "予算 500" in shown
    assert f'href="/c/short/proposals/{proposal}"' in shown


async def opening(coop: Deciding, proposal: str) -> int:
    """The entry that called its vote."""
    ledger = await coop.installation.ledger("short")
    entries = await coop.installation.log.entries(ledger, 0, 200)
    return next(i for i, one in enumerate(entries) if b"proposal.open/1" in one.leaf and proposal.encode() in one.leaf)


async def test_the_rule_book_leads_to_both(coop: Deciding) -> None:
    shown = await coop.page("Taro", "rules")
    assert 'href="/c/short/articles"' in shown
    assert 'href="/c/short/projects"' in shown
