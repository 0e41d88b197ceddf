"""From a content to its paper: see the package's description."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import typst
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from app.papers.letters import FAMILY, GETA, STANDARDS, fonts, legible
from app.papers.paper import Code, Paper
from app.texts.formats import Formats

TEMPLATES: Final = Path(__file__).parent / "templates"
_LARGE: Final = 1_000_000
"""Bytes of a PDF beyond which the memory of making it is worth having back (a seventh of a second)."""
_REMEMBERED: Final = 10


def pdf(paper: Paper, fmt: Formats) -> bytes:
    """The paper as PDF. typst.TypstError where a template has a mistake; no content is one."""
    # The content is JSON in a variable of its own: a template that writes a string never reads it as markup.
    compiler = typst.Compiler(
        TEMPLATES / f"{paper.template}.typ",
        root=TEMPLATES,
        font_paths=fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(_set(paper, fmt), ensure_ascii=False), "font": FAMILY},
    )
    made = compiler.compile(format="pdf", timestamp=paper.dated // 1000, pdf_standards=STANDARDS)
    if not isinstance(made, bytes):
        raise TypeError("a PDF is one file")
    if len(made) > _LARGE:
        _forget()
    return made


def html(paper: Paper, fmt: Formats) -> Markup:
    """The same as part of a page, which links `css/papers.css`; only of a paper that has an HTML template."""
    template = _pages().get_template(f"{paper.template}.html")
    return Markup(template.render(_set(paper, fmt)))  # noqa: S704 – made by an escaping template


def unwritable(paper: Paper, fmt: Formats) -> tuple[str, ...]:
    """What the paper shows with 〓 in it though it was given otherwise: each text once, as it was given."""
    found = (text for text in _texts(paper.said(fmt)) if legible(text).count(GETA) > text.count(GETA))
    return tuple(dict.fromkeys(found))


def _forget() -> None:
    """Typst keeps what it has laid out until ten more papers have been made: half a megabyte a page, for nothing."""
    for _ in range(_REMEMBERED + 1):
        typst.Compiler(b"", font_paths=fonts(), ignore_system_fonts=True).compile(format="pdf", timestamp=0)


def _set(paper: Paper, fmt: Formats) -> dict[str, Any]:
    return {**_ready(paper.said(fmt)), "lang": fmt.lang}


def _ready(value: Any) -> Any:
    """The same value in JSON's own types, every text legible and every code drawn."""
    match value:
        case str():
            return legible(value)
        case Code():
            return {"svg": value.svg(), "short": legible(value.short)}
        case dict():
            return {name: _ready(each) for name, each in value.items()}
        case list() | tuple():
            return [_ready(each) for each in value]
    return value


def _texts(value: Any) -> list[str]:
    match value:
        case str():
            return [value]
        case Code():
            return [value.short]
        case dict():
            return [text for each in value.values() for text in _texts(each)]
        case list() | tuple():
            return [text for each in value for text in _texts(each)]
    return []


@lru_cache(maxsize=1)
def _pages() -> Environment:
    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
