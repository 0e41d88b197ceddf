"""The look holds its promises: contrast in every accent and theme, size, no inline script or style, sound markup."""

import hashlib
import re
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise
from typing import ClassVar

import pytest

from app.pages.environment import STATIC, make_environment
from app.pages.frame import ACCENTS, Frame, page_context
from app.texts import LANGUAGES, Catalogue
from tools.styleguide import render

CSS = STATIC / "css"
BASE = (CSS / "base.css").read_text(encoding="utf-8")
DECLARATION = re.compile(r"(--[\w-]+):\s*([^;]+);")
TOKENS = dict(DECLARATION.findall((STATIC / "vendor/design-tokens/tokens.css").read_text(encoding="utf-8")))
TEXT, PART = 4.5, 3.0
"""WCAG 2.2 AA, 1.4.3 and 1.4.11."""

PAIRS = [
    ("--text", "--bg", TEXT),
    ("--text", "--surface", TEXT),
    ("--text", "--surface-quiet", TEXT),
    ("--text", "--accent-soft", TEXT),
    ("--text-quiet", "--bg", TEXT),
    ("--text-quiet", "--surface-quiet", TEXT),
    ("--text-quiet", "--accent-soft", TEXT),
    ("--accent", "--bg", TEXT),
    ("--accent", "--surface", TEXT),
    ("--accent", "--surface-quiet", TEXT),
    ("--accent", "--accent-soft", TEXT),
    ("--accent-hover", "--accent-soft-hover", TEXT),
    ("--accent-hover", "--surface", TEXT),
    ("--on-accent", "--accent", TEXT),
    ("--on-accent", "--accent-hover", TEXT),
    ("--on-error", "--error", TEXT),
    ("--on-error", "--error-hover", TEXT),
    ("--info", "--info-soft", TEXT),
    ("--success", "--success-soft", TEXT),
    ("--warning", "--warning-soft", TEXT),
    ("--error", "--error-soft", TEXT),
    ("--error", "--surface", TEXT),
    ("--info", "--surface", PART),
    ("--success", "--surface", PART),
    ("--warning", "--surface", PART),
    ("--field-line", "--surface", PART),
    ("--field-line", "--surface-quiet", PART),
    ("--field-line", "--accent-soft", PART),
    ("--ring", "--bg", PART),
    ("--ring", "--ring-gap", PART),
]


def _block(selector: str) -> dict[str, str]:
    match = re.search(r"^\s*" + re.escape(selector) + r" \{(.*?)\}", BASE, re.DOTALL | re.MULTILINE)
    assert match is not None, selector
    return dict(DECLARATION.findall(match[1]))


LIGHT = _block(":root, [data-accent]")
DARK = _block(':root[data-theme="dark"], :root[data-theme="dark"] [data-accent]')


def _palette(accent: str, theme: str) -> dict[str, str]:
    steps = _block(f':root, [data-accent="{accent}"]' if accent == ACCENTS[0] else f'[data-accent="{accent}"]')
    return TOKENS | steps | LIGHT | (DARK if theme == "dark" else {})


def _luminance(palette: dict[str, str], name: str) -> float:
    value = palette[name]
    while value.startswith("var("):
        value = palette[value[4:-1]]
    channels = [int(value[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("accent", ACCENTS)
def test_colours_contrast_enough(accent: str, theme: str) -> None:
    palette = _palette(accent, theme)
    faint = []
    for front, back, needed in PAIRS:
        low, high = sorted((_luminance(palette, front), _luminance(palette, back)))
        ratio = (high + 0.05) / (low + 0.05)
        if ratio < needed:
            faint.append(f"{front} on {back}: {ratio:.2f}")
    assert faint == []


def test_both_dark_blocks_are_the_same() -> None:
    by_device = _block(':root:not([data-theme="light"]), :root:not([data-theme="light"]) [data-accent]')
    assert by_device == DARK
    assert DARK.keys() <= LIGHT.keys()


def test_marks_of_lists_stand_beside_the_text_on_every_page() -> None:
    """A page that does not load the style of its list loses the marks at the edge of a phone."""
    marked = {"says", "prose"}
    lists = {
        name
        for path in (STATIC.parent / "pages" / "templates").rglob("*.html")
        for name in re.findall(r'<ul class="([^"{ ]+)', path.read_text(encoding="utf-8"))
    }
    assert lists & marked
    for name in lists & marked:
        assert re.search(rf"\.{name}[^{{}}]*{{[^}}]*padding-inline-start", BASE), name


def test_the_styles_are_small_and_need_nobody_else() -> None:
    sheets = {path.name: path.read_text(encoding="utf-8") for path in CSS.glob("*.css")}
    sizes = {name: len(text.encode()) for name, text in sheets.items()}
    everywhere = ("base.css", "components.css", "print.css")
    assert sum(sizes[name] for name in everywhere) < 40_000
    assert [name for name, size in sizes.items() if name not in everywhere and size > 4_000] == []
    assert [name for name, text in sheets.items() if "@import" in text or "url(" in text] == []


def test_every_custom_property_used_is_defined() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in CSS.glob("*.css"))
    defined = set(TOKENS) | set(re.findall(r"(--[\w-]+):", text))
    assert set(re.findall(r"var\((--[\w-]+)", text)) - defined == set()


class _Page(HTMLParser):
    """Collects what the checks below ask about."""

    VOID: ClassVar = {"meta", "link", "input", "br", "img", "hr"}

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: Counter[str] = Counter()
        self.references: set[str] = set()
        self.headings: list[int] = []
        self.icons: set[str] = set()
        self.inline: list[str] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids[given["id"]] += 1
        for name in ("for", "aria-labelledby", "aria-describedby", "popovertarget", "data-opens"):
            self.references |= set(given.get(name, "").split())
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "use":
            self.icons.add(given["href"].split("#")[1])
        if (
            tag == "style"
            or "style" in given
            or (tag == "script" and "src" not in given)
            or any(n.startswith("on") for n in given)
        ):
            self.inline.append(self.get_starttag_text() or tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes something else at {self.getpos()}"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_style_guide_is_sound(lang: str) -> None:
    page = _Page(render(lang))
    sprite = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text(encoding="utf-8")))
    assert page.open == []
    assert page.inline == [], "the content security policy forbids inline script and style"
    assert [name for name, times in page.ids.items() if times > 1] == []
    assert page.references - page.ids.keys() == set()
    assert page.icons - sprite == set()
    assert page.headings[0] == 1
    assert all(below <= above + 1 for above, below in pairwise(page.headings[:-1])), "no heading level is skipped"


def test_what_people_write_is_escaped_everywhere() -> None:
    evil = "<script>alert(1)</script>\"'"
    template = make_environment().from_string(
        '{% import "macros/ui.html" as ui with context %}'
        "{{ ui.button(e, name=e, value=e, icon='check') }}{{ ui.field('a', e, e, help=e, error=e, unit=e) }}"
        "{{ ui.textarea('b', e, e) }}{{ ui.select('c', e, [(e, e)], e, prompt=e) }}"
        "{{ ui.radios('d', e, [{'value': e, 'label': e, 'help': e}], e, error=e) }}"
        "{{ ui.banner('error', e, e) }}{{ ui.badge(e) }}{{ ui.table(e, [{'label': e}], [[e]]) }}"
        "{{ ui.facts([(e, e)]) }}{{ ui.hash(e) }}{{ ui.thing(e, e, [e]) }}{{ ui.steps([e], 0) }}"
        "{{ ui.stat(e, e, unit=e, note=e) }}{{ ui.count_bar(e, 1, 2, note=e) }}"
        "{{ ui.breadcrumb([(e, e), (e, '')]) }}{{ ui.empty(e, e) }}"
        "{{ ui.confirm_dialog('x', e, e, e, e, fields={'f': e}) }}"
    )
    html = template.render(**page_context(Catalogue.load(), Frame("ja", "/")), e=evil)
    assert "<script" not in html
    assert html.count("&lt;script") > 40
    _Page(html)


def test_no_text_turns_what_stands_around_it() -> None:
    template = make_environment().from_string("<p>{{ text }} {{ text|upper }}</p><p>{{ plain }}</p>")
    html = template.render(text="賛成\u202e対反\u2066x\u2069\u200f", plain="髙﨑 福① 👨\u200d👩")
    assert (
        html == "<p>賛成\ufffd対反\ufffdx\ufffd\ufffd 賛成\ufffd対反\ufffdX\ufffd\ufffd</p><p>髙﨑 福① 👨\u200d👩</p>"
    )


def test_an_unknown_look_is_refused() -> None:
    with pytest.raises(ValueError, match="pink"):
        Frame("ja", "/", accent="pink")


def test_static_addresses_change_with_the_content() -> None:
    address = make_environment().from_string("{{ static('css/base.css') }}").render()
    digest = hashlib.sha256(BASE.encode()).hexdigest()
    assert address == f"/static/css/base.css?v={digest[:10]}"
