"""A page is made from what was read once; nobody else is answered from memory."""

from __future__ import annotations

from typing import Any

import pytest

from app.reading import Reading, reading_of
from ledger import canonical, ids
from ledger.books.resources import Resource
from ledger.compose import Private
from tests.app.api.service import Coop

OFFER = {"availability": {"kind": "stock", "quantity": 5, "unit": "box"}}


async def offer(coop: Coop, title: str) -> tuple[str, str]:
    """The thing's id, and the statement that offers it."""
    terms = {"cost": 3, "needs_confirmation": True, "title": Private(title)}
    written = await coop.say("Hanako", "resource.offer/1", OFFER | {"terms": terms})
    return ids.object_id("res", written.id), canonical.b64(written.id)


class Counted:
    """The pool, and how often it was asked."""

    def __init__(self, pool: Any) -> None:
        self._pool, self.asked = pool, 0

    async def fetch(self, *asked: Any) -> Any:
        self.asked += 1
        return await self._pool.fetch(*asked)


@pytest.fixture
async def readings(coop: Coop) -> tuple[Reading, Reading]:
    """One that keeps what it has read, one that does not."""
    one, other = [await reading_of(coop.installation, coop.town.slug, keeps=keeps) for keeps in (True, False)]
    one.pool, other.pool = Counted(one.pool), Counted(other.pool)
    return one, other


def asked(reading: Reading) -> int:
    pool: Any = reading.pool
    return int(pool.asked)


async def test_what_was_found_is_not_asked_for_again(coop: Coop, readings: tuple[Reading, Reading]) -> None:
    eggs, rice = await offer(coop, "卵"), await offer(coop, "米")
    keeps, fresh = readings
    for reading in readings:
        for _ in range(2):
            found = await reading.find_many(Resource, [rice[0], eggs[0], "res_none"])
            assert list(found) == [rice[0], eggs[0]]
            assert (await reading.find(Resource, eggs[0])) == found[eggs[0]]
            assert await reading.find(Resource, "res_none") is None
            assert len(await reading.children(Resource, found[eggs[0]].parent)) == 2
            refs = [(eggs[1], "terms/title"), (rice[1], "terms/title"), (rice[1], "terms/none")]
            assert await reading.texts(refs) == {refs[0]: "卵", refs[1]: "米"}
    assert asked(keeps) == 3
    assert asked(fresh) == 10


async def test_only_what_changes_nothing_is_kept(coop: Coop, readings: tuple[Reading, Reading]) -> None:
    thing, _ = await offer(coop, "卵")
    before = [await reading.find(Resource, thing) for reading in readings]
    await coop.say("Hanako", "resource.close/1", {"resource": thing})
    after = [await reading.find(Resource, thing) for reading in readings]
    assert after[0] == before[0] == before[1] != after[1]
