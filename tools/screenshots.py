"""Takes docs/screenshots: the main pages of the sample village, on a desktop and a phone, in Japanese and English.

./yui demo --witness                         in one terminal
.venv/bin/python -m tools.screenshots        in another; needs Chromium, and pngquant to make the files small
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final, NamedTuple

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

FOLDER: Final = Path(__file__).parents[1] / "docs" / "screenshots"
LARGEST: Final = 200_000
"""Bytes of one picture."""
_DESKTOP: Final[ViewportSize] = {"width": 1280, "height": 900}
_PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
_LOCALES: Final = {"ja": "ja-JP", "en": "en-GB"}


class Shot(NamedTuple):
    """A picture's name, whose view it is (a villager's number in the demo), and the page, ``~`` for the village's own.

    Then the first links to follow, by words or address, the button to press, what has to be seen before the picture is
    taken, and what it begins with.
    """

    name: str
    villager: int
    path: str
    follow: tuple[str, ...] = ()
    press: str = ""
    seen: str = "main"
    top: str = ""


SHOTS: Final = (
    Shot("home", 6, "~"),
    Shot("proposals", 6, "~/proposals"),
    Shot("proposal", 6, "~/proposals", ("雪かき当番",)),
    Shot("ballot", 6, "~/proposals", ("新しい軽トラック",), seen="#vote select", top="#vote"),
    Shot("budget", 6, "~/proposals?view=decided", ("里づくりのお金",)),
    Shot("election", 6, "~/proposals?view=decided", ("理事を三人",), top="div.prose:has(+ .table-frame .rounds)"),
    Shot("meeting", 6, "~/meetings", ("秋の総会",)),
    Shot("minutes", 6, "~/meetings?view=past", ("臨時総会", "/minutes$")),
    Shot("delegations", 6, "~/delegations"),
    Shot("rules", 6, "~/rules"),
    Shot("work", 6, "~/work"),
    Shot("things", 6, "~/things"),
    Shot("tokens", 6, "~/tokens"),
    Shot("members", 6, "~/members"),
    Shot("keys", 6, "~/me/keys"),
    Shot("founding", 6, "/found", press="main form button", seen="[name=slug]"),
    Shot("ledger", 2, "~/ledger"),
    Shot("verify", 2, "~/verify", press="[data-run]:enabled", seen="[data-verdict] .banner-success"),
    Shot("office", 0, "~/office"),
    Shot("audit", 2, "~/audit"),
)


def main(address: str, slug: str) -> None:
    """Take them all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        path = os.environ.get("YUI_CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for language in _LOCALES:
            for kind, size in (("desktop", _DESKTOP), ("phone", _PHONE)):
                _device(browser, address, slug, language, (kind, size))
        browser.close()


def _device(browser: Browser, address: str, slug: str, language: str, device: tuple[str, ViewportSize]) -> None:
    kind, size = device
    for villager in sorted({shot.villager for shot in SHOTS}):
        context = browser.new_context(locale=_LOCALES[language], viewport=size, has_touch=kind == "phone")
        context.set_default_timeout(120_000)
        page = context.new_page()
        page.goto(f"{address}/demo")
        page.click(f'[data-become="{villager}"]')
        page.wait_for_url(f"**/c/{slug}")
        for shot in (shot for shot in SHOTS if shot.villager == villager):
            start = address + shot.path.replace("~", f"/c/{slug}")
            _take(page, start, shot, FOLDER / f"{shot.name}-{kind}-{language}.png")
        context.close()


def _take(page: Page, start: str, shot: Shot, file: Path) -> None:
    answer = page.goto(start)
    for step in shot.follow:
        links = page.eval_on_selector_all("main a[href]", "links => links.map(link => [link.href, link.innerText])")
        answer = page.goto(next(href for href, words in links if re.search(step, words) or re.search(step, href)))
    if answer is None or not answer.ok:
        raise RuntimeError(f"{file.name}: the page could not be shown")
    if shot.press:
        page.click(shot.press)
    page.wait_for_selector(shot.seen)
    page.evaluate("scrollTo(0, 0)")
    if shot.top:
        page.eval_on_selector(shot.top, "part => part.scrollIntoView({ behavior: 'instant' })")
    page.screenshot(path=file, animations="disabled")
    _shrink(file)
    if file.stat().st_size > LARGEST:
        raise RuntimeError(f"{file.name} is too large: {file.stat().st_size} bytes")


def _shrink(file: Path) -> None:
    pngquant = shutil.which("pngquant")
    if pngquant is not None:
        subprocess.run([pngquant, "--force", "--strip", "--ext", ".png", "128", str(file)], check=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--address", default="http://localhost:8321", help="of a running ./yui demo")
    parser.add_argument("--slug", default="mizunasato", help="the village's name in addresses")
    args = parser.parse_args()
    main(args.address, args.slug)
