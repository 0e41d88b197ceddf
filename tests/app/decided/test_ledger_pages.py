"""What the ledger's pages tell of decisions: words for every kind of entry, filters, titles, ways on."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from app.pages import ledger
from governance.all_books import BOOKS
from ledger.compose import Private
from tests.app.decided.conftest import Deciding

TEXTS = Path(ledger.__file__).parents[1] / "texts"


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_kind_of_entry_has_a_word(lang: str) -> None:
    words = json.loads((TEXTS / lang / "ledger.json").read_text(encoding="utf-8"))
    kinds = {type_.partition(".")[0] for type_ in BOOKS.handlers}
    assert {kind for kind in kinds | set(ledger.BOOKS) if f"ledger.book.{kind}" not in words} == set()
    assert set(ledger.BOOKS) <= kinds  # a filter that could find nothing


async def test_the_stream_is_narrowed_to_delegations_lots_and_meetings(coop: Deciding) -> None:
    await coop.say("Taro", "delegation.give/1", {"to": coop.town.id("Jiro")})
    stream = await coop.page("", "ledger?book=delegation")
    assert len(re.findall(r'class="thing"', stream)) == 1
    assert "おまかせ" in stream
    assert 'class="thing"' not in await coop.page("", "ledger?book=meeting")
    assert '<option value="lot">' in stream


async def test_an_entry_leads_to_the_proposal_that_it_makes_or_names(coop: Deciding) -> None:
    proposal = await coop.draft(title="堤を直す")
    way = f'<a href="/c/short/proposals/{proposal}">堤を直す</a>'
    index = coop.town.head[0] - 1
    assert way in await coop.page("Taro", f"ledger/{index}")
    await coop.call(proposal)
    assert way in await coop.page("Taro", f"ledger/{index + 1}")


async def test_whoever_has_no_right_to_titles_sees_none_on_an_entry(coop: Deciding) -> None:
    await coop.say("Taro", "delegation.give/1", {"to": coop.town.id("Jiro")})
    assert "関わるもの" not in await coop.page("Taro", f"ledger/{coop.town.head[0] - 1}")


async def test_ballots_name_the_projects_of_a_round_by_title(coop: Deciding) -> None:
    proposal = await coop.draft("budget", "来年の予算", budget=100)
    for title in ("堤を直す", "橋をかける"):
        item = {"proposal": proposal, "title": Private(title), "text": Private("要る。"), "cost": 60}
        await coop.say("Taro", "proposal.item/1", item)
    await coop.call(proposal)
    await coop.say("Jiro", "ballot.cast/1", {"proposal": proposal, "choice": "2"})
    entry = await coop.page("Taro", f"ledger/{coop.town.head[0] - 1}")
    assert "橋をかける" in entry
    assert "堤を直す" not in entry
