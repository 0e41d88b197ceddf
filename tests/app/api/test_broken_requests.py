"""Posted statements whose request is not what it says, or breaks off: a problem all the same."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from tests.app.api.service import Coop

_GONE: Final = {"type": "http.disconnect"}


async def asked(coop: Coop, headers: list[tuple[bytes, bytes]], *messages: dict[str, Any]) -> tuple[int, str, int]:
    """Status, code and how many parts of the body were read."""
    path, sent, read = coop.api("statements"), [], 0

    async def receive() -> dict[str, Any]:
        nonlocal read
        read += 1
        return messages[read - 1]

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": headers,
        "client": ("192.0.2.1", 1),
        "server": ("coops.example", 80),
        "scheme": "http",
        "http_version": "1.1",
        "root_path": "",
        "state": {},
    }
    application: Any = coop.app  # the same protocol in other types
    await application(scope, receive, send)
    start, *bodies = sent
    assert any(name == b"content-security-policy" for name, _ in start["headers"])
    return start["status"], json.loads(b"".join(body["body"] for body in bodies))["code"], read


async def test_too_large_a_length_is_refused_before_anything_is_read(coop: Coop) -> None:
    length = (b"content-length", b"99999999999")
    assert await asked(coop, [length]) == (413, "http.too_large", 0)


async def test_what_turns_out_too_large_is_read_no_further(coop: Coop) -> None:
    part = {"type": "http.request", "body": bytes(5_000_000), "more_body": True}
    assert await asked(coop, [], *[part] * 9) == (413, "http.too_large", 2)


@pytest.mark.parametrize("before", [0, 1])
async def test_a_body_that_breaks_off_is_a_bad_request(coop: Coop, before: int) -> None:
    part = {"type": "http.request", "body": b'{"statement":', "more_body": True}
    headers = [(b"content-length", b"500")]
    assert await asked(coop, headers, *[part] * before, _GONE) == (400, "http.bad_request", before + 1)
