"""Minutes on pages: begun from the log, written, signed by all, final."""

from __future__ import annotations

from ledger import ids
from ledger.compose import Private
from tests.app.api.service import Coop, Travelling
from tests.app.meetings.conftest import SOON, Convene
from tests.app.meetings.test_pages import page


async def held(coop: Coop, convene: Convene, clock: Travelling, proposal: str) -> str:
    """A meeting that has been held and its vote counted: Taro had voted before, Jiro there, online."""
    meeting = await convene(proposal)
    await coop.say("Taro", "ballot.cast/1", {"proposal": proposal, "choice": "yes"})
    await coop.say("Jiro", "meeting.attend/1", {"meeting": meeting, "how": "online"})
    await coop.say("Jiro", "ballot.cast/1", {"proposal": proposal, "choice": "yes"})
    clock.ahead += SOON
    await coop.say("Hanako", "meeting.open/1", {"meeting": meeting})
    await coop.say("Hanako", "meeting.close/1", {"meeting": meeting})
    clock.ahead += 10
    # What is due is applied with the next entry.
    await coop.say("Taro", "proposal.draft/1", {"kind": "ordinary", "title": Private("次"), "text": Private("次")})
    return meeting


async def test_minutes_begin_with_what_the_log_knows_and_end_signed(
    coop: Coop, convene: Convene, clock: Travelling, proposal: str
) -> None:
    meeting = await held(coop, convene, clock, proposal)
    path = f"meetings/{meeting}/minutes"
    assert "議事録はまだありません" in await page(coop, "Taro", path)
    begun = await page(coop, "Jiro", path)
    for told in (
        "第3回通常総会 議事録",
        "場所:みかん会館",
        "議長:Hanako",
        "4 人のうち 2 人が出席(会場 0、オンライン 1、委任状 0、書面や投票 1)",
        "賛成 2、反対 0、棄権 0",
        "結果:可決",
    ):
        assert told in begun
    body = {"meeting": meeting, "version": 1, "text": Private("屋根を直すと決めた。")}
    await coop.say("Jiro", "minutes.draft/1", body)
    shown = await page(coop, "Taro", path)
    assert "屋根を直すと決めた。" in shown
    assert "minutes.sign/1" not in shown
    asked = f'href="/c/owase/{path}"'
    for name in ("Hanako", "Jiro", "Ume"):
        assert "minutes.sign/1" in await page(coop, name, path)
        assert asked in await page(coop, name, "")
        await coop.say(name, "minutes.sign/1", {"meeting": meeting, "version": 1})
        assert asked not in await page(coop, name, "")
    assert asked not in await page(coop, "Taro", "")
    final = await page(coop, "Jiro", path)
    assert "第1版に全員が署名しました" in final
    assert "minutes.draft/1" not in final


async def test_minutes_say_what_was_decided_whatever_was_carried_out_since(
    coop: Coop, convene: Convene, clock: Travelling
) -> None:
    body = {"kind": "special", "title": Private("定款"), "text": Private("第1条"), "effects": [{"effect": "articles"}]}
    proposal = ids.object_id("prop", (await coop.say("Taro", "proposal.draft/1", body)).id)
    meeting = await held(coop, convene, clock, proposal)
    assert "可決・実行ずみ" in await page(coop, "Jiro", f"meetings/{meeting}")
    begun = await page(coop, "Jiro", f"meetings/{meeting}/minutes")
    assert "結果:可決" in begun
    assert "実行ずみ" not in begun


async def test_a_meeting_that_has_not_begun_or_was_called_off_has_no_minutes(coop: Coop, convene: Convene) -> None:
    meeting = await convene()
    before = await page(coop, "Hanako", f"meetings/{meeting}/minutes")
    assert "議事録は、開会してから書きはじめられます。" in before
    await coop.say("Hanako", "meeting.cancel/1", {"meeting": meeting})
    after = await page(coop, "Hanako", f"meetings/{meeting}/minutes")
    assert "この会議は取りやめになりました。" in after
    assert "minutes.draft/1" not in before + after
