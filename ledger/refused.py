"""A refusal together with what was refused, as a file: that an operator has turned a validly signed statement away.

    {"refusal": {…}, "signatures": […], "statement": {…}, "vkey": "name+hash+key"}

Canonical JSON. Whoever has it and the ledger can fold the statement at the size that the refusal names, and see whether
it was refused by the rules.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from ledger import canonical, refusal
from ledger.errors import FormatError, ProofError
from ledger.keys import verify_statement
from ledger.refusal import SignedRefusal
from ledger.signed_note import VerifierKey, parse_vkey
from ledger.statement import Signature, parse_signatures, parse_statement, statement_id


class Refused(NamedTuple):
    """``statement``: its exact bytes; ``key``: the operator's, by whom it is said to be refused."""

    refusal: SignedRefusal
    statement: bytes
    signatures: tuple[Signature, ...]
    key: VerifierKey

    def verify(self) -> None:
        """SignatureFault or ProofError unless exactly this statement was signed by somebody and refused by that key."""
        refusal.verify(self.refusal, self.key.public)
        if canonical.unb64(self.refusal.statement, 32) != statement_id(self.statement):
            raise ProofError("refusal.statement")
        for signature in self.signatures:
            verify_statement(signature, self.statement)

    def to_file(self) -> bytes:
        """The file."""
        return canonical.encode(
            {
                "refusal": msgspec.to_builtins(self.refusal),
                "signatures": [msgspec.to_builtins(signature) for signature in self.signatures],
                "statement": canonical.decode(self.statement),
                "vkey": self.key.text(),
            }
        )


def parse(data: bytes) -> Refused:
    """Read such a file strictly, without judging any signature; FormatError."""
    found = canonical.decode(data)
    if not isinstance(found, dict) or found.keys() != {"refusal", "signatures", "statement", "vkey"}:
        raise FormatError("refusal.shape", detail="refusal, signatures, statement, vkey")
    if not isinstance(found["signatures"], list) or not isinstance(found["vkey"], str):
        raise FormatError("refusal.shape", detail="signatures, vkey")
    statement = canonical.encode(found["statement"])
    signatures = parse_signatures(found["signatures"], parse_statement(statement))
    return Refused(refusal.parse(canonical.encode(found["refusal"])), statement, signatures, parse_vkey(found["vkey"]))
