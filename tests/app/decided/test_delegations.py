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


async def test_who_votes_sees_what_that_is_worth_and_who_speaks_otherwise(coop: Deciding) -> None:
    for giver, to in (("Taro", "Jiro"), ("Aiko", "Taro")):
        await coop.say(giver, "delegation.give/1", {"to": coop.town.id(to), "topic": ""})
    proposal = f"proposals/{await coop.call(await coop.draft('policy'))}"
    taro = await coop.page("Taro", proposal, "en")
    assert "Your vote weighs 2 (all together: 10)." in taro
    assert "If you don’t vote yourself, Jiro speaks for you." in taro
    assert "those who named you and don’t vote themselves: 1 person at most." in taro
    assert "those who named you and don’t vote themselves: 2 people at most." in await coop.page("Jiro", proposal, "en")
    hanako = await coop.page("Hanako", proposal, "en")
    assert "speaks for you" not in hanako
    assert "who named you" not in hanako
    await coop.say("Taro", "ballot.cast/1", {"proposal": proposal.removeprefix("proposals/"), "choice": "yes"})
    assert "speaks for you" not in await coop.page("Taro", proposal, "en")


async def test_where_nobody_can_speak_for_another_nothing_is_said_of_it(coop: Deciding) -> None:
    await coop.say("Taro", "delegation.give/1", {"to": coop.town.id("Jiro"), "topic": ""})
    page = await coop.page("Taro", f"proposals/{await coop.call(await coop.draft())}", "en")
    assert "speaks for you" not in page
    assert "Your vote weighs" not in page
