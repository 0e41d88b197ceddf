"""Every way in which the ledger says no. One root, a stable code on each leaf.

Codes are part of the public interface: clients, catalogues and signed refusals carry them, so a
released code never changes its meaning. ``params`` are the facts a sentence about the error needs
(ids, numbers, paths), never private text.
"""

from __future__ import annotations

from typing import Any


class LedgerError(Exception):
    """Root of all errors of the package; ``code`` is stable, ``params`` are JSON values."""

    def __init__(self, code: str, /, **params: Any) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value}" for name, value in self.params.items())
        return f"{self.code} ({facts})" if facts else self.code


class FormatError(LedgerError):
    """Bytes that are not in the one permitted form; ``path`` names the place where there is one."""


class SignatureFault(LedgerError):
    """A signature, or the key it claims, that does not hold arithmetically."""


class ProofError(LedgerError):
    """A Merkle proof, checkpoint or tile that does not show what it should."""


class UnknownVersion(LedgerError):
    """A statement type or fold version that this program is too old to know: an auditor must stop, not guess."""


class Refusal(LedgerError):
    """A well-formed, truly signed statement that the co-op's state or rules do not permit."""
