"""Ids that nobody can choose: a kind prefix and 128 bits of a hash, in lower-case base32.

An object is named after the statement that created it, so an id can neither be picked nor taken in
advance by someone else. A key is named after its algorithm and public key.
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Final

ID_PATTERN: Final = re.compile(r"[a-z]{2,8}_[a-z2-7]{26}\Z")

GENESIS: Final = "genesis"
"""Author of entry 0."""
CLERK: Final = "clerk"
"""Author of ticks and announcements; signs with the co-op's clerk key."""


def object_id(prefix: str, statement_id: bytes, ordinal: int = 0) -> str:
    """Id of the ``ordinal``-th object that a statement creates (0: 128 bits of the statement's id itself)."""
    digest = statement_id if ordinal == 0 else hashlib.sha256(b"yui/v1/object\n%d\n" % ordinal + statement_id).digest()
    return f"{prefix}_{_base32(digest)}"


def key_id(public: str) -> str:
    """Id of a public key in text form (``ed25519:…``): what authors sign with before they are members."""
    return "key_" + _base32(hashlib.sha256(b"yui/v1/key\n" + public.encode()).digest())


def is_id(text: str, prefix: str) -> bool:
    """Whether ``text`` has the form of an id of that kind."""
    return text.startswith(prefix + "_") and bool(ID_PATTERN.match(text))


def _base32(digest: bytes) -> str:
    return base64.b32encode(digest[:16]).decode().rstrip("=").lower()
