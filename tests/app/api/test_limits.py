"""Too many requests of one caller are turned away; others are not, and the log's files are for everyone."""

from __future__ import annotations

import httpx
import pytest
from litestar import Litestar

from app.installation import Installation
from app.server import create_app
from tests.app.api.service import ADDRESS, Coop, web

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
    assert await statuses(second, path, FEW) == {200}
    assert await statuses(first, coop.log("checkpoint"), 3 * FEW) == {200}


async def test_an_error_page_leads_nowhere_else(coop: Coop) -> None:
    page = await coop.stranger.get(f"{ADDRESS}//evil.example/x", headers={"accept": "text/html"})
    assert page.status_code == 404
    assert 'href="/evil.example/x?lang=en"' in page.text


@pytest.mark.parametrize("path", ["c/{slug}/ledger/99999999999999999999", "c/{slug}/proposals/%00", "c/%00/ledger"])
async def test_an_address_that_no_row_could_have_is_not_found(coop: Coop, path: str) -> None:
    slug = coop.log("checkpoint").split("/")[-2]
    page = await coop.stranger.get(f"{ADDRESS}/{path.format(slug=slug)}", headers={"accept": "text/html"})
    assert page.status_code == 404
