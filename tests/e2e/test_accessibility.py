"""Every main page with the sample village in it: nothing for axe to find (WCAG 2.2 AA) in both languages and themes, on
a small phone, a phone and a desk; nothing that has to be scrolled sideways; and no page heavier than 150 KB.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.conftest import ROOT, OpenPage, Village
from tests.generated import LONG

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
RUN = """async (runOnly) => {
  const { violations } = await axe.run(document, { runOnly, resultTypes: ["violations"] });
  const where = (nodes) => nodes.slice(0, 3).map((node) => node.html.slice(0, 200)).join(" | ");
  return violations.map(({ id, nodes }) => `${id}: ${where(nodes)}`);
}"""
WEIGHT = """() => {
  const entries = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
  return entries.reduce((sum, entry) => sum + entry.encodedBodySize, 0);
}"""
EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDTHS = (320, 390, 1280)
LOOKED_AT = {
    "ja": {320: "light"} | ({1280: "dark"} if LONG else {}),
    "en": {1280: "dark"} | ({320: "light"} if LONG else {}),
}
"""A small phone in one language and theme, a desk in the others; between, it is enough that nothing is cut off."""
HEAVIEST = 150_000

STRANGER = -1
NOWHERE = "999999"
"""No entry: the page that says so is a page too."""
ADMINISTRATOR, AUDITOR, CONCIERGE, MEMBER = (
    Village.ADMINISTRATOR,
    Village.AUDITOR,
    Village.CONCIERGE,
    Village.MEMBER,
)

PAGES = [
    (STRANGER, "/"),
    (STRANGER, "/found"),
    (STRANGER, "/witness"),
    (STRANGER, "/anchors"),
    (STRANGER, "/demo"),
    (STRANGER, "/c/mizunasato"),
    (STRANGER, "/c/mizunasato/join"),
    (STRANGER, "/c/mizunasato/sign-in"),
    (STRANGER, "/c/mizunasato/proposals"),
    (STRANGER, "/c/mizunasato/ledger"),
    (STRANGER, "/c/mizunasato/ledger/0"),
    (STRANGER, f"/c/mizunasato/ledger/{NOWHERE}"),
    (STRANGER, "/c/mizunasato/verify"),
    (STRANGER, "/c/mizunasato/audit"),
    (STRANGER, "/c/mizunasato/rules"),
    (STRANGER, "/c/mizunasato/rules/rules"),
    (STRANGER, "/c/mizunasato/articles"),
    (STRANGER, "/c/mizunasato/projects"),
    (STRANGER, "/c/mizunasato/recover"),
    (MEMBER, "/c/mizunasato"),
    (MEMBER, "/c/mizunasato/proposals"),
    (MEMBER, "/c/mizunasato/proposals?view=decided"),
    (MEMBER, "/c/mizunasato/proposals/new"),
    *((MEMBER, f"/c/mizunasato/proposals/new?kind={kind}") for kind in ("ordinary", "election", "budget", "expel")),
    (MEMBER, "/c/mizunasato/proposals/new?kind=rules&decides=special"),
    (MEMBER, "/c/mizunasato/work"),
    (MEMBER, "/c/mizunasato/work?view=all"),
    (MEMBER, "/c/mizunasato/work/new"),
    (MEMBER, "/c/mizunasato/things"),
    (MEMBER, "/c/mizunasato/things/new"),
    (MEMBER, "/c/mizunasato/bookings"),
    (MEMBER, "/c/mizunasato/tokens"),
    (MEMBER, "/c/mizunasato/members"),
    (MEMBER, "/c/mizunasato/ledger"),
    (MEMBER, "/c/mizunasato/me"),
    (MEMBER, "/c/mizunasato/me/keys"),
    (MEMBER, "/c/mizunasato/me/keys/card"),
    (MEMBER, "/c/mizunasato/me/keys/guardians"),
    (MEMBER, "/c/mizunasato/guardian"),
    (MEMBER, "/c/mizunasato/delegations"),
    (MEMBER, "/c/mizunasato/meetings"),
    (MEMBER, "/c/mizunasato/meetings?view=past"),
    (MEMBER, "/c/mizunasato/meetings/series"),
    (ADMINISTRATOR, "/c/mizunasato/meetings/new"),
    (ADMINISTRATOR, "/c/mizunasato/meetings/series"),
    (ADMINISTRATOR, "/c/mizunasato"),
    (ADMINISTRATOR, "/c/mizunasato/office"),
    (ADMINISTRATOR, "/c/mizunasato/office/applications"),
    (ADMINISTRATOR, "/c/mizunasato/office/countersign"),
    (ADMINISTRATOR, "/c/mizunasato/office/roles"),
    (ADMINISTRATOR, "/c/mizunasato/office/roster"),
    (CONCIERGE, "/c/mizunasato/office/card"),
    (ADMINISTRATOR, "/c/mizunasato/office/settings"),
    (ADMINISTRATOR, "/c/mizunasato/office/households"),
    (ADMINISTRATOR, "/c/mizunasato/office/shares"),
    (ADMINISTRATOR, "/c/mizunasato/members/invite"),
    (AUDITOR, "/c/mizunasato/audit"),
    (AUDITOR, "/c/mizunasato/audit/reports"),
    (AUDITOR, "/c/mizunasato/audit/reports/new"),
]
FOLLOWED = [
    (MEMBER, "/c/mizunasato/articles", "/articles/"),
    (MEMBER, "/c/mizunasato/ledger?book=lot", "/ledger/"),
    (ADMINISTRATOR, "/c/mizunasato/office/households", "/members/mem_"),
    (MEMBER, "/c/mizunasato/proposals", "/proposals/prop_"),
    (MEMBER, "/c/mizunasato/proposals?view=decided", "/proposals/prop_"),
    (MEMBER, "/c/mizunasato/work?view=all", "/work/con_"),
    (MEMBER, "/c/mizunasato/things", "/things/res_"),
    (AUDITOR, "/c/mizunasato/audit", "/audit/proposals/"),
]
"""Pages that are found by following the first link of a list to such an address."""
OPEN, DECIDED = "/c/mizunasato/proposals", "/c/mizunasato/proposals?view=decided"
PAST = "/c/mizunasato/meetings?view=past"
TITLED = [
    *((MEMBER, OPEN, title) for title in ("冬の小さな予算", "新しい軽トラックの色", "水の世話役", "英語の知らせ")),
    *((MEMBER, DECIDED, title) for title in ("里づくりのお金", "共同の畑", "総代をえらぶ", "掲示板", "運動場を三年間")),
    (MEMBER, "/c/mizunasato/meetings", "秋の総会"),
    (ADMINISTRATOR, "/c/mizunasato/meetings", "秋の総会"),
    (MEMBER, PAST, "臨時総会"),
]
"""Pages that are found by what they are called: a ballot and an outcome of each kind, meetings to come and held."""


@pytest.fixture(scope="module")
def readers(village: Village, browser: Browser) -> Iterator[dict[tuple[int, str], Page]]:
    """A page for each reader and language, signed in once."""
    pages: dict[tuple[int, str], Page] = {}
    for lang, locale in (("ja", "ja-JP"), ("en", "en-GB")):
        for who in (STRANGER, MEMBER, ADMINISTRATOR, AUDITOR, CONCIERGE):
            page = browser.new_context(locale=locale, reduced_motion="reduce").new_page()  # no colour on its way
            if who != STRANGER:
                village.be(page, who)
            pages[who, lang] = page
    yield pages
    for page in pages.values():
        page.context.close()


def faults(page: Page, address: str, lang: str) -> list[str]:
    """What is wrong with the page at any width, in the themes in which it is looked at in that language."""
    found: list[str] = []
    page.set_viewport_size({"width": WIDTHS[0], "height": 800})
    answer = page.goto(address)
    if answer is None or answer.status != (404 if NOWHERE in address else 200):
        found.append(f"answered {answer and answer.status}")
    page.evaluate(AXE)
    for width in WIDTHS:  # no script asks for the width: the same page, laid out anew
        page.set_viewport_size({"width": width, "height": 800})
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"{width}: {wide} pixels wide")
        theme = LOOKED_AT[lang].get(width)
        if theme is not None:
            page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
            found += [f"{width} {theme}: {fault}" for fault in page.evaluate(RUN, EVERYTHING)]
    return found


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize(("who", "path"), PAGES)
def test_everyone_can_use_it(
    village: Village, readers: dict[tuple[int, str], Page], who: int, path: str, lang: str
) -> None:
    assert faults(readers[who, lang], village.server + path, lang) == []


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize(("who", "path", "pattern"), FOLLOWED)
def test_everyone_can_use_what_lists_lead_to(
    village: Village, readers: dict[tuple[int, str], Page], who: int, path: str, pattern: str, lang: str
) -> None:
    page = readers[who, lang]
    page.goto(village.server + path)
    href = page.locator(f'main a[href*="{pattern}"]').first.get_attribute("href")
    assert faults(page, f"{village.server}{href}", lang) == []


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize(("who", "path", "title"), TITLED)
def test_everyone_can_use_every_kind_of_decision(
    village: Village, readers: dict[tuple[int, str], Page], who: int, path: str, title: str, lang: str
) -> None:
    page = readers[who, lang]
    page.goto(village.server + path)
    href = page.locator("main a", has_text=title).first.get_attribute("href")
    assert faults(page, f"{village.server}{href}", lang) == []


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_everyone_can_use_a_meetings_desk(village: Village, readers: dict[tuple[int, str], Page], lang: str) -> None:
    page = readers[ADMINISTRATOR, lang]
    page.goto(f"{village.server}/c/mizunasato/meetings")
    meeting = page.locator("main a", has_text="秋の総会").first.get_attribute("href")
    for path in ("code", "reception", "amend", "door"):
        assert faults(page, f"{village.server}{meeting}/{path}", lang) == []


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_everyone_can_use_minutes(village: Village, readers: dict[tuple[int, str], Page], lang: str) -> None:
    page = readers[MEMBER, lang]
    page.goto(village.server + PAST)
    page.locator("main a", has_text="臨時総会").first.click()
    page.wait_for_url("**/meetings/mtg_*")
    href = page.locator('main a[href$="/minutes"]').first.get_attribute("href")
    assert faults(page, f"{village.server}{href}", lang) == []


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_everyone_can_use_a_meetings_papers(village: Village, readers: dict[tuple[int, str], Page], lang: str) -> None:
    page = readers[ADMINISTRATOR, lang]
    page.goto(f"{village.server}/c/mizunasato/members")
    member = str(page.locator('main a[href*="/members/mem_"]').first.get_attribute("href")).rpartition("/")[2]
    page.goto(f"{village.server}/c/mizunasato/meetings")
    meeting = page.locator('main a[href*="/meetings/mtg_"]').first.get_attribute("href")
    for path in ("papers", "notices", "returned", "returned?q=e", f"returned/{member}"):
        assert faults(page, f"{village.server}{meeting}/{path}", lang) == []


@pytest.mark.parametrize("path", ["", "ledger", "proposals", "things", "members", "me", "verify", "work/new"])
def test_a_page_is_light(village: Village, open_page: OpenPage, path: str) -> None:
    page = open_page()
    village.be(page, MEMBER)
    # As someone who comes for the first time: nothing of it is kept yet.
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.clearBrowserCache")
    page.goto(village.address(path), wait_until="load")
    assert 5_000 < page.evaluate(WEIGHT) < HEAVIEST


def test_every_template_with_a_page_of_its_own_is_looked_at() -> None:
    """A new area has to be named above: its first page stands under some address that is walked."""
    walked = {address.split("?")[0] for _, address in PAGES} | {pattern for _, _, pattern in FOLLOWED}
    routes = Path(ROOT / "app" / "pages").rglob("*.py")
    areas = {area for file in routes for area in re.findall(r'@get\("/c/\{slug:str\}/([a-z]+)"', file.read_text())}
    missing = {
        area for area in areas if not any(address.endswith(f"/{area}") or f"/{area}" in address for address in walked)
    }
    assert missing <= {"people", "founded"}, "answers to scripts, and the page after a founding"
