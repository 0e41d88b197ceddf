"""Writes ``tests/vectors/*.json``: what the Python half and the browser's half must agree on, byte for byte.

    python -m tools.vectors

Keys come from fixed labels and every signature is deterministic, so running it again changes nothing
(a test holds the files against a fresh run). Both halves' tests read the files, not this program.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Final

import msgspec

from ledger import canonical, checkpoint, ids, merkle, private, receipt, refusal, signed_note, statement, tiles
from ledger.errors import LedgerError
from ledger.keys import SESSION_DOMAIN
from ledger.signed_note import VerifierKey, parse_vkey
from tools import vector_cases as cases
from tools import vector_counts, vector_modules, vector_sentences, vector_witnesses
from tools import vector_keys as vkeys

FOLDER: Final = Path(__file__).parent.parent / "tests" / "vectors"
ORIGIN: Final = "coop.example/owase"
Json = dict[str, Any]


def main() -> None:
    """Write every file."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, content in build().items():
        (FOLDER / f"{name}.json").write_text(spell(content), encoding="utf-8")


def build() -> dict[str, Json]:
    """All files' contents by name."""
    return {
        "canonical": _canonical(),
        "checkpoints": _checkpoints(),
        "counts": vector_counts.build(),
        "ids": _ids(),
        "merkle": _merkle(),
        "modules": vector_modules.build(),
        "private": _private(),
        "receipts": _receipts(),
        "refusals": _refusals(),
        "sentences": vector_sentences.build(),
        "signatures": _signatures(),
        "statements": _statements(),
        "tiles": _tiles(),
        "witnesses": vector_witnesses.build(),
    }


def spell(content: Json) -> str:
    """How a file is written."""
    return json.dumps(content, ensure_ascii=True, indent=1, sort_keys=True) + "\n"


def _code(action: Any, *args: Any) -> str:
    try:
        action(*args)
    except LedgerError as error:
        return error.code
    raise AssertionError(f"accepted: {args}")


def _canonical() -> Json:
    refuse = [{"hex": data.hex(), "code": _code(canonical.decode, data)} for data in cases.REFUSED_JSON]
    return {
        "accept": [{"hex": canonical.encode(value).hex(), "value": value} for value in cases.VALUES],
        "refuse": refuse,
        "times": [{"text": text, "ms": canonical.parse_time(text)} for text in cases.TIMES],
        "refused_times": cases.REFUSED_TIMES,
        "decimals": {text: canonical.is_decimal(text) for text in cases.DECIMALS},
        "refused_base64": cases.REFUSED_BASE64,
    }


def _ids() -> Json:
    digest = hashlib.sha256(b"statement").digest()
    objects = [
        {"prefix": prefix, "statement": digest.hex(), "ordinal": n, "id": ids.object_id(prefix, digest, n)}
        for prefix, n in (("prop", 0), ("mem", 1), ("hold", 12))
    ]
    publics = [vkeys.ED25519_PUBLIC, vkeys.ES256_PUBLIC]
    return {"objects": objects, "keys": [{"public": text, "id": ids.key_id(text)} for text in publics]}


def _statements() -> Json:
    accept = []
    for value in cases.STATEMENTS:
        data = canonical.encode(value)
        parsed = statement.parse_statement(data)
        accept.append(
            {
                "text": data.decode(),
                "id": statement.statement_id(data).hex(),
                "signers": list(parsed.signers),
                "actor": parsed.actor,
            }
        )
    refuse = []
    for change in cases.STATEMENT_FAULTS:
        value = {key: item for key, item in (cases.STATEMENTS[0] | change).items() if item is not ...}
        data = canonical.encode(value)
        refuse.append({"text": data.decode(), "code": _code(statement.parse_statement, data)})
    return {"accept": accept, "refuse": refuse}


def _private() -> Json:
    value = cases.STATEMENTS[0]
    said = statement.parse_statement(canonical.encode(value))
    rows = []
    for position, (path, content) in enumerate(cases.PRIVATES):
        salt = hashlib.sha256(b"salt %d" % position).digest()
        rows.append(
            {
                "path": path,
                "salt": canonical.b64(salt),
                "value": content,
                "commit": private.commitment(said, path, salt, content),
            }
        )
    return {"statement": value, "commitments": rows}


def _signatures() -> Json:
    message = statement.DOMAIN + canonical.encode(cases.STATEMENTS[0])
    session = {
        "challenge": canonical.b64(bytes(16)),
        "expires": "2026-04-01T09:05:00.000Z",
        "origin": "https://coop.example",
    }
    log_in = SESSION_DOMAIN + canonical.encode(session)
    return {
        "message": canonical.b64(message),
        "accept": [
            vkeys.ed25519(message),
            vkeys.es256(message),
            vkeys.webauthn(message, "es256"),
            vkeys.webauthn(message, "ed25519"),
            vkeys.eip712(message),
        ],
        "refuse": vkeys.faults(message, log_in),
        "session": {
            "fields": session,
            "message": canonical.b64(log_in),
            "accept": [vkeys.ed25519(log_in), vkeys.webauthn(log_in, "es256"), vkeys.eip712(log_in)],
        },
        "der": vkeys.der_pairs(message),
    }


def _reader(leaves: list[bytes]) -> merkle.Reader:
    def node(level: int, index: int) -> bytes:
        if level == 0:
            return leaves[index]
        return merkle.node_hash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1))

    return node


def _hexes(path: list[bytes]) -> list[str]:
    return [value.hex() for value in path]


def _merkle() -> Json:
    count = 70
    leaves = [merkle.leaf_hash(b"leaf %d" % n) for n in range(count)]
    node = _reader(leaves)
    roots = [merkle.EMPTY_ROOT] + [merkle.range_root(node, 0, size) for size in range(1, count + 1)]
    inclusion = [(0, 1), (0, 2), (1, 2), (2, 3), (4, 7), (6, 7), (0, 8), (63, 64), (64, 65), (17, 70), (69, 70)]
    consistency = [
        (1, 1),
        (1, 2),
        (2, 3),
        (3, 4),
        (4, 7),
        (6, 7),
        (7, 8),
        (8, 70),
        (33, 64),
        (64, 65),
        (65, 70),
        (69, 70),
    ]
    return {
        "roots": _hexes(roots),
        "inclusion": [
            {"index": i, "size": n, "path": _hexes(merkle.prove_inclusion(node, i, n))} for i, n in inclusion
        ],
        "consistency": [
            {"old": a, "new": b, "path": _hexes(merkle.prove_consistency(node, a, b))} for a, b in consistency
        ],
    }


def _log(size: int) -> tuple[list[bytes], list[bytes]]:
    """Leaves of a small log with the first statement as its last entry, and their hashes."""
    leaves = []
    for n in range(size):
        value = cases.STATEMENTS[0] | {"body": {"n": n}}
        data = canonical.encode(value)
        signature = statement.Signature(**vkeys.ed25519(statement.DOMAIN + data))
        leaves.append(statement.build_leaf(data, (signature,), canonical.parse_time("2026-04-01T09:00:01.000Z")))
    return leaves, [merkle.leaf_hash(leaf) for leaf in leaves]


def _note(hashes: list[bytes], size: int, origin: str = ORIGIN) -> str:
    root = merkle.range_root(_reader(hashes), 0, size) if size else merkle.EMPTY_ROOT
    return checkpoint.sign(checkpoint.Checkpoint(origin, size, root), vkeys.LOG_KEY).decode()


def _vkey(origin: str = ORIGIN) -> str:
    return VerifierKey(origin, bytes(vkeys.LOG_KEY.verify_key)).text()


def _checkpoints() -> Json:
    _, hashes = _log(5)
    note = _note(hashes, 5)
    key = parse_vkey(_vkey())
    cosigned = note + signed_note.line(VerifierKey("witness.example", bytes(32)), bytes(64)).decode()
    faults = cases.note_faults(note, _note(hashes, 5, "coop.example/other"))
    return {
        "vkey": _vkey(),
        "accept": [
            {"note": text, "size": 5, "root": canonical.b64(checkpoint.verify(text.encode(), key).root)}
            for text in (note, cosigned)
        ],
        "refuse": [{"note": text, "code": _code(checkpoint.verify, text.encode(), key)} for text in faults],
        "refused_vkeys": [text for text in cases.vkey_faults(_vkey()) if _code(parse_vkey, text)],
    }


def _receipts() -> Json:
    leaves, hashes = _log(7)
    path = merkle.prove_inclusion(_reader(hashes), 6, 7)
    proof = [canonical.b64(value) for value in path]
    note = _note(hashes, 7)
    file = receipt.Receipt(leaves[6], 6, tuple(path), note.encode()).to_file().decode()
    entry = statement.parse_leaf(leaves[6])
    consistency = merkle.prove_consistency(_reader(hashes), 5, 7)
    return {
        "vkey": _vkey(),
        "receipt": {"index": 6, "leaf": canonical.b64(leaves[6]), "proof": proof, "checkpoint": note},
        "file": file,
        "statement": entry.statement_bytes.decode(),
        "kept": _note(hashes, 5),
        "consistency": [canonical.b64(h) for h in consistency],
        "forked": _note([*hashes[:4], hashes[0], *hashes[5:]], 7),
        "forked_kept": _note([hashes[1], *hashes[1:]], 5),
        "leaves": [canonical.b64(leaf) for leaf in leaves],
        "bundle": canonical.b64(tiles.encode_bundle(leaves)),
    }


def _refusals() -> Json:
    said = canonical.encode(cases.STATEMENTS[0])
    time = canonical.parse_time("2026-04-01T09:00:01.000Z")
    tree = (1234, merkle.leaf_hash(b"tree"))
    signed = refusal.build(statement.statement_id(said), "token.insufficient", tree, time, vkeys.LOG_KEY)
    return {"vkey": _vkey(), "statement": said.decode(), "refusal": msgspec.to_builtins(signed)}


def _tiles() -> Json:
    named = [
        tiles.Tile(None, 0, 70),
        tiles.Tile(0, 255),
        tiles.Tile(1, 1234067),
        tiles.Tile(None, 1000),
        tiles.Tile(2, 999, 1),
    ]
    bundles = {str(size): [t.path for t in tiles.tiles_of(size) if t.level is None] for size in (0, 1, 256, 257, 600)}
    return {
        "paths": [{"level": t.level, "index": t.index, "width": t.width, "path": t.path} for t in named],
        "bundles": bundles,
    }


if __name__ == "__main__":
    main()
