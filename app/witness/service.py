"""This installation as a witness of others' logs."""

from __future__ import annotations

import asyncio
import logging
from typing import NamedTuple

from prometheus_client import Counter

from app.clock import Clock
from app.errors import ServiceError
from app.witness.memory import Memory, Remembered, digest
from app.witness.settings import PolicyFile
from ledger import witness as rules
from ledger.errors import FormatError, LedgerError
from ledger.signed_note import VerifierKey

ANSWERS = Counter("yui_witness_answers", "What this installation answered as a witness.", ["status"])
"""``status``: the HTTP status; 422 is a log that did not show its tree to have grown out of the one before."""
_log = logging.getLogger("yui.witness")


class Watched(NamedTuple):
    """A log on the allow-list. ``last`` None: it has not come yet. ``proven`` None: it has shown nothing else;
    False: what it has shown proves nothing by itself; True: it has signed two histories.
    """

    origin: str
    hash: str
    last: Remembered | None
    proven: bool | None


class Witness:
    """Cosigns the logs on its list. The methods that read files are for threads."""

    def __init__(self, memory: Memory, logs: PolicyFile, clock: Clock) -> None:
        self.memory, self._logs, self._clock = memory, logs, clock

    @property
    def key(self) -> VerifierKey:
        """Its public key, for others' policies."""
        return self.memory.public

    async def add_checkpoint(self, body: bytes) -> bytes:
        """Judge a request and remember it; our signature line. LedgerError (``status``) or WitnessError."""
        try:
            line = await asyncio.to_thread(self._add, body)
        except LedgerError as error:
            ANSWERS.labels(str(status(error))).inc()
            raise
        except ServiceError:
            ANSWERS.labels("503").inc()
            raise
        ANSWERS.labels("200").inc()
        return line

    def watched(self) -> list[Watched]:
        """Every log on the list, by origin."""
        origins = sorted({party.key.name for party in self._logs.current().logs})
        return [self._watched(origin) for origin in origins]

    def _add(self, body: bytes) -> bytes:
        request = rules.parse(body)
        origin = request.head.origin
        keys = [party.key for party in self._logs.current().logs if party.key.name == origin]
        if not keys:
            raise FormatError("witness.unknown_log", origin=origin)
        try:
            return self.memory.cosign(request, keys, self._clock.now() // 1000)
        except LedgerError as error:
            if status(error) == 422:  # noqa: PLR2004
                _log.error("%s has not shown that it grew out of what was cosigned: %s", origin, error)
            raise

    def _watched(self, origin: str) -> Watched:
        evidence = self.memory.evidence(digest(origin))
        proven = None if evidence is None else bool(evidence["conclusive"])
        return Watched(origin, digest(origin), self.memory.last(origin), proven)


def status(error: LedgerError) -> int:
    """The HTTP status of a refusal (C2SP tlog-witness)."""
    return 404 if error.code == "witness.unknown_log" else rules.status(error)
