"""Forms go to whom has a vote: 議長は、組合員として総会の議決に加わる権利を有しない (生協法41の3)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.installation import Installation, Settings
from app.storage.embedded import Server
from governance.all_books import BOOKS
from ledger.compose import Private
from tests.app.api.service import Coop, Travelling, create_app, web
from tests.app.meetings.conftest import AT_ONCE, Convene
from tests.app.meetings.test_papers import printed
from tests.governance.hall import general
from tests.simulator import majority_rule
from tests.town import Town

CHAIRED = {"module": "without_chair/1"}


@pytest.fixture
async def coop(migrated: Server, tmp_path: Path, clock: Travelling) -> AsyncIterator[Coop]:
    """Whoever is in the chair has no vote."""
    rules = {kind: majority_rule() for kind in ("rules", "policy", "role", "admit")}
    rules["ordinary"] = general(timing=AT_ONCE, electorate=CHAIRED)
    async with Installation.open(Settings(tmp_path, migrated.service_dsn.url, BOOKS, clock)) as installation:
        coop = Coop(create_app(installation, web()), installation, Town())
        await coop.found("Hanako", rules=rules)
        await coop.join("Jiro")
        await coop.join("Ume")
        await coop.join("Taro")
        yield coop


async def test_whoever_is_in_the_chair_without_a_vote_gets_the_notice_alone(
    coop: Coop, convene: Convene, proposal: str
) -> None:
    meeting = await convene(proposal)
    # What is due, the opening of the vote, is applied with the next entry.
    await coop.say("Taro", "proposal.draft/1", {"kind": "ordinary", "title": Private("次"), "text": Private("次")})
    pages = await printed(coop, "Hanako", f"{meeting}/papers/letters/1")
    notices = [page for page in pages if "招集のご通知" in page]
    assert len(notices) == 4
    assert len(pages) == 4 + 2 * 3
    assert len(await printed(coop, "Hanako", f"{meeting}/notice.pdf")) == 1
    assert len(await printed(coop, "Taro", f"{meeting}/notice.pdf")) == 3
