"""A roster on the server: kept sealed, the same lines for whoever goes on, gone when it is through."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from ledger.compose import Private
from tests.app.api.service import Coop

pytestmark = pytest.mark.postgres
ROSTER = "番号,氏名,かな,出資金\r\n1,髙橋 ①郎,たかはし,50000\r\n2,海野 花子,うんの,60000\r\n3,,,\r\n".encode("cp932")


async def token(client: httpx.AsyncClient, coop: Coop) -> dict[str, str]:
    await client.get(f"/c/{coop.town.slug}/office/roster")
    return {"x-csrftoken": client.cookies["csrftoken"]}


async def upload(client: httpx.AsyncClient, coop: Coop, data: bytes) -> httpx.Response:
    place = f"/c/{coop.town.slug}/office/roster"
    return await client.post(place, files={"file": ("名簿.csv", data)}, headers=await token(client, coop))


async def lines(client: httpx.AsyncClient, coop: Coop, place: str) -> list[dict[str, Any]]:
    answer = await client.post(f"{place}/lines", json={}, headers=await token(client, coop))
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["lines"]
    return found


async def enter(coop: Coop, line: dict[str, Any]) -> None:
    values = {path.removeprefix("profile/"): Private(value) for path, value in line["privates"].items()}
    await coop.say("Hanako", line["type"], line["body"] | {"profile": values})


async def test_whoever_goes_on_gets_the_same_lines_and_is_told_what_is_there(coop: Coop) -> None:
    hanako = await coop.signed_in("Hanako")
    answer = await upload(hanako, coop, ROSTER)
    assert answer.status_code == 303, answer.text
    place = answer.headers["location"]
    first = await lines(hanako, coop, place)
    assert [(line["number"], line["there"]) for line in first] == [(2, False), (3, False)]
    await enter(coop, first[0])
    again = await lines(await coop.signed_in("Hanako"), coop, place)
    assert [line["there"] for line in again] == [True, False]
    assert [{**line, "there": False} for line in again] == first


async def test_money_and_names_are_nowhere_in_the_database_in_clear(coop: Coop) -> None:
    hanako = await coop.signed_in("Hanako")
    place = (await upload(hanako, coop, ROSTER)).headers["location"]
    sealed = await coop.installation.database.pool.fetchval("SELECT sealed FROM roster")
    assert "髙橋".encode() not in sealed
    page = (await hanako.get(place)).text
    assert "髙橋 ①郎" in page
    assert "50000" not in page


async def test_what_is_discarded_is_gone_with_its_key(coop: Coop) -> None:
    hanako = await coop.signed_in("Hanako")
    place = (await upload(hanako, coop, ROSTER)).headers["location"]
    answer = await hanako.post(f"{place}/discard", headers=await token(hanako, coop))
    assert answer.status_code == 303
    assert (await hanako.get(place)).status_code == 404
    assert await coop.installation.database.pool.fetchval("SELECT count(*) FROM roster") == 0


@pytest.mark.parametrize("id_", ["0" * 32, "zz", "A" * 32, "0" * 31])
async def test_there_is_nothing_at_other_addresses(coop: Coop, id_: str) -> None:
    hanako = await coop.signed_in("Hanako")
    assert (await hanako.get(f"/c/{coop.town.slug}/office/roster/{id_}")).status_code == 404


async def test_only_administrators_come_near_it(coop: Coop) -> None:
    await coop.join("Taro")
    hanako, taro = await coop.signed_in("Hanako"), await coop.signed_in("Taro")
    place = (await upload(hanako, coop, ROSTER)).headers["location"]
    assert (await taro.get(place)).status_code == 403
    assert (await coop.stranger.get(place)).status_code == 401


async def test_a_file_that_is_none_is_refused_and_nothing_kept(coop: Coop) -> None:
    hanako = await coop.signed_in("Hanako")
    answer = await upload(hanako, coop, b"\xff\xfe" + "氏名".encode("utf-16-le"))
    assert answer.status_code == 422
    assert await coop.installation.database.pool.fetchval("SELECT count(*) FROM roster") == 0


async def test_the_template_explains_itself_and_the_roll_comes_back_as_it_was(coop: Coop) -> None:
    hanako = await coop.signed_in("Hanako")
    template = (await hanako.get(f"/c/{coop.town.slug}/office/roster-template.csv?encoding=cp932")).content
    answer = await upload(hanako, coop, template)
    assert not answer.headers["location"].endswith("/columns")
    assert "見本の行です" in (await hanako.get(answer.headers["location"], headers={"accept-language": "ja"})).text
    assert await lines(hanako, coop, answer.headers["location"]) == []
    name = "=1+1 \ufa1b田"
    await enter(
        coop,
        {"type": "member.enter/1", "body": {"cls": "member", "type": "person"}, "privates": {"profile/name": name}},
    )
    roll = (await hanako.get(f"/c/{coop.town.slug}/office/roll.csv")).content
    assert f"'{name}".encode() in roll
    place = (await upload(hanako, coop, roll)).headers["location"]
    assert await lines(hanako, coop, place) == []
