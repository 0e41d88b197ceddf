"""What is posted: a statement, its signatures, and what opens its private values. Checked as far as needs no state.

    {"statement": {…}, "signatures": […], "private": [{"path", "salt", "value"} …]}

The statement inside must be spelled canonically, for those bytes are what was signed; the envelope around it is not
signed and may be spelled as JSON permits.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import msgspec

from governance.books.openings import PATH as CHOICE
from governance.books.openings import publishable
from ledger import canonical
from ledger.errors import FormatError
from ledger.keys import Facts, verify_statement
from ledger.private import Opening, check_openings
from ledger.statement import Signature, Statement, parse_signatures, parse_statement, statement_id

MAX_SUBMISSION: Final = 4_194_304
"""Bytes of one envelope: a statement, its signatures, and room for scans of paper."""
CAST: Final = "ballot.cast/1"


class Submission(NamedTuple):
    """A statement in the one permitted form, whose signatures hold arithmetically and whose private values open."""

    statement: Statement
    data: bytes
    id: bytes
    signatures: tuple[Signature, ...]
    facts: tuple[Facts, ...]
    openings: tuple[Opening, ...] = ()

    @property
    def claim(self) -> tuple[str, bytes]:
        """(author, nonce): what an author uses once."""
        return self.statement.author, canonical.unb64(self.statement.nonce)


class _Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    statement: msgspec.Raw
    signatures: list[Any]
    private: tuple[Opening, ...] = ()


_decoder = msgspec.json.Decoder(_Envelope)


def parse(data: bytes) -> Submission:
    """Read an envelope. FormatError or SignatureFault name what is wrong. Takes time: meant for a worker thread."""
    if len(data) > MAX_SUBMISSION:
        raise FormatError("format.submission_size", limit=MAX_SUBMISSION)
    try:
        canonical.require_shallow(data)
        envelope = _decoder.decode(data)
    except (FormatError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError("format.envelope", detail=str(error)) from error
    spelled = bytes(envelope.statement)
    statement = parse_statement(spelled)
    require_acceptable(statement, spelled)
    return check(statement, spelled, parse_signatures(envelope.signatures, statement), envelope.private)


def require_acceptable(statement: Statement, spelled: bytes) -> None:
    """FormatError for text in the body that verification lets pass, but that is not taken in (any more)."""
    canonical.require_nfc(statement.body, "body")
    if rb"\u0000" in spelled:
        _require_no_nul(statement.body, "body")


def check(
    statement: Statement, data: bytes, signatures: tuple[Signature, ...], openings: tuple[Opening, ...] = ()
) -> Submission:
    """The submission of a parsed statement, once its openings open and its signatures hold."""
    check_openings(statement, openings)
    _check_sealed_choice(statement, openings)
    facts = tuple(verify_statement(signature, data) for signature in signatures)
    return Submission(statement, data, statement_id(data), signatures, facts, openings)


def _check_sealed_choice(statement: Statement, openings: tuple[Opening, ...]) -> None:
    """On acceptance only."""
    for opening in openings if statement.type == CAST else ():
        if opening.path == CHOICE and not publishable(opening.value):
            raise FormatError("ballot.unreadable")


def _require_no_nul(value: Any, path: str) -> None:
    """PostgreSQL's text can't hold U+0000, so no id or name may contain it. On acceptance only, as with NFC."""
    if isinstance(value, str):
        if "\0" in value:
            raise FormatError("format.nul", path=path)
    elif isinstance(value, dict):
        for key, item in value.items():
            _require_no_nul(item, f"{path}/{key}")
    elif isinstance(value, list):
        for position, item in enumerate(value):
            _require_no_nul(item, f"{path}/{position}")
