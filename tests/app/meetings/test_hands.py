"""Hands on pages: that they wait for the two signers, that they count, what they came to; and in the minutes."""

from __future__ import annotations

from ledger.compose import Private
from tests.app.api.service import Coop, Travelling
from tests.app.meetings.conftest import SOON, Convene
from tests.app.meetings.test_pages import page
from tests.app.meetings.test_papers import printed

SIGNERS = ("Jiro", "Ume")
WAITING = "会場の数が Jiroさん、Umeさん の署名を待っています"


async def raised(coop: Coop, convene: Convene, clock: Travelling, proposal: str, *missing: str) -> str:
    """Taro has raised a hand in the room, and the chair has counted it; ``missing``: who has not signed that yet."""
    await coop.say("Hanako", "role.give/1", {"member": coop.town.id("Jiro"), "role": "facilitator"})
    meeting = await convene(proposal)
    await coop.say(
        "Hanako", "meeting.attend/1", {"meeting": meeting, "how": "room"}, for_="Taro", via="room", cosigners=("Jiro",)
    )
    clock.ahead += SOON
    await coop.say("Hanako", "meeting.open/1", {"meeting": meeting})
    await coop.say("Ume", "ballot.cast/1", {"proposal": proposal, "choice": "no"})
    body = {"proposal": proposal, "yes": 1, "no": 0, "abstain": 0}
    if not missing:
        await coop.say("Hanako", "meeting.hands/1", body, cosigners=SIGNERS)
        return meeting
    written = coop.town.says("Hanako", "meeting.hands/1", body, cosigners=SIGNERS, missing=missing)
    assert (await coop.post(written, "pending")).status_code == 201
    return meeting


async def test_who_has_to_sign_hands_is_told_that_they_wait(
    coop: Coop, convene: Convene, clock: Travelling, proposal: str
) -> None:
    meeting = await raised(coop, convene, clock, proposal, *SIGNERS)
    for name in ("Hanako", *SIGNERS):
        shown = await page(coop, name, f"meetings/{meeting}")
        assert WAITING in shown
        assert "署名がそろう前に採決を締め切ると、会場の数は入りません。" in shown
    assert "署名を待っています" not in await page(coop, "Taro", f"meetings/{meeting}")
    await coop.say("Hanako", "meeting.close/1", {"meeting": meeting})
    assert "署名を待っています" not in await page(coop, "Hanako", f"meetings/{meeting}")


async def test_what_hands_came_to_is_told_after_the_close(
    coop: Coop, convene: Convene, clock: Travelling, proposal: str
) -> None:
    meeting = await raised(coop, convene, clock, proposal)
    shown = await page(coop, "Taro", f"meetings/{meeting}")
    assert "署名がそろっています" in shown
    assert "挙手:賛成 1" not in shown
    await coop.say("Hanako", "meeting.close/1", {"meeting": meeting})
    clock.ahead += 10
    await coop.say("Taro", "proposal.draft/1", {"kind": "ordinary", "title": Private("次"), "text": Private("次")})
    shown = await page(coop, "Taro", f"meetings/{meeting}")
    assert "<strong>賛成 1、反対 1、棄権 0</strong>" in shown
    assert "うち 挙手:賛成 1、反対 0、棄権 0" in shown
    begun = await page(coop, "Jiro", f"meetings/{meeting}/minutes")
    assert "賛成 1、反対 1、棄権 0\nうち 挙手:賛成 1、反対 0、棄権 0" in begun
    assert "報告\nこの一年の活動" in begun
    body = {"meeting": meeting, "version": 1, "text": Private("屋根を直すと決めた。")}
    await coop.say("Jiro", "minutes.draft/1", body)
    assert "挙手と投票" in "".join(await printed(coop, "Taro", f"{meeting}/minutes/1/minutes.pdf"))
