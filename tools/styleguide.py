# ruff: noqa: T201 – run as a script, and a script prints
"""Renders every part of the pages into a folder, to look at.

    python tools/styleguide.py FOLDER
    python -m http.server --directory FOLDER

The folder gets `ja.html`, `en.html` and a copy of the static files. Icons come by `<use>`, so look at it over HTTP, not
as files.
"""

import shutil
import sys
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from app.pages.environment import STATIC, make_environment
from app.pages.frame import ACCENTS, Frame, NavItem, Reader, Seal, page_context
from app.texts import LANGUAGES, Catalogue

NOW = 1_775_034_000_000  # 2026年4月1日(水) 18:00 in Japan


def frame(lang: str, theme: str = "auto", accent: str = "blue") -> Frame:
    """A page's surroundings as a signed-in member of an invented co-op sees them."""
    english = lang == "en"

    def item(ja: str, en: str, icon: str, count: int = 0) -> NavItem:
        return NavItem(en if english else ja, "#", icon, current=count > 0, count=count)

    return Frame(
        lang=lang,
        path=f"/{lang}.html",
        coop="Mizunasato village co-op" if english else "水名里(みずなさと)むらの組合",
        accent=accent,
        theme=theme,
        nav=(
            item("ホーム", "Home", "house"),
            item("提案", "Proposals", "vote", 2),
            item("お手伝い", "Contributions", "hand-heart"),
            item("貸し借り", "Share", "package"),
            item("台帳", "Ledger", "scroll-text"),
        ),
        reader=Reader("Minoru Taniguchi" if english else "谷口さん", "Auditor" if english else "監事"),
        reader_menu=(item("わたしのページ", "My page", "user"), item("鍵", "Keys", "key-round")),
        sign_out_action="#",
        seal=Seal(5012, "9f2c41d07be86a55c3e1b4fd02a7788e61f0c9d3a4b5e6f708192a3b4c5d6e7f", "#"),
        footer=(item("台帳を確かめる", "Verify", "shield-check"), item("結(ゆい)とは", "About Yui", "info")),
        csrf_token="sample",  # noqa: S106 – no form of this page is ever sent
    )


def render(lang: str, theme: str = "auto", accent: str = "blue", static_url: str = "static") -> str:
    """The style guide as one HTML page."""
    context = page_context(Catalogue.load(), frame(lang, theme, accent))
    template = make_environment(static_url).get_template("styleguide.html")
    return template.render(**context, now=NOW, accents=ACCENTS, two_thirds=Fraction(2, 3))


def main(folder: Path) -> None:
    """Writes both languages and what they need."""
    shutil.copytree(STATIC, folder / "static", dirs_exist_ok=True)
    for lang in LANGUAGES:
        (folder / f"{lang}.html").write_text(render(lang), encoding="utf-8")
    print(f"{folder}/ja.html, {folder}/en.html")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
