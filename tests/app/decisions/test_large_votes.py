"""In a large co-op roll and count are worked out beside the service, and the fold takes them as they were found."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app import aside
from app.aside import ask_aside
from app.clerk import Clerk
from app.errors import DatabaseUnavailable
from app.installation import Installation, Settings
from app.reading import reading_of
from app.sequencer import lane
from app.storage.embedded import Server
from governance.all_books import BOOKS
from governance.books import counts, tallying
from governance.books.proposals import Proposal
from ledger import ids
from ledger.books import members
from ledger.compose import Private
from ledger.state import State
from tests.app.api.service import Coop, Travelling, create_app, web
from tests.governance.test_calls import PHASED
from tests.simulator import majority_rule
from tests.town import Town

MINUTE = {"module": "fixed/1", "voting_seconds": 60, "delay_seconds": 0, "timelock_seconds": 0}


@pytest.fixture
def clock() -> Travelling:
    return Travelling()


@pytest.fixture
async def coop(migrated: Server, tmp_path: Path, clock: Travelling) -> AsyncIterator[Coop]:
    rules = dict.fromkeys(("ordinary", "rules", "policy", "role", "admit"), majority_rule(timing=MINUTE))
    async with Installation.open(Settings(tmp_path, migrated.service_dsn.url, BOOKS, clock)) as installation:
        coop = Coop(create_app(installation, web()), installation, Town())
        await coop.found("Hanako", rules=rules)
        for name in ("Jiro", "Ume"):
            await coop.join(name)
        yield coop


def never(*_: Any) -> None:
    raise AssertionError("worked out in the service's process")


async def test_the_service_works_out_neither_roll_nor_count(
    coop: Coop, clock: Travelling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counts, "AT_ONCE", 2)
    monkeypatch.setattr(tallying, "roll_weights", never)
    monkeypatch.setattr(tallying, "gather", never)
    monkeypatch.setattr("governance.rule.Rule.roll", never)
    clerk = Clerk(coop.installation)
    texts = {"title": Private("屋根の修理"), "text": Private("集会所の屋根を直します。")}
    body = {"effects": [], "kind": "ordinary", "options": [], **texts}
    vote = ids.object_id("prop", (await coop.say("Ume", "proposal.draft/1", body)).id)
    await coop.say("Ume", "proposal.open/1", {"proposal": vote})
    await clerk.look_around()
    for name, choice in (("Ume", "yes"), ("Jiro", "yes"), ("Hanako", "no")):
        await coop.say(name, "ballot.cast/1", {"proposal": vote, "choice": choice})
    clock.ahead += 60_000
    for _ in range(2):
        await clerk.look_around()
    found = await (await reading_of(coop.installation, coop.town.slug)).find(Proposal, vote)
    assert found is not None
    assert found.roll is not None
    assert found.outcome is not None
    assert found.tally is not None
    assert (found.roll.heads, found.tally["yes"].heads, found.outcome.result) == (3, 2, "passed")
    assert None not in (found.roll_entry, found.count_entry)


WATCHED = majority_rule(timing=PHASED | {"voting_seconds": 3600, "early_close": True})


@pytest.fixture
async def watched(coop: Coop, monkeypatch: pytest.MonkeyPatch) -> tuple[Coop, str]:
    """A co-op that is held to be large, and a vote in it that has just opened, of which each ballot may be the last."""
    monkeypatch.setattr(counts, "AT_ONCE", 2)
    coop = Coop(coop.app, coop.installation, Town("watched", "watched"))
    await coop.found("Hanako", rules=dict.fromkeys(("ordinary", "rules", "policy", "role", "admit"), WATCHED))
    for name in ("Jiro", "Ume"):
        await coop.join(name)
    body = {"kind": "ordinary", "title": Private("屋根の修理"), "text": Private("集会所の屋根を直します。")}
    vote = ids.object_id("prop", (await coop.say("Ume", "proposal.draft/1", body)).id)
    await coop.say("Ume", "proposal.open/1", {"proposal": vote})
    return coop, vote


async def test_ballots_that_need_the_roll_wait_for_it_and_hold_up_nobody(
    watched: tuple[Coop, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("governance.rule.Rule.roll", never)
    coop, vote = watched
    ballots = [
        asyncio.create_task(coop.say(name, "ballot.cast/1", {"proposal": vote, "choice": "yes"}))
        for name in ("Ume", "Jiro")
    ]
    await coop.say("Hanako", "proposal.draft/1", {"kind": "ordinary", "title": Private("a"), "text": Private("b")})
    await asyncio.sleep(0.3)
    assert not any(ballot.done() for ballot in ballots)
    await Clerk(coop.installation).look_around()
    await asyncio.gather(*ballots)
    found = await (await reading_of(coop.installation, coop.town.slug)).find(Proposal, vote)
    assert found is not None
    assert found.roll_entry is not None
    assert None not in (found.opens_at, found.closes_at)
    assert (found.closes_at or 0) < (found.opens_at or 0) + 3_600_000  # two of three: nothing can change that


async def test_without_a_clerk_ballots_wait_a_while_and_the_fold_finds_the_roll(
    watched: tuple[Coop, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "_PATIENCE", 0.3)
    monkeypatch.setattr(lane, "_AGAIN", 0.1)
    coop, vote = watched
    before = time.monotonic()
    await coop.say("Ume", "ballot.cast/1", {"proposal": vote, "choice": "yes"})
    assert time.monotonic() - before >= 0.3


async def test_ballots_that_wait_when_the_service_stops_are_told(watched: tuple[Coop, str]) -> None:
    coop, vote = watched
    ballot = asyncio.create_task(coop.say("Ume", "ballot.cast/1", {"proposal": vote, "choice": "yes"}))
    await asyncio.sleep(0.3)
    await coop.installation.lanes.stop()
    with pytest.raises(AssertionError, match="stopping"):
        await ballot


@pytest.mark.parametrize("secrecy", ["confidential/1", "hidden/1"])
async def test_the_service_opens_and_counts_no_sealed_ballots(
    coop: Coop, clock: Travelling, monkeypatch: pytest.MonkeyPatch, secrecy: str
) -> None:
    monkeypatch.setattr(counts, "AT_ONCE", 2)
    monkeypatch.setattr("app.announcements.unseal", never)
    monkeypatch.setattr("app.keystore.PrivacyKeys.open", never)
    monkeypatch.setattr(tallying, "gather", never)
    sealed = Coop(coop.app, coop.installation, Town("sealed", "sealed"))
    rule = majority_rule(timing=MINUTE, secrecy={"module": secrecy})
    await sealed.found("Hanako", rules=dict.fromkeys(("ordinary", "rules", "policy", "role", "admit"), rule))
    for name in ("Jiro", "Ume"):
        await sealed.join(name)
    body = {"kind": "ordinary", "title": Private("屋根の修理"), "text": Private("集会所の屋根を直します。")}
    vote = ids.object_id("prop", (await sealed.say("Ume", "proposal.draft/1", body)).id)
    await sealed.say("Ume", "proposal.open/1", {"proposal": vote})
    clerk = Clerk(sealed.installation)
    await clerk.look_around()
    for name, choice in (("Ume", "yes"), ("Jiro", "yes"), ("Hanako", "nothing")):
        await sealed.say(name, "ballot.cast/1", {"proposal": vote, "choice": Private(choice)})
    clock.ahead += 60_000
    for _ in range(3):
        await clerk.look_around()
    found = await (await reading_of(sealed.installation, sealed.town.slug)).find(Proposal, vote)
    assert found is not None
    assert found.outcome is not None
    assert found.tally is not None
    assert {choice: count.heads for choice, count in found.tally.items() if count.heads} == {"yes": 2, "invalid": 1}
    assert found.outcome.result == "passed"
    assert found.count_entry is not None


def wrong(state: State) -> int:
    raise ValueError(members.entered(state))


async def test_a_question_is_answered_aside_and_one_that_fails_is_trouble(coop: Coop) -> None:
    ledger = await coop.installation.ledger(coop.town.slug)
    ask: Any = partial(ask_aside, coop.installation.database_url, ledger.id)
    assert await ask(members.entered) == 3
    with pytest.raises(DatabaseUnavailable):
        await ask(wrong)
    with pytest.raises(DatabaseUnavailable):
        await ask_aside("postgresql://nobody@127.0.0.1:1/nowhere", ledger.id, members.entered)


def asleep(_state: State) -> int:
    time.sleep(600)
    return 0


def children() -> set[int]:
    """The processes that this one has started and that are there still, ended or not."""
    found = set()
    for status in Path("/proc").glob("[0-9]*/status"):
        with suppress(OSError):  # it has ended since
            if f"\nPPid:\t{os.getpid()}\n" in status.read_text():
                found.add(int(status.parent.name))
    return found


async def test_nobody_waits_for_ever_and_no_process_is_left_behind(coop: Coop, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = await coop.installation.ledger(coop.town.slug)
    ask: Any = partial(ask_aside, coop.installation.database_url, ledger.id)
    before = children()
    # The service stops while it waits.
    waiting = asyncio.create_task(ask(asleep))
    while children() == before:  # noqa: ASYNC110 - nothing tells of it
        await asyncio.sleep(0.05)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert children() == before
    monkeypatch.setattr(aside, "_PATIENCE", 0.2)
    with pytest.raises(DatabaseUnavailable):
        await ask(asleep)
    assert children() == before
