"""Where members belong and what they have paid: forms for officials, what members read of it, lists and files."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from app.installation import Installation, Settings
from app.sequencer import writing
from app.storage.embedded import Server
from governance.all_books import BOOKS
from ledger import canonical, ids
from ledger.books.roles import COOP, Role
from ledger.compose import Private
from tests.app.api.service import Coop, create_app, web
from tests.town import Town, Written

BASE = "/c/owase"


@pytest.fixture
async def coop(migrated: Server, tmp_path: Path) -> AsyncIterator[Coop]:
    async with Installation.open(Settings(tmp_path, migrated.service_dsn.url, BOOKS)) as installation:
        coop = Coop(create_app(installation, web()), installation, Town())
        await coop.found("Hanako")
        for name in ("Jiro", "Ume", "Taro", "Kenta"):
            await coop.join(name)
        await coop.appoint("Jiro", "facilitator")
        yield coop


async def belong(coop: Coop, name: str, household: str, **more: object) -> Written:
    body = {"member": coop.town.id(name), "household": household, **more}
    return await coop.say("Hanako", "member.belong/1", body, cosigners=("Jiro",))


async def pay(coop: Coop, name: str, shares: int, yen: int) -> Written:
    body = {"member": coop.town.id(name), "shares": shares, "yen": yen}
    return await coop.say("Hanako", "equity.payment/1", body, cosigners=(name,))


async def treasurer(coop: Coop, name: str) -> None:
    """Put down what an election would have come to."""
    member = coop.town.id(name)
    role = Role(
        id=f"{member}/treasurer/{COOP}", index=0, member=member, role="treasurer", scope=COOP, from_=0, until=None,
        active=True,
    )  # fmt: skip
    ledger = await coop.installation.ledger("owase")
    row = (ledger.id, role.kind, role.id, role.parent, role.sort, msgspec.json.encode(role).decode(), 0)
    async with coop.installation.database.pool.acquire() as connection:
        await writing.insert(connection, writing.RECORDS, [row])


async def page(coop: Coop, who: str, path: str, status: int = 200, lang: str = "ja") -> str:
    client = await coop.signed_in(who)
    answer = await client.get(f"{BASE}/{path}", headers={"Accept-Language": lang})
    assert answer.status_code == status, answer.text
    return answer.text


async def rows(coop: Coop, who: str, path: str) -> list[list[str]]:
    client = await coop.signed_in(who)
    answer = await client.get(f"{BASE}/{path}")
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def test_a_household_is_offered_to_whoever_is_looked_for_in_it(coop: Coop) -> None:
    home = ids.object_id("hh", (await belong(coop, "Ume", "new", area="kita")).id)
    path = f"members/{coop.town.id('Taro')}/belonging"
    assert home not in await page(coop, "Hanako", path)
    shown = await page(coop, "Hanako", f"{path}?q=Ume")
    assert f'value="{home}"' in shown
    assert "Umeさんが代表" in shown
    assert '<option value="kita">' in shown
    assert 'data-statement="member.belong/1"' in shown
    assert f'value="{coop.town.id("Jiro")}"' in shown  # who can sign beside her


async def test_what_was_recorded_before_is_what_the_form_begins_with_and_replaces(coop: Coop) -> None:
    await belong(coop, "Ume", "new")
    first = await belong(coop, "Taro", "")
    shown = await page(coop, "Hanako", f"members/{coop.town.id('Taro')}/belonging")
    assert f'data-replaces="{canonical.b64(first.id)}"' in shown
    fresh = await page(coop, "Hanako", f"members/{coop.town.id('Kenta')}/belonging")
    assert "data-replaces" not in fresh


async def test_members_read_what_is_recorded_about_them_and_others_do_not(coop: Coop) -> None:
    home = ids.object_id("hh", (await belong(coop, "Ume", "new", area="kita")).id)
    await belong(coop, "Taro", home, represents=False)
    await pay(coop, "Taro", 3, 30_000)
    mine = await page(coop, "Taro", "me")
    for said in ("わたしの所属と出資", "Umeさんと同じ世帯", "Umeさんが代表", "3口 30,000円"):
        assert said in mine
    theirs = await page(coop, "Kenta", f"members/{coop.town.id('Taro')}")
    assert "30,000円" not in theirs
    assert "同じ世帯" not in theirs
    officials = await page(coop, "Hanako", f"members/{coop.town.id('Taro')}")
    assert "3口 30,000円" in officials
    assert f"members/{coop.town.id('Taro')}/shares" in officials
    entry = re.search(r"30,000円.*?/ledger/(\d+)", officials, re.DOTALL)
    assert entry is not None
    assert int(entry[1]) == coop.town.head[0] - 1  # the last that was recorded


async def test_who_facilitates_sees_households_and_no_money(coop: Coop) -> None:
    await belong(coop, "Taro", "new")
    await pay(coop, "Taro", 3, 30_000)
    shown = await page(coop, "Jiro", f"members/{coop.town.id('Taro')}")
    assert "一人の世帯" in shown
    assert "30,000円" not in shown
    await page(coop, "Jiro", "office/shares", 403)
    await page(coop, "Jiro", "office/shares.csv", 403)


async def test_households_are_listed_with_who_represents_them(coop: Coop) -> None:
    home = ids.object_id("hh", (await belong(coop, "Ume", "new", area="kita")).id)
    await belong(coop, "Taro", home, represents=False, area="minami")
    await belong(coop, "Kenta", "", area="kita")
    shown = await page(coop, "Jiro", "office/households")
    assert re.search(r"Umeの世帯.*?Taroさん.*?Umeさん", shown, re.DOTALL)
    assert re.search(r"kita</th>\s*<td[^>]*><span>2</span>", shown)
    assert "Household of Ume" in await page(coop, "Jiro", "office/households", lang="en")
    assert (await rows(coop, "Jiro", "office/households.csv"))[1:] == [
        ["Ume", "Taro", "", "minami", ""],
        ["Ume", "Ume", "", "kita", "代表"],
        ["", "Kenta", "", "kita", ""],
    ]


async def test_a_household_that_nobody_represents_is_told_of(coop: Coop) -> None:
    await belong(coop, "Ume", "new", represents=False)
    assert "代表のいない世帯" in await page(coop, "Jiro", "office/households")


async def test_every_payment_of_a_member_is_a_press_away_for_them_and_for_who_keeps_the_accounts(coop: Coop) -> None:
    await pay(coop, "Taro", 3, 30_000)
    await pay(coop, "Ume", 1, 10_000)
    await pay(coop, "Taro", -1, -10_000)
    taro = coop.town.id("Taro")
    history = f"ledger?book=equity&who={taro}"
    link = f'href="{BASE}/{history.replace("&", "&amp;")}"'
    for who, path in (("Taro", "me"), ("Hanako", f"members/{taro}"), ("Hanako", f"members/{taro}/shares")):
        assert link in await page(coop, who, path)
    assert link not in await page(coop, "Kenta", f"members/{taro}")
    for who in ("Taro", "Hanako"):
        shown = await page(coop, who, history)
        numbers = set(re.findall(rf'{BASE}/ledger/(\d+)"', shown))
        assert numbers == {str(coop.town.head[0] - 1), str(coop.town.head[0] - 3)}


async def test_shares_are_added_up_and_those_given_back_are_gone(coop: Coop) -> None:
    await pay(coop, "Taro", 3, 30_000)
    await pay(coop, "Ume", 1, 10_000)
    await pay(coop, "Kenta", 2, 20_000)
    await pay(coop, "Kenta", -2, -20_000)
    found = await rows(coop, "Hanako", "office/shares.csv")
    assert found[1:] == [
        ["", "Taro", "", "3", "30000"],
        ["", "Ume", "", "1", "10000"],
        ["", "出資の合計", "", "4", "40000"],
    ]
    shown = await page(coop, "Hanako", "office/shares")
    assert "40,000" in shown
    assert "Kentaさん" not in shown
    assert "Shares of all members" in await page(coop, "Hanako", "office/shares", lang="en")


async def test_the_treasurer_records_and_sees_shares_without_being_an_official(coop: Coop) -> None:
    await treasurer(coop, "Kenta")
    await pay(coop, "Taro", 3, 30_000)
    path = f"members/{coop.town.id('Taro')}"
    assert "3口 30,000円" in await page(coop, "Kenta", path)
    assert 'data-statement="equity.payment/1"' in await page(coop, "Kenta", f"{path}/shares")
    assert (await rows(coop, "Kenta", "office/shares.csv"))[-1][3:] == ["3", "30000"]
    assert f"{BASE}/office/shares" in await page(coop, "Kenta", "members")
    await page(coop, "Kenta", f"{path}/belonging", 403)
    await page(coop, "Ume", f"{path}/shares", 403)


async def test_whoever_has_a_key_signs_for_shares_and_others_have_a_paper(coop: Coop) -> None:
    taro = coop.town.id("Taro")
    shown = await page(coop, "Hanako", f"members/{taro}/shares")
    assert f'data-cosigners="{taro}"' in shown
    body = {"profile": {"name": Private("Matsu")}, "cls": "member", "type": "person"}
    matsu = ids.object_id("mem", (await coop.say("Hanako", "member.enter/1", body)).id)
    on_paper = await page(coop, "Hanako", f"members/{matsu}/shares")
    assert "data-cosigners" not in on_paper
    assert 'name="paper"' in on_paper
    own = await page(coop, "Hanako", f"members/{coop.town.id('Hanako')}/shares")
    assert "data-cosigners" not in own  # nobody signs beside themselves
