"""Takes docs/screenshots: the main pages of the sample village, on a desktop and a phone, in Japanese and English.

./yui demo                                   in one terminal
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
    """A picture's name, whose view it is (a villager's number in the demo), the page, and the first link to follow."""

    name: str
    villager: int
    path: str
    follow: str = ""


SHOTS: Final = (
    Shot("home", 6, ""),
    Shot("proposals", 6, "/proposals"),
    Shot("proposal", 6, "/proposals", r"/proposals/prop_"),
    Shot("work", 6, "/work"),
    Shot("things", 6, "/things"),
    Shot("tokens", 6, "/tokens"),
    Shot("ledger", 2, "/ledger"),
    Shot("office", 0, "/office"),
    Shot("audit", 2, "/audit"),
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
            _take(page, f"{address}/c/{slug}", shot, FOLDER / f"{shot.name}-{kind}-{language}.png")
        context.close()


def _take(page: Page, base: str, shot: Shot, file: Path) -> None:
    answer = page.goto(base + shot.path)
    if shot.follow:
        links = page.eval_on_selector_all("main a[href]", "links => links.map(link => link.href)")
        answer = page.goto(next(link for link in links if re.search(shot.follow, link)))
    if answer is None or not answer.ok:
        raise RuntimeError(f"{file.name}: the page could not be shown")
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
