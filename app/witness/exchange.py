"""One request to a witness: post, bounded in time and size, and read the answer strictly (C2SP tlog-witness)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Final

import httpx

from ledger import cosignature, signed_note, witness
from ledger.cosignature import Cosigned
from ledger.errors import LedgerError
from ledger.signed_note import NoteLine, VerifierKey

TIMEOUT: Final = 10.0
"""Seconds for a whole exchange."""
_MAX_ANSWER: Final = 64_000
_SIZE: Final = re.compile(rb"(0|[1-9][0-9]{0,15})\n\Z")
_FAULTS: Final = {400: "malformed", 403: "unsigned", 404: "unknown", 422: "fork", 429: "busy"}

Proof = Callable[[int], Awaitable[list[bytes]]]
"""The consistency proof from that size to the checkpoint's."""


class WitnessFault(Exception):
    """No cosignature was to be had. ``code``: ``silent``, ``busy``, ``malformed``, ``unsigned``, ``unknown`` (to its
    list), ``answer`` (it can't be read); ``fork``: to the witness this tree has not grown out of the one that it knows;
    ``ahead``: it has cosigned more than there is here. The last two mean that the log's key has signed two histories,
    or that this one was put back.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


async def cosign(
    client: httpx.AsyncClient, address: str, key: VerifierKey, note: bytes, old: int, proof: Proof
) -> tuple[NoteLine, Cosigned]:
    """The witness's line under ``note``. ``old``: the size that it is thought to have cosigned last. WitnessFault."""
    try:
        async with asyncio.timeout(TIMEOUT):
            return await _converse(client, address, key, note, old, proof)
    except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError) as error:
        raise WitnessFault("silent") from error


async def _converse(
    client: httpx.AsyncClient, address: str, key: VerifierKey, note: bytes, old: int, proof: Proof
) -> tuple[NoteLine, Cosigned]:
    size = witness.build(0, [], note).head.size
    status, data = await _post(client, address, witness.build(old, await proof(old), note))
    if status == httpx.codes.CONFLICT:
        known = _SIZE.match(data)
        if known is None:
            raise WitnessFault("answer")
        old = int(known[1])
        if old > size:
            raise WitnessFault("ahead")
        status, data = await _post(client, address, witness.build(old, await proof(old), note))
    if status != httpx.codes.OK:
        raise WitnessFault("busy" if status >= httpx.codes.INTERNAL_SERVER_ERROR else _FAULTS.get(status, "answer"))
    return _read(data, key, note)


async def _post(client: httpx.AsyncClient, address: str, request: witness.Request) -> tuple[int, bytes]:
    async with client.stream("POST", f"{address.rstrip('/')}/add-checkpoint", content=request.encode()) as answer:
        data = b""
        async for piece in answer.aiter_bytes():
            data += piece
            if len(data) > _MAX_ANSWER:
                raise WitnessFault("answer")
        return answer.status_code, data


def _read(data: bytes, key: VerifierKey, note: bytes) -> tuple[NoteLine, Cosigned]:
    """The newest line of that key; lines of keys that we don't know say nothing to us."""
    text = signed_note.parse(note).text
    try:
        lines = [line for line in signed_note.parse_lines(data.decode()) if line.is_by(key)]
        found = [(line, cosignature.verify(text, line, key)) for line in lines]
    except (LedgerError, UnicodeDecodeError) as error:
        raise WitnessFault("answer") from error
    if not found:
        raise WitnessFault("answer")
    return max(found, key=lambda pair: pair[1].time)
