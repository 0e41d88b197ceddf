"""Every reader of bytes that come from elsewhere, and what must hold whatever the bytes are.

For each: only the package's own error is raised; what is accepted, written again, gives the same bytes (or, where the
form permits several spellings, reads again as the same); and nothing takes long. Used by ``tools/fuzz.py`` with
coverage to go by, and by ``test_targets.py`` on a few hundred mutations.
"""

from __future__ import annotations

import base64
import json
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from app.sequencer import submission
from contracts import proof as anchors
from ledger import (
    canonical,
    checkpoint,
    cosignature,
    evidence,
    keys,
    receipt,
    refusal,
    signed_note,
    statement,
    tiles,
    wallet,
    witness,
    witness_policy,
)
from ledger.errors import LedgerError
from ledger.signed_note import COSIGNATURE, parse_vkey
from ledger.statement import Signature

VECTORS: Final = Path(__file__).parents[1] / "vectors"
GOLDEN: Final = Path(__file__).parents[1] / "golden" / "0.1.0.zip"
_ALGS: Final = ("ed25519", "es256", "webauthn", "eip712")


class Target(NamedTuple):
    """``read`` raises LedgerError for what it refuses, AssertionError where an invariant is broken; ``seeds`` are
    examples to begin with.
    """

    read: Callable[[bytes], None]
    seeds: Callable[[], Iterable[bytes]]


def survives(target: Target, data: bytes) -> bool:
    """Whether the data are accepted; anything but LedgerError goes through."""
    try:
        target.read(data)
    except LedgerError:
        return False
    return True


def _canonical(data: bytes) -> None:
    assert canonical.encode(canonical.decode(data)) == data


def _statement(data: bytes) -> None:
    found = statement.parse_statement(data)
    assert canonical.encode(msgspec.to_builtins(found)) == data


def _leaf(data: bytes) -> None:
    entry = statement.parse_leaf(data)
    assert statement.build_leaf(entry.statement_bytes, entry.signatures, entry.received) == data


def _submission(data: bytes) -> None:
    found = submission.parse(data)
    assert statement.parse_statement(found.data) == found.statement


def _note(data: bytes) -> None:
    note = signed_note.parse(data)
    assert b"".join([note.text, b"\n", *(line.encode() for line in note.lines)]) == data


def _checkpoint(data: bytes) -> None:
    head, lines = checkpoint.parse(data)
    assert b"".join([head.body(), b"\n", *(line.encode() for line in lines)]) == data


def _vkey(data: bytes) -> None:
    text = data.decode("latin-1")
    for kind in (signed_note.ED25519, COSIGNATURE):
        try:
            found = parse_vkey(text, kind)
        except LedgerError:
            continue
        assert found.text() == text


def _cosignature(data: bytes) -> None:
    note = signed_note.parse(data)
    known = [signed_note.VerifierKey(line.name, bytes(range(32)), COSIGNATURE) for line in note.lines]
    assert cosignature.verify_all(note.text, note.lines, known) == []
    for line in note.lines:
        claimed = _Claiming(line.name, bytes(range(32)), COSIGNATURE, line.key_id)
        cosignature.verify(note.text, line, claimed)  # type: ignore[arg-type]
        raise AssertionError("a signature by nobody")


class _Claiming(NamedTuple):
    """A key that has whatever id a line names, so that its signature is judged."""

    name: str
    public: bytes
    type: int
    id: bytes


def _request(data: bytes) -> None:
    assert witness.parse(data).encode() == data


def _policy(data: bytes) -> None:
    found = witness_policy.parse(data)
    again = witness_policy.parse(found.to_text().encode())
    assert (again.witnesses, again.groups, again.quorum) == (found.witnesses, found.groups, found.quorum)
    assert found.is_met(found.keys) >= found.is_met(())


def _receipt(data: bytes) -> None:
    found = receipt.parse(data)
    assert found.to_file() == data


def _refusal(data: bytes) -> None:
    found = refusal.parse(data)
    again = refusal.parse(msgspec.json.encode(found))
    assert again == found


def _tile_path(data: bytes) -> None:
    text = data.decode("latin-1")
    assert tiles.parse_path(text).path == text


def _bundle(data: bytes) -> None:
    """The first byte: the width, from 1 to 256."""
    found = tiles.decode_bundle(data[1:], data[0] + 1 if data else 1)
    assert tiles.encode_bundle(found) == data[1:]


def _hashes(data: bytes) -> None:
    """The first byte: the width, from 1 to 256."""
    assert b"".join(tiles.split_hashes(data[1:], data[0] + 1 if data else 1)) == data[1:]


def _evidence(data: bytes) -> None:
    """As a file that somebody sends: JSON first."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return
    found = evidence.parse(document)
    again = evidence.parse(found.to_json())
    assert again == found


def _anchor(data: bytes) -> None:
    assert anchors.parse(data).to_file() == data


def _signature(data: bytes) -> None:
    """Algorithm, key, signature, and the two parts of a passkey's, each after a byte with its length times four."""
    alg = _ALGS[data[0] % len(_ALGS)] if data else _ALGS[0]
    parts, rest = [], data[1:]
    for _ in range(4):
        length = 4 * rest[0] if rest else 0
        parts.append(rest[1 : 1 + length])
        rest = rest[1 + length :]
    key, sig, authenticator, client = parts
    extra = (
        {"authenticator_data": canonical.b64(authenticator), "client_data": canonical.b64(client)}
        if alg == "webauthn"
        else {}
    )
    signature = Signature(alg=alg, key=key.decode("latin-1"), sig=canonical.b64(sig), **extra)
    keys.verify(signature, b"what nobody has signed")
    raise AssertionError("a signature by nobody")


def _address(data: bytes) -> None:
    text = data.decode("latin-1")
    assert wallet.spell_address(wallet.parse_address(text)) == text


def _vectors(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_bytes())


def _bundles() -> list[list[bytes]]:
    with zipfile.ZipFile(GOLDEN) as archive:
        names = [name for name in archive.namelist() if name.startswith("tile/entries/")]
        return [tiles.decode_bundle(archive.read(name), int(name.rpartition("/")[2])) for name in names]


def _leaves() -> list[bytes]:
    return [leaf for bundle in _bundles() for leaf in bundle]


def _notes() -> list[bytes]:
    found = [*_vectors("checkpoints")["accept"], *_vectors("witnesses")["notes"]]
    return [one["note"].encode() for one in found]


def _envelopes() -> Iterable[bytes]:
    for leaf in _leaves():
        entry = statement.parse_leaf(leaf)
        signatures = msgspec.json.encode(entry.signatures)
        yield b'{"statement":%s,"signatures":%s,"private":[]}' % (entry.statement_bytes, signatures)


def _requests() -> Iterable[bytes]:
    note = next(one for one in _notes() if one)
    for old, count in ((0, 0), (1, 0), (3, 2), (7, 5)):
        proof = [bytes([number]) * 32 for number in range(count)]
        yield b"\n".join([b"old %d" % old, *map(base64.b64encode, proof), b"", note])


def _evidences() -> Iterable[bytes]:
    found = _vectors("receipts")
    vkey = _vectors("refusals")["vkey"]
    for shown in ("kept", "forked"):
        yield json.dumps({"vkey": vkey, "kept": found["kept"], "shown": found[shown], "proof": []}).encode()


def _proofs() -> Iterable[bytes]:
    site = anchors.Site(
        1, wallet.spell_address(bytes(range(20))), wallet.spell_address(bytes(range(9, 29))), f"0x{'ab' * 32}"
    )
    for path in ((), (bytes(32),), (bytes(32), bytes(range(32)))):
        yield anchors.AnchorProof(site, _notes()[0], 0, 1 << len(path), path, bytes(32)).to_file()


def _signatures() -> Iterable[bytes]:
    found = _vectors("signatures")
    for one in [*found["accept"], *(row["signature"] for row in found["refuse"])]:
        raw = [one["key"].encode(), *(_raw(one.get(name)) for name in ("sig", "authenticator_data", "client_data"))]
        padded = [part + bytes(-len(part) % 4) for part in raw]
        alg = _ALGS.index(one["alg"]) if one["alg"] in _ALGS else 0
        yield bytes([alg]) + b"".join(bytes([min(255, len(part) // 4)]) + part for part in padded)


def _raw(text: str | None) -> bytes:
    try:
        return base64.b64decode(text or "")
    except ValueError:
        return b""


def _texts(name: str, member: str) -> Callable[[], list[bytes]]:
    return lambda: [one["text"].encode() for one in _vectors(name)[member]]


def _policies() -> Iterable[bytes]:
    yield from (one["text"].encode() for one in _vectors("witnesses")["met"])
    vkey = _vectors("witnesses")["witnesses"].partition("witness ")[2].split()[1]
    chain = "".join(f"group g{place + 1} 1 {f'g{place}' if place else 'w'}\n" for place in range(900))
    yield f"witness w {vkey}\n{chain}quorum g900\n".encode()


TARGETS: Final[dict[str, Target]] = {
    "canonical": Target(_canonical, lambda: [bytes.fromhex(one["hex"]) for one in _vectors("canonical")["accept"]]),
    "statement": Target(_statement, _texts("statements", "accept")),
    "leaf": Target(_leaf, _leaves),
    "submission": Target(_submission, _envelopes),
    "note": Target(_note, _notes),
    "checkpoint": Target(_checkpoint, _notes),
    "vkey": Target(_vkey, lambda: [_vectors("checkpoints")["vkey"].encode()]),
    "cosignature": Target(_cosignature, _notes),
    "request": Target(_request, _requests),
    "policy": Target(_policy, _policies),
    "receipt": Target(_receipt, lambda: [_vectors("receipts")["file"].encode()]),
    "refusal": Target(_refusal, lambda: [canonical.encode(_vectors("refusals")["refusal"])]),
    "tile-path": Target(_tile_path, lambda: [one["path"].encode() for one in _vectors("tiles")["paths"]]),
    "bundle": Target(_bundle, lambda: [bytes([len(one) - 1]) + tiles.encode_bundle(one) for one in _bundles()]),
    "hashes": Target(_hashes, lambda: [bytes([count - 1]) + bytes(range(32)) * count for count in (1, 2, 256)]),
    "evidence": Target(_evidence, _evidences),
    "anchor": Target(_anchor, _proofs),
    "signature": Target(_signature, _signatures),
    "address": Target(_address, lambda: [wallet.spell_address(bytes(range(20))).encode()]),
}
"""Readers by name."""
