"""Strategies and small makers for the tests of the core."""

from __future__ import annotations

from typing import Any, ClassVar

from hypothesis import strategies as st
from nacl.signing import SigningKey

from ledger import canonical, ids
from ledger.compose import nonce, sign_ed25519
from ledger.state import Record
from ledger.statement import build_leaf, parse_statement

KEY = SigningKey(bytes(range(32)))
OTHER_KEY = SigningKey(bytes(range(1, 33)))
ORIGIN = "coop.example/owase"
TIME = canonical.parse_time("2026-04-01T09:00:00.000Z")
AUTHOR = ids.object_id("mem", b"author".ljust(32))
COSIGNER = ids.object_id("mem", b"cosigner".ljust(32))

owners = {"a": "x", "b": "x", "c": "x", "d": "y", "e": "y"}
"""Under what each thing stands: a record never changes its parent."""


class Thing(Record, frozen=True, kw_only=True):
    """A record to put and drop."""

    kind: ClassVar[str] = "thing"
    owner: str
    rank: int

    @property
    def parent(self) -> str:
        return self.owner

    @property
    def sort(self) -> str:
        return f"{self.rank:02d}"


keys = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
integers = st.integers(-canonical.MAX_INTEGER, canonical.MAX_INTEGER)
texts = st.text(st.characters(codec="utf-8"))
values = st.recursive(
    st.none() | st.booleans() | integers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=20,
)
bodies = st.dictionaries(keys, values, max_size=4)


def said(**changes: Any) -> dict[str, Any]:
    """A statement in JSON form; a change to None takes the member out."""
    value: dict[str, Any] = {
        "at": "2026-04-01T09:00:00.000Z",
        "author": AUTHOR,
        "body": {"amount": 3, "to": COSIGNER},
        "ledger": ORIGIN,
        "nonce": nonce(TIME, b"0123456789"),
        "seen": {"root": canonical.b64(bytes(32)), "size": 12},
        "type": "token.gift/1",
        "v": 1,
    }
    return {key: item for key, item in (value | changes).items() if item is not None}


def leaf(**changes: Any) -> bytes:
    """An entry whose signers all sign with one key."""
    data = canonical.encode(said(**changes))
    signers = parse_statement(data).signers
    return build_leaf(data, tuple(sign_ed25519(KEY, data) for _ in signers), TIME + 1000)


def flips(data: bytes) -> list[bytes]:
    """``data`` with one bit flipped, once in every byte."""
    return [data[:n] + bytes([byte ^ (1 << (n % 8))]) + data[n + 1 :] for n, byte in enumerate(data)]
