"""Whatever the service answers, well or ill, forbids scripts, styles and frames from elsewhere."""

from __future__ import annotations

import pytest

from tests.app.api.service import Coop


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
