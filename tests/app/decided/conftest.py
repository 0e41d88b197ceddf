"""A co-op of five whose votes last a minute: some by a panel, some by lot where they are tied."""

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
NAMES = ("Hanako", "Taro", "Jiro", "Yuki", "Aiko")
SHORT = {"delay_seconds": 0, "module": "fixed/1", "timelock_seconds": 0, "voting_seconds": 60}
MOST = {"module": "relative_majority/1"}
RULES: dict[str, dict[str, Any]] = {
    **{kind: {} for kind in ("ordinary", "rules")},
    "policy": {
        "delegation": {"module": "standing/1", "depth": None},
        "weight": {"module": "by_class/1", "weights": {"member": 2}, "others": 1},
    },
    "admit": {"electorate": {"module": "by_role/1", "roles": ["administrator"]}},
    "expel": {"electorate": {"module": "disinterested/1"}, "secrecy": {"module": "hidden/1"}},
    "special": {"venue": {"module": "meeting_or_all/1", "kinds": ["general"], "motions": False}},
    "role": {"admission": {"module": "cooling_off/1", "wait_seconds": 86_400, "below": "1/4"}},
    "election": {"method": {"module": "single_choice/1"}, "threshold": MOST},
    "tokens": {"electorate": {"module": "panel/1", "size": 3, "of": {"module": "all_active/1"}}},
    "choice": {"method": {"module": "single_choice/1"}, "threshold": MOST, "tie": {"module": "lot/1"}},
    "budget": {"method": {"module": "greedy_budget/1", "most": 10, "by": "votes"}, "threshold": MOST},
}


class Deciding(Coop):
    """Shorthands for what leads to a decision."""

    clock: Travelling

    async def draft(
        self, kind: str = "ordinary", title: str = "畦道の草刈り", text: str = "刈る。", **more: Any
    ) -> str:
        """A proposal's id."""
        body = {"kind": kind, "title": Private(title), "text": Private(text), **more}
        return ids.object_id("prop", (await self.say("Hanako", "proposal.draft/1", body)).id)

    async def call(self, proposal: str) -> str:
        """Its vote opens, as far as no lot has to be drawn before."""
        await self.say("Hanako", "proposal.open/1", {"proposal": proposal})
        await self.passes(10)
        return proposal

    async def vote(self, proposal: str, **choices: str) -> None:
        """Everybody named casts a ballot, and the vote ends."""
        for name, choice in choices.items():
            await self.say(name, "ballot.cast/1", {"proposal": proposal, "choice": choice})
        await self.passes(MINUTE)

    async def decide(self, kind: str, title: str, text: str, *effects: dict[str, Any]) -> str:
        """A proposal that all have said yes to, carried out."""
        proposal = await self.call(await self.draft(kind, title, text, effects=list(effects)))
        await self.vote(proposal, **dict.fromkeys(NAMES, "yes"))
        return proposal

    async def passes(self, ms: int) -> None:
        """Time passes, and the clerk looks around until nothing more follows."""
        self.clock.ahead += ms
        for _ in range(3):
            await Clerk(self.installation).look_around()

    async def page(self, who: str, path: str, lang: str = "ja") -> str:
        """A page as a member sees it, or a stranger."""
        client = await self.signed_in(who) if who else self.stranger
        answer = await client.get(f"/c/{self.town.slug}/{path}", headers={"Accept-Language": lang})
        assert answer.status_code == 200, answer.text
        return answer.text


@pytest.fixture
async def coop(migrated: Server, tmp_path: Path) -> AsyncIterator[Deciding]:
    clock = Travelling()
    async with Installation.open(Settings(tmp_path, migrated.service_dsn.url, BOOKS, clock)) as installation:
        coop = Deciding(create_app(installation, web()), installation, Town("short", "short"))
        coop.clock = clock
        rules = {kind: majority_rule(**({"timing": SHORT} | changes)) for kind, changes in RULES.items()}
        await coop.found("Hanako", rules=rules)
        for name in NAMES[1:]:
            await coop.join(name)
        yield coop
