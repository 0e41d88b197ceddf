from __future__ import annotations

import httpx
import pytest
from litestar import Litestar

from app.installation import Installation
from tests.app.api.service import ADDRESS, create_app, web


def client(app: Litestar, host: str = "127.0.0.1") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, client=(host, 4711))  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url=ADDRESS)


async def test_alive_and_ready(app: Litestar) -> None:
    async with client(app) as here:
        assert (await here.get("/healthz")).json() == {"status": "alive"}
        assert (await here.get("/readyz")).json() == {"status": "ready"}


async def test_not_ready_while_the_database_is_away(app: Litestar, installation: Installation) -> None:
    await installation.database.pool.close()
    async with client(app) as here:
        answer = await here.get("/readyz")
        assert (answer.status_code, answer.json()["code"]) == (503, "database.unavailable")
        assert (await here.get("/healthz")).status_code == 200


async def test_metrics_count_requests_by_route(app: Litestar) -> None:
    async with client(app) as here:
        await here.get("/api/v1/ledgers/secret-name/context")
        text = (await here.get("/metrics")).text
    assert 'path="/api/v1/ledgers/{slug}/context"' in text
    assert "secret-name" not in text


@pytest.mark.parametrize(
    ("host", "headers", "token", "status"),
    [
        ("127.0.0.1", {}, "", 200),
        ("::1", {}, "", 200),
        ("203.0.113.7", {}, "", 404),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.7"}, "", 404),
        ("203.0.113.7", {"Authorization": "Bearer sesame"}, "sesame", 200),
        ("203.0.113.7", {"Authorization": "Bearer other"}, "sesame", 404),
        ("203.0.113.7", {"Authorization": "Bearer "}, "", 404),
        ("127.0.0.1", {"Host": "evil.example"}, "", 200),
    ],
)
async def test_metrics_are_for_this_machine_or_whoever_has_the_token(
    installation: Installation, host: str, headers: dict[str, str], token: str, status: int
) -> None:
    async with client(create_app(installation, web(metrics_token=token)), host) as somebody:
        assert (await somebody.get("/metrics", headers=headers)).status_code == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "coops.example"}, 404),
        ({"Host": "127.0.0.1:8321"}, 200),
        ({"Host": "[::1]:8321"}, 200),
        ({"Host": "localhost"}, 200),
        ({"Host": "coops.example", "Authorization": "Bearer sesame"}, 200),
        ({"Host": "127.0.0.1", "X-Forwarded-For": "203.0.113.7"}, 404),
    ],
)
async def test_behind_a_proxy_without_a_token_only_this_machine_itself(
    installation: Installation, headers: dict[str, str], status: int
) -> None:
    app = create_app(installation, web(address="https://coops.example", metrics_token="sesame"))
    async with client(app) as somebody:
        assert (await somebody.get("/metrics", headers=headers)).status_code == status
