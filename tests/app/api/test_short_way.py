"""What is posted is answered alike on the short way and on the framework's, to which a query without meaning leads."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from app.access import OPT, Access
from app.api import short_way
from app.api.statements import post_statement
from app.front import CONTENT_SECURITY_POLICY
from app.installation import Installation
from tests.app.api.service import ADDRESS, Coop, create_app, web

LONG = "?way=long"


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The templates of routes whose requests went the short way."""
    found: list[str] = []
    true = short_way.ShortWay.answer

    async def noting(self: Any, route: Any, *arguments: Any) -> None:
        found.append(route.template)
        await true(self, route, *arguments)

    monkeypatch.setattr(short_way.ShortWay, "answer", noting)
    return found


async def both(coop: Coop, path: str, data: bytes, **headers: str) -> list[httpx.Response]:
    client = coop.client()
    return [await client.post(coop.api(path + query), content=data, headers=headers) for query in ("", LONG)]


def said(answer: httpx.Response) -> tuple[int, Any, dict[str, str]]:
    """What both ways must have in common. What is left to a caller, and until when, differs from request to request."""
    kept = ("content-type", "content-security-policy", "x-content-type-options", "retry-after", "ratelimit-limit")
    return answer.status_code, answer.json(), {name: answer.headers[name] for name in kept if name in answer.headers}


async def test_a_receipt(coop: Coop, taken: list[str]) -> None:
    invitation = coop.town.invitation("Taro", "Hanako")
    short, long = await both(coop, "statements", invitation.json(), cookie="yui=nonsense")
    assert taken == ["/api/v1/ledgers/{slug}/statements"]
    assert said(short) == said(long)
    assert short.status_code == 201
    assert short.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert short.headers["cache-control"] == "no-store"
    assert int(short.headers["ratelimit-remaining"]) == int(long.headers["ratelimit-remaining"]) + 1
    since = await coop.client().post(coop.api("statements?from=1"), content=invitation.json())
    assert len(taken) == 2
    assert since.json() == short.json() | {"consistency": since.json()["consistency"]}
    assert since.json()["consistency"]


@pytest.mark.parametrize(
    ("path", "data", "code"),
    [
        ("statements", b"", "format.envelope"),
        ("statements", b"[1]", "format.envelope"),
        ("statements", b'{"statement":{},"signatures":[]}', "format.shape"),
        ("statements", b"\xff", "format.envelope"),
        ("statements/batch", b"{}", "format.envelope"),
        ("statements/batch", b"[]", "format.batch_size"),
        ("statements", b" " * 8_388_609, "http.too_large"),
    ],
)
async def test_what_is_refused_for_its_form(coop: Coop, taken: list[str], path: str, data: bytes, code: str) -> None:
    short, long = await both(coop, path, data)
    assert len(taken) == 1
    assert said(short) == said(long)
    assert short.json()["code"] == code


async def test_what_the_ledger_refuses_is_signed_on_both_ways_and_in_the_readers_language(
    coop: Coop, taken: list[str]
) -> None:
    again = coop.town.says("Hanako", "member.leave/1", {"reason": "none"}).json()
    short, long = await both(coop, "statements", again, **{"accept-language": "en"})
    assert len(taken) == 1
    assert said(short)[0] == said(long)[0] >= 400
    assert (short.json()["code"], short.json()["title"]) == (long.json()["code"], long.json()["title"])


async def test_a_batch_holds_receipts_and_problems(coop: Coop, taken: list[str]) -> None:
    good = coop.town.invitation("Taro", "Hanako").json()
    data = b"[" + good + b',{"statement":{},"signatures":[]},' + good + b"]"
    short, long = await both(coop, "statements/batch", data)
    assert taken == ["/api/v1/ledgers/{slug}/statements/batch"]
    assert said(short) == said(long)
    assert short.status_code == 200
    assert [one.get("code", one.get("index")) for one in short.json()] == [1, "format.shape", 1]


async def test_unknown_ledgers_and_callers_who_ask_too_much(
    coop: Coop, installation: Installation, taken: list[str]
) -> None:
    client = coop.client()
    answers = [await client.post(f"/api/v1/ledgers/nowhere/statements{query}", content=b"{}") for query in ("", LONG)]
    assert [said(one) for one in answers] == [said(answers[0])] * 2
    assert answers[0].status_code == 404
    few: Any = create_app(installation, web(requests_per_minute=2))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(few), base_url=ADDRESS) as eager:
        found = [await eager.post(coop.api("statements"), content=b"{}") for _ in range(3)]
        found.append(await eager.post(coop.api(f"statements{LONG}"), content=b"{}"))
    assert [one.status_code for one in found] == [400, 400, 429, 429]
    assert found[2].json()["code"] == found[3].json()["code"] == "http.too_many"
    assert 0 < int(found[2].headers["retry-after"]) <= 60


async def test_both_ways_are_counted_and_other_methods_are_the_frameworks(coop: Coop, taken: list[str]) -> None:
    await both(coop, "statements", b"{}")
    transport: Any = httpx.ASGITransport(coop.app, client=("127.0.0.1", 1))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as here:
        lines = (await here.get("/metrics")).text.splitlines()
    counted = [line for line in lines if line.startswith("yui_requests_total") and '{slug}/statements"' in line]
    assert any('status_code="400"' in line and float(line.rpartition(" ")[2]) >= 2 for line in counted)
    assert len(taken) == 1
    assert (await coop.client().get(coop.api("statements"))).status_code == 405


def test_a_route_that_asks_who_comes_never_goes_the_short_way(coop: Coop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(post_statement.opt, OPT, Access.MEMBER)
    with pytest.raises(RuntimeError, match="who asks"):
        create_app(coop.installation, web())
