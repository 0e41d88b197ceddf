"""Erasing a former member: the entry first, then the key, and nothing can be read any more."""

from __future__ import annotations

import asyncio

from app.erasure import Eraser
from ledger.compose import Private
from tests.app.api.service import Coop, Travelling

MONTH = 31 * 86_400_000


async def private_rows(coop: Coop, member: str) -> int:
    query = "SELECT count(*) FROM private WHERE subject = $1"
    count: int = await coop.installation.database.pool.fetchval(query, member)
    return count


async def left_and_erased(coop: Coop) -> str:
    await coop.join("Taro")
    await coop.say("Taro", "member.leave/1", {})
    await coop.say("Hanako", "member.erase/1", {"member": coop.town.id("Taro")})
    return coop.town.id("Taro")


async def test_nothing_is_destroyed_before_retention_ends(coop: Coop) -> None:
    member = await left_and_erased(coop)
    await Eraser(coop.installation).look_around()
    assert await private_rows(coop, member) > 0


async def test_key_and_rows_are_destroyed_once_the_ledger_says_so(coop: Coop, clock: Travelling) -> None:
    member = await left_and_erased(coop)
    ledger = await coop.installation.ledger(coop.town.slug)
    query = "SELECT subject, statement_id, path, sealed FROM private WHERE subject = $1"
    kept = await coop.installation.database.pool.fetchrow(query, member)
    assert kept is not None
    eraser = Eraser(coop.installation)
    await eraser.look_around()
    clock.ahead += MONTH
    await coop.say("Hanako", "coop.profile/1", {"profile": {"name": Private("山の里")}})
    await asyncio.gather(eraser.look_around(), Eraser(coop.installation).look_around())
    assert await private_rows(coop, member) == 0
    # A backup of the database is of no use either.
    assert coop.installation.privacy.open(ledger.id, *kept) is None
    await Eraser(coop.installation).look_around()


async def test_others_keep_theirs(coop: Coop, clock: Travelling) -> None:
    await left_and_erased(coop)
    clock.ahead += MONTH
    await coop.join("Jiro")
    await Eraser(coop.installation).look_around()
    assert await private_rows(coop, coop.town.id("Jiro")) > 0
    assert await private_rows(coop, coop.town.id("Hanako")) > 0
