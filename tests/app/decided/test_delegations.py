"""Delegations: whom somebody has named before stays to be seen."""

from __future__ import annotations

import re

import pytest

from app.sequencer import state as cache
from tests.app.decided.conftest import Deciding


async def test_the_page_leads_to_all_delegations_of_mine_that_there_have_been(coop: Deciding) -> None:
    for giver, to in (("Taro", "Jiro"), ("Taro", "Yuki"), ("Aiko", "Taro"), ("Hanako", "Aiko")):
        await coop.say(giver, "delegation.give/1", {"to": coop.town.id(to), "topic": ""})
    await coop.say("Taro", "delegation.revoke/1", {"topic": ""})
    history = f"ledger?book=delegation&who={coop.town.id('Taro')}"
    page = await coop.page("Taro", "delegations")
    assert f'href="/c/{coop.town.slug}/{history.replace("&", "&amp;")}"' in page
    found = [
        set(re.findall(r"/ledger/\d+", await coop.page("Taro", path))) for path in (history, "ledger?book=delegation")
    ]
    assert [len(entries) for entries in found] == [4, 5]


async def test_however_many_speak_through_somebody_it_is_found_out(
    coop: Deciding, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = [f"Member {number}" for number in range(12)]
    for name in more:
        await coop.join(name)
    for giver, to in [("Jiro", "Taro"), *((name, "Taro") for name in more[:6]), *((name, "Jiro") for name in more[6:])]:
        await coop.say(giver, "delegation.give/1", {"to": coop.town.id(to), "topic": ""})
    monkeypatch.setattr(cache, "_MAX_FETCHES", 20)
    assert ": 13 votes (7 directly)" in await coop.page("Taro", "delegations", "en")
