"""The Python half against ``tests/vectors/*.json``; ``tests/js`` holds the browser's half against the same files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ledger import canonical, checkpoint, ids, keys, merkle, private, receipt, refusal, statement, tiles
from ledger.errors import FormatError, LedgerError, ProofError, SignatureFault
from ledger.signed_note import parse_vkey
from ledger.statement import Signature
from tools import vectors as generator

FOLDER = Path(__file__).parent.parent / "vectors"


def read(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def code(error: pytest.ExceptionInfo[LedgerError]) -> str:
    return error.value.code


def test_files_are_what_the_generator_writes() -> None:
    built = generator.build()
    assert {path.stem for path in FOLDER.glob("*.json")} == set(built)
    for name, content in built.items():
        assert (FOLDER / f"{name}.json").read_text(encoding="utf-8") == generator.spell(content), (
            f"{name}: run python -m tools.vectors"
        )


def test_canonical() -> None:
    cases = read("canonical")
    for row in cases["accept"]:
        assert canonical.decode(bytes.fromhex(row["hex"])) == row["value"]
        assert canonical.encode(row["value"]).hex() == row["hex"]
    for row in cases["refuse"]:
        with pytest.raises(FormatError) as error:
            canonical.decode(bytes.fromhex(row["hex"]))
        assert code(error) == row["code"]


def test_times_and_base64_have_one_spelling() -> None:
    cases = read("canonical")
    for row in cases["times"]:
        assert canonical.parse_time(row["text"]) == row["ms"]
        assert canonical.format_time(row["ms"]) == row["text"]
    for text in cases["refused_times"]:
        with pytest.raises(FormatError):
            canonical.parse_time(text)
    for text in cases["refused_base64"]:
        with pytest.raises(FormatError):
            canonical.unb64(text)


def test_ids() -> None:
    cases = read("ids")
    for row in cases["objects"]:
        assert ids.object_id(row["prefix"], bytes.fromhex(row["statement"]), row["ordinal"]) == row["id"]
    for row in cases["keys"]:
        assert ids.key_id(row["public"]) == row["id"]


def test_statements() -> None:
    cases = read("statements")
    for row in cases["accept"]:
        data = row["text"].encode()
        parsed = statement.parse_statement(data)
        assert statement.statement_id(data).hex() == row["id"]
        assert list(parsed.signers) == row["signers"]
        assert parsed.actor == row["actor"]
    for row in cases["refuse"]:
        with pytest.raises(FormatError) as error:
            statement.parse_statement(row["text"].encode())
        assert code(error) == row["code"]


def test_commitments() -> None:
    cases = read("private")
    said = statement.parse_statement(canonical.encode(cases["statement"]))
    for row in cases["commitments"]:
        opening = private.Opening(row["path"], row["salt"], row["value"])
        private.check_opening(said, opening, row["commit"])
        with pytest.raises(FormatError):
            private.check_opening(said, private.Opening(row["path"] + "x", row["salt"], row["value"]), row["commit"])


def test_signatures() -> None:
    cases = read("signatures")
    message = canonical.unb64(cases["message"])
    for signature in cases["accept"]:
        keys.verify(Signature(**signature), message)
    for row in cases["refuse"]:
        with pytest.raises(SignatureFault) as error:
            keys.verify(Signature(**row["signature"]), message)
        assert code(error) == row["code"]
    session = cases["session"]
    assert keys.SESSION_DOMAIN + canonical.encode(session["fields"]) == canonical.unb64(session["message"])
    for signature in session["accept"]:
        keys.verify(Signature(**signature), canonical.unb64(session["message"]))


def test_merkle() -> None:
    cases = read("merkle")
    roots = [bytes.fromhex(text) for text in cases["roots"]]
    leaves = [merkle.leaf_hash(b"leaf %d" % n) for n in range(len(roots) - 1)]
    tree = merkle.Frontier()
    for leaf, root in zip(leaves, roots[1:], strict=True):
        tree.append(leaf)
        assert tree.root() == root
    for row in cases["inclusion"]:
        path = [bytes.fromhex(text) for text in row["path"]]
        merkle.check_inclusion(leaves[row["index"]], row["index"], row["size"], path, roots[row["size"]])
    for row in cases["consistency"]:
        path = [bytes.fromhex(text) for text in row["path"]]
        merkle.check_consistency(row["old"], row["new"], path, roots[row["old"]], roots[row["new"]])


def test_checkpoints() -> None:
    cases = read("checkpoints")
    key = parse_vkey(cases["vkey"])
    for row in cases["accept"]:
        found = checkpoint.verify(row["note"].encode(), key)
        assert (found.size, canonical.b64(found.root)) == (row["size"], row["root"])
    for row in cases["refuse"]:
        with pytest.raises(LedgerError) as error:
            checkpoint.verify(row["note"].encode(), key)
        assert code(error) == row["code"]
    for text in cases["refused_vkeys"]:
        with pytest.raises(FormatError):
            parse_vkey(text)


def test_receipts() -> None:
    cases = read("receipts")
    kept_receipt = receipt.parse(cases["file"].encode())
    head, entry = receipt.verify(kept_receipt, parse_vkey(cases["vkey"]))
    assert entry.statement_bytes == cases["statement"].encode()
    assert cases["receipt"] == {
        "checkpoint": kept_receipt.note.decode(),
        "index": kept_receipt.position,
        "leaf": canonical.b64(kept_receipt.leaf),
        "proof": [canonical.b64(value) for value in kept_receipt.path],
    }
    kept, _ = checkpoint.parse(cases["kept"].encode())
    consistency = [canonical.unb64(text, 32) for text in cases["consistency"]]
    merkle.check_consistency(kept.size, head.size, consistency, kept.root, head.root)
    forked, _ = checkpoint.parse(cases["forked"].encode())
    with pytest.raises(ProofError):
        merkle.check_consistency(kept.size, forked.size, consistency, kept.root, forked.root)
    leaves = [canonical.unb64(text) for text in cases["leaves"]]
    assert tiles.decode_bundle(canonical.unb64(cases["bundle"]), len(leaves)) == leaves


def test_refusals() -> None:
    cases = read("refusals")
    signed = refusal.parse(canonical.encode(cases["refusal"]))
    key = parse_vkey(cases["vkey"])
    refusal.verify(signed, key.public)
    assert signed.statement == canonical.b64(statement.statement_id(cases["statement"].encode()))
    with pytest.raises(SignatureFault):
        refusal.verify(refusal.parse(canonical.encode(cases["refusal"] | {"size": 1235})), key.public)


def test_tile_paths() -> None:
    cases = read("tiles")
    for row in cases["paths"]:
        level = None if row["level"] is None else int(row["level"])
        tile = tiles.Tile(level, row["index"], row["width"])
        assert tile.path == row["path"]
        assert tiles.parse_path(row["path"]) == tile
    for size, paths in cases["bundles"].items():
        assert [tile.path for tile in tiles.tiles_of(int(size)) if tile.level is None] == paths
