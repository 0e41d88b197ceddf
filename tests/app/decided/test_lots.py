"""Lots on a proposal's page: who was drawn, which entry says so, and lines that anyone can run to draw again."""

from __future__ import annotations

import contextlib
import html
import io
import re

from governance.books.proposals import Proposal
from ledger.compose import Private
from ledger.state import State
from tests.app.decided.conftest import NAMES, Deciding


async def record(coop: Deciding, proposal: str) -> Proposal:
    def question(state: State) -> Proposal:
        return state.need(Proposal, proposal)

    return await coop.installation.ask(await coop.installation.ledger("short"), question)


def drawn_again(shown: str) -> list[tuple[str, str]]:
    """(ticket, name) as the lines on the page print them when somebody runs them."""
    lines = re.search(r"<pre[^>]*><code>(import hashlib.*?)</code>", shown, re.DOTALL)
    assert lines is not None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(html.unescape(lines[1]), {})  # noqa: S102  (as a reader would)
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in printed.getvalue().splitlines()]


async def panel(coop: Deciding) -> str:
    effect = {"effect": "mint", "member": coop.town.id("Jiro"), "amount": 5}
    return await coop.call(await coop.draft("tokens", "お礼", effects=[effect]))


async def test_a_panel_is_listed_and_everyone_reads_whether_they_are_on_it(coop: Deciding) -> None:
    proposal = await panel(coop)
    draw = (await record(coop, proposal)).draw
    assert draw is not None
    on = {name for name in NAMES if coop.town.id(name) in draw.members}
    assert len(on) == 3
    for name in NAMES:
        shown = await coop.page(name, f"proposals/{proposal}")
        assert ("あなたは選ばれています" in shown) == (name in on)
        assert ("あなたは選ばれていません" in shown) == (name not in on)
        section = shown[shown.index('id="panel"') :].partition("</ul>")[0]
        assert {one for one in NAMES if f">{one}さん<" in section} == on
        assert f'href="/c/short/ledger/{draw.entry}"' in shown
    assert "3 members drawn by lot" in await coop.page("Taro", f"proposals/{proposal}", lang="en")


async def test_strangers_see_that_there_is_a_panel_and_no_names(coop: Deciding) -> None:
    shown = await coop.page("", f"proposals/{await panel(coop)}")
    section = shown[shown.index('id="panel"') :].partition("</section>")[0]
    assert "3人" in section
    assert not any(f"{name}さん" in section for name in NAMES)
    assert "あなたは" not in section


async def test_the_lines_on_the_page_draw_the_same_panel(coop: Deciding) -> None:
    proposal = await panel(coop)
    draw = (await record(coop, proposal)).draw
    assert draw is not None
    found = drawn_again(await coop.page("Taro", f"proposals/{proposal}"))
    assert tuple(name for _, name in found) == draw.members
    assert found == sorted(found)


async def tied(coop: Deciding) -> str:
    options = [Private("土曜"), Private("日曜")]
    proposal = await coop.call(await coop.draft("choice", "まつりの日", options=options))
    await coop.vote(proposal, Hanako="option_1", Taro="option_2")
    return proposal


async def test_an_outcome_leads_to_the_lot_that_decided_it(coop: Deciding) -> None:
    proposal = await tied(coop)
    order = (await record(coop, proposal)).order
    assert len(order) == 2
    shown = await coop.page("Taro", f"proposals/{proposal}")
    link = re.search(r'/ledger/(\d+)">くじの記録', shown)
    assert link is not None
    entry = await coop.installation.log.entry(await coop.installation.ledger("short"), int(link[1]))
    assert entry is not None
    assert b'"lot.order/1"' in entry.leaf
    assert proposal.encode() in entry.leaf
    assert tuple(name for _, name in drawn_again(shown)) == order
    assert drawn_again(shown) == sorted(drawn_again(shown))


async def test_where_no_lot_decided_none_is_spoken_of(coop: Deciding) -> None:
    await tied(coop)  # another one's lot is not this one's
    options = [Private("土曜"), Private("日曜")]
    proposal = await coop.call(await coop.draft("choice", "まつりの日", options=options))
    await coop.vote(proposal, Hanako="option_1", Taro="option_1")
    shown = await coop.page("Taro", f"proposals/{proposal}")
    assert "くじの記録" not in shown
    assert 'id="panel"' not in shown
