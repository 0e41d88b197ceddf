"""A co-op that has decided twice, in a real database: five members, votes of a minute."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.clerk import Clerk
from app.installation import Installation, Settings
from app.storage.embedded import Server
from governance.all_books import BOOKS
from ledger import ids
from ledger.compose import Private
from tests.app.api.service import Coop, Travelling, create_app, web
from tests.simulator import majority_rule
from tests.town import Town

MINUTE = 60_000
KINDS = ("ordinary", "rules", "policy", "role", "admit")
SHORT = {"delay_seconds": 0, "module": "fixed/1", "timelock_seconds": 0, "voting_seconds": 60}
NAMES = ("Hanako", "Taro", "Jiro", "Yuki", "Aiko")


def rule(**changes: Any) -> dict[str, Any]:
    return majority_rule(timing=SHORT, **changes)


FOUR_FIFTHS = rule(quorum={"module": "heads/1", "fraction": "4/5", "strict": False})


@pytest.fixture
def clock() -> Travelling:
    return Travelling()


@pytest.fixture
async def coop(migrated: Server, tmp_path: Path, clock: Travelling) -> AsyncIterator[Coop]:
    async with Installation.open(Settings(tmp_path, migrated.service_dsn.url, BOOKS, clock)) as installation:
        coop = Coop(create_app(installation, web()), installation, Town("short", "short"))
        await coop.found("Hanako", rules=dict.fromkeys(KINDS, rule()))
        for name in NAMES[1:]:
            await coop.join(name)
        await decide(coop, clock, Hanako="yes", Taro="yes", Jiro="no")
        await decide(coop, clock, Hanako="yes", Taro="yes", Jiro="yes", Aiko="no")
        yield coop


async def draft(coop: Coop, kind: str = "ordinary", **more: Any) -> str:
    body = {"kind": kind, "title": Private("畦道の草刈り"), "text": Private("月に一度、皆で刈る。"), **more}
    return ids.object_id("prop", (await coop.say("Hanako", "proposal.draft/1", body)).id)


async def decide(coop: Coop, clock: Travelling, **choices: str) -> str:
    """A proposal that has been voted on, counted and announced."""
    proposal = await draft(coop)
    await coop.say("Hanako", "proposal.open/1", {"proposal": proposal})
    clock.ahead += 10
    for name, choice in choices.items():
        await coop.say(name, "ballot.cast/1", {"proposal": proposal, "choice": choice})
    clock.ahead += MINUTE
    for _ in range(2):
        await Clerk(coop.installation).look_around()
    return proposal
