"""This installation as a witness of others' logs."""

from __future__ import annotations

import asyncio
import logging
from typing import NamedTuple

from prometheus_client import Counter, Gauge

from app.clock import Clock
from app.errors import WitnessError
from app.storage.database import TROUBLE
from app.witness.memory import Memory, Remembered, digest, size_of
from app.witness.settings import PolicyFile
from app.witness.watermarks import Watermarks
from ledger import witness as rules
from ledger.errors import FormatError, LedgerError
from ledger.signed_note import VerifierKey
from ledger.witness import Request

ANSWERS = Counter("yui_witness_answers", "What this installation answered as a witness.", ["status"])
"""``status``: the HTTP status; 422 is a log that did not show its tree to have grown out of the one before."""
LOST = Gauge("yui_witness_lost_logs", "Logs that are not cosigned, because what was remembered of them is lost.")
_log = logging.getLogger("yui.witness")


class Watched(NamedTuple):
    """A log on the allow-list. ``last`` None: it has not come yet, or ``lost`` is not 0: the size up to which it was
    cosigned, as the database knows, where ``last`` is less. ``proven`` None: it has shown nothing else; False: what it
    has shown proves nothing by itself; True: it has signed two histories.
    """

    origin: str
    hash: str
    last: Remembered | None
    lost: int
    proven: bool | None


class Witness:
    """Cosigns the logs on its list."""

    def __init__(self, memory: Memory, marks: Watermarks, logs: PolicyFile, clock: Clock) -> None:
        self.memory, self._marks, self._logs, self._clock = memory, marks, logs, clock
        self._lost: set[str] = set()

    @property
    def key(self) -> VerifierKey:
        """Its public key, for others' policies."""
        return self.memory.public

    async def add_checkpoint(self, body: bytes) -> bytes:
        """Judge a request and remember it; our signature line. LedgerError (``status``), WitnessError, or what
        asyncpg raises: asked again, the same is answered as if nothing had been.
        """
        try:
            line = await self._add(body)
        except LedgerError as error:
            ANSWERS.labels(str(status(error))).inc()
            raise
        except TROUBLE:
            ANSWERS.labels("503").inc()
            raise
        ANSWERS.labels("200").inc()
        return line

    async def watched(self) -> list[Watched]:
        """Every log on the list, by origin."""
        marks = await self._marks.all()  # before the files, which are never behind them unless they are lost
        return await asyncio.to_thread(self._all_watched, marks)

    async def look_through(self) -> None:
        """Bring up the marks of what is remembered, and count what is lost."""
        found = await self.watched()
        for log in found:
            if log.last is not None and not log.lost:
                await self._marks.advance(log.origin, log.last.head.size)
        self._lost = {log.origin for log in found if log.lost}
        LOST.set(len(self._lost))

    async def cosigned(self, origin_hash: str) -> Remembered | None:
        """What was cosigned last, of the log whose origin has that hash; marked before anybody gets it."""
        found = await asyncio.to_thread(self.memory.by_hash, origin_hash)
        if found is not None and await self._marks.of(found.head.origin) < found.head.size:
            await self._marks.advance(found.head.origin, found.head.size)
        return found

    async def _add(self, body: bytes) -> bytes:
        request, keys = await asyncio.to_thread(self._read, body)
        origin = request.head.origin
        mark = await self._marks.of(origin)
        try:
            line = await asyncio.to_thread(self.memory.cosign, request, keys, self._clock.now() // 1000, mark)
        except LedgerError as error:
            if status(error) == 422:  # noqa: PLR2004
                _log.error("%s has not shown that it grew out of what was cosigned: %s", origin, error)
            raise
        except WitnessError as error:
            if error.code == "witness.lost":
                self._tell_lost(origin, mark)
            raise
        await self._marks.advance(origin, request.head.size)
        self._lost.discard(origin)
        LOST.set(len(self._lost))
        return line

    def _read(self, body: bytes) -> tuple[Request, list[VerifierKey]]:
        """A request, and the keys that are on the list for its log."""
        request = rules.parse(body)
        keys = [party.key for party in self._logs.current().logs if party.key.name == request.head.origin]
        if not keys:
            raise FormatError("witness.unknown_log", origin=request.head.origin)
        return request, keys

    def _tell_lost(self, origin: str, mark: int) -> None:
        if origin not in self._lost:
            _log.error("%s was cosigned up to %s, and what was remembered of it is lost", origin, mark)
        self._lost.add(origin)
        LOST.set(len(self._lost))

    def _all_watched(self, marks: dict[str, int]) -> list[Watched]:
        origins = sorted({party.key.name for party in self._logs.current().logs})
        return [self._watched(origin, marks.get(origin, 0)) for origin in origins]

    def _watched(self, origin: str, mark: int) -> Watched:
        evidence = self.memory.evidence(digest(origin))
        proven = None if evidence is None else bool(evidence["conclusive"])
        last = self.memory.last(origin)
        return Watched(origin, digest(origin), last, mark if size_of(last) < mark else 0, proven)


def status(error: LedgerError) -> int:
    """The HTTP status of a refusal (C2SP tlog-witness)."""
    return 404 if error.code == "witness.unknown_log" else rules.status(error)
