"""Starting points for a co-op's rules: data, each with its source. The founding page offers them; counsel decides.

A preset names rule documents and says which of them decides each kind of proposal. ``certainty`` is
``verified`` where the source's text was read and ``custom`` where there is no statute behind it; ``departs`` lists
in which questions the documents can't yet say what the source says. Names and explanations are the catalogues'
(``preset.<name>``); reading the files is the caller's, since nothing here does I/O.
"""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec

from governance.books import rules
from ledger.errors import FormatError

NAMES: Final = ("simple_majority", "half_quorum_majority", "half_and_two_thirds")
"""File ``<name>.json`` beside this one, in the order in which they are offered."""


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where one of the documents comes from."""

    document: str
    act: str
    article: str
    certainty: Literal["verified", "memory", "custom"]
    departs: tuple[str, ...] = ()


class Preset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rule documents by name, and the name of the document for each kind of proposal."""

    name: str
    documents: dict[str, dict[str, Any]]
    decides: dict[str, str]
    sources: tuple[Source, ...]

    def rules(self) -> dict[str, dict[str, Any]]:
        """Rule document by kind of proposal, as the genesis takes them."""
        return {kind: self.documents[name] for kind, name in self.decides.items()}


def parse(data: bytes) -> Preset:
    """Read a preset's file; FormatError ``preset.invalid`` or ``rule.invalid`` when it can't be used."""
    try:
        preset = msgspec.json.decode(data, type=Preset, strict=True)
    except msgspec.DecodeError as error:
        raise FormatError("preset.invalid", path="", detail=str(error)) from error
    if set(preset.decides) != {*rules.KINDS, rules.CHOICE} or set(preset.decides.values()) != set(preset.documents):
        raise FormatError("preset.invalid", path="decides")
    for kind, document in preset.rules().items():
        rules.check(kind, document)
    return preset
