"""Vectors of witnesses: policies, and which cosignatures under a checkpoint meet them, when (C2SP tlog-policy)."""

from __future__ import annotations

import hashlib
from itertools import combinations
from typing import Any, Final

from nacl.signing import SigningKey

from ledger import checkpoint, cosignature, signed_note, witness_policy
from ledger.checkpoint import Checkpoint
from ledger.errors import LedgerError
from ledger.signed_note import VerifierKey

ORIGIN: Final = "coop.example/owase"
LOG: Final = SigningKey(hashlib.sha256(b"log").digest())
NAMES: Final = ("kumano", "mihama", "kihoku")
KEYS: Final = {name: SigningKey(hashlib.sha256(f"witness {name}".encode()).digest()) for name in NAMES}
TIME: Final = 1_775_000_000
_ROWS: Final = "".join(
    f"witness {name} {cosignature.witness_key(f'{name}.example/witness', key).text()} https://{name}.example/witness\n"
    for name, key in KEYS.items()
)
_POLICIES: Final = (
    "quorum none\n",
    f"# two of three\n{_ROWS}group enough 2 kumano mihama kihoku\nquorum enough\n",
    f"{_ROWS}group\tnear any  kumano mihama \ngroup both all near kihoku\nquorum both\n",
    f"{_ROWS}quorum mihama\n",
)


def build() -> dict[str, Any]:
    """The file's contents."""
    return {
        "met": [_met(text, names) for text in _POLICIES for names in _sets()],
        "notes": [_note(names) for names in _sets()] + _again_and_unknown(),
        "refused_notes": [_refused(line) for line in _false_lines()],
        "refused_policies": [{"code": _code(text), "text": text} for text in _false_policies()],
        "witnesses": _ROWS,
    }


def _sets() -> list[tuple[str, ...]]:
    return [names for count in range(len(NAMES) + 1) for names in combinations(NAMES, count)]


def _met(text: str, names: tuple[str, ...]) -> dict[str, Any]:
    policy = witness_policy.parse(text.encode())
    keys = [cosignature.witness_key(f"{name}.example/witness", KEYS[name]) for name in names]
    return {"cosigners": [key.text() for key in keys], "met": policy.is_met(keys), "text": text}


def _head() -> Checkpoint:
    return Checkpoint(ORIGIN, 1234, hashlib.sha256(b"root").digest())


def _line(name: str, time: int) -> bytes:
    return cosignature.sign(_head().body(), f"{name}.example/witness", KEYS[name], time)


def _note(names: tuple[str, ...]) -> dict[str, Any]:
    return _told([_line(name, TIME + position) for position, name in enumerate(names)])


def _told(lines: list[bytes]) -> dict[str, Any]:
    note = checkpoint.sign(_head(), LOG) + b"".join(lines)
    parsed = signed_note.parse(note)
    found = cosignature.verify_all(
        parsed.text, parsed.lines, witness_policy.parse(f"{_ROWS}quorum none\n".encode()).keys
    )
    return {"cosigned": {one.witness.text(): one.time for one in found}, "note": note.decode()}


def _again_and_unknown() -> list[dict[str, Any]]:
    """One witness twice counts once, with the later time; keys that nobody named say nothing."""
    stranger = cosignature.sign(_head().body(), "other.example", SigningKey(bytes(32)), TIME)
    return [_told([_line("kumano", TIME + 9), stranger, _line("kumano", TIME)])]


def _false_lines() -> list[bytes]:
    """Under the names and key ids of a witness: what it did not sign, or did not sign so."""
    key = cosignature.witness_key("kumano.example/witness", KEYS["kumano"])
    other_text = cosignature.sign(_head().body() + b"more\n", key.name, KEYS["kumano"], TIME)
    by_another = cosignature.sign(_head().body(), key.name, KEYS["mihama"], TIME)
    (parsed,) = signed_note.parse_lines(by_another.decode())
    (good,) = signed_note.parse_lines(_line("kumano", TIME).decode())
    later = (TIME + 1).to_bytes(8, "big") + good.signature[8:]
    return [
        other_text,
        signed_note.line(key, parsed.signature),
        signed_note.line(key, later),
        signed_note.line(key, good.signature[8:]),
        signed_note.line(key, bytes(8) + KEYS["kumano"].sign(b"cosignature/v1\ntime 0\n" + _head().body()).signature),
        cosignature.sign(_head().body(), key.name, KEYS["kumano"], 2**63),
    ]


def _refused(line: bytes) -> dict[str, Any]:
    note = checkpoint.sign(_head(), LOG) + line
    parsed = signed_note.parse(note)
    try:
        cosignature.verify_all(parsed.text, parsed.lines, witness_policy.parse(f"{_ROWS}quorum none\n".encode()).keys)
    except LedgerError as error:
        return {"code": error.code, "note": note.decode()}
    raise AssertionError(note)


def _false_policies() -> list[str]:
    first = cosignature.witness_key("kumano.example/witness", KEYS["kumano"])
    log = VerifierKey(ORIGIN, bytes(LOG.verify_key)).text()
    return [
        "quorum kumano\n",
        "quorum none\nquorum none\n",
        "quorum none extra\n",
        "quorum none",
        "quorum none\r\n",
        "# nothing\n",
        "members none\nquorum none\n",
        f"{_ROWS}group g 4 kumano mihama kihoku\nquorum g\n",
        f"{_ROWS}group g 0 kumano\nquorum g\n",
        f"{_ROWS}group g 02 kumano mihama\nquorum g\n",
        f"{_ROWS}group g any\nquorum g\n",
        f"{_ROWS}group g any kumano kumano\nquorum g\n",
        f"{_ROWS}group g any kumano\ngroup h any kumano\nquorum h\n",
        f"{_ROWS}group g any h\ngroup h any kumano\nquorum g\n",
        f"{_ROWS}group kumano any mihama\nquorum kumano\n",
        f"{_ROWS}{_ROWS}quorum kumano\n",
        f"{_ROWS}witness again {VerifierKey('other.example', first.public, first.type).text()}\nquorum kumano\n",
        f"witness w {log}\nquorum w\n",
        f"log {first.text()}\nquorum none\n",
        f"log {log}\nlog {log}\nquorum none\n",
    ]


def _code(text: str) -> str:
    try:
        witness_policy.parse(text.encode())
    except LedgerError as error:
        line = error.params.get("line")
        return f"{error.code} {line}" if line else error.code
    raise AssertionError(text)
