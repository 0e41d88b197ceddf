"""Ids that nobody can choose: a kind prefix and 128 bits of a hash, in lower-case base32.

An object is named after the statement that created it, so an id can neither be picked nor taken in
advance by someone else. A key is named after its algorithm and public key.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import Final

from ledger.canonical import Remembered

ID_PATTERN: Final = re.compile(r"[a-z]{2,8}_[a-z2-7]{26}\Z")

GENESIS: Final = "genesis"
"""Author of entry 0."""
CLERK: Final = "clerk"
"""Author of ticks and announcements; signs with the co-op's clerk key."""

_KEYS_REMEMBERED: Final = 16_384
_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS: Final = [first + second for first in _ALPHABET for second in _ALPHABET]
"""Base32 of every 10 bits."""
_SHIFTS: Final = tuple(range(120, -1, -10))
_ids = Remembered(ID_PATTERN)


def object_id(prefix: str, statement_id: bytes, ordinal: int = 0) -> str:
    """Id of the ``ordinal``-th object that a statement creates (0: 128 bits of the statement's id itself)."""
    digest = statement_id if ordinal == 0 else hashlib.sha256(b"yui/v1/object\n%d\n" % ordinal + statement_id).digest()
    return f"{prefix}_{_base32(digest)}"


def key_id(public: str) -> str:
    """Id of a public key in text form (``ed25519:…``): what authors sign with before they are members."""
    # What is longer is no key, and nobody shall fill the memory with it.
    return _key_id(public) if len(public) <= Remembered.LONGEST else _key_id.__wrapped__(public)


@lru_cache(_KEYS_REMEMBERED)
def _key_id(public: str) -> str:
    return "key_" + _base32(hashlib.sha256(b"yui/v1/key\n" + public.encode()).digest())


def is_id(text: str, prefix: str) -> bool:
    """Whether ``text`` has the form of an id of that kind."""
    return text.startswith(prefix + "_") and (text in _ids.texts or _ids.matches(text))


def _base32(digest: bytes) -> str:
    """RFC 4648 section 6 in lower case, without padding, of the first 128 bits."""
    bits, pairs = int.from_bytes(digest[:16], "big") << 2, _PAIRS
    return "".join([pairs[bits >> shift & 1023] for shift in _SHIFTS])
