"""What the clerk announces about votes, through the whole service."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.clerk import Clerk
from governance.books.proposals import Proposal
from ledger import ids
from ledger.compose import Private
from ledger.state import State
from tests.app.api.service import Coop, Travelling
from tests.simulator import majority_rule
from tests.town import Town

MINUTE = 60_000
Village = tuple[Coop, bool]
KINDS = ("ordinary", "rules", "policy", "role", "admit")
SHORT = {"delay_seconds": 0, "module": "fixed/1", "timelock_seconds": 0, "voting_seconds": 60}


def rules(secrecy: str) -> dict[str, Any]:
    return dict.fromkeys(KINDS, majority_rule(timing=SHORT, secrecy={"module": secrecy}))


@pytest.fixture(params=["open/1", "confidential/1"])
async def village(request: pytest.FixtureRequest, coop: Coop) -> Village:
    """A co-op of three whose votes last a minute, and whether they are sealed."""
    own = Coop(coop.app, coop.installation, Town("short", "short"))
    await own.found("Hanako", rules=rules(request.param))
    await own.join("Taro")
    await own.join("Jiro")
    return own, request.param == "confidential/1"


async def looked(coop: Coop, proposal: str) -> Proposal:
    """The vote after the clerk has looked around, and once more at what that brought about."""
    clerk, ledger = Clerk(coop.installation), await coop.installation.ledger(coop.town.slug)

    def question(state: State) -> Proposal:
        return state.need(Proposal, proposal)

    for _ in range(2):
        await clerk.look_around()
    return await coop.installation.ask(ledger, question)


async def opened(coop: Coop) -> str:
    draft = await coop.say(
        "Hanako", "proposal.draft/1", {"kind": "ordinary", "title": Private("花壇"), "text": Private("花を植える")}
    )
    proposal = ids.object_id("prop", draft.id)
    await coop.say("Hanako", "proposal.open/1", {"proposal": proposal})
    await asyncio.sleep(0.01)
    return proposal


async def test_roll_and_count_are_announced_and_the_count_is_what_was_cast(
    village: tuple[Coop, bool], clock: Travelling
) -> None:
    coop, sealed = village
    proposal = await opened(coop)
    voting = await looked(coop, proposal)
    assert voting.roll is not None
    assert (voting.roll.heads, voting.roll.weight) == (3, 3)
    for name, choice in (("Hanako", "yes"), ("Taro", "yes"), ("Jiro", "no")):
        body = {"choice": Private(choice) if sealed else choice, "proposal": proposal}
        await coop.say(name, "ballot.cast/1", body)
    clock.ahead += MINUTE
    counted = await looked(coop, proposal)
    assert counted.tally is not None
    assert counted.outcome is not None
    heads = {choice: count.heads for choice, count in counted.tally.items()}
    assert heads == {"yes": 2, "no": 1, "abstain": 0} | ({"invalid": 0} if sealed else {})
    assert counted.outcome.result == "passed"


async def test_a_sealed_ballot_that_says_nothing_counts_as_invalid(
    village: tuple[Coop, bool], clock: Travelling
) -> None:
    coop, sealed = village
    proposal = await opened(coop)
    await looked(coop, proposal)
    choice = Private("maybe") if sealed else "yes"
    await coop.say("Taro", "ballot.cast/1", {"choice": choice, "proposal": proposal})
    clock.ahead += MINUTE
    counted = await looked(coop, proposal)
    assert counted.tally is not None
    assert counted.tally["invalid" if sealed else "yes"].heads == 1


async def test_two_clerks_announce_once(village: Village, clock: Travelling) -> None:
    coop, _ = village
    proposal = await opened(coop)
    clerks = [Clerk(coop.installation) for _ in range(3)]
    await looked(coop, proposal)
    await asyncio.gather(*(clerk.look_around() for clerk in clerks))
    ledger = await coop.installation.ledger(coop.town.slug)
    entries = await coop.installation.log.entries(ledger, 0, 100)
    assert sum(b'"proposal.roll/1"' in entry.leaf for entry in entries) == 1
