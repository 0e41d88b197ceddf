"""After an erasure nothing that is left, with every key that is left, gives the value; before it much did."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from app import exports
from app.erasure import Eraser
from app.installation import Installation, Settings
from app.post.queueing import queue
from app.reading import reading_of
from app.storage.embedded import EmbeddedPostgres, Server
from app.storage.migrate import migrate
from app.stores import DirectoryStore
from app.stores.copier import Copier
from governance.all_books import BOOKS
from ledger.compose import Private
from tests.app.api.service import Coop, Travelling, create_app, web
from tests.app.erasure import places
from tests.app.post.desk import NOTICE, letter
from tests.audit.sample import EVERYTHING, FilesCopy, audit
from tests.town import Town

NAME = "伊吹山 きえさり"
NOTE = "yui-erasure-3f9c1d: I mended the roof of the old mill"
OTHERS = "浜辺 のこりこ"
VALUES = (NAME, NOTE)
MONTH = 31 * 86_400_000
ROSTER = f"番号,氏名,かな\r\n7,{NAME},いぶきやま きえさり\r\n".encode()


class Village(NamedTuple):
    """A co-op on a PostgreSQL of its own, and every folder that its values could be in."""

    coop: Coop
    clock: Travelling
    server: Server
    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / "database"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def keys(self) -> dict[tuple[int, str], bytes]:
        return places.keys_in(self.data / "privacy-keys.sqlite3")


@pytest.fixture
def written_down(tmp_path: Path) -> Iterator[Path]:
    """Everything that anybody logs, however little it matters."""
    handler = logging.FileHandler(tmp_path / "everything.log", encoding="utf-8")
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield tmp_path / "everything.log"
    root.removeHandler(handler)
    root.setLevel(level)
    handler.close()


@pytest.fixture
async def village(tmp_path: Path, written_down: Path) -> AsyncIterator[Village]:
    clock = Travelling()
    async with EmbeddedPostgres(tmp_path / "database") as postgres:
        server = Server(postgres.owner_dsn, postgres.service_dsn)
        await migrate(server.owner_dsn.url)
        settings = Settings(tmp_path / "data", server.service_dsn.url, BOOKS, clock)
        async with Installation.open(settings) as installation:
            coop = Coop(create_app(installation, web()), installation, Town())
            await coop.found("Hanako")
            yield Village(coop, clock, server, tmp_path)


async def live(village: Village) -> None:
    """Taro joins, works, is searched for, is in a roster, in something that waits and written to; Jiro stays."""
    coop = village.coop
    for person, name in (("Taro", NAME), ("Jiro", OTHERS)):
        invitation = await coop.record(coop.town.invitation(person, "Hanako"))
        await coop.record(coop.town.application(person, invitation))
        await coop.say(person, "member.profile/1", {"member": coop.town.id(person), "profile": {"name": Private(name)}})
    today = datetime.now(UTC).date().isoformat()
    report = {"kind": "cleaning", "note": Private(NOTE), "on": today, "quantity": 60}
    await coop.say("Taro", "contribution.report/1", report)
    profile = {"member": coop.town.id("Taro"), "profile": {"name": Private(NAME), "kana": Private("いぶき")}}
    waiting = coop.town.says("Hanako", "member.profile/1", profile, cosigners=("Jiro",), missing=("Jiro",))
    answer = await (await coop.signed_in("Hanako")).post(coop.api("pending"), content=waiting.json())
    assert answer.status_code in (200, 201), answer.text
    reading = await reading_of(coop.installation, coop.town.slug)
    letters = [letter(coop.town.id(person), name=name) for person, name in (("Taro", NAME), ("Jiro", OTHERS))]
    await queue(coop.installation, reading, NOTICE, letters)


async def upload(client: httpx.AsyncClient, slug: str) -> str:
    place = f"/c/{slug}/office/roster"
    await client.get(place)
    headers = {"x-csrftoken": client.cookies["csrftoken"]}
    answer = await client.post(place, files={"file": ("名簿.csv", ROSTER)}, headers=headers)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def look(village: Village, *more: str) -> dict[str, httpx.Response]:
    """All that an administrator who is an auditor too can reach, and what a search finds."""
    coop = village.coop
    client = await coop.signed_in("Hanako")
    slug = coop.town.slug
    search = [f"/c/{slug}/members?q={word}" for word in (NAME, "伊吹山", "いぶき")]
    mine = [coop.api("pending"), coop.api("entries"), f"/c/{slug}/members/{coop.town.id('Taro')}"]
    return await places.crawl(client, f"/c/{slug}", *search, *mine, *more)


async def test_nothing_that_is_left_gives_an_erased_value(village: Village) -> None:
    coop, folder = village.coop, village.folder
    store = Copier(coop.installation, DirectoryStore(folder / "tiles"))
    ledger = await coop.installation.ledger(coop.town.slug)
    await live(village)
    roster = await upload(await coop.signed_in("Hanako"), coop.town.slug)
    await store.copy(ledger)

    # Before: pages show it, and keys open it. So what looks for it below can find it.
    before = await look(village, roster)
    shown = places.showing(NAME, before)
    assert roster in shown
    assert any("/members" in path for path in shown)
    assert {answer.headers["cache-control"] for answer in shown.values()} == {"no-store"}
    rows, keys = await places.sealed_rows(village.server.service_dsn), village.keys
    opened = list(places.opened(rows, keys.values()))
    assert {row.table for row, text in opened if NAME in text} == {"private", "pending", "roster", "outbox"}
    assert any(NOTE in text for _, text in opened)
    # Backups of that day. The keys' own backup is for as many days as erasure is promised (docs/operating.md).
    places.base_copy(village.database / "postgres", folder / "base copy")
    places.dump(village.server.owner_dsn, village.database, folder / "before.sql")
    old_keys = folder.parent / f"{folder.name}-keys.sqlite3"
    shutil.copy(village.data / "privacy-keys.sqlite3", old_keys)

    await erase(village)
    await store.copy(ledger)

    after = await look(village, *before)
    assert len(after) >= len(before) - len(shown)
    for value in VALUES:
        assert places.showing(value, after) == {}
    assert places.showing(OTHERS, after)
    left = village.keys
    destroyed = {subject: key for (_, subject), key in keys.items() if (ledger.id, subject) not in left}
    assert coop.town.id("Taro") in destroyed
    assert {subject.partition("/")[0] for subject in destroyed} == {coop.town.id("Taro"), "pending", "roster"}
    rows += await places.sealed_rows(village.server.service_dsn)
    told = [text for _, text in places.opened(rows, left.values())]
    assert any(OTHERS in text for text in told)
    assert not any(value in text for value in VALUES for text in told)

    places.dump(village.server.owner_dsn, village.database, folder / "after.sql")
    assert places.files_with(ledger.origin, [folder])
    for value in VALUES:
        assert await places.rows_with(value, village.server.owner_dsn) == []
        assert places.files_with(value, [folder]) == []
    for key in destroyed.values():
        assert places.files_with(key, [folder]) == []

    await put_keys_back(village, old_keys)


async def erase(village: Village) -> None:
    """Taro leaves, asks to be forgotten, and a month goes by."""
    coop = village.coop
    await coop.say("Taro", "member.leave/1", {})
    await coop.say("Taro", "member.erase/1", {"member": coop.town.id("Taro")})
    village.clock.ahead += MONTH
    await coop.say("Hanako", "coop.profile/1", {"profile": {"name": Private("山の里")}})
    await Eraser(coop.installation).look_around()


async def put_keys_back(village: Village, old: Path) -> None:
    """A key file from before the erasure is put back: whoever starts with it destroys those keys again."""
    coop, data = village.coop, village.data
    again = village.folder / "again"
    shutil.copytree(data, again)
    shutil.copy(old, again / "privacy-keys.sqlite3")
    settings = Settings(again, village.server.service_dsn.url, BOOKS, village.clock)
    async with Installation.open(settings) as installation:
        assert any(subject == coop.town.id("Taro") for _, subject in places.keys_in(again / "privacy-keys.sqlite3"))
        await Eraser(installation).look_around()
    left = places.keys_in(again / "privacy-keys.sqlite3")
    assert not any(subject == coop.town.id("Taro") for _, subject in left)


async def test_the_ledger_verifies_and_what_is_missing_without_an_erasure_is_a_finding(village: Village) -> None:
    coop, folder = village.coop, village.folder
    await live(village)
    await erase(village)
    ledger = await coop.installation.ledger(coop.town.slug)

    async def exported(name: str) -> FilesCopy:
        await exports.write(coop.installation, ledger, folder / name, EVERYTHING)
        return FilesCopy.of(folder / name)

    now = village.clock.now()
    copy = await exported("erased")
    report = audit(copy, now=now)
    assert report.exit_code == 0, report.findings
    notes = [note for step in report.steps for note in step.notes if note.code == "private.erased"]
    assert [note.params["subject"] for note in notes] == [coop.town.id("Taro")]
    assert not any(one in data for value in VALUES for one in places.spellings(value) for data in copy.files.values())
    # Somebody destroys Jiro's key, and no entry says so.
    await asyncio.to_thread(coop.installation.privacy.erase, ledger.id, coop.town.id("Jiro"))
    report = audit(await exported("destroyed"), now=now)
    assert {(one.step, one.code, one.params["subject"]) for one in report.findings} == {
        (9, "private.missing", coop.town.id("Jiro"))
    }
