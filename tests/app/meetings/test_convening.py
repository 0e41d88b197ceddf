"""The form of a convocation: to whom it is open, and which drafts it offers."""

from __future__ import annotations

import re

from tests.app.api.service import Coop
from tests.app.meetings.conftest import Convene
from tests.app.meetings.test_pages import page


async def test_only_who_may_convene_gets_the_form(coop: Coop) -> None:
    assert "/c/owase/meetings/new" in await page(coop, "Hanako", "meetings")
    assert "/c/owase/meetings/new" not in await page(coop, "Taro", "meetings")
    client = await coop.signed_in("Taro")
    assert (await client.get("/c/owase/meetings/new")).status_code == 403


async def test_without_a_draft_it_says_so(coop: Coop) -> None:
    assert "議題にできる下書きの提案がありません" in await page(coop, "Hanako", "meetings/new")


async def test_drafts_are_offered_until_they_are_on_an_agenda(coop: Coop, convene: Convene, proposal: str) -> None:
    shown = await page(coop, "Hanako", "meetings/new")
    assert "議決できる会議:総会" in shown
    assert re.findall(r'name="agenda\[\]" value="(prop_\w+)"', shown) == [proposal]
    await convene(proposal)
    assert proposal not in await page(coop, "Hanako", "meetings/new")


async def test_every_control_is_one_of_the_statement(coop: Coop, proposal: str) -> None:
    shown = await page(coop, "Hanako", "meetings/new")
    form = shown[shown.index('data-statement="meeting.convene/1"') :]
    names = set(re.findall(r'<(?:input|select|textarea)[^>]* name="([^"]+)"', form[: form.index("</form>")])) - {"q"}
    body = {"kind", "title", "starts_at", "ends_at", "mode", "place", "agenda[]", "reports[]", "notes", "chair"}
    assert names == body
    assert "signers/0" in form
    assert proposal in form
