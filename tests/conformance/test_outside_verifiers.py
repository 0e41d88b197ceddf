"""A running Yui before verifiers that nobody here wrote: Go's sumdb, transparency-dev's merkle and formats, tessera.

What they accept they must also be able to refuse: the same copy with one byte changed.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from app.cli.main import main
from ledger import canonical, checkpoint, receipt
from ledger.merkle import Frontier, leaf_hash
from ledger.signed_note import VerifierKey
from ledger.tiles import decode_bundle
from ledger.verify.tree import bundles
from tests.conformance.outsiders import Outsiders
from tests.e2e.conftest import SERVE, Coop, running
from tests.town import Town

pytestmark = pytest.mark.slow
INVITED = 300
"""More than one full tile of entries, and a partial one beside it."""
OLD = 257


class Served(NamedTuple):
    """A co-op of a running service, and a copy of its log in a folder."""

    address: str
    vkey: str
    size: int
    folder: Path

    @property
    def log(self) -> str:
        return f"{self.address}/log/owase"

    def api(self, path: str) -> Any:
        answer = httpx.get(f"{self.address}/api/v1/ledgers/owase/{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def root(self, size: int) -> str:
        """The root over the first ``size`` entries, from the copy's leaves."""
        frontier = Frontier()
        for bundle in bundles(self.size):
            for leaf in decode_bundle((self.folder / bundle.path).read_bytes(), bundle.width):
                if frontier.size < size:
                    frontier.append(leaf_hash(leaf))
        return canonical.b64(frontier.root())


@pytest.fixture(scope="module")
def served(outsiders: Outsiders, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("outside")
    with running(SERVE, folder) as address:
        coop = Coop(address, Town())
        coop.found("Hanako")
        for start in range(0, INVITED, 100):
            said = [coop.town.invitation(f"guest {number}", "Hanako") for number in range(start, start + 100)]
            batch = b"[" + b",".join(written.json() for written in said) + b"]"
            answer = httpx.post(f"{address}/api/v1/ledgers/owase/statements/batch", content=batch, timeout=60)
            assert all("index" in one for one in answer.json()), answer.text
        context = httpx.get(f"{address}/api/v1/ledgers/owase/context").json()
        assert main(["export", f"{address}/log/owase", str(folder / "copy")]) == 0
        yield Served(address, context["vkey"], context["size"], folder / "copy")


def test_sumdb_reads_the_whole_log(served: Served, outsiders: Outsiders) -> None:
    head = checkpoint.parse(httpx.get(f"{served.log}/checkpoint").content)[0]
    expected = f"{head.size} {canonical.b64(head.root)}\n"
    assert outsiders.accept("tlog", served.log, served.vkey, OLD) == expected
    assert head.size == served.size == 1 + INVITED
    assert outsiders.accept("tlog", served.folder, served.vkey, 1) == expected


def test_tessera_checks_it(served: Served, outsiders: Outsiders) -> None:
    outsiders.accept("fsck", served.log, served.vkey)
    outsiders.accept("fsck", served.folder, served.vkey)


def test_the_proofs_of_the_api_hold(served: Served, outsiders: Outsiders, tmp_path: Path) -> None:
    inclusion = []
    for index in (0, 1, 255, 256, served.size - 1):
        entry = served.api(f"entries/{index}")
        for size in (served.size, index + 1):
            proof = served.api(f"proofs/inclusion?index={index}&size={size}")["proof"]
            one = {"index": index, "size": size, "leaf": entry["leaf"], "root": served.root(size), "proof": proof}
            inclusion.append(one)
    consistency = []
    for old, new in ((1, 2), (3, 256), (256, 257), (OLD, served.size), (served.size, served.size)):
        proof = served.api(f"proofs/consistency?from={old}&to={new}")["proof"]
        one = {"from": old, "to": new, "oldroot": served.root(old), "newroot": served.root(new), "proof": proof}
        consistency.append(one)
    file = tmp_path / "proofs.json"
    file.write_text(json.dumps({"inclusion": inclusion, "consistency": consistency}))
    assert outsiders.accept("proofs", file) == f"{len(inclusion)} {len(consistency)}\n"
    for claims, root, said in ((inclusion, "root", "inclusion of 1 in"), (consistency, "oldroot", "of 256 with 257")):
        kept = claims[2][root]
        claims[2][root] = canonical.b64(bytes(32))
        file.write_text(json.dumps({"inclusion": inclusion, "consistency": consistency}))
        assert said in outsiders.refuse("proofs", file)
        claims[2][root] = kept


def test_a_receipt_is_a_tlog_proof(served: Served, outsiders: Outsiders, tmp_path: Path) -> None:
    data = httpx.get(f"{served.address}/api/v1/ledgers/owase/entries/7/receipt").content
    file = tmp_path / "7.tlog-proof"
    file.write_bytes(data)
    assert outsiders.accept("receipt", file, served.vkey) == f"7 {served.size}\n"
    found = receipt.parse(data)
    for changed in (
        found._replace(leaf=found.leaf.replace(b"member.invite", b"member.invitE")),
        found._replace(position=8),
        found._replace(path=(bytes(32), *found.path[1:])),
        found._replace(note=found.note.replace(f"\n{served.size}\n".encode(), f"\n{served.size + 1}\n".encode())),
    ):
        file.write_bytes(changed.to_file())
        outsiders.refuse("receipt", file, served.vkey)


@pytest.mark.parametrize("name", ["checkpoint", "tile/0/000", "tile/1/000.p/1", "tile/entries/000"])
def test_a_copy_with_a_changed_byte_is_refused(served: Served, outsiders: Outsiders, tmp_path: Path, name: str) -> None:
    shutil.copytree(served.folder, tmp_path / "copy")
    file = tmp_path / "copy" / name
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    outsiders.refuse("tlog", tmp_path / "copy", served.vkey, OLD)
    outsiders.refuse("fsck", tmp_path / "copy", served.vkey)


def test_another_key_of_that_name_opens_nothing(served: Served, outsiders: Outsiders) -> None:
    other = VerifierKey(served.vkey.split("+", 1)[0], bytes(32)).text()
    assert "note has no verifiable signatures" in outsiders.refuse("tlog", served.log, other, OLD)
    outsiders.refuse("fsck", served.log, other)
