"""The cases behind ``tools/vectors.py``: values, statements and the ways in which each can be wrong."""

from __future__ import annotations

from typing import Any, Final

_MEMBER: Final = "mem_" + "a" * 26
_OTHER: Final = "mem_" + "b" * 26
_KEY: Final = "key_" + "c" * 26
_ROOT: Final = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
_NONCE: Final = "AZ0cTQAAcAGAAAAAAAAAAQ=="
_COMMIT: Final = {"commit": _ROOT}


def _nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


VALUES: Final[list[Any]] = [
    None,
    True,
    0,
    -7,
    2**53 - 1,
    -(2**53 - 1),
    "",
    "owase",
    "結 \u798f \ufa1b \u9ad9 \U00020bb7 \u20ac\u2028\u2029",
    '\u0000\u0001\b\t\n\u000b\f\r\u001f"\\/\u007f\u0080',
    [],
    {},
    [[], {}, [None, False, "a", -1]],
    {"b": 1, "a": {"z": [1, 2], "a_1": "x"}, "a_": 0, "a1": 0, "aa": 0},
    _nested(16),
]

REFUSED_JSON: Final[list[bytes]] = [
    b"",
    b"{",
    b" 1",
    b"1 ",
    b"1.0",
    b"1.5",
    b"-0",
    b"1e2",
    b"01",
    b"+1",
    b"NaN",
    b"9007199254740992",
    b"-9007199254740992",
    b'{"b":1,"a":2}',
    b'{"a":1,"a":2}',
    b'{"a":2,"a":2}',
    b'{"A":1}',
    b'{"1":1}',
    b'{"":1}',
    b'{"__proto__":1}',
    b'{"a-b":1}',
    b'{"a": 1}',
    b'"\\u0061"',
    b'"\\/"',
    b'"\\u000A"',
    b'"\\ud800"',
    b'"\xff"',
    b'"\xed\xa0\x80"',
    b"\xef\xbb\xbf1",
    b"[1,]",
    b"'a'",
    b'"a',
    b'"\t"',
    b"[" * 17 + b"1" + b"]" * 17,
    b"[" * 3000 + b"]" * 3000,
]

TIMES: Final = [
    "1970-01-01T00:00:00.000Z",
    "2026-04-01T09:00:00.000Z",
    "2024-02-29T23:59:59.999Z",
    "1969-12-31T23:59:59.001Z",
    "9999-12-31T23:59:59.999Z",
    "1000-01-01T00:00:00.000Z",
]
REFUSED_TIMES: Final = [
    "2026-04-01T09:00:00Z",
    "2026-04-01T09:00:00.00Z",
    "2026-04-01T09:00:00.000",
    "2026-04-01T09:00:00.000+00:00",
    "2026-02-30T00:00:00.000Z",
    "2025-02-29T00:00:00.000Z",
    "2026-04-01T24:00:00.000Z",
    "2026-04-01T09:60:00.000Z",
    "2026-13-01T09:00:00.000Z",
    "0000-01-01T00:00:00.000Z",
    "2026-04-01 09:00:00.000Z",
    "2026-04-01T09:00:00.000Z\n",
]
DECIMALS: Final = [
    "0",
    "1",
    "-1",
    "0.5",
    "-0.5",
    "10.01",
    "-0",
    "00",
    "1.0",
    "1.",
    ".5",
    "1e3",
    "+1",
    "",
    "1\n",
    "\uff11",
]
REFUSED_BASE64: Final = ["A", "AA", "AA=", "AB==", "AA==\n", " AA==", "A-==", "AA=A", "AA==AA=="]

STATEMENTS: Final[list[dict[str, Any]]] = [
    {
        "at": "2026-04-01T09:00:00.000Z",
        "author": _MEMBER,
        "body": {"amount": 12, "to": _OTHER},
        "ledger": "coop.example/owase",
        "nonce": _NONCE,
        "seen": {"root": _ROOT, "size": 1234},
        "type": "token.gift/1",
        "v": 1,
    },
    {
        "at": "2026-04-01T09:00:00.001Z",
        "author": _MEMBER,
        "body": {"choice": "yes", "paper": _COMMIT, "proposal": "prop_" + "d" * 26},
        "cosigners": [_OTHER],
        "for": "mem_" + "e" * 26,
        "ledger": "localhost:8000/owase",
        "nonce": _NONCE,
        "replaces": _ROOT,
        "seen": {"root": _ROOT, "size": 1},
        "type": "ballot.cast/1",
        "v": 1,
        "via": "paper",
    },
    {
        "at": "2026-04-01T09:00:00.000Z",
        "author": "genesis",
        "body": {},
        "cosigners": [_KEY],
        "ledger": "coop.example/owase",
        "nonce": _NONCE,
        "seen": {"root": _ROOT, "size": 0},
        "type": "ledger.genesis/1",
        "v": 1,
    },
]

STATEMENT_FAULTS: Final[list[dict[str, Any]]] = [
    {"v": 2},
    {"v": ...},
    {"extra": 1},
    {"type": "token.gift"},
    {"type": "Token.gift/1"},
    {"type": "token.gift/01"},
    {"ledger": "https://coop.example"},
    {"ledger": "COOP.example"},
    {"at": "2026-04-01T09:00:00Z"},
    {"author": "alice"},
    {"author": "mem_" + "a" * 25},
    {"cosigners": ["alice"]},
    {"cosigners": [_MEMBER]},
    {"cosigners": [_OTHER, _OTHER]},
    {"for": _OTHER},
    {"via": "paper"},
    {"for": _OTHER, "via": "post"},
    {"for": _KEY, "via": "paper"},
    {"nonce": "AZ0cTQAAcAGAAAAAAAAA"},
    {"nonce": "AZ0cTQAAQAGAAAAAAAAAAQ=="},
    {"nonce": "AZ0cTQAAcAEAAAAAAAAAAQ=="},
    {"seen": {"root": _ROOT, "size": -1}},
    {"seen": {"root": "AA==", "size": 1}},
    {"seen": {"root": _ROOT}},
    {"replaces": "AA=="},
    {"body": []},
    {"body": {"text": "a" * 33_000}},
]
"""Changes to the first statement, each enough to refuse it; ``...`` leaves the member out."""

PRIVATES: Final[list[tuple[str, Any]]] = [
    ("note", "公民館の草刈り"),
    ("lines/0/name", {"family": "\u9ad9\u6a4b", "given": "\ufa1b"}),
    ("paper", None),
    ("count", -3),
]


def note_faults(note: str, other: str) -> list[str]:
    """A good note made wrong in each way that matters, and a good one of another log."""
    body, tail = note.split("\n\n", 1)
    origin, size, root = body.split("\n")
    return [
        other,
        note.replace("\n5\n", "\n6\n"),
        note.replace("\n5\n", "\n05\n"),
        note.replace("\n5\n", "\n-5\n"),
        note[:-1],
        f"{origin}\n{size}\n{root}\nextension\n\n{tail}",
        f"{origin}\n{size}\n\n{tail}",
        f"{body}\n\n",
        f"{body}\n",
        f"{body}\n\n\u2014 witness.example {tail.split(' ')[2]}{tail}",
        note.replace("\u2014", "-"),
        note.replace(root, root[:-4] + "A==="),
        "",
    ]


def vkey_faults(vkey: str) -> list[str]:
    """A good verifier key made wrong."""
    name, key_hash, key = vkey.split("+", 2)
    return [f"other+{key_hash}+{key}", f"{name}+00000000+{key}", f"{name}+{key_hash}", f"{name}+{key_hash}+AA==", ""]
