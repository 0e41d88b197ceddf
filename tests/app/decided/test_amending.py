"""An election's candidates without a role are known by name alone; who amends it is told where that is not enough."""

from __future__ import annotations

import re

from ledger.compose import Private
from tests.app.decided.conftest import Deciding


async def test_candidates_survive_an_amendment_unless_their_name_is_not_one_members(coop: Deciding) -> None:
    profile = {"name": Private("Yuki"), "kana": Private("アイコ")}
    body = {"member": coop.town.id("Aiko"), "profile": profile}
    await coop.say("Aiko", "member.profile/1", body)
    names = ("Taro", "Yuki", "Nobody", "Jiro")
    proposal = await coop.draft("election", "世話役", options=[Private(name) for name in names])
    shown = await coop.page("Hanako", f"proposals/{proposal}/amend")
    ticked = re.findall(r'<input[^>]*name="candidates"[^>]*value="(mem_\w+)"[^>]* checked', shown)
    assert ticked == [coop.town.id("Taro"), coop.town.id("Jiro")]
    assert "選び直しが要る人:Yuki、Nobody" in shown
    # Both of that name are there to choose from, by their reading.
    for name in ("Yuki", "Aiko"):
        assert f'value="{coop.town.id(name)}"' in shown
    assert "アイコ" in shown
