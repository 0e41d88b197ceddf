"""The template environment of all pages.

Strict on purpose: an undefined name is an error, everything is escaped unless it is markup, and templates reach no
files but their own.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from app.static_files import fingerprint

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent.parent / "static"

_TURNING: Final = re.compile("[\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]")
"""Characters by which a text can turn what stands around it: a title could be read backwards on a page."""


@cache
def make_environment(static_url: str = "/static") -> Environment:
    """An environment with `static(path)`: the address of a file under `app/static`, which changes with its content.

    One for the whole process: templates are compiled once.
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        finalize=_straight,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["outside"] = _outside
    environment.globals["static"] = lambda path: f"{static_url}/{path}?v={_fingerprint(path)}"
    return environment


def _straight(value: Any) -> Any:
    """What people write, without what would turn it; marked like that in the sentence before signing too."""
    return _TURNING.sub("\ufffd", value) if type(value) is str and not value.isascii() else value


def _outside(address: str) -> str:
    """A link to hand on: LINE opens it in the phone's own browser, where keys are kept (see ``environment.js``)."""
    return f"{address}{'&' if '?' in address else '?'}openExternalBrowser=1"


@cache
def _fingerprint(path: str) -> str:
    return fingerprint((STATIC / path).read_bytes())
