"""A pile of envelopes: whose is next, what was in it, and back to it until nothing is left."""

from __future__ import annotations

import pytest

from ledger import ids
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


async def test_one_sheet_is_described_once(seconded: Coop, convene: Convene, proposal: str) -> None:
    drafted = {"kind": "ordinary", "title": Private("倉庫を建てる"), "text": Private("道具を置く。")}
    other = ids.object_id("prop", (await seconded.say("Taro", "proposal.draft/1", drafted)).id)
    await convene(proposal, other)
    await seconded.say("Ume", "proposal.draft/1", drafted | {"title": Private("次")})
    form = f"proposals/{other}/paper?pile=1&member={seconded.town.id('Taro')}"
    assert "書面議決書 1番" not in await page(seconded, "Hanako", form)
    # Who alone can countersign need not be chosen.
    assert f'<option value="{seconded.town.id("Jiro")}" selected>' in await page(seconded, "Hanako", form)
    body = {"proposal": proposal, "choice": "yes", "paper": Private("書面議決書 1番")}
    waiting = seconded.town.says(
        "Hanako", "ballot.cast/1", body, for_="Taro", via="paper", cosigners=("Jiro",), missing=("Jiro",)
    )
    assert (await seconded.post(waiting, "pending")).status_code in (200, 201)
    assert "書面議決書 1番" in await page(seconded, "Hanako", form)
    assert "書面議決書 1番" not in await page(
        seconded, "Hanako", form.replace(seconded.town.id("Taro"), seconded.town.id("Ume"))
    )
