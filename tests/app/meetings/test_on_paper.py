"""What written ballots ask: of a choice its options, in the manner of its method."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.installation import Installation, Settings
from app.storage.embedded import Server
from governance.all_books import BOOKS
from ledger import ids
from ledger.compose import Private
from tests.app.api.service import Coop, Travelling, create_app, web
from tests.app.meetings.conftest import AT_ONCE, Convene
from tests.app.meetings.test_papers import printed
from tests.governance.documents import CHOICE
from tests.governance.hall import PROXIES
from tests.simulator import majority_rule
from tests.town import Town

VENUE = {"module": "meeting/1", "kinds": ["general"], "motions": False}
IN_A_MEETING = {"venue": VENUE, "proxy": PROXIES, "timing": AT_ONCE, "channels": ["online", "paper", "room"]}

METHODS: dict[str, dict[str, Any]] = {
    "single": {"module": "single_choice/1"},
    "ranked": {"module": "stv/1"},
    "approved": {"module": "approval/1", "most": 2},
}
HOW = {
    "single": "一つだけに✓か○を付けてください。",
    "ranked": "よいと思う順に順位をつけます。",
    "approved": "よいと思うものを、2個までいくつでも選べます。",
}
COUNTED = {"ranked": "数え方:単記移譲式(STV)。", "approved": "数え方:承認投票。"}


@pytest.fixture(params=list(HOW))
async def coop(
    migrated: Server, tmp_path: Path, clock: Travelling, request: pytest.FixtureRequest
) -> AsyncIterator[Coop]:
    rules: dict[str, Any] = {kind: majority_rule() for kind in ("ordinary", "rules", "policy", "role", "admit")}
    rules["choice"] = CHOICE | IN_A_MEETING | {"method": METHODS[request.param]}
    async with Installation.open(Settings(tmp_path, migrated.service_dsn.url, BOOKS, clock)) as installation:
        coop = Coop(create_app(installation, web()), installation, Town())
        await coop.found("Hanako", rules=rules)
        for name in ("Jiro", "Ume", "Taro"):
            await coop.join(name)
        yield coop


async def test_a_choice_has_its_options_on_the_ballot(
    coop: Coop, convene: Convene, request: pytest.FixtureRequest
) -> None:
    options = [Private(name) for name in ("花壇を作る", "井戸をさらう", "橋を直す")]
    body = {"kind": "choice", "title": Private("来年の仕事"), "text": Private("どれにするか。"), "options": options}
    proposal = ids.object_id("prop", (await coop.say("Taro", "proposal.draft/1", body)).id)
    pages = await printed(coop, "Taro", f"{await convene(proposal)}/notice.pdf")
    (ballot,) = [page for page in pages if "書面議決書" in page and "議案" in page and "招集" not in page]
    for said in ("来年の仕事", "花壇を作る", "井戸をさらう", "橋を直す"):
        assert said in ballot
    method = request.node.callspec.params["coop"]
    assert HOW[method] in ballot
    assert COUNTED.get(method, "") in ballot
    assert "この用紙では投票できません" not in ballot
