"""Where a document does not fit its struct, and why: read from what msgspec says of it."""

from __future__ import annotations

import re
from typing import Final

_AT: Final = re.compile(r" - at `\$\.?([^`]*)`\Z")
_FIELD: Final = re.compile(r"Object (missing required|contains unknown) field `([^`]*)`")
_TYPE: Final = re.compile(r"Expected `[^`]*`, got `")


def path_of(message: str) -> str:
    """``kinds/0/code`` from msgspec's "… - at `$.kinds[0].code`" and from its unknown and missing fields."""
    at = _AT.search(message)
    parts = re.findall(r"[a-z0-9_]+|\d+", at[1]) if at else []
    field = _FIELD.match(message)
    return "/".join([*parts, field[2]] if field else parts)


def reason_of(message: str) -> str:
    """A stable word: ``missing``, ``unknown_field``, ``wrong_type`` or, of a value that is not allowed, ``range``."""
    field = _FIELD.match(message)
    if field:
        return "missing" if field[1].startswith("missing") else "unknown_field"
    return "wrong_type" if _TYPE.match(message) else "range"
