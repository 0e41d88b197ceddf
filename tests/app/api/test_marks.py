"""What records stand out by in lists, and that what is open is found among thousands that are not."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from app.reading import Reading, reading_of
from app.reading_members import applications, waiting
from ledger.books.roles import COOP
from ledger.compose import Private
from tests.app.api.service import Coop

NULLS = {
    "called_at": None,
    "outcome": None,
    "withdrawn_at": None,
    "opened_index": None,
    "roll_entry": None,
    "count_entry": None,
}
OPENED = NULLS | {"called_at": 6, "opened_index": 7, "drawing": False}
CASES: tuple[tuple[str, dict[str, Any], str | None], ...] = (
    ("application", {"status": "open"}, "open"),
    ("application", {"status": "declined"}, "declined"),
    ("application", {"status": "admitted"}, None),
    ("booking", {"state": "handed_over"}, "open"),
    ("booking", {"state": "settled"}, None),
    ("contribution", {"state": "disputed"}, "disputed"),
    ("contribution", {"state": "reported", "attested_at": None}, None),
    ("invitation", {"closed": False, "uses": 1}, "open"),
    ("invitation", {"closed": True, "uses": 1}, None),
    ("invitation", {"closed": False, "uses": 0}, None),
    ("key", {"status": "waiting"}, "waiting"),
    ("key", {"status": "disputed"}, "disputed"),
    ("key", {"status": "active"}, None),
    ("meeting", {"closed_at": None, "cancelled_at": None}, "coming"),
    ("meeting", {"closed_at": 7, "cancelled_at": None}, None),
    ("meeting", {"closed_at": None, "cancelled_at": 7}, None),
    ("member", {"status": "active"}, "active"),
    ("member", {"status": "suspended"}, None),
    ("proposal", NULLS, "draft"),
    ("proposal", OPENED, "called"),
    ("proposal", OPENED | {"outcome": {"result": "passed"}}, "unannounced"),
    ("proposal", OPENED | {"outcome": {"result": "passed"}, "roll_entry": 8}, "unannounced"),
    ("proposal", OPENED | {"outcome": {"result": "passed"}, "roll_entry": 8, "count_entry": 9}, None),
    ("proposal", NULLS | {"withdrawn_at": 7}, None),
    ("proposal", NULLS | {"withdrawn_at": 7, "drawing": True}, "unannounced"),
    ("role", {"active": True}, None),
)
_INSERT = "INSERT INTO record (ledger_id, kind, id, parent, sort, data, changed) "


@pytest.fixture
async def reading(coop: Coop) -> Reading:
    return await reading_of(coop.installation, coop.town.slug)


async def test_each_kind_stands_out_by_what_is_open(reading: Reading) -> None:
    rows = [
        (reading.ledger_id, kind, str(n), msgspec.json.encode(data).decode()) for n, (kind, data, _) in enumerate(CASES)
    ]
    await reading.pool.executemany(_INSERT + "VALUES ($1, $2, $3, 'test', '', $4, 0)", rows)
    found = await reading.pool.fetch(
        "SELECT id, mark FROM record WHERE ledger_id = $1 AND parent = 'test'", reading.ledger_id
    )
    assert {row["id"]: row["mark"] for row in found} == {str(n): mark for n, (_, _, mark) in enumerate(CASES)}


async def test_when_a_contribution_was_attested_is_kept_beside_it(reading: Reading) -> None:
    rows = [("contribution", '{"attested_at": 7}'), ("contribution", '{"attested_at": null}'), ("role", "{}")]
    for n, (kind, data) in enumerate(rows):
        told = (reading.ledger_id, kind, str(n), data)
        await reading.pool.execute(_INSERT + "VALUES ($1, $2, $3, 'test', '', $4, 0)", *told)
    found = await reading.pool.fetch("SELECT attested_at FROM record WHERE parent = 'test' ORDER BY id")
    assert [row[0] for row in found] == [7, None, None]


async def test_an_open_application_is_found_behind_two_thousand_that_were_admitted(
    coop: Coop, reading: Reading
) -> None:
    own = coop.town.key_id("Sora")
    body = {"alg": "ed25519", "cls": "member", "public": coop.town.public("Sora"), "type": "person"}
    await coop.say(own, "member.apply/1", body | {"profile": {"name": Private("Sora")}}, keys={own: "Sora"})
    (opened,), _ = await applications(reading, "open", 1)
    copied = (
        "SELECT ledger_id, kind, id || n, parent, '', replace(data::text, '\"open\"', '\"admitted\"')::json, changed "
        "FROM record CROSS JOIN generate_series(1, 2000) n WHERE kind = 'application' AND id = $1"
    )
    await reading.pool.execute(_INSERT + copied, opened.id)
    assert await applications(reading, "open", 1) == ([opened], False)
    assert (await waiting(reading))["applications"] == 1


async def test_a_role_is_found_behind_two_thousand_others(coop: Coop, reading: Reading) -> None:
    hanako = coop.town.id("Hanako")
    before = await reading.roles_of(hanako)
    assert "administrator" in before
    copied = (
        "SELECT ledger_id, kind, 'mem_' || n || '/administrator/coop', parent, '', "
        "replace(data::text, $2, 'mem_' || n)::json, changed "
        "FROM record CROSS JOIN generate_series(1, 2000) n WHERE kind = 'role' AND id = $1"
    )
    await reading.pool.execute(_INSERT + copied, f"{hanako}/administrator/{COOP}", hanako)
    assert await reading.roles_of(hanako) == before
    assert {role.role for role in await reading.offices() if role.member == hanako} >= before
