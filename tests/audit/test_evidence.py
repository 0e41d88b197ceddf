"""``yui verify-evidence``: what proves two histories, whoever wrote the file, and what doesn't."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.audit.export import export
from app.audit.seen import LastSeen
from app.cli.main import main
from ledger import checkpoint, merkle
from ledger.checkpoint import Checkpoint
from ledger.evidence import Evidence
from tests.audit.acts import Shown
from tests.audit.sample import vkey
from tests.simulator import Village


def note(village: Village, leaves: list[bytes]) -> bytes:
    frontier = merkle.Frontier()
    for leaf in leaves:
        frontier.append(merkle.leaf_hash(leaf))
    return checkpoint.sign(Checkpoint(village.origin, len(leaves), frontier.root()), village.log_key)


def fork(village: Village) -> list[bytes]:
    """The operator drops an entry in the middle."""
    return village.leaves[:9] + village.leaves[10:]


@pytest.fixture
def split(small_village: Village) -> Evidence:
    size = len(fork(small_village))
    shown = note(small_village, small_village.leaves[:size]), note(small_village, fork(small_village))
    return Evidence(vkey(small_village), *shown)


def written(folder: Path, document: Any) -> Path:
    path = folder / "evidence.json"
    path.write_text(json.dumps(document))
    return path


@pytest.mark.parametrize("kept", [20, 16, None])
def test_what_an_audit_writes_is_proof_by_itself(small_village: Village, tmp_path: Path, kept: int | None) -> None:
    """Also where the size kept is a power of two, whose root ordinary proofs leave out."""
    with LastSeen(tmp_path / "state") as seen:
        before = note(small_village, small_village.leaves[: kept or len(fork(small_village))])
        seen.advance(small_village.origin, before, vkey(small_village).text())
    export(Shown(small_village, fork(small_village)), tmp_path / "fork")
    file = tmp_path / "evidence.json"
    audited = ["verify", str(tmp_path / "fork"), "--state", str(tmp_path / "state"), "--evidence", str(file), "--json"]
    assert main(audited) == 1
    assert main(["verify-evidence", str(file)]) == 0


@pytest.mark.parametrize("wrap", [lambda one: one, lambda one: {"faults": [], "contradiction": one}])
def test_what_a_browser_offers(split: Evidence, tmp_path: Path, wrap: Any, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, wrap(split.to_json()))
    assert main(["verify-evidence", str(file), "--lang", "en"]) == 0
    assert split.key.text() in capsys.readouterr().out
    assert main(["verify-evidence", str(file), "--vkey", split.key.text()]) == 0


def test_what_proves_nothing(split: Evidence, small_village: Village, tmp_path: Path) -> None:
    honest = split._replace(shown=note(small_village, small_village.leaves))
    claimed = {**honest.to_json(), "conclusive": True}
    documents: tuple[Any, ...] = ([], {}, claimed, {**split.to_json(), "shown": split.kept.decode()})
    for document in documents:
        assert main(["verify-evidence", str(written(tmp_path, document))]) == 1
    other = split.key._replace(public=bytes(32)).text()
    assert main(["verify-evidence", str(written(tmp_path, split.to_json())), "--vkey", other]) == 1
    forged = {**split.to_json(), "shown": split.shown.decode().replace("\n\n", "x\n\n", 1)}
    assert main(["verify-evidence", str(written(tmp_path, forged))]) == 1


def test_what_can_not_be_read(tmp_path: Path) -> None:
    assert main(["verify-evidence", str(tmp_path / "nowhere")]) == 2
    for text in ("", "3", "[", '{"kept": 1}', '{"contradictions": [null]}'):
        (tmp_path / "broken").write_text(text)
        assert main(["verify-evidence", str(tmp_path / "broken")]) == 2
