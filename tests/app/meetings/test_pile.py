"""A pile of envelopes: whose is next, what was in it, and back to it until nothing is left."""

from __future__ import annotations

import pytest

from ledger.compose import Private
from tests.app.api.service import ADDRESS, Coop
from tests.app.meetings.conftest import Convene
from tests.app.meetings.test_pages import page


@pytest.fixture
async def seconded(coop: Coop) -> Coop:
    """Jiro may countersign."""
    await coop.appoint("Jiro", "facilitator")
    return coop


async def test_a_code_leads_to_its_member_and_a_name_to_whom_it_fits(seconded: Coop, convene: Convene) -> None:
    meeting, taro = await convene(), seconded.town.id("Taro")
    client = await seconded.signed_in("Hanako")
    path = f"/c/owase/meetings/{meeting}/returned"
    assert f'href="{path}"' in await page(seconded, "Hanako", f"meetings/{meeting}/papers")
    for code in (f"{ADDRESS}{path}/{taro}#proxy", taro, "taro"):
        answer = await client.get(path, params={"q": code})
        assert (answer.status_code, answer.headers["location"]) == (303, f"{path}/{taro}")
    several = await client.get(path, params={"q": "o"})
    for name in ("Hanako", "Jiro", "Taro"):
        assert f'href="{path}/{seconded.town.id(name)}"' in several.text
    assert seconded.town.id("Ume") not in several.text
    assert "あてはまる人がいません" in (await client.get(path, params={"q": "だれでもない"})).text
    assert (await (await seconded.signed_in("Taro")).get(path)).status_code == 403


async def test_what_was_entered_leads_back_to_the_envelope_and_on_to_the_next(
    seconded: Coop, convene: Convene, proposal: str
) -> None:
    meeting, taro = await convene(proposal), seconded.town.id("Taro")
    # The vote opens with the next entry.
    await seconded.say("Ume", "proposal.draft/1", {"kind": "ordinary", "title": Private("次"), "text": Private("次")})
    envelope = f"/c/owase/meetings/{meeting}/returned"
    form = f"proposals/{proposal}/paper?pile=1&amp;member={taro}"
    shown = await page(seconded, "Hanako", f"meetings/{meeting}/returned/{taro}")
    assert f"/c/owase/{form}" in shown
    assert f'action="{envelope}"' in shown
    assert f'data-then="{envelope}/{taro}"' in await page(seconded, "Hanako", form.replace("&amp;", "&"))
    alone = await page(seconded, "Hanako", f"proposals/{proposal}/paper?member={taro}")
    assert f'data-then="/c/owase/proposals/{proposal}/paper"' in alone
