"""The process that sends fails at every step, in every way, kill -9 among them: no letter ever arrives twice."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from app.post import outbox, sending
from app.storage.embedded import Server
from tests.app.post import carrier
from tests.app.post.carrier import STEPS
from tests.app.post.desk import HOUR, TARO, Desk, letter
from tests.app.post.office import Office
from tests.faults.forks import Forks
from tests.faults.injector import Way

pytestmark = pytest.mark.slow

NEVER_HANDED = ("sent", 1)
"""What lies before it was handed over is done again: in the end it is sent."""
COMMITTED = {
    ("commit that", Way.DONE): ("unknown", 0),
    ("commit that", Way.KILLED_AFTER): ("unknown", 0),
    ("end its text", Way.NOT_DONE): ("unknown", 0),
    ("end its text", Way.DONE): ("unknown", 1),
    ("end its text", Way.KILLED_BEFORE): ("unknown", 0),
    ("end its text", Way.KILLED_AFTER): ("unknown", 1),
    ("keep what came of it", Way.KILLED_BEFORE): ("unknown", 1),
}
"""From there on until the answer is kept nobody knows. A lost answer of the database's is asked for again."""


class Came(NamedTuple):
    """What came of a failure in the end: the letter's state, and the copies that the server has taken."""

    state: str
    copies: int


@pytest.fixture(scope="module")
def carriers() -> Iterator[Forks]:
    with Forks(carrier.__name__) as carriers:
        yield carriers


@pytest.mark.parametrize("number", range(len(STEPS)), ids=[step.name.replace(" ", "-") for step in STEPS])
async def test_whatever_fails_a_letter_arrives_once_or_somebody_is_told(
    desk: Desk, office: Office, migrated: Server, carriers: Forks, number: int
) -> None:
    step = STEPS[number]
    for count, way in enumerate(Way):
        member = f"mem_{'abcd'[count] * 26}"
        await desk.queue(letter(member))
        place = (migrated.service_dsn.url, str(desk.installation.data), office.port)
        # What was broken off is settled by the next one, and tried again an hour later.
        ended = await carriers.order(*place, 3 * count * HOUR, number, way.name)
        assert ended == ((signal.SIGKILL, "") if way.deadly else (0, "hit")), way
        assert await carriers.order(*place, (3 * count + 1) * HOUR, None, None) == (0, "")
        assert await carriers.order(*place, (3 * count + 2) * HOUR, None, None) == (0, "")
        copies = sum(one.recipient == f"{member}@people.example" for one in office.taken)
        came = Came((await desk.states())[member], copies)
        assert came == COMMITTED.get((step.name, way), NEVER_HANDED), way


async def test_killed_again_and_again_among_many_none_arrives_twice(
    desk: Desk, office: Office, migrated: Server, carriers: Forks
) -> None:
    members = [f"mem_{one * 26}" for one in "abcdefghijklmnop"]
    await desk.queue(*map(letter, members))
    place = (migrated.service_dsn.url, str(desk.installation.data), office.port)
    handed, end, kept = (next(n for n, step in enumerate(STEPS) if step.name == name) for name, _ in _POINTS)
    for hour, (number, way) in enumerate(
        zip((handed, end, kept, end, kept, handed), [way for _, way in _POINTS] * 2, strict=True)
    ):
        assert await carriers.order(*place, hour * HOUR, number, way.name) == (signal.SIGKILL, "")
    for hour in (9, 10):
        assert await carriers.order(*place, hour * HOUR, None, None) == (0, "")
    taken = [one.recipient for one in office.taken]
    assert len(taken) == len(set(taken))
    states = await desk.states()
    assert set(states.values()) == {"sent", "unknown"}
    assert all(f"{member}@people.example" in taken for member, state in states.items() if state == "sent")
    assert 3 <= sum(state == "unknown" for state in states.values()) <= 5


_POINTS = (
    ("note that it is handed over", Way.KILLED_AFTER),
    ("end its text", Way.KILLED_AFTER),
    ("keep what came of it", Way.KILLED_BEFORE),
)


async def test_an_answer_that_the_database_does_not_take_is_kept_in_mind(
    desk: Desk, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As long as the process lives it knows, and says so once the database is back."""
    await desk.queue()
    monkeypatch.setattr(sending, "WAIT", 0.01)
    settle, failures = outbox.settle, [OSError(), OSError(), OSError()]

    async def fails(*arguments: Any) -> None:
        if failures:
            raise failures.pop()
        await settle(*arguments)

    monkeypatch.setattr(outbox, "settle", fails)
    await desk.send()
    assert await desk.states() == {TARO: "sent"}
    assert len(office.taken) == 1
