"""Delegations: whom somebody has named before stays to be seen."""

from __future__ import annotations

import re

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
