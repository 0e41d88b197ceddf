"""Telling webhooks: one letter at a time and in order, signed, again and again until it was taken.

    POST, JSON; Yui-Event-Id: the event's id, the same whenever it is told again
    Yui-Signature: t=<seconds>,v1=<hex>    HMAC-SHA256 of "<seconds>." and the body, under the shared secret

A receiver compares the signature in constant time, refuses one that is minutes old, and drops ids that it knows.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import sqlite3
import time
from typing import Final
from urllib.parse import urlsplit

import httpx

from app.monitor.memory import Letter, Memory

SIGNATURE: Final = "Yui-Signature"
EVENT: Final = "Yui-Event-Id"
_TIMEOUT: Final = 20.0
_FIRST: Final = 2.0
_LONGEST: Final = 3600.0
_LOOK: Final = 0.2
"""Seconds between two looks into the outbox."""


def sign(secret: bytes, body: bytes, seconds: int) -> str:
    """The header's value."""
    digest = hmac.new(secret, f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}"


def host(hook: str) -> str:
    """What may be shown of a hook: its path is often a secret."""
    return urlsplit(hook).netloc.rpartition("@")[2]


async def post(client: httpx.AsyncClient, letter: Letter, secret: bytes | None) -> bool:
    """Try once; whether it was taken (any 2xx)."""
    headers = {"Content-Type": "application/json", EVENT: letter.id, "User-Agent": "yui-monitor"}
    if secret is not None:
        headers[SIGNATURE] = sign(secret, letter.body, int(time.time()))
    try:
        answer = await client.post(letter.hook, content=letter.body, headers=headers, timeout=_TIMEOUT)
    except (httpx.HTTPError, httpx.InvalidURL, OSError):
        return False
    return answer.is_success


async def deliver(memory: Memory, hook: str, secret: bytes | None, *, once: bool = False) -> None:
    """Empty the outbox of one hook for ever, waiting longer after each failure; ``once``: until the first failure."""
    pause = _FIRST
    async with httpx.AsyncClient() as client:
        while True:
            try:
                waiting = await _deliver_one(memory, client, hook, secret)
            except sqlite3.Error:
                waiting = False  # a disk that is full: it is told, and told again
            if waiting is None:
                if once:
                    return
                await asyncio.sleep(_LOOK)
            elif waiting:
                pause = _FIRST
            elif once:
                return
            else:
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST)


async def _deliver_one(memory: Memory, client: httpx.AsyncClient, hook: str, secret: bytes | None) -> bool | None:
    """Whether the oldest letter was taken; None without any."""
    letters = memory.letters(hook)
    if not letters:
        return None
    taken = await post(client, letters[0], secret)
    (memory.told if taken else memory.failed)(letters[0])
    return taken
