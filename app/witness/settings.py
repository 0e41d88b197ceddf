"""Whom an installation witnesses, and who witnesses it: two policy files (C2SP tlog-policy), both absent by default."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.errors import FormatError
from ledger.witness_policy import WitnessPolicy, parse

HOUR: Final = 3_600_000
_log = logging.getLogger("yui.witness")


class PolicyFile:
    """A policy file that is read again when it has changed; while it is at fault, what it said before holds."""

    def __init__(self, path: Path) -> None:
        """OSError or FormatError where it can't be read now."""
        self._path = path
        self._stamp, self._policy = self._changed(), parse(path.read_bytes())

    def current(self) -> WitnessPolicy:
        """The policy in force."""
        try:
            stamp = self._changed()
            if stamp != self._stamp:
                self._stamp = stamp  # a fault is told once, not at every look
                self._policy = parse(self._path.read_bytes())
        except (OSError, FormatError) as error:
            _log.warning("%s: %s", self._path.name, error)
        return self._policy

    def _changed(self) -> tuple[int, int]:
        found = self._path.stat()
        return found.st_mtime_ns, found.st_size


@dataclass(frozen=True)
class Witnessing:
    """``logs``: the ledgers that this installation witnesses for others. ``policy``: whom it asks for its own.

    ``name``: under which its witness's key is made. ``grace``: milliseconds within which a quorum must have cosigned.
    """

    logs: PolicyFile | None = None
    policy: PolicyFile | None = None
    name: str = "localhost/witness"
    grace: int = HOUR
