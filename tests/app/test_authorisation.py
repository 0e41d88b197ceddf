"""Every route, held against every kind of person. The table is written by hand: a route without a row fails.

Two co-ops: in one everything is public, in the other hash tiles are for members and entries for auditors. What a row
says is who gets past the door; what a handler then finds is its own tests' business, but never an error of the service.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import msgspec
import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from app.access import OPT
from app.installation import Installation, Settings
from app.sequencer import writing
from app.storage.embedded import Server
from governance.all_books import BOOKS
from ledger.books.roles import COOP, Role
from tests.app.api.service import ADDRESS, Coop, create_app, web
from tests.town import Town

ROLES: Final = ("administrator", "auditor", "concierge", "facilitator", "steward")
PEOPLE: Final = ("stranger", "foreigner", "member", *ROLES)
"""The foreigner is a member of another co-op here, and signed in there."""

INSIDE = frozenset(PEOPLE) - {"stranger", "foreigner"}
LEVELS: Final[dict[str, frozenset[str]]] = {
    "anyone": frozenset(PEOPLE),
    "tiles": INSIDE,
    "entries": frozenset({"auditor"}),
    "member": INSIDE,
    "official": frozenset({"administrator", "concierge", "facilitator"}),
    "administrator": frozenset({"administrator"}),
    "auditor": frozenset({"auditor"}),
    "inviter": frozenset({"administrator", "concierge"}),
    "paper": frozenset({"administrator", "facilitator"}),
    "helper": frozenset({"concierge"}),
    "recovery": frozenset({"administrator", "auditor", "concierge"}),
    "accounts": frozenset({"administrator", "auditor"}),
    "nobody": frozenset(),
}
PUBLIC: Final = ("tiles", "entries")
"""Levels that come to anyone where everything is public."""

TABLE: Final[dict[str, str]] = {
    "GET /": "anyone",
    "GET /.well-known/yui.json": "anyone",
    "GET /api/v1": "anyone",
    "GET /api/v1/docs": "anyone",
    "GET /api/v1/{path}": "anyone",
    "GET /api/v1/openapi.json": "anyone",
    "GET /api/v1/rule.schema.json": "anyone",
    "GET /api/v1/texts/{lang}/signing": "anyone",
    "GET /healthz": "anyone",
    "GET /metrics": "anyone",
    "GET /readyz": "anyone",
    "GET /static/{file_path}": "anyone",
    "HEAD /static/{file_path}": "anyone",
    # The API. What is posted is itself signed, and the fold judges it.
    "POST /api/v1/foundings/prepare": "anyone",
    "POST /api/v1/ledgers": "anyone",
    "GET /api/v1/ledgers/{slug}/context": "anyone",
    "GET /api/v1/ledgers/{slug}/entries/{index}": "entries",
    "GET /api/v1/ledgers/{slug}/entries/{index}/receipt": "entries",
    "GET /api/v1/ledgers/{slug}/events": "tiles",
    "GET /api/v1/ledgers/{slug}/pending": "member",
    "POST /api/v1/ledgers/{slug}/pending": "anyone",
    "POST /api/v1/ledgers/{slug}/pending/batch": "anyone",
    "DELETE /api/v1/ledgers/{slug}/pending/{id}": "member",
    "GET /api/v1/ledgers/{slug}/pending/{id}": "anyone",
    "GET /api/v1/ledgers/{slug}/proofs/consistency": "tiles",
    "GET /api/v1/ledgers/{slug}/proofs/inclusion": "tiles",
    "GET /api/v1/ledgers/{slug}/records.jsonl": "entries",
    "DELETE /api/v1/ledgers/{slug}/session": "anyone",
    "GET /api/v1/ledgers/{slug}/session": "member",
    "POST /api/v1/ledgers/{slug}/session": "anyone",
    "GET /api/v1/ledgers/{slug}/session/challenge": "anyone",
    "POST /api/v1/ledgers/{slug}/statements": "anyone",
    "POST /api/v1/ledgers/{slug}/statements/batch": "anyone",
    # The log.
    "GET /log/{slug}/checkpoint": "tiles",
    "GET /log/{slug}/cosigned": "tiles",
    "GET /log/{slug}/anchors/{name}": "tiles",
    "GET /log/{slug}/tile/entries/{path}": "entries",
    "GET /log/{slug}/tile/{path}": "tiles",
    # Witnessing: what is posted is signed by a log on the list.
    "GET /witness": "anyone",
    "GET /anchors": "anyone",
    "POST /witness/add-checkpoint": "anyone",
    "GET /witness/{hash}/checkpoint": "anyone",
    "GET /witness/{hash}/evidence.json": "anyone",
    # A co-op's pages: what everyone may open, what leads in, and what is for members.
    "GET /c/{slug}": "anyone",
    "GET /c/{slug}/join": "anyone",
    "GET /c/{slug}/join/state/{application}": "anyone",
    "GET /c/{slug}/join/{invitation}": "anyone",
    "GET /c/{slug}/left/{member}": "anyone",
    "GET /c/{slug}/recover": "anyone",
    "GET /c/{slug}/recover/{key}": "anyone",
    "GET /c/{slug}/sign-in": "anyone",
    "GET /c/{slug}/sign-in/passkey/{credential}": "anyone",
    "POST /c/{slug}/sign-out": "anyone",
    "GET /c/{slug}/founded": "member",
    "GET /c/{slug}/ledger": "tiles",
    "GET /c/{slug}/ledger/{index}": "tiles",
    "GET /c/{slug}/rules": "tiles",
    "GET /c/{slug}/rules/{name}": "tiles",
    "GET /c/{slug}/articles": "tiles",
    "GET /c/{slug}/articles/{version}": "tiles",
    "GET /c/{slug}/projects": "tiles",
    "GET /c/{slug}/rules/backtest": "member",
    "POST /c/{slug}/rules/backtest": "member",
    "GET /c/{slug}/rules/backtest/{id}": "member",
    "GET /c/{slug}/verify": "tiles",
    "GET /c/{slug}/proposals": "tiles",
    "GET /c/{slug}/proposals/{id}": "tiles",
    "GET /c/{slug}/proposals/{id}/versions": "tiles",
    "GET /c/{slug}/proposals/new": "member",
    "POST /c/{slug}/proposals/new": "member",
    "GET /c/{slug}/proposals/{id}/amend": "member",
    "POST /c/{slug}/proposals/{id}/amend": "member",
    "GET /c/{slug}/proposals/{id}/assisted": "helper",
    "GET /c/{slug}/proposals/{id}/paper": "paper",
    "GET /c/{slug}/proposals/{id}/items": "tiles",
    "GET /c/{slug}/proposals/{id}/pick": "tiles",
    "GET /c/{slug}/things": "tiles",
    "GET /c/{slug}/things/{id}": "tiles",
    "GET /c/{slug}/things/new": "member",
    "GET /c/{slug}/things/{id}/book": "member",
    "GET /c/{slug}/things/{id}/edit": "member",
    "GET /c/{slug}/bookings": "member",
    "GET /c/{slug}/bookings/{id}": "member",
    "GET /c/{slug}/bookings/{id}/hand-over": "member",
    "GET /c/{slug}/work": "member",
    "GET /c/{slug}/work/new": "member",
    "GET /c/{slug}/work/{id}": "member",
    "GET /c/{slug}/tokens": "member",
    "GET /c/{slug}/tokens/give": "member",
    "GET /c/{slug}/tokens/history.csv": "member",
    "GET /c/{slug}/people": "member",
    "GET /c/{slug}/me": "member",
    "GET /c/{slug}/me/keys": "member",
    "GET /c/{slug}/guardian": "member",
    "GET /c/{slug}/me/keys/card": "member",
    "GET /c/{slug}/delegations": "member",
    "GET /c/{slug}/meetings/{id}/calendar.ics": "member",
    "GET /c/{slug}/meetings/{id}/minutes": "member",
    "GET /c/{slug}/meetings/{id}/minutes/{version}/minutes.pdf": "member",
    "GET /c/{slug}/meetings/{id}/notice.pdf": "member",
    "GET /c/{slug}/meetings/{id}/notices": "official",
    "GET /c/{slug}/meetings/{id}/notices/record.pdf": "official",
    "GET /c/{slug}/meetings/{id}/floor/{member}": "paper",
    "GET /c/{slug}/meetings/{id}/returned": "paper",
    "GET /c/{slug}/meetings/{id}/returned/{member}": "paper",
    "POST /c/{slug}/meetings/{id}/notices/cancelled": "paper",
    "POST /c/{slug}/meetings/{id}/notices/mail": "paper",
    "POST /c/{slug}/meetings/{id}/notices/mail/again": "paper",
    "GET /c/{slug}/meetings/{id}/papers": "paper",
    "GET /c/{slug}/meetings/{id}/papers/{kind}": "paper",
    "GET /c/{slug}/meetings/{id}/papers/letters/{number}": "paper",
    "GET /c/{slug}/meetings/{id}/code": "member",
    "GET /c/{slug}/meetings/{id}/door": "anyone",
    "GET /c/{slug}/meetings/{id}/reception": "paper",
    "GET /c/{slug}/meetings": "member",
    "GET /c/{slug}/meetings/{id}": "member",
    "GET /c/{slug}/meetings/new": "administrator",
    "GET /c/{slug}/meetings/series": "member",
    "GET /c/{slug}/meetings/{id}/amend": "administrator",
    "GET /c/{slug}/me/keys/guardians": "member",
    "GET /c/{slug}/office/card": "helper",
    "GET /c/{slug}/office/card/{key}": "helper",
    "GET /c/{slug}/me/keys/new": "member",
    "GET /c/{slug}/me/leave": "member",
    "GET /c/{slug}/me/profile": "member",
    "GET /c/{slug}/members": "member",
    "GET /c/{slug}/members/{id}": "member",
    "GET /c/{slug}/members/{id}/edit": "administrator",
    "GET /c/{slug}/members/{id}/belonging": "administrator",
    "GET /c/{slug}/members/{id}/shares": "administrator",
    # The desk.
    "GET /c/{slug}/office": "official",
    "GET /c/{slug}/office/applications": "administrator",
    "GET /c/{slug}/office/enter": "administrator",
    "GET /c/{slug}/office/roles": "member",
    "GET /c/{slug}/office/settings": "administrator",
    "GET /c/{slug}/members/invite": "inviter",
    "GET /c/{slug}/office/countersign": "member",
    "GET /c/{slug}/office/recover": "recovery",
    "GET /c/{slug}/office/households": "official",
    "GET /c/{slug}/office/households.csv": "official",
    "GET /c/{slug}/office/shares": "accounts",
    "GET /c/{slug}/office/shares.csv": "accounts",
    "GET /c/{slug}/office/roll.csv": "paper",
    "GET /c/{slug}/office/roster": "administrator",
    "POST /c/{slug}/office/roster": "administrator",
    "GET /c/{slug}/office/roster-template.csv": "administrator",
    "GET /c/{slug}/office/roster/{id}": "administrator",
    "GET /c/{slug}/office/roster/{id}/columns": "administrator",
    "POST /c/{slug}/office/roster/{id}/columns": "administrator",
    "POST /c/{slug}/office/roster/{id}/discard": "administrator",
    "POST /c/{slug}/office/roster/{id}/lines": "administrator",
    # Auditing.
    "GET /c/{slug}/audit": "tiles",
    "GET /c/{slug}/audit/evidence.json": "entries",
    "GET /c/{slug}/audit/export.zip": "entries",
    "GET /c/{slug}/audit/pass": "tiles",
    "GET /c/{slug}/audit/reports": "member",
    "GET /c/{slug}/audit/reports/new": "auditor",
    "GET /c/{slug}/audit/reports/{year}/{auditor}": "member",
    "GET /c/{slug}/audit/reports/{year}/{auditor}/report.pdf": "member",
    "POST /c/{slug}/audit/pass": "auditor",
    "GET /c/{slug}/audit/proposals/{id}": "entries",
    # Founding: a draft's address is its key.
    "GET /succeed/{token}": "anyone",
    "GET /succeed/{token}/draft": "anyone",
    "POST /succeed/{token}/signature": "anyone",
    "GET /found": "anyone",
    "POST /found": "anyone",
    "GET /found/join/{joining}": "anyone",
    "POST /found/join/{joining}/founders": "anyone",
    "GET /found/join/{joining}/sealed": "anyone",
    "POST /found/join/{joining}/signature": "anyone",
    "GET /found/{key}": "anyone",
    "POST /found/{key}/founders/{ordinal}/remove": "anyone",
    "POST /found/{key}/key": "anyone",
    "POST /found/{key}/reopen": "anyone",
    "GET /found/{key}/review": "anyone",
    "POST /found/{key}/seal": "anyone",
    "GET /found/{key}/{step}": "anyone",
    "POST /found/{key}/{step}": "anyone",
    # Only where the service was started as the demo.
    "GET /demo": "nobody",
    "GET /demo/keys/{number}": "nobody",
}
SIGN_OUT: Final = {("DELETE", "/api/v1/ledgers/{slug}/session"), ("POST", "/c/{slug}/sign-out")}
DENIED: Final = {"access.sign_in", "access.role"}
FILLED: Final = {"int": "0", "str": "x", "path": "x"}
_PARAMETER = re.compile(r"\{(\w+):(\w+)\}")


def routes(app: Litestar) -> Iterator[tuple[str, str, str]]:
    """(method, template, path as Litestar has it) of every route that people can ask for."""
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if isinstance(handler, HTTPRouteHandler) and OPT in handler.opt:
                for method in handler.http_methods - {"OPTIONS"}:
                    yield str(method), _PARAMETER.sub(r"{\1}", route.path), route.path


class House:
    """Both co-ops, and the cookies of everyone."""

    def __init__(self, app: Litestar, installation: Installation) -> None:
        self.app = app
        self.public = Coop(app, installation, Town("public", "public"))
        self.closed = Coop(app, installation, Town("closed", "closed"))
        self.other = Coop(app, installation, Town("other", "other"))
        self.cookies: dict[tuple[str, str], str] = {}

    async def people(self) -> None:
        await self.other.found("foreigner")
        for coop, tiles, entries in ((self.public, "public", "public"), (self.closed, "members", "auditors")):
            await coop.found("administrator", tiles=tiles, entries=entries)
            for name in ("member", *ROLES[1:]):
                await coop.join(name, by="administrator")
            for role in ROLES[2:]:
                await coop.appoint(role, role, by="administrator")
            await self._elect(coop, "auditor")
            for name in PEOPLE:
                self.cookies[coop.town.slug, name] = await self._cookies(coop, name)

    async def _elect(self, coop: Coop, name: str) -> None:
        """Put down what an election would have come to after a week: nobody appoints an auditor."""
        member = coop.town.id(name)
        fields: dict[str, Any] = {"role": "auditor", "scope": COOP, "from_": 0, "until": None, "active": True}
        role = Role(id=f"{member}/auditor/{COOP}", index=0, member=member, **fields)
        ledger = await coop.installation.ledger(coop.town.slug)
        row = (ledger.id, role.kind, role.id, role.parent, role.sort, msgspec.json.encode(role).decode(), 0)
        async with coop.installation.database.pool.acquire() as connection:
            await writing.insert(connection, writing.RECORDS, [row])

    async def _cookies(self, coop: Coop, name: str) -> str:
        if name == "stranger":
            client = coop.client()
        elif name == "foreigner":
            client = await self.other.signed_in(name)
        else:
            client = await coop.signed_in(name)
        await client.get("/")
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in client.cookies.jar)


@pytest.fixture
async def house(migrated: Server, tmp_path: Path) -> AsyncIterator[House]:
    async with Installation.open(Settings(tmp_path, migrated.service_dsn.url, BOOKS)) as installation:
        app = create_app(installation, web())
        app.state.closing.set()  # what would go on for ever ends at once
        house = House(app, installation)
        await house.people()
        yield house


def test_every_route_has_a_row_and_every_row_a_route(house: House) -> None:
    found = {f"{method} {template}" for method, template, _ in routes(house.app)}
    assert found == set(TABLE)


async def test_who_gets_past_the_door(house: House) -> None:
    # What signs people out comes last: their cookies are worth nothing after it.
    for method, template, path in sorted(routes(house.app), key=lambda route: route[:2] in SIGN_OUT):
        level = TABLE[f"{method} {template}"]
        assert await past(house, house.closed, method, path, level) == LEVELS[level], f"{method} {template}"


async def test_what_is_public_is_for_everyone(house: House) -> None:
    for method, template, path in routes(house.app):
        level = TABLE[f"{method} {template}"]
        if level in PUBLIC:
            assert await past(house, house.public, method, path, level) == LEVELS["anyone"], f"{method} {template}"


async def past(house: House, coop: Coop, method: str, path: str, level: str) -> set[str]:
    """Who gets past the door."""
    inside = set()
    for person in PEOPLE:
        answer = await ask(house, coop, method, path, person)
        assert answer.status_code < 500, (path, person, answer.text)
        if not denied(answer, level):
            inside.add(person)
    return inside


async def ask(house: House, coop: Coop, method: str, path: str, person: str) -> httpx.Response:
    def fill(match: re.Match[str]) -> str:
        return {"slug": coop.town.slug, "lang": "ja"}.get(match[1], FILLED[match[2]])

    cookies = house.cookies[coop.town.slug, person]
    headers = {"Accept": "application/json", "Cookie": cookies}
    token = re.search(r"csrftoken=([^;]+)", cookies)
    if token is not None:
        headers["X-CSRFToken"] = token[1]
    async with coop.client() as client:
        return await client.request(method, ADDRESS + _PARAMETER.sub(fill, path), headers=headers)


def denied(answer: httpx.Response, level: str) -> bool:
    if level == "nobody":
        return answer.status_code == 404
    if answer.status_code not in (401, 403):
        return False
    code = answer.json()["code"]
    assert code != "http.csrf"
    return code in DENIED
