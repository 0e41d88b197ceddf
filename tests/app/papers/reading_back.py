"""Papers read back by a library that had no part in making them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader

from app.papers import render
from app.papers.paper import Code, Paper
from tests.app.papers.contents import fmt


def read(paper: Paper, lang: str = "ja") -> PdfReader:
    return PdfReader(io.BytesIO(render.pdf(paper, fmt(lang))))


def pages(paper: Paper, lang: str = "ja") -> list[str]:
    """Each page's text, without blanks."""
    return [bare(page.extract_text()) for page in read(paper, lang).pages]


def bare(text: str) -> str:
    """Without blanks and the places where a word may break: a line's end is nobody's meaning."""
    return re.sub(r"[\s\u200b]+", "", text)


def texts(said: Any) -> Iterator[str]:
    """Every text in what a paper says."""
    match said:
        case str():
            yield said
        case Code():
            yield said.short
        case dict():
            for value in said.values():
                yield from texts(value)
        case list() | tuple():
            for value in said:
                yield from texts(value)
