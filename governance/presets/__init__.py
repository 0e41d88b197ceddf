"""Starting points for a co-op's rules: data, each line with its source. Founding and the rule editor offer them.

A preset names rule documents and says which of them decides each kind of proposal; some documents decide none by
themselves and stand there to be chosen. A source says which of a document's ``answers`` it is for (all, where none
are named) and how sure that is: ``verified`` where the source's text was read, ``memory`` where it was not, ``custom``
where no statute stands behind it. ``departs`` names the questions in which the document can't say what the source
says; ``needs`` what the co-op's own articles still have to say, or what counsel has to look at. Articles of
association and counsel prevail. Names and explanations are the catalogues' (``presets.…``); reading the files is the
caller's, since nothing here does I/O.
"""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec

from governance.books import rules
from ledger.errors import FormatError

FOUNDING: Final = ("simple_majority", "worker_coop", "consumer_coop", "association", "npo", "dao_llc")
"""File ``<name>.json`` beside this one, in the order in which they are offered: rules that hold from the first day."""
NAMES: Final = (*FOUNDING, "token_voting", "dao_classic", "snapshot")
"""All: in the later ones votes weigh as much as tokens, of which nobody has any on the first day."""


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where answers of one of the documents come from: ``act`` is a code, ``article`` as the act counts."""

    document: str
    act: str
    article: str
    certainty: Literal["verified", "memory", "custom"]
    answers: tuple[str, ...] = ()
    departs: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


class Preset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rule documents by name, and the name of the document for each kind of proposal."""

    name: str
    documents: dict[str, dict[str, Any]]
    decides: dict[str, str]
    sources: tuple[Source, ...]

    def rules(self) -> dict[str, dict[str, Any]]:
        """Rule document by kind of proposal, as the genesis takes them."""
        return {kind: self.documents[name] for kind, name in self.decides.items()}

    def sources_of(self, document: str) -> tuple[Source, ...]:
        """Where that document comes from."""
        return tuple(source for source in self.sources if source.document == document)


def parse(data: bytes) -> Preset:
    """Read a preset's file; FormatError ``preset.invalid`` or ``rule.invalid`` when it can't be used."""
    try:
        preset = msgspec.json.decode(data, type=Preset, strict=True)
    except msgspec.DecodeError as error:
        raise FormatError("preset.invalid", path="", detail=str(error)) from error
    needed = {*rules.KINDS, rules.CHOICE}
    if not needed <= set(preset.decides) <= set(rules.ALL) or not set(preset.decides.values()) <= set(preset.documents):
        raise FormatError("preset.invalid", path="decides")
    if {source.document for source in preset.sources} != set(preset.documents):
        raise FormatError("preset.invalid", path="sources")
    for kind, document in preset.rules().items():
        rules.check(kind, document)
    return preset
