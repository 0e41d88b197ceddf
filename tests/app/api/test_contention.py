"""Many at once: nobody holds a connection while waiting for another one, and slow readers hold none."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from litestar import Litestar

from app import exports
from app.api.entries import _lines
from app.founding import store
from app.founding.answers import KindRow, Person
from app.founding.store import Link
from app.installation import Installation
from app.reading import reading_of
from app.visit import Visit
from ledger.compose import sign_ed25519
from tests.app.api.service import Coop
from tests.town import Town

CROWD = 10
"""More than there are connections."""
PATIENCE = 60
"""Seconds, on a busy machine; what waits for itself takes for ever."""


async def test_the_first_question_needs_one_connection(app: Litestar, installation: Installation) -> None:
    client, link = Coop(app, installation, Town()).client(), await store.begin(installation)
    await client.get("/found")
    token = {"x-csrftoken": client.cookies["csrftoken"]}
    form = {"name": "森の里", "slug": "mori"}
    pool = installation.database.pool
    async with AsyncExitStack() as others:
        for _ in range(pool.get_max_size() - 1):
            await others.enter_async_context(pool.acquire())
        async with asyncio.timeout(PATIENCE):
            answer = await client.post(f"/found/{link.key}/1", data=form, headers=token)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/found/{link.key}/2")


async def test_a_crowd_of_co_ops_is_founded_at_once(app: Litestar, installation: Installation) -> None:
    coop = Coop(app, installation, Town())
    client = coop.client()
    await client.get("/found")
    token = {"x-csrftoken": client.cookies["csrftoken"]}
    signed = []
    for n in range(CROWD):
        town = Town(seed=str(n))
        link = await store.begin(installation)
        async with store.changing(installation, link) as draft:
            draft.answers.name, draft.answers.slug = "森の里", f"mori-{n}"
            draft.answers.kinds = [KindRow("草刈り", "hour", 10)]
            draft.founders = [Person("山本花子", alg="ed25519", public=town.public("Hanako"))]
            draft.done = [1, 2, 3, 4, 5, 6]
        assert (await client.post(f"/found/{link.key}/seal", headers=token)).status_code == 200
        fixed = (await store.read(installation, link)).sealed
        assert fixed is not None
        signature = sign_ed25519(town.key("Hanako"), fixed.statement.encode())
        body = {"signature": {"alg": signature.alg, "key": signature.key, "sig": signature.sig}}
        signed.append((link, body))
    async with asyncio.timeout(PATIENCE):
        answers = await asyncio.gather(
            *(client.post(f"/found/join/{link.joining}/signature", json=body, headers=token) for link, body in signed)
        )
    assert [one.json()["receipt"]["index"] for one in answers] == [0] * CROWD
    again = await client.get(f"/found/join/{Link(signed[0][0].joining, None).joining}")
    assert again.status_code == 404  # what founders typed is gone


async def test_a_crowd_takes_exports(coop: Coop, tmp_path: Path) -> None:
    ledger = await coop.installation.ledger(coop.town.slug)
    async with asyncio.timeout(PATIENCE):
        sizes = await asyncio.gather(
            *(exports.write(coop.installation, ledger, tmp_path / str(n), None) for n in range(CROWD))
        )
    assert sizes == [coop.town.head[0]] * CROWD


async def test_slow_readers_of_the_records_leave_connections_to_others(coop: Coop) -> None:
    reading = await reading_of(coop.installation, coop.town.slug)
    record = await reading.coop()
    assert record is not None
    visit = Visit(coop.town.slug, reading, record, None, None, frozenset(), 0)
    readers = [_lines(coop.installation, visit) for _ in range(CROWD)]
    async with asyncio.timeout(PATIENCE):
        begun = [await anext(reader) for reader in readers]
        assert (await coop.stranger.get(coop.api("context"))).status_code == 200
    rest = [piece async for piece in readers[0]]
    assert b"".join([begun[0], *rest]) == (await coop.stranger.get(coop.api("records.jsonl"))).content
