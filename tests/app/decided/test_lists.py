"""Lists of proposals say "you can vote" to those who can."""

from __future__ import annotations

from tests.app.decided.conftest import Deciding

CAN, OPEN, DONE = "投票できます", "投票中", "投票ずみ"


async def test_who_is_not_on_the_roll_is_not_told_to_vote(coop: Deciding) -> None:
    proposal = await coop.call(await coop.draft())
    await coop.join("Mio")
    for place in ("", "proposals", "proposals?q=草刈り"):
        before, late = await coop.page("Taro", place), await coop.page("Mio", place)
        assert CAN in before
        assert CAN not in late
        assert OPEN in late
    await coop.say("Taro", "ballot.cast/1", {"proposal": proposal, "choice": "yes"})
    after = await coop.page("Taro", "proposals")
    assert DONE in after
    assert CAN not in after
