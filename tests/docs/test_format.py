"""The examples of docs/format.md: each block runs in a shell and prints what stands behind it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from ledger import checkpoint, ids, keys, merkle
from ledger.signed_note import parse_vkey
from ledger.statement import parse_leaf

PAGE = (Path(__file__).parents[2] / "docs" / "format.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_a_block_prints_what_stands_behind_it(block: str) -> None:
    commands = [line for line in block.splitlines() if not line.startswith("# ")]
    expected = [line.removeprefix("# ") for line in block.splitlines() if line.startswith("# ")]
    printed = subprocess.run(["sh", "-c", "\n".join(commands)], capture_output=True, text=True, check=True)
    assert printed.stdout.splitlines() == expected


def test_the_example_entry_is_one() -> None:
    (leaf,) = re.findall(r"'\\000%s' '(.*?)' \|", PAGE)
    entry = parse_leaf(leaf.encode())
    assert entry.id.hex() in PAGE
    (signature,) = entry.signatures
    keys.verify_statement(signature, entry.statement_bytes)
    assert ids.key_id(signature.key) in PAGE


def test_the_example_checkpoint_verifies() -> None:
    (note,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    (vkey,) = re.findall(r"verifies under `(.*?)`", PAGE)
    shown = checkpoint.verify(note.encode(), parse_vkey(vkey))
    tree = merkle.Frontier()
    for leaf in (b"one", b"two", b"three"):
        tree.append(merkle.leaf_hash(leaf))
    assert (shown.size, shown.root) == (3, tree.root())
