"""Whatever the service answers, well or ill, forbids scripts, styles and frames from elsewhere."""

from __future__ import annotations

import httpx
import pytest

from app.installation import Installation
from tests.app.api.service import Coop, create_app, web


@pytest.mark.parametrize(
    "path", ["/", "/found", "/c/nowhere", "/static/css/base.css", "/api/v1/docs", "/nowhere/at/all"]
)
async def test_every_answer_has_a_policy(coop: Coop, path: str) -> None:
    answer = await coop.client().get(path, headers={"accept": "text/html"})
    parts = [part.split() for part in answer.headers["content-security-policy"].split(";")]
    policy = {name: sources for name, *sources in parts}
    assert policy["default-src"] == ["'none'"]
    assert policy["frame-ancestors"] == policy["base-uri"] == ["'none'"]
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == policy["form-action"] == ["'self'"]
    assert {source for sources in policy.values() for source in sources} <= {"'none'", "'self'", "data:"}
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_what_people_read_has_nothing_inline(coop: Coop) -> None:
    for path in (
        "/",
        "/found",
        f"/c/{coop.town.slug}",
        f"/c/{coop.town.slug}/ledger",
        f"/c/{coop.town.slug}/verify",
        "/api/v1/docs",
    ):
        answer = await coop.client().get(path, headers={"accept": "text/html"})
        assert answer.status_code == 200, path
        for forbidden in ("<style", " style=", " onclick=", " onload=", "javascript:", 'src="http', 'src="//'):
            assert forbidden not in answer.text, (path, forbidden)


async def test_over_https_the_browser_stays_there_and_cookies_are_this_hosts_alone(
    coop: Coop, installation: Installation
) -> None:
    secure = Coop(create_app(installation, web(address="https://coops.example")), installation, coop.town)
    async with secure.client() as client:
        client.base_url = httpx.URL("https://coops.example")
        page = await client.get("/found", headers={"accept": "text/html"})
        assert page.headers["strict-transport-security"] == "max-age=31536000"
        await secure.signed_in("Hanako", client)
        assert {"__Host-yui", "__Host-csrftoken"} == {cookie.name for cookie in client.cookies.jar}
        assert all(one.secure and one.path == "/" and not one.domain_specified for one in client.cookies.jar)
        signed_out = await client.delete(
            secure.api("session"), headers={"X-CSRFToken": client.cookies["__Host-csrftoken"]}
        )
        assert signed_out.status_code == 204
    plain = await coop.client().get("/found", headers={"accept": "text/html"})
    assert "strict-transport-security" not in plain.headers


async def test_what_is_shown_to_one_reader_is_kept_by_nobody(coop: Coop) -> None:
    client = await coop.signed_in("Hanako")
    slug = coop.town.slug
    for path in (f"/c/{slug}", f"/c/{slug}/me", f"/c/{slug}/ledger", "/", coop.api("context"), coop.api("pending")):
        answer = await client.get(path, headers={"accept": "text/html"})
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store"), path
    assert "cache-control" not in (await coop.client().get(f"/c/{slug}")).headers
    draft = await coop.client().get("/found/nobody/review", headers={"accept": "text/html"})
    assert draft.headers["cache-control"] == "no-store"
    assert (await client.get("/static/css/base.css")).headers["cache-control"] == "no-cache"
