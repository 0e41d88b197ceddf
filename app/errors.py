"""Every way in which the service itself fails, as against the ledger saying no. One root, a stable code on each leaf.

``params`` are the facts a sentence about the error needs, never private text. A statement that met such an error may
or may not be in the log: sending the same statement again gives its receipt or appends it, never both.
"""

from __future__ import annotations

from typing import Any


class ServiceError(Exception):
    """Root of the service's errors; ``code`` is stable, ``params`` are JSON values."""

    def __init__(self, code: str, /, **params: Any) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value}" for name, value in self.params.items())
        return f"{self.code} ({facts})" if facts else self.code


class GuardError(ServiceError):
    """The guard outside the database and the database do not tell the same story, or the guard can't be written."""


class WitnessError(ServiceError):
    """What a witness remembers of a log is lost, or can't be read or written."""


class StoreError(ServiceError):
    """The tile store can't be reached, or holds something else than a copy of ours."""


class ClockError(ServiceError):
    """The clock can't be trusted to say when a statement was received."""


class KeyMissing(ServiceError):
    """A key that should be in the key store is not there."""


class LedgerDamaged(ServiceError):
    """What the database holds of a ledger contradicts itself."""


class DatabaseUnavailable(ServiceError):
    """PostgreSQL can't be reached, or refused the work."""


class LedgerUnknown(ServiceError):
    """The installation keeps no such ledger, or another one already has that address or name."""


class Fault(ServiceError):
    """A mistake in the program: the statement was left out, the log names the cause."""
