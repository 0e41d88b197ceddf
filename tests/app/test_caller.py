"""Whose requests count together."""

from __future__ import annotations

import pytest
from litestar import Litestar, Request, get
from litestar.datastructures import State
from litestar.testing import TestClient

from app.caller import caller
from app.settings import WebSettings


@get("/")
async def whoami(request: Request[object, object, State]) -> str:
    return caller(request)


def ask(address: str, *forwarded: str | None) -> str:
    app = Litestar([whoami], state=State({"web": WebSettings(address, bytes(32))}))
    headers = [("x-forwarded-for", line) for line in forwarded if line is not None]
    with TestClient(app) as client:
        return client.get("/", headers=headers).text


@pytest.mark.parametrize(
    ("address", "forwarded", "expected"),
    [
        ("http://localhost:8321", None, "testclient"),
        ("http://localhost:8321", "203.0.113.9", "testclient"),
        ("https://mura.example", "203.0.113.9", "203.0.113.9"),
        ("https://mura.example", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("https://mura.example", None, "testclient"),
        ("https://mura.example", " ", "testclient"),
        ("https://mura.example", "2001:db8:1:2:a:b:c:d", "2001:db8:1:2::/64"),
        ("https://mura.example", "[2001:db8:1:2::1]", "2001:db8:1:2::/64"),
        ("https://mura.example", "2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("https://mura.example", "::ffff:203.0.113.9", "203.0.113.9"),
    ],
)
def test_only_what_the_proxy_itself_wrote_counts(address: str, forwarded: str | None, expected: str) -> None:
    assert ask(address, forwarded) == expected


def test_a_line_that_the_caller_has_sent_does_not_hide_the_proxys_own() -> None:
    assert ask("https://mura.example", "198.51.100.1", "203.0.113.9") == "203.0.113.9"
