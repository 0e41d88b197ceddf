"""Too many requests of one caller are turned away; others are not, and the log's files are for everyone."""

from __future__ import annotations

from contextlib import AsyncExitStack, ExitStack

import httpx
import pytest
from litestar import Litestar

from app.installation import Installation
from app.limits import LISTENERS, Limits
from app.storage import database
from tests.app.api.service import ADDRESS, Coop, create_app, web

FEW = 5


def client(app: Litestar, host: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, client=(host, 4711))  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url=ADDRESS)


async def statuses(one: httpx.AsyncClient, path: str, count: int) -> set[int]:
    return {(await one.get(path)).status_code for _ in range(count)}


async def test_each_caller_has_so_many_requests_a_minute(coop: Coop, installation: Installation) -> None:
    app = create_app(installation, web(requests_per_minute=FEW))
    path = coop.api("context")
    first, second = client(app, "203.0.113.1"), client(app, "203.0.113.2")
    assert await statuses(first, path, FEW) == {200}
    answer = await first.get(path)
    assert (answer.status_code, answer.json()["code"]) == (429, "http.too_many")
    assert 0 < int(answer.headers["retry-after"]) <= 60
    assert await statuses(second, path, FEW) == {200}
    assert await statuses(first, coop.log("checkpoint"), 3 * FEW) == {200}
    assert await statuses(first, "/.well-known/yui.json", 1) == {429}


async def test_garbage_is_not_cheaper_by_the_hundred(coop: Coop, installation: Installation) -> None:
    app = create_app(installation, web(requests_per_minute=10 * FEW))
    stranger, other = client(app, "203.0.113.1"), client(app, "203.0.113.2")
    address, town = coop.api("statements/batch"), coop.town
    garbage = b"[" + b",".join([b"{}"] * 10 * FEW) + b"]"
    assert (await stranger.post(address, content=garbage)).status_code == 200
    answer = await stranger.post(address, content=garbage)
    assert (answer.status_code, answer.json()["code"]) == (429, "http.too_many")
    honest = [town.invitation(f"member {number}", "Hanako").json() for number in range(2 * FEW)]
    for batch in (honest, honest, honest):  # what is accepted, now or before, is one request
        answer = await other.post(address, content=b"[" + b",".join(batch) + b"]")
        assert all("leaf" in one or "index" in one for one in answer.json()), answer.text
    assert int(answer.headers["ratelimit-remaining"]) == 10 * FEW - 3


async def test_strangers_may_have_less_of_what_costs_much(coop: Coop, installation: Installation) -> None:
    app = create_app(installation, web(requests_per_minute=10 * FEW))
    slug = coop.town.slug
    stranger, other = client(app, "203.0.113.1"), client(app, "203.0.113.2")
    costly = (
        f"/c/{slug}/things?q=x",
        f"/c/{slug}/proposals?q=x",
        f"/c/{slug}/ledger?book=token",
        f"/c/{slug}/audit/export.zip",
        coop.api("records.jsonl"),
    )
    assert {(await stranger.get(path)).status_code for path in costly} == {200}
    for path in costly:
        answer = await stranger.get(path)
        assert (answer.status_code, answer.json()["code"]) == (429, "http.too_many"), path
        assert 0 < int(answer.headers["retry-after"]) <= 60
    assert (await stranger.get(f"/c/{slug}/things")).status_code == 200
    assert (await other.get(costly[0])).status_code == 200
    member = await coop.signed_in("Hanako", client(app, "203.0.113.1"))
    assert await statuses(member, costly[0], 2 * FEW) == {200}


async def test_one_caller_follows_so_many_ledgers_at_a_time(coop: Coop) -> None:
    limits: Limits = coop.app.state.limits
    coop.app.state.closing.set()  # what would go on for ever ends at once
    for host, status in (("203.0.113.1", 429), ("203.0.113.2", 200)):
        with ExitStack() as stack:
            for _ in range(LISTENERS):
                stack.enter_context(limits.listening("203.0.113.1"))
            answer = await client(coop.app, host).get(coop.api("events"))
            assert answer.status_code == status
    assert (await client(coop.app, "203.0.113.1").get(coop.api("events"))).status_code == 200
    assert not limits._listening


async def test_who_waits_too_long_for_the_database_is_told(coop: Coop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.2)
    pool = coop.installation.database.pool
    async with AsyncExitStack() as stack:
        for _ in range(pool.get_max_size()):
            await stack.enter_async_context(pool.acquire())
        for accept in ("application/json", "text/html"):
            answer = await coop.stranger.get(f"/c/{coop.town.slug}", headers={"accept": accept})
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        answer = await coop.stranger.get(coop.api("context"))
        assert answer.json()["code"] == "database.busy"
    assert (await coop.stranger.get(coop.api("context"))).status_code == 200


async def test_an_error_page_leads_nowhere_else(coop: Coop) -> None:
    page = await coop.stranger.get(f"{ADDRESS}//evil.example/x", headers={"accept": "text/html"})
    assert page.status_code == 404
    assert 'href="/evil.example/x?lang=en"' in page.text


async def test_who_has_to_sign_in_first_comes_back_to_what_they_asked_for(coop: Coop) -> None:
    page = await coop.stranger.get(f"/c/{coop.town.slug}/audit/reports/new", headers={"accept": "text/html"})
    assert page.status_code == 401
    assert f'href="/c/{coop.town.slug}/sign-in?next=%2Fc%2F{coop.town.slug}%2Faudit%2Freports%2Fnew"' in page.text


@pytest.mark.parametrize("path", ["c/{slug}/ledger/99999999999999999999", "c/{slug}/proposals/%00", "c/%00/ledger"])
async def test_an_address_that_no_row_could_have_is_not_found(coop: Coop, path: str) -> None:
    slug = coop.log("checkpoint").split("/")[-2]
    page = await coop.stranger.get(f"{ADDRESS}/{path.format(slug=slug)}", headers={"accept": "text/html"})
    assert page.status_code == 404
