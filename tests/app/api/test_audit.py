"""The auditor's desk from inside: recounts that notice, passes that are kept, copies that grow with the ledger."""

from __future__ import annotations

import asyncio
import itertools
import json
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import httpx
import pytest

from app import exports, passes
from app.installation import Installation
from app.passes import Pass
from app.reading import Reading, reading_of
from app.recount import Recounted, recount
from app.zipped import FRESH, zipped
from governance.books.ballots import Ballot
from governance.books.proposals import Proposal
from ledger import ids
from ledger.books.coop import Coop as CoopRecord
from ledger.compose import Private
from ledger.private import Commit
from ledger.state import Record
from tests.app.api.service import Coop, Travelling

DAY = 86_400_000
DRAFT = {"kind": "ordinary", "text": Private("花を植える"), "title": Private("花壇")}
VOTES = {"Hanako": "yes", "Taro": "no", "Jiro": "yes"}


@pytest.fixture
async def reading(coop: Coop) -> Reading:
    return await reading_of(coop.installation, coop.town.slug)


@pytest.fixture
async def decided(coop: Coop, clock: Travelling, reading: Reading) -> Proposal:
    """Three have voted, and the time is over."""
    for name in ("Taro", "Jiro"):
        await coop.join(name)
    written = await coop.say("Hanako", "proposal.draft/1", DRAFT)
    proposal = ids.object_id("prop", written.id)
    await coop.say("Hanako", "proposal.open/1", {"proposal": proposal})
    for name, choice in VOTES.items():
        await coop.say(name, "ballot.cast/1", {"proposal": proposal, "choice": choice})
    clock.ahead += 30 * DAY
    await coop.say("Hanako", "coop.profile/1", {"profile": {"name": Private("海の里")}})
    found = await reading.find(Proposal, proposal)
    assert found is not None
    assert found.outcome is not None
    return found


def agrees(found: Recounted, proposal: Proposal) -> bool:
    return (found.tally, found.outcome, found.roll) == (proposal.tally, proposal.outcome, proposal.roll)


async def falsify(reading: Reading, kind: type[Record], id_: str, change: Callable[[dict[str, object]], None]) -> None:
    """What an operator might do to the tables behind the ledger's back."""
    data = json.loads(
        await reading.pool.fetchval(
            "SELECT data FROM record WHERE ledger_id = $1 AND kind = $2 AND id = $3", reading.ledger_id, kind.kind, id_
        )
    )
    change(data)
    await reading.pool.execute(
        "UPDATE record SET data = $4 WHERE ledger_id = $1 AND kind = $2 AND id = $3",
        *(reading.ledger_id, kind.kind, id_, json.dumps(data)),
    )


async def test_a_recount_of_a_true_result_agrees(coop: Coop, reading: Reading, decided: Proposal) -> None:
    found = await recount(coop.installation, reading, decided, opened=False)
    assert agrees(found, decided)
    assert {line.ballot.member: line.choice for line in found.lines} == {
        coop.town.id(name): choice for name, choice in VOTES.items()
    }
    assert all(line.holds for line in found.lines)


async def test_a_recount_notices_a_changed_ballot(coop: Coop, reading: Reading, decided: Proposal) -> None:
    ballot = f"{decided.id}/{coop.town.id('Taro')}"
    await falsify(reading, Ballot, ballot, lambda data: data.update(choice="yes"))
    assert not agrees(await recount(coop.installation, reading, decided, opened=False), decided)


async def test_a_recount_notices_a_heavier_ballot(coop: Coop, reading: Reading, decided: Proposal) -> None:
    ballot = f"{decided.id}/{coop.town.id('Taro')}"
    await falsify(reading, Ballot, ballot, lambda data: data.update(weight=9))
    found = await recount(coop.installation, reading, decided, opened=False)
    assert [line.ballot.member for line in found.lines if not line.holds] == [coop.town.id("Taro")]


async def test_the_page_shows_both_counts_and_what_differs(coop: Coop, reading: Reading, decided: Proposal) -> None:
    address = f"/c/{coop.town.slug}/audit/proposals/{decided.id}"
    page = (await coop.stranger.get(address)).text
    assert "数え直しは、発表と一致しました" in page
    assert "さん" not in page.partition("<main")[2]
    await falsify(reading, Ballot, f"{decided.id}/{coop.town.id('Taro')}", lambda data: data.update(choice="yes"))
    assert "数え直しが発表と合いません" in (await coop.stranger.get(address)).text


async def test_what_is_not_decided_is_not_counted(coop: Coop) -> None:
    written = await coop.say("Hanako", "proposal.draft/1", DRAFT)
    address = f"/c/{coop.town.slug}/audit/proposals/{ids.object_id('prop', written.id)}"
    assert (await coop.stranger.get(address, headers={"accept": "application/json"})).status_code == 409


async def finished(reading: Reading) -> Pass:
    async with asyncio.timeout(60):
        while True:
            found = await passes.latest(reading)
            if found is not None and found.finished is not None:
                return found
            await asyncio.sleep(0.1)


async def test_a_pass_verifies_the_ledger_and_is_kept(coop: Coop, reading: Reading) -> None:
    await coop.join("Taro")
    assert await passes.begin(coop.installation, reading, coop.town.id("Hanako"))
    assert not await passes.begin(coop.installation, reading, coop.town.id("Hanako")), "one at a time"
    found = await finished(reading)
    assert found.report is not None
    assert (found.report["exit_code"], found.report["checkpoint"]["size"]) == (0, 3)
    assert found.evidence is None
    assert found == await passes.latest(reading, finished=True)


async def test_a_pass_over_falsified_records_finds_them(coop: Coop, reading: Reading) -> None:
    await falsify(reading, CoopRecord, "coop", lambda data: data.update(fiscal_month=7))
    await passes.begin(coop.installation, reading, coop.town.id("Hanako"))
    found = await finished(reading)
    assert found.report is not None
    assert found.report["exit_code"] == 1
    assert found.evidence is not None
    answer = await coop.stranger.get(f"/c/{coop.town.slug}/audit/evidence.json")
    assert answer.json()["verdict"] == "finding"
    assert "合わないところがあります" in (await coop.stranger.get(f"/c/{coop.town.slug}/audit")).text


async def test_a_pass_whose_process_is_gone_can_be_begun_again(coop: Coop, reading: Reading, clock: Travelling) -> None:
    await reading.pool.execute(
        "INSERT INTO audit_pass (ledger_id, started, member, updated, done, size) VALUES ($1, $2, '', $2, 0, 0)",
        reading.ledger_id,
        clock.now(),
    )
    assert not await passes.begin(coop.installation, reading, coop.town.id("Hanako"))
    clock.ahead += passes.SILENT + 1
    assert await passes.begin(coop.installation, reading, coop.town.id("Hanako"))
    await finished(reading)


async def test_a_copy_is_made_once_for_each_size(coop: Coop, installation: Installation, reading: Reading) -> None:
    first, again = await asyncio.gather(*(zipped(installation, reading.ledger) for _ in range(2)))
    assert first == again
    await coop.join("Taro")
    later = await zipped(installation, reading.ledger)
    assert later != first
    assert [path.name for path in later.parent.iterdir()] == [later.name]
    assert b"\n3\n" in zipfile.ZipFile(later).read("checkpoint")


async def test_strangers_take_a_copy_that_is_a_little_old(coop: Coop, clock: Travelling) -> None:
    address = f"/c/{coop.town.slug}/audit/export.zip"

    async def size(client: httpx.AsyncClient) -> int:
        copy = zipfile.ZipFile(BytesIO((await client.get(address)).content))
        return int(copy.read("checkpoint").split(b"\n")[1])

    assert await size(coop.stranger) == 1
    await coop.join("Taro")
    assert await size(coop.stranger) == 1
    clock.ahead += FRESH
    assert await size(coop.stranger) == 3
    await coop.join("Jiro")
    clock.ahead = 0
    assert await size(coop.stranger) == 3
    assert await size(await coop.signed_in("Hanako")) == 5


async def test_of_many_who_begin_a_pass_at_once_one_does(
    coop: Coop, reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = asyncio.Event()
    times = itertools.count(coop.installation.clock.now())
    monkeypatch.setattr(coop.installation.clock, "now", lambda: next(times))
    monkeypatch.setattr(passes, "_run", lambda *_: begun.wait())
    who = coop.town.id("Hanako")
    assert sum(await asyncio.gather(*(passes.begin(coop.installation, reading, who) for _ in range(6)))) == 1
    assert await reading.pool.fetchval("SELECT count(*) FROM audit_pass") == 1
    begun.set()


async def test_a_pass_that_copies_for_long_is_not_taken_for_dead(
    coop: Coop, reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = asyncio.Event()
    write = exports.write

    async def slowly(*arguments: Any) -> int:
        await copied.wait()
        return await write(*arguments)

    monkeypatch.setattr(exports, "write", slowly)
    monkeypatch.setattr(passes, "ALIVE", 0.01)
    await passes.begin(coop.installation, reading, coop.town.id("Hanako"))
    async with asyncio.timeout(20):
        while True:
            found = await passes.latest(reading)
            if found is not None and found.updated > found.started:
                break
            await asyncio.sleep(0.02)
    copied.set()
    assert (await finished(reading)).report is not None


def test_sealed_ballots_stay_sealed() -> None:
    """A commitment is never shown as a choice."""
    from app.recount import _open_choice

    ballot: dict[str, Any] = {
        "index": 1,
        "proposal": "p",
        "member": "m",
        "cls": "member",
        "weight": 1,
        "statement": "",
        "entry": 1,
        "cast_at": 0,
    }
    assert _open_choice(Ballot(id="p/m", choice=Commit(commit="A" * 43 + "="), via=None, **ballot)) is None
    assert _open_choice(Ballot(id="p/m", choice="yes", via=None, **ballot)) == "yes"
