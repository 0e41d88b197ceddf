"""The auditors' yearly reports on pages: written, signed, read by members, printed, replaced."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import httpx
import msgspec
import pytest
from pypdf import PdfReader

from app.fiscal import entries_of, last_over, year_of
from app.installation import Installation
from app.reading import reading_of
from app.sequencer import writing
from ledger.books.coop import Coop as Record
from ledger.books.roles import COOP, Role
from ledger.compose import Private
from tests.app.api.conftest import app, clock, coop, installation
from tests.app.api.service import Coop, Travelling
from tests.app.papers.reading_back import bare

__all__ = ["app", "clock", "coop", "installation"]

APRIL = 4
YEAR = 31_557_600_000  # ms


@pytest.fixture
async def audited(coop: Coop) -> Coop:
    """Taro has been elected auditor; Ume is a member."""
    for name in ("Taro", "Ume"):
        await coop.join(name)
    member = coop.town.id("Taro")
    fields: dict[str, Any] = {"role": "auditor", "scope": COOP, "from_": 0, "until": None, "active": True}
    role = Role(id=f"{member}/auditor/{COOP}", index=0, member=member, **fields)
    ledger = await coop.installation.ledger(coop.town.slug)
    row = (ledger.id, role.kind, role.id, role.parent, role.sort, msgspec.json.encode(role).decode(), 0)
    async with coop.installation.database.pool.acquire() as connection:
        await writing.insert(connection, writing.RECORDS, [row])
    return coop


async def get(coop: Coop, who: str, path: str) -> httpx.Response:
    return await (await coop.signed_in(who)).get(f"/c/{coop.town.slug}/audit/reports{path}")


async def report(coop: Coop, **changes: Any) -> str:
    """Taro reports on the last year that is over; the address of the report."""
    reading = await reading_of(coop.installation, coop.town.slug)
    found = await reading.coop()
    assert found is not None
    year = last_over(found, coop.installation.clock.now())
    replaces = changes.pop("replaces", None)
    body = {"year": str(year), "text": Private("帳簿を確かめた。\n\n正しい。"), "sound": True, "faults": 0}
    await coop.say("Taro", "audit.report/1", body | changes, replaces=replaces)
    return f"/{year}/{coop.town.id('Taro')}"


def offered(shown: str) -> list[int]:
    """The years to choose from."""
    return [int(year) for year in re.findall(r'<option value="(\d{4})"', shown)]


async def test_the_form_says_what_was_checked_and_which_years_are_over(audited: Coop, clock: Travelling) -> None:
    shown = (await get(audited, "Taro", "/new")).text
    assert 'data-statement="audit.report/1"' in shown
    assert "まだ全件検証をしていません" in shown
    assert "業務の執行について" in shown
    # In a ledger's first year the one before it is all that is over.
    (before,) = offered(shown)
    assert f'name="year" value="{before}"' in shown
    clock.ahead += 3 * YEAR
    later = (await get(audited, "Taro", "/new")).text
    years = offered(later)
    assert years == [before + 3, before + 2, before + 1]
    assert f'name="year" value="{years[0]}"' in later
    # Neither a year that is not over can be chosen, nor one before the ledger.
    for asked, chosen in ((years[1], years[1]), (years[0] + 1, years[0]), (before, years[2])):
        assert f'name="year" value="{chosen}"' in (await get(audited, "Taro", f"/new?year={asked}")).text
    clock.ahead += 4 * YEAR
    assert len(offered((await get(audited, "Taro", "/new")).text)) == 5


async def test_a_report_is_read_by_members_and_printed(audited: Coop) -> None:
    assert "監査報告はまだありません" in (await get(audited, "Ume", "")).text
    path = await report(audited)
    listed = (await get(audited, "Ume", "")).text
    assert f"/audit/reports{path}" in listed
    assert "異議なし" in listed
    shown = (await get(audited, "Ume", path)).text
    for said in (
        "帳簿を確かめた。",
        "正しい。",
        "Taroさん",
        "業務の執行に異議はありません",
        "この年度の記録はありません",
    ):
        assert said in shown
    assert "/new?year=" not in shown
    assert "/new?year=" in (await get(audited, "Taro", path)).text
    answer = await get(audited, "Ume", f"{path}/report.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    text = bare("".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages))
    for said in (
        "監査報告書",
        "帳簿を確かめた。",
        "正しい。",
        "業務の執行に異議はありません",
        "監事",
        "台帳で署名",
        "台帳第",
    ):
        assert said in text
    root = re.search(r"[0-9a-f]{64}", text)
    assert root is not None
    assert root[0] in shown


async def test_a_new_version_takes_the_place_of_the_former(audited: Coop) -> None:
    path = await report(audited)
    form = (await get(audited, "Taro", f"/new?year={path[1:5]}")).text
    before = re.search(r'data-replaces="([^"]+)"', form)
    assert before is not None
    assert "帳簿を確かめた。" in form
    await report(audited, replaces=before[1], sound=False, faults=2, text=Private("二件が見つからない。"))
    shown = (await get(audited, "Ume", path)).text
    assert "二件が見つからない。" in shown
    assert "業務の執行に異議があります" in shown
    assert "2件の不一致" in shown
    assert "帳簿を確かめた。" not in shown


async def test_only_auditors_write_and_only_members_read(audited: Coop) -> None:
    path = await report(audited)
    assert (await get(audited, "Ume", "/new")).status_code == 403
    for some in ("", path, f"{path}/report.pdf"):
        address = f"/c/{audited.town.slug}/audit/reports{some}"
        assert (await audited.stranger.get(address, headers={"Accept": "application/json"})).status_code == 401
    assert (await get(audited, "Ume", "/2020/mem_x")).status_code == 404


async def test_the_desks_lead_to_the_reports(audited: Coop) -> None:
    client = await audited.signed_in("Taro")
    assert "/audit/reports/new" in (await client.get("/c/owase/audit")).text
    # The auditor's menu leads there from every page; nobody else's does.
    own = 'href="/c/owase/audit"><svg'
    assert own in (await client.get("/c/owase")).text
    assert own not in (await (await audited.signed_in("Ume")).get("/c/owase")).text
    assert "/audit/reports" in (await (await audited.signed_in("Hanako")).get("/c/owase/office")).text


def coop_of(month: int) -> Record:
    """A co-op whose year begins in that month, in Japan."""
    return msgspec.convert(
        {
            "id": "coop", "index": 0, "origin": "a/b", "fold": 1, "log_key": "", "clerk_key": "", "rp_ids": [],
            "origins": [], "utc_offset": 540, "fiscal_month": month, "tiles": "public", "entries": "public",
            "profile": "",
        },
        Record,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("month", "now", "over"),
    [
        (APRIL, 1_774_969_199_999, 2024),  # 2026-03-31 23:59:59.999 in Japan
        (APRIL, 1_774_969_200_000, 2025),  # 2026-04-01 00:00
        (1, 1_767_193_199_999, 2024),  # 2025-12-31 23:59:59.999
        (1, 1_767_193_200_000, 2025),  # 2026-01-01 00:00
        (12, 1_764_514_800_000, 2024),  # 2025-12-01 00:00
    ],
)
def test_a_year_is_over_at_midnight_in_the_co_op(month: int, now: int, over: int) -> None:
    assert last_over(coop_of(month), now) == over


def test_a_year_ends_the_day_before_the_next_begins() -> None:
    assert year_of(coop_of(3), 2023)[1:] == (date(2023, 3, 1), date(2024, 2, 29))
    assert year_of(coop_of(1), 2023)[1:] == (date(2023, 1, 1), date(2023, 12, 31))


async def test_the_years_entries_are_found(audited: Coop, clock: Travelling, installation: Installation) -> None:
    reading = await reading_of(installation, audited.town.slug)
    found = await reading.coop()
    assert found is not None
    this = year_of(found, last_over(found, clock.now()) + 1)
    size = await reading.size()
    assert await entries_of(reading, found, this, size) == (0, size - 1)
    assert await entries_of(reading, found, this, 2) == (0, 1)
    for number in (this.number - 1, this.number + 1):
        assert await entries_of(reading, found, year_of(found, number), size) is None
