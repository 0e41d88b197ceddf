"""Two villages on two installations witness each other: real processes, real files, and what may befall a witness."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from nacl.signing import SigningKey

from app.cli.main import main
from app.witness.memory import digest
from ledger import checkpoint, merkle, witness
from ledger.checkpoint import Checkpoint
from ledger.signed_note import COSIGNATURE, VerifierKey, parse_vkey
from tests.app.test_serve import Running
from tests.town import Town

PATIENCE = 60


class Village:
    """One village and the installation that keeps its ledger. Its two files are written while it runs."""

    def __init__(self, folder: Path, slug: str) -> None:
        self.slug, self.town = slug, Town(slug, slug)
        self.logs, self.policy = folder / f"{slug}.logs", folder / f"{slug}.policy"
        for file in (self.logs, self.policy):
            file.write_text("quorum none\n")
        self.data = folder / slug
        self.start()

    def start(self) -> None:
        self.running = Running(self.data, YUI_WITNESS_LOGS=str(self.logs), YUI_WITNESS_POLICY=str(self.policy))

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.running.address)

    def found(self) -> None:
        with self.client() as client:
            prepared = client.post("/api/v1/foundings/prepare", json={"slug": self.slug}).json()
            genesis = self.town.genesis(prepared, "Hanako")
            answer = client.post(f"/api/v1/ledgers?slug={self.slug}", content=genesis.json())
            self.town.saw(answer.json()["checkpoint"])
        self.vkey = prepared["log_key"]

    def grow(self, name: str) -> None:
        with self.client() as client:
            said = self.town.invitation(name, "Hanako")
            answer = client.post(f"/api/v1/ledgers/{self.slug}/statements", content=said.json())
            self.town.saw(answer.json()["checkpoint"])

    @property
    def witness(self) -> VerifierKey:
        """As its page hands it out."""
        with self.client() as client:
            found = re.search(r"<code>witness (\S+) (\S+) (\S+)</code>", client.get("/witness").text)
        assert found is not None
        assert found[3] == f"{self.running.address}/witness"
        return parse_vkey(found[2].replace("&#43;", "+"), COSIGNATURE)

    def trusts(self, other: Village) -> None:
        self.logs.write_text(f"log {other.vkey}\nquorum none\n")
        line = f"witness neighbour {other.witness.text()} {other.running.address}/witness\n"
        self.policy.write_text(f"{line}quorum neighbour\n")

    def cosigned(self) -> int:
        """Size of the newest checkpoint that the neighbour has cosigned."""
        with self.client() as client:
            answer = client.get(f"/log/{self.slug}/cosigned")
        return checkpoint.parse(answer.content)[0].size if answer.status_code == 200 else 0

    def has_cosigned(self, size: int) -> bool:
        return self.cosigned() == size

    def verified(self) -> int:
        source = f"{self.running.address}/log/{self.slug}"
        return main(["verify", source, "--witness-policy", str(self.policy), "--json"])


@pytest.fixture
def villages(tmp_path: Path) -> Iterator[tuple[Village, Village]]:
    found = []
    try:
        found += [Village(tmp_path, "owase"), Village(tmp_path, "kumano")]
        yield found[0], found[1]
    finally:
        for village in found:
            if village.running.process.poll() is None:
                village.running.process.kill()
                village.running.process.communicate()


def until(holds: Callable[[], Any]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_they_witness_each_other(villages: tuple[Village, Village], tmp_path: Path) -> None:
    owase, kumano = villages
    for village in villages:
        village.found()
    owase.trusts(kumano)
    kumano.trusts(owase)
    for village in villages:
        until(partial(village.has_cosigned, 1))
        assert village.verified() == 0

    # A witness that is down holds nothing up; restored from an old backup it waits until it knows again what it knew,
    # if only from the ledger itself: its own cosignature proves it.
    shutil.copytree(kumano.data / "witness", tmp_path / "backup")
    owase.grow("Taro")
    until(partial(owase.has_cosigned, 2))
    kumano.running.stop()
    owase.grow("Jiro")
    assert owase.verified() == 0
    assert owase.cosigned() == 2
    shutil.rmtree(kumano.data / "witness")
    shutil.copytree(tmp_path / "backup", kumano.data / "witness")
    kumano.start()
    owase.trusts(kumano)
    with owase.client() as client, kumano.client() as neighbour:
        cosigned, newest = (client.get(f"/log/owase/{name}").content for name in ("cosigned", "checkpoint"))
        refused = neighbour.post("/witness/add-checkpoint", content=witness.build(2, [], newest).encode())
    assert (refused.status_code, refused.json()["code"]) == (503, "witness.lost")
    (kumano.data / "witness" / f"{digest(owase.town.origin)}.note").write_bytes(cosigned)
    until(partial(owase.has_cosigned, 3))

    # The operator of one shows the other another history under the same key.
    key = SigningKey(next((owase.data / "keys").glob("*.log")).read_bytes())
    forged = checkpoint.sign(Checkpoint(owase.town.origin, 3, merkle.leaf_hash(b"another")), key)
    body = witness.build(3, [], forged).encode()
    with kumano.client() as neighbour:
        assert neighbour.post("/witness/add-checkpoint", content=body).status_code == 422
        evidence = neighbour.get(f"/witness/{digest(owase.town.origin)}/evidence.json")
    (tmp_path / "evidence.json").write_bytes(evidence.content)
    assert main(["verify-evidence", str(tmp_path / "evidence.json"), "--vkey", owase.vkey]) == 0
    owase.grow("Aiko")
    until(partial(owase.has_cosigned, 4))
    assert owase.verified() == 0
    with owase.client() as client:
        counted = client.get("/metrics").text
    assert re.search(r'yui_witness_requests_total\{outcome="cosigned",witness="localhost:\d+/witness"\} [1-9]', counted)
    assert "yui_witness_contradicted_ledgers 0.0" in counted
