"""The roll of an item is announced anew whenever another takes the chair, also one who had it before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.clerk import Clerk
from app.installation import Installation, Settings
from app.reading import reading_of
from app.storage.embedded import Server
from governance.all_books import BOOKS
from governance.books.proposals import Proposal
from tests.app.api.service import Coop, Travelling, create_app, web
from tests.app.meetings.conftest import AT_ONCE, SOON, Convene
from tests.governance.hall import general
from tests.simulator import majority_rule
from tests.town import Town


@pytest.fixture
async def coop(migrated: Server, tmp_path: Path, clock: Travelling) -> AsyncIterator[Coop]:
    rules = {kind: majority_rule() for kind in ("rules", "policy", "role", "admit")}
    rules |= {"ordinary": general(timing=AT_ONCE, electorate={"module": "without_chair/1"})}
    async with Installation.open(Settings(tmp_path, migrated.service_dsn.url, BOOKS, clock)) as installation:
        coop = Coop(create_app(installation, web()), installation, Town())
        await coop.found("Hanako", rules=rules)
        for name in ("Jiro", "Ume", "Taro"):
            await coop.join(name)
        yield coop


async def announced(coop: Coop, proposal: str) -> int | None:
    """By which entry the roll is announced, once the clerk has looked around."""
    for _ in range(2):
        await Clerk(coop.installation).look_around()
    found = await (await reading_of(coop.installation, coop.town.slug)).find(Proposal, proposal)
    assert found is not None
    return found.roll_entry


async def test_the_chair_goes_from_one_to_another_and_back(
    coop: Coop, convene: Convene, proposal: str, clock: Travelling
) -> None:
    meeting = await convene(proposal)
    clock.ahead += SOON
    await coop.say("Hanako", "meeting.open/1", {"meeting": meeting})
    entries = [await announced(coop, proposal)]
    for before, chair in (("Hanako", "Jiro"), ("Jiro", "Hanako"), ("Hanako", "Jiro")):
        body = {"meeting": meeting, "chair": coop.town.id(chair), "signers": [coop.town.id("Ume")]}
        await coop.say(before, "meeting.chair/1", body, cosigners=("Ume",))
        entries.append(await announced(coop, proposal))
    assert None not in entries
    assert len(set(entries)) == 4
