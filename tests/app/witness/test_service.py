"""This installation as a witness, over HTTP, with the answers that C2SP tlog-witness wants."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import Litestar

from app.installation import Installation, Settings
from app.storage.embedded import Server
from app.witness.memory import digest
from app.witness.settings import PolicyFile, Witnessing
from governance.all_books import BOOKS
from ledger import cosignature, signed_note
from ledger.signed_note import COSIGNATURE, parse_vkey
from ledger.witness import MAX_REQUEST
from tests.app.api.service import ADDRESS, create_app, web
from tests.app.witness.log import ORIGIN, NumberLog

LOG = NumberLog()
HASH = digest(ORIGIN)


@pytest.fixture
async def installation(migrated: Server, tmp_path: Path) -> AsyncIterator[Installation]:
    listed = tmp_path / "witness.logs"
    listed.write_text(f"log {LOG.vkey.text()}\nquorum none\n")
    witnessing = Witnessing(logs=PolicyFile(listed), name="coops.example/witness")
    settings = Settings(tmp_path, migrated.service_dsn.url, BOOKS, witnessing=witnessing)
    async with Installation.open(settings) as installation:
        yield installation


def browser(app: Litestar) -> httpx.AsyncClient:
    application: Any = app
    return httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url=ADDRESS)


@pytest.fixture
async def client(installation: Installation) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(create_app(installation, web())) as client:
        yield client


async def add(client: httpx.AsyncClient, body: bytes) -> httpx.Response:
    return await client.post("/witness/add-checkpoint", content=body)


async def test_it_cosigns_a_log_as_it_grows(client: httpx.AsyncClient, installation: Installation) -> None:
    assert (await client.get(f"/witness/{HASH}/checkpoint")).status_code == 404
    for old, new in ((0, 3), (3, 8), (8, 8), (8, 21)):
        answer = await add(client, LOG.request(old, new))
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/plain; charset=utf-8")
        assert installation.witness is not None
        text = signed_note.parse(LOG.note(new)).text
        (cosigned,) = cosignature.verify_all(
            text, signed_note.parse_lines(answer.content.decode()), [installation.witness.key]
        )
        assert abs(cosigned.time - installation.clock.now() // 1000) < 60
        note = await client.get(f"/witness/{HASH}/checkpoint")
        assert note.content == LOG.note(new) + answer.content


async def test_what_it_refuses(client: httpx.AsyncClient) -> None:
    assert (await add(client, LOG.request(0, 8))).status_code == 200
    conflict = await add(client, LOG.request(3, 9))
    assert (conflict.status_code, conflict.content) == (409, b"8\n")
    assert conflict.headers["content-type"].startswith("text/x.tlog.size")
    stranger = NumberLog(origin="stranger.example/log")
    unsigned = LOG.request(8, 9).replace(ORIGIN.encode() + b" ", b"other.example/log ")
    spoilt = LOG.request(8, 9)[:-10] + b"AAAAAAAA=\n"
    for body, status in (
        (b"", 400),
        (b"old 8\n\nx", 400),
        (LOG.request(3, 2), 400),
        (unsigned, 403),
        (spoilt, 403),
        (stranger.request(0, 3), 404),
        (NumberLog(fork=4).request(8, 12), 422),
        (b"x" * (MAX_REQUEST + 1), 413),
    ):
        assert (await add(client, body)).status_code == status, body[:40]
    note = await client.get(f"/witness/{HASH}/checkpoint")
    assert note.content.startswith(LOG.note(8))


async def test_a_fork_is_shown_with_its_evidence(client: httpx.AsyncClient) -> None:
    assert (await client.get(f"/witness/{HASH}/evidence.json")).status_code == 404
    assert "alert" not in (await client.get("/witness")).text
    await add(client, LOG.request(0, 7))
    assert (await add(client, NumberLog(fork=4).request(7, 12))).status_code == 422
    found = (await client.get(f"/witness/{HASH}/evidence.json")).json()
    assert (found["origin"], found["conclusive"]) == (ORIGIN, True)
    page = (await client.get("/witness", headers={"Accept-Language": "en"})).text
    assert "Histories contradict each other" in page


async def test_it_needs_no_token_and_counts_for_itself(installation: Installation) -> None:
    async with browser(create_app(installation, web(requests_per_minute=2))) as client:
        for old, new in ((0, 3), (3, 8)):
            assert (await add(client, LOG.request(old, new))).status_code == 200
        late = await add(client, LOG.request(8, 9))
        assert late.status_code == 429
        assert int(late.headers["retry-after"]) > 0
        assert (await client.get("/witness")).status_code == 200


async def test_its_key_stays_wherever_it_moves(installation: Installation) -> None:
    assert installation.witness is not None
    key = installation.witness.key
    assert parse_vkey(key.text(), COSIGNATURE) == key
    assert installation.keys.witness("elsewhere.example:81/witness")[0] == key.name == "coops.example/witness"


async def test_who_is_told_of_no_logs_witnesses_none(migrated: Server, tmp_path: Path) -> None:
    async with Installation.open(Settings(tmp_path, migrated.service_dsn.url, BOOKS)) as plain:
        async with browser(create_app(plain, web())) as client:
            assert (await add(client, LOG.request(0, 3))).status_code == 404
            assert (await client.get(f"/witness/{HASH}/checkpoint")).status_code == 404
            assert (await client.get("/witness")).status_code == 200
        assert not list((tmp_path / "keys").glob("*.witness"))
