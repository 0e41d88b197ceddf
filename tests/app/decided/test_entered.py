"""The page on which a written ballot is entered."""

from __future__ import annotations

from tests.app.decided.conftest import NAMES, Deciding


async def test_everyone_can_be_found_from_the_moment_of_the_opening(coop: Deciding) -> None:
    await coop.appoint("Jiro", "facilitator")
    proposal = await coop.draft()
    await coop.say("Hanako", "proposal.open/1", {"proposal": proposal})
    coop.clock.ahead += 10  # it is open by the clock, and no entry has applied that yet
    for _ in range(2):
        shown = await coop.page("Jiro", f"proposals/{proposal}/paper")
        assert all((f"{name}さん</a>" in shown) == (name != "Jiro") for name in NAMES)
        await coop.passes(0)
