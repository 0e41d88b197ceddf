# ruff: noqa: INP001, T201 – run as a script, and a script prints
"""Renders every part of the pages into a folder, to look at.

    python tools/styleguide.py FOLDER
    python -m http.server --directory FOLDER

The folder gets `ja.html`, `en.html` and a copy of the static files. Icons come by `<use>`, so look at it over HTTP, not as files.
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
    nav = (("Home", "ホーム", "house", 0), ("Proposals", "提案", "vote", 2), ("Contributions", "お手伝い", "hand-heart", 0),
           ("Share", "貸し借り", "package", 0), ("Ledger", "台帳", "scroll-text", 0))  # fmt: skip
    return Frame(
        lang=lang,
        path=f"/{lang}.html",
        coop="Mizunasato village co-op" if english else "水名里(みずなさと)むらの組合",
        accent=accent,
        theme=theme,
        nav=tuple(NavItem(en if english else ja, "#", icon, i == 1, n) for i, (en, ja, icon, n) in enumerate(nav)),
        reader=Reader("Minoru Taniguchi" if english else "谷口さん", "Auditor" if english else "監事"),
        reader_menu=(NavItem("My page" if english else "わたしのページ", "#", "user"), NavItem("Keys" if english else "鍵", "#", "key-round")),
        sign_out_action="#",
        seal=Seal(5012, "9f2c41d07be86a55c3e1b4fd02a7788e61f0c9d3a4b5e6f708192a3b4c5d6e7f", "#"),
        footer=(NavItem("Verify" if english else "台帳を確かめる", "#", "shield-check"), NavItem("About Yui" if english else "結(ゆい)とは", "#", "info")),
        csrf_token="sample",  # noqa: S106 – no form of this page is ever sent
    )


def render(lang: str, theme: str = "auto", accent: str = "blue", static_url: str = "static") -> str:
    """The style guide as one HTML page."""
    context = page_context(Catalogue.load(), frame(lang, theme, accent))
    template = make_environment(static_url).get_template("styleguide.html")
    return template.render(**context, now=NOW, accents=ACCENTS, two_thirds=Fraction(2, 3))


def main(folder: Path) -> None:
    shutil.copytree(STATIC, folder / "static", dirs_exist_ok=True)
    for lang in LANGUAGES:
        (folder / f"{lang}.html").write_text(render(lang), encoding="utf-8")
    print(f"{folder}/ja.html, {folder}/en.html")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
