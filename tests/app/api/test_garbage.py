"""Bodies that are no text, no JSON, or another document: every route that takes a body says so, and nothing breaks."""

from __future__ import annotations

import re

import pytest

from tests.app.api.service import Coop

BODIES = [
    b"",
    b"\x80",
    b'{"\x80": 1}',
    b'{"statement": "\xff"}',
    b'[{"\xc3\x28": 1}]',
    b"[" * 300,
    b"null",
    b"[]",
    b"{}",
    b"1e999",
]


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
async def test_no_route_breaks(coop: Coop, body: bytes) -> None:
    client = await coop.signed_in("Hanako")
    described = (await client.get("/api/v1/openapi.json")).json()
    headers = {"Content-Type": "application/json", "X-CSRFToken": client.cookies.get("csrftoken") or ""}
    asked = 0
    for path, methods in described["paths"].items():
        address = re.sub(r"\{[a-z_]+\}", "00", path.replace("{slug}", coop.town.slug))
        for method in methods.keys() & {"post", "put", "patch"}:
            answer = await client.request(method, address, content=body, headers=headers)
            assert answer.status_code < 500, (method, path, answer.text)
            asked += 1
    for address in ("/witness/add-checkpoint",):
        assert (await client.post(address, content=body, headers=headers)).status_code < 500
    assert asked > 5
