"""What comes back on paper: the code on a form leads to where it is entered, and another official countersigns it."""

from __future__ import annotations

from typing import Any

import pytest

from app import pending
from app.papers import render
from app.papers.convocation import Convocation
from app.reading import reading_of
from governance.books.meetings import OVERRUN
from ledger import canonical
from ledger.compose import Private
from ledger.statement import Statement, parse_statement
from tests.app.api.service import ADDRESS, Coop, Travelling
from tests.app.meetings.conftest import SOON, Convene
from tests.app.meetings.test_changes import moved
from tests.app.meetings.test_pages import page
from tests.app.meetings.test_papers import fetch

PAPER: dict[str, Any] = {"via": "paper", "cosigners": ("Jiro",)}


@pytest.fixture
async def seconded(coop: Coop) -> Coop:
    """Jiro may countersign."""
    await coop.appoint("Jiro", "facilitator")
    return coop


async def returned(coop: Coop, meeting: str, member: str, who: str = "Hanako") -> str:
    return await page(coop, who, f"meetings/{meeting}/returned/{coop.town.id(member)}")


async def test_the_codes_on_the_forms_lead_to_the_page_of_their_member(
    seconded: Coop, convene: Convene, proposal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = list[Any]()

    def keep(content: Any, _fmt: Any) -> bytes:
        printed.append(content)
        return b"%PDF"

    monkeypatch.setattr(render, "pdf", keep)
    meeting = await convene(proposal)
    await fetch(seconded, "Hanako", f"{meeting}/papers/letters/1")
    (letters,) = printed
    assert isinstance(letters, Convocation)
    voters = {voter.name: voter for household in letters.households for voter in household.members}
    path = f"/c/owase/meetings/{meeting}/returned/{seconded.town.id('Taro')}"
    proxy, ballot = voters["Taro"].proxy, voters["Taro"].ballot
    assert proxy is not None
    assert ballot is not None
    assert (proxy.text, ballot.text) == (f"{ADDRESS}{path}#proxy", f"{ADDRESS}{path}#ballot")
    client = await seconded.signed_in("Hanako")
    shown = (await client.get(path)).text
    assert 'id="proxy"' in shown
    assert 'id="ballot"' in shown
    assert "Taroさんから届いた紙" in shown


async def test_a_ballot_leads_to_its_own_form_for_that_member(seconded: Coop, convene: Convene, proposal: str) -> None:
    meeting = await convene(proposal)
    # The vote opens with the next entry.
    await seconded.say("Ume", "proposal.draft/1", {"kind": "ordinary", "title": Private("次"), "text": Private("次")})
    shown = await returned(seconded, meeting, "Taro")
    form = f"/c/owase/proposals/{proposal}/paper?pile=1&amp;member={seconded.town.id('Taro')}"
    assert form in shown
    client = await seconded.signed_in("Hanako")
    assert f'data-for="{seconded.town.id("Taro")}"' in (await client.get(form.replace("&amp;", "&"))).text
    body = {"proposal": proposal, "choice": "yes", "paper": Private("書面議決書 1番")}
    await seconded.say("Hanako", "ballot.cast/1", body, for_="Taro", **PAPER)
    shown = await returned(seconded, meeting, "Taro")
    assert "入力ずみ" in shown
    await seconded.say("Ume", "ballot.cast/1", {"proposal": proposal, "choice": "no"})
    shown = await returned(seconded, meeting, "Ume")
    assert "本人が投票ずみ" in shown
    assert "/paper?" not in shown


async def test_a_proxy_form_is_entered_for_its_member_and_countersigned(
    seconded: Coop, convene: Convene, proposal: str
) -> None:
    meeting = await convene(proposal)
    shown = await returned(seconded, meeting, "Taro")
    assert f'data-statement="proxy.give/1" data-for="{seconded.town.id("Taro")}" data-via="paper"' in shown
    assert f'<option value="{seconded.town.id("Jiro")}">' in shown
    assert "議長に一任します" in shown
    body = {"meeting": meeting, "to": seconded.town.id("Ume"), "paper": Private("委任状 1番")}
    waiting = seconded.town.says("Hanako", "proxy.give/1", body, for_="Taro", missing=("Jiro",), **PAPER)
    answer = await seconded.post(waiting, "pending")
    assert answer.status_code in (200, 201), answer.text
    assert "もう一人の署名を待っています" in await returned(seconded, meeting, "Taro")
    countersign = await page(seconded, "Jiro", "office/countersign")
    assert "委任状 1番" in countersign
    assert "議長が採決を締め切る前に連署すると、数えられます" in countersign
    await seconded.say("Hanako", "proxy.give/1", body | {"to": seconded.town.id("Taro")}, for_="Ume", **PAPER)
    assert "いまの代理人: Taroさん" in await returned(seconded, meeting, "Ume")


async def test_a_proxy_that_the_member_has_named_stands(seconded: Coop, convene: Convene, proposal: str) -> None:
    meeting = await convene(proposal)
    await seconded.say("Taro", "proxy.give/1", {"meeting": meeting, "to": "chair"})
    shown = await returned(seconded, meeting, "Taro")
    assert "紙は数えられません" in shown
    assert "proxy.give/1" not in shown


async def test_nobody_enters_their_own_and_only_officials_any(seconded: Coop, convene: Convene, proposal: str) -> None:
    meeting = await convene(proposal)
    own = await returned(seconded, meeting, "Hanako")
    assert "自分の紙は入力できません" in own
    assert "proxy.give/1" not in own
    path = f"{meeting}/returned/{seconded.town.id('Taro')}"
    assert (await fetch(seconded, "Taro", path)).status_code == 403
    assert (await fetch(seconded, "Hanako", f"{meeting}/returned/mem_x")).status_code == 404
    await seconded.say("Hanako", "meeting.cancel/1", {"meeting": meeting})
    assert (await fetch(seconded, "Hanako", path)).status_code == 409


async def test_a_ballot_waits_as_long_as_its_vote_goes_on_after_all(
    seconded: Coop, convene: Convene, proposal: str, clock: Travelling
) -> None:
    """The meeting is moved while a ballot waits: whoever countersigns in time, counts it in."""

    def in_(ms: int) -> str:
        return canonical.format_time(clock.now() + ms)

    meeting = await convene(proposal, ends_at=in_(2 * SOON))
    clock.ahead += 10
    body = {"proposal": proposal, "choice": "yes", "paper": Private("書面議決書 1番")}
    waiting = seconded.town.says("Hanako", "ballot.cast/1", body, for_="Taro", missing=("Jiro",), **PAPER)
    answer = await seconded.post(waiting, "pending")
    assert answer.status_code == 201, answer.text
    await moved(seconded, meeting, "Hanako", starts_at=in_(3 * SOON), ends_at=in_(5 * SOON))
    clock.ahead += OVERRUN + 2 * SOON
    await pending.sweep(seconded.installation, await reading_of(seconded.installation, "owase"))
    assert "もう一人の署名を待っています" in await returned(seconded, meeting, "Taro")
    jiro = await seconded.signed_in("Jiro")
    (found,) = (await jiro.get(seconded.api("pending"))).json()["items"]
    assert (await jiro.get(seconded.api(f"pending/{found['id']}"))).status_code == 200
    clock.ahead += 3 * SOON
    assert (await jiro.get(seconded.api("pending"))).json()["items"] == []
    assert (await jiro.get(seconded.api(f"pending/{found['id']}"))).json()["code"] == "pending.vote_over"
    await pending.sweep(seconded.installation, await reading_of(seconded.installation, "owase"))
    assert await seconded.installation.database.pool.fetchval("SELECT count(*) FROM pending") == 0


async def test_of_a_pile_that_waits_only_what_is_one_members_is_read_for_them(
    seconded: Coop, convene: Convene, proposal: str, clock: Travelling, monkeypatch: pytest.MonkeyPatch
) -> None:
    await convene(proposal)
    clock.ahead += 10
    for member in ("Taro", "Ume"):
        body = {"proposal": proposal, "choice": "yes", "paper": Private(f"書面議決書 {member}")}
        waiting = seconded.town.says("Hanako", "ballot.cast/1", body, for_=member, missing=("Jiro",), **PAPER)
        assert (await seconded.post(waiting, "pending")).status_code == 201
    reading, read = await reading_of(seconded.installation, "owase"), list[bytes]()

    def parse(data: bytes) -> Statement:
        read.append(data)
        return parse_statement(data)

    monkeypatch.setattr(pending, "parse_statement", parse)
    for member, expected in (("Taro", 1), ("Ume", 1), ("Jiro", 0)):
        read.clear()
        found = await pending.entered_for(seconded.installation, reading, seconded.town.id(member))
        assert [one.actor for one in found] == [seconded.town.id(member)] * expected
        assert len(read) == expected
