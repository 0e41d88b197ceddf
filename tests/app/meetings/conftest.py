"""A co-op that holds general meetings: Hanako is in the chair, Jiro and Ume sign, Taro is a member."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from app.installation import Installation, Settings
from app.storage.embedded import Server
from governance.all_books import BOOKS
from ledger import canonical, ids
from ledger.compose import Private
from tests.app.api.service import Coop, Travelling, create_app, web
from tests.governance.hall import general
from tests.simulator import majority_rule
from tests.town import Town

AT_ONCE = {"module": "fixed/1", "voting_seconds": 86_400, "delay_seconds": 0, "timelock_seconds": 0}
FLOOR = {"module": "meeting/1", "kinds": ["general"], "motions": True}
SOON = 60_000
"""In ms: when meetings begin. The clock is put forward, not so far that what is signed now would be too old."""
Convene = Callable[..., Awaitable[str]]


@pytest.fixture
def clock() -> Travelling:
    return Travelling()


@pytest.fixture
async def coop(migrated: Server, tmp_path: Path, clock: Travelling) -> AsyncIterator[Coop]:
    rules = {kind: majority_rule() for kind in ("rules", "policy", "role", "admit")}
    rules |= {"ordinary": general(timing=AT_ONCE), "special": general(timing=AT_ONCE, venue=FLOOR)}
    async with Installation.open(Settings(tmp_path, migrated.service_dsn.url, BOOKS, clock)) as installation:
        coop = Coop(create_app(installation, web()), installation, Town())
        await coop.found("Hanako", rules=rules)
        for name in ("Jiro", "Ume", "Taro"):
            await coop.join(name)
        yield coop


@pytest.fixture
def convene(coop: Coop, clock: Travelling) -> Convene:
    """``await convene(proposal, …)``: a general meeting that begins soon; its id."""

    async def convene(*agenda: str, **more: Any) -> str:
        body = {
            "kind": "general",
            "mode": "both",
            "title": Private("第3回通常総会"),
            "place": Private("みかん会館"),
            "starts_at": canonical.format_time(clock.now() + SOON),
            "chair": coop.town.id("Hanako"),
            "signers": [coop.town.id("Jiro"), coop.town.id("Ume")],
            "agenda": list(agenda),
            "reports": [Private("この一年の活動")],
        }
        return ids.object_id("mtg", (await coop.say("Hanako", "meeting.convene/1", body | more)).id)

    return convene


@pytest.fixture
async def proposal(coop: Coop) -> str:
    """An ordinary proposal of Taro's."""
    body = {"kind": "ordinary", "title": Private("直売所の屋根を直す"), "text": Private("雨がもる。")}
    return ids.object_id("prop", (await coop.say("Taro", "proposal.draft/1", body)).id)
