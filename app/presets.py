"""The presets as files of the package, and what of them can decide a kind of proposal."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from governance import presets
from governance.books import rules
from governance.presets import Preset, Source
from ledger.errors import LedgerError


class Start(NamedTuple):
    """One document of a preset that a rule can begin from; ``value`` is what forms call it by."""

    preset: str
    name: str
    document: dict[str, Any]
    sources: tuple[Source, ...]

    @property
    def value(self) -> str:
        """``worker_coop/special``."""
        return f"{self.preset}/{self.name}"


@cache
def read(name: str) -> Preset:
    """The preset of that name."""
    return presets.parse(resources.files(presets).joinpath(f"{name}.json").read_bytes())


@cache
def starts(decides: str) -> tuple[Start, ...]:
    """Every document of every preset that can decide that kind of proposal."""
    return tuple(
        Start(name, title, document, preset.sources_of(title))
        for name, preset in ((name, read(name)) for name in presets.NAMES)
        for title, document in preset.documents.items()
        if _decides(decides, document)
    )


def _decides(kind: str, document: dict[str, Any]) -> bool:
    try:
        rules.check(kind, document)
    except LedgerError:
        return False
    return True
