"""The outbox held against a naive model: whatever happens in whatever order, nothing is sent twice by itself."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from app.installation import Installation, Settings
from app.post import listing, outbox, queueing
from app.post.letters import Notice
from app.post.outbox import Verdict
from app.post.sending import Round
from app.post.settings import Posting
from app.post.smtp import Delivery
from app.reading import Reading
from app.storage import ledgers
from app.storage.embedded import Server
from governance.all_books import BOOKS
from tests.app.api.service import Travelling
from tests.app.post.desk import HOUR, NOTICE, letter

MEMBERS: Final = [f"mem_{one * 26}" for one in "abc"]
TRIES: Final = 3
POSTING: Final = Posting("127.0.0.1", 25, "yui@coops.example", "none", per_minute=60_000, tries=TRIES)


class Died(Exception):
    """The process ends here, the connection with it."""


class Pretended:
    """In the place of the mail server: one plan for the next letter. ``taken`` counts what has arrived, by address."""

    def __init__(self) -> None:
        self.plan = "taken"
        self.taken: dict[str, int] = {}

    async def deliver(self, recipient: str, _data: bytes, hand: Callable[[], Awaitable[None]]) -> Delivery:
        if self.plan == "died before":
            raise Died
        if self.plan == "down":
            return Delivery(Verdict("waiting", "connection"), server=True)
        if self.plan in ("later", "never"):
            return Delivery(Verdict("waiting" if self.plan == "later" else "failed", "450"))
        await hand()
        if self.plan == "died handing":
            raise Died
        if self.plan in ("later after all", "never after all"):
            return Delivery(Verdict("waiting" if self.plan.startswith("later") else "failed", "450"))
        if self.plan != "lost":
            self.taken[recipient] = self.taken.get(recipient, 0) + 1
        if self.plan == "died after":
            raise Died
        return Delivery(Verdict("unknown" if self.plan in ("lost", "taken, cut off") else "sent", "250"))

    async def hang_up(self) -> None:
        """Nobody is there."""


PLANS: Final = (
    *("taken", "down", "later", "never", "lost", "taken, cut off", "later after all", "never after all"),
    *("died before", "died handing", "died after"),
)


@dataclass
class Expected:
    """One letter as the model has it. ``allowed``: how often somebody has said that it may be sent."""

    member: str
    state: str = "waiting"
    tries: int = 0
    allowed: int = 1
    readable: bool = True

    def put_off(self) -> None:
        self.state = "failed" if self.tries >= TRIES else "waiting"


class Machine(RuleBasedStateMachine):
    """``loop`` and ``installation`` are set by the test."""

    loop: asyncio.AbstractEventLoop
    installation: Installation
    numbers: Iterator[int] = itertools.count()

    def __init__(self) -> None:
        super().__init__()
        self.slug = f"coop-{next(self.numbers)}"
        self.expected: dict[str, Expected] = {}
        self.office = Pretended()
        self.clock = self.installation.clock
        self.do(self._open())

    def do(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    async def _open(self) -> None:
        async with self.installation.database.pool.acquire() as connection, connection.transaction():
            found = await ledgers.add(connection, self.slug, f"coops.example/{self.slug}")
        assert found is not None
        self.ledger = found
        self.pool = self.installation.database.pool
        self.reading = Reading(self.pool, self.installation.privacy, BOOKS, found)
        await self.pool.execute("UPDATE outbox SET state = 'cancelled' WHERE state IN ('waiting', 'sending', 'handed')")
        await self._start()

    async def _start(self) -> None:
        self.connection = await self.installation.database.connect()
        async with asyncio.timeout(20):
            while not await outbox.own(self.connection):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        self.round = Round(self.installation, POSTING, self.connection)
        self.round._line = self.office  # type: ignore[assignment]
        await self.round.begin()

    @rule(member=st.sampled_from(MEMBERS), version=st.integers(1, 2))
    def queue(self, member: str, version: int) -> None:
        notice = Notice(NOTICE.subject, NOTICE.kind, version)
        one = letter(member, address=f"{member}-{version}@people.example")
        (answer,) = self.do(queueing.queue(self.installation, self.reading, notice, [one]))
        assert answer.outcome == ("already" if answer.id in self.expected else "queued")
        self.expected.setdefault(answer.id, Expected(f"{member}-{version}@people.example"))

    @precondition(lambda self: any(one.state == "waiting" for one in self.expected.values()))
    @rule(plan=st.sampled_from(PLANS))
    def step(self, plan: str) -> None:
        """The next letter is tried, and what happens is what was planned."""
        assert isinstance(self.clock, Travelling)
        self.clock.ahead += 5 * HOUR
        self.office.plan = plan
        before = self.do(self._rows())
        try:
            self.do(self.round.step())
        except Died:
            self.connection.terminate()
            self.do(self._start())
        (tried,) = [id_ for id_, row in self.do(self._rows()).items() if row != before[id_]]
        self._expect(self.expected[tried], plan)

    @staticmethod
    def _expect(one: Expected, plan: str) -> None:
        assert one.state == "waiting"
        one.tries += 1
        if not one.readable:
            one.state = "erased"
        elif plan in ("down", "later", "later after all", "died before"):
            one.put_off()
        else:
            ends = {"taken": "sent", "never": "failed", "never after all": "failed"}
            one.state = ends.get(plan, "unknown")

    @precondition(lambda self: self.expected)
    @rule(data=st.data())
    def say_again(self, data: st.DataObject) -> None:
        id_ = data.draw(st.sampled_from(sorted(self.expected)))
        one = self.expected[id_]
        done = self.do(outbox.say_again(self.pool, self.ledger.id, id_, self.clock.now()))
        assert done == (one.state in ("failed", "unknown"))
        if done:
            one.state, one.tries, one.allowed = "waiting", 0, one.allowed + 1

    @precondition(lambda self: self.expected)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        id_ = data.draw(st.sampled_from(sorted(self.expected)))
        one = self.expected[id_]
        done = self.do(outbox.cancel(self.pool, self.ledger.id, id_, self.clock.now()))
        assert done == (one.state in ("waiting", "failed", "unknown"))
        if done:
            one.state = "cancelled"

    @rule(member=st.sampled_from(MEMBERS), rows=st.booleans())
    def erase(self, member: str, rows: bool) -> None:  # noqa: FBT001 - drawn
        """The key goes, and the rows with it or (after a crash) not yet."""
        self.installation.privacy.erase(self.ledger.id, member)
        if rows:
            self.do(outbox.erase(self.pool, self.ledger.id, [member], self.clock.now()))
        for one in self.expected.values():
            if one.member.startswith(member):
                one.readable = False
                if rows and one.state in ("waiting", "failed", "unknown"):
                    one.state = "erased"

    @rule()
    def restore(self) -> None:
        """Somebody has put a database back, and says that nothing in it is certain."""
        waiting = [one for one in self.expected.values() if one.state == "waiting"]
        assert self.do(outbox.doubt(self.pool, self.ledger.id, self.clock.now())) == len(waiting)
        for one in waiting:
            one.state = "unknown"

    @invariant()
    def states_are_the_models(self) -> None:
        assert {id_: row.state for id_, row in self.do(self._rows()).items()} == {
            id_: one.state for id_, one in self.expected.items()
        }

    @invariant()
    def nothing_arrives_more_often_than_somebody_said(self) -> None:
        for one in self.expected.values():
            assert self.office.taken.get(one.member, 0) <= one.allowed
            if one.state == "sent":
                assert self.office.taken[one.member] >= 1

    @invariant()
    def what_nobody_needs_is_not_kept(self) -> None:
        query = "SELECT count(*) FROM outbox WHERE ledger_id = $1 AND sealed IS NOT NULL AND state = ANY($2)"
        assert self.do(self.pool.fetchval(query, self.ledger.id, ["sent", "erased", "cancelled"])) == 0

    async def _rows(self) -> dict[str, listing.Sent]:
        return {one.id: one for one in await listing.about(self.pool, self.ledger.id, NOTICE.subject)}

    def teardown(self) -> None:
        self.connection.terminate()


@pytest.mark.slow
def test_whatever_happens(migrated: Server, tmp_path: Path) -> None:
    loop = asyncio.new_event_loop()

    async def opened() -> tuple[Any, Installation]:
        context = Installation.open(Settings(tmp_path, migrated.service_dsn.url, BOOKS, Travelling()))
        return context, await context.__aenter__()

    context, installation = loop.run_until_complete(opened())
    try:
        machine = type("Bound", (Machine,), {"loop": loop, "installation": installation})
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
            ),
        )
    finally:
        loop.run_until_complete(context.__aexit__(None, None, None))
        loop.close()
