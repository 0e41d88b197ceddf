"""``yui verify`` and ``yui verify-receipt`` as they are called: exit codes, languages, JSON, evidence, imports."""

from __future__ import annotations

import argparse
import base64
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.audit import run as audit_run
from app.audit.words import Words, choose_language
from app.cli.main import main
from app.cli.verify import add_arguments
from ledger import merkle
from ledger.receipt import Receipt
from ledger.tiles import TileReader
from tests.audit.sample import FilesCopy, vkey
from tests.simulator import Village

ROOT = Path(__file__).parents[2]
NEVER = ("litestar", "sqlalchemy", "asyncpg", "web3", "jinja2", "webauthn", "structlog")


@pytest.fixture
def broken(folder: Path, tmp_path: Path) -> Path:
    """A copy in which one byte of entry 277 is changed."""
    files = FilesCopy.of(folder).files
    path = "tile/entries/001.p/22"
    files[path] = files[path][:-40] + bytes([files[path][-40] ^ 1]) + files[path][-39:]
    for name, data in files.items():
        (tmp_path / "broken" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "broken" / name).write_bytes(data)
    return tmp_path / "broken"


def test_nothing_heavy_is_imported(folder: Path) -> None:
    code = (
        "import sys; from app.cli.main import main; "
        f"status = main(['verify', {str(folder)!r}]); "
        f"assert not set({NEVER!r}) & set(sys.modules), sorted(sys.modules); sys.exit(status)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_help_needs_nothing_but_the_standard_library() -> None:
    code = (
        "import sys; before = set(sys.modules); from app.cli.main import main\n"
        "try: main(['verify', '--help'])\n"
        "except SystemExit as end: assert end.code == 0\n"
        "new = {name.split('.')[0] for name in set(sys.modules) - before}\n"
        "assert new - set(sys.stdlib_module_names) == {'app'}, new"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_verified(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(folder), "--lang", "ja"]) == 0
    printed = capsys.readouterr().out
    assert " 8  決まりどおりの積み上げ … よし" in printed
    assert printed.endswith("検証できました。台帳は欠けも書き換えもなく、決まりどおりです。\n")


def test_finding_names_the_entry(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(broken), "--lang", "en"]) == 1
    printed = capsys.readouterr().out
    assert "FINDING" in printed
    assert "entry 277: " in printed


def test_json(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(broken), "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["verdict"], report["exit_code"]) == ("finding", 1)
    assert [step["number"] for step in report["steps"]] == list(range(1, 13))
    assert 277 in {finding["entry"] for step in report["steps"] for finding in step["findings"]}
    assert report["steps"][10] == {
        "count": 0,
        "findings": [],
        "name": "anchors",
        "notes": [],
        "number": 11,
        "reason": {"code": "anchors.none", "params": {"count": 0}},
        "status": "not_checked",
    }


def test_evidence_holds_the_entry_and_the_checkpoint(broken: Path, tmp_path: Path, folder: Path) -> None:
    assert main(["verify", str(broken), "--evidence", str(tmp_path / "evidence.json"), "--json"]) == 1
    (proof,) = json.loads((tmp_path / "evidence.json").read_text())
    assert proof["note"] == (folder / "checkpoint").read_text()
    leaf = base64.b64decode(proof["entries"]["277"])
    assert leaf in (broken / "tile/entries/001.p/22").read_bytes()


def test_nothing_is_evidence_where_all_is_well(folder: Path, tmp_path: Path) -> None:
    assert main(["verify", str(folder), "--evidence", str(tmp_path / "evidence.json"), "--json"]) == 0
    assert not (tmp_path / "evidence.json").exists()


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_could_not_check(lang: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(tmp_path), "--lang", lang]) == 2
    assert str(tmp_path) in capsys.readouterr().err


def test_a_fault_of_the_program_is_no_finding(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_run, "verify", lambda *_arguments: 1 // 0)
    assert main(["verify", str(folder), "--lang", "en"]) == 2
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_pins(folder: Path, village: Village) -> None:
    genesis = merkle.leaf_hash(village.leaves[0]).hex()
    assert main(["verify", str(folder), "--vkey", vkey(village).text(), "--genesis", genesis, "--json"]) == 0
    assert main(["verify", str(folder), "--genesis", "0" * 64, "--json"]) == 1
    assert main(["verify", str(folder), "--vkey", "no key", "--json"]) == 2


@pytest.mark.parametrize(("text", "milliseconds"), [("30m", 1_800_000), ("48h", 172_800_000), ("7d", 604_800_000)])
def test_max_age_is_read(text: str, milliseconds: int) -> None:
    assert parser().parse_args(["source", "--max-age", text]).max_age == milliseconds


@pytest.mark.parametrize("text", ["", "5", "h", "-1h", "1.5h", "٣h", "5y"])
def test_a_malformed_max_age_is_refused(text: str) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["source", "--max-age", text])


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser()
    add_arguments(found)
    return found


def receipt_file(folder: Path, village: Village, index: int, path: Path) -> Path:
    reader = TileReader(lambda tile: (folder / tile.path).read_bytes(), village.size)
    proof = tuple(merkle.prove_inclusion(reader.node, index, village.size))
    path.write_bytes(Receipt(village.leaves[index], index, proof, village.note()).to_file())
    return path


def test_receipt(folder: Path, village: Village, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = receipt_file(folder, village, 200, tmp_path / "mine.tlog-proof")
    assert main(["verify-receipt", str(file), "--vkey", vkey(village).text(), "--lang", "ja"]) == 0
    assert "第200号" in capsys.readouterr().out


def test_receipt_with_the_key_of_an_earlier_audit(folder: Path, village: Village, tmp_path: Path) -> None:
    file = receipt_file(folder, village, 0, tmp_path / "mine.tlog-proof")
    state = str(tmp_path / "state")
    assert main(["verify-receipt", str(file), "--state", state]) == 2
    assert main(["verify", str(folder), "--state", state, "--json"]) == 0
    assert main(["verify-receipt", str(file), "--state", state]) == 0


def test_receipt_that_does_not_hold(folder: Path, village: Village, tmp_path: Path) -> None:
    file = receipt_file(folder, village, 200, tmp_path / "mine.tlog-proof")
    data = file.read_bytes()
    for position in range(0, len(data), 7):
        flipped = bytearray(data)
        flipped[position] ^= 1
        file.write_bytes(flipped)
        assert main(["verify-receipt", str(file), "--vkey", vkey(village).text()]) == 1, position


def test_receipt_that_is_not_there(tmp_path: Path) -> None:
    assert main(["verify-receipt", str(tmp_path / "nothing")]) == 2


def test_both_languages_say_the_same_things() -> None:
    texts = {lang: json.loads((ROOT / "app/texts" / lang / "verify.json").read_text()) for lang in ("ja", "en")}
    assert texts["ja"].keys() == texts["en"].keys()


def test_a_code_without_words_is_still_named() -> None:
    assert "some.code" in Words("en").code("some.code", {})
    assert "format.depth" in Words("en").code("format.depth", {})
    assert "verify" not in Words("ja").code("tree.root", {"size": 3})


@pytest.mark.parametrize(
    ("environment", "language"),
    [({"LANG": "ja_JP.UTF-8"}, "ja"), ({"LANG": "en_GB.UTF-8"}, "en"), ({"LANG": "C"}, "ja"), ({}, "ja")],
)
def test_language(environment: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert choose_language(None) == language
    assert choose_language("en") == "en"


def test_every_code_of_the_auditor_has_words() -> None:
    sources = [*(ROOT / "ledger/verify").glob("*.py"), *(ROOT / "app/audit").glob("*.py")]
    said = re.compile(r"(?:\.(?:find|note|skip|stop)|Absent|Unreadable)\(\s*\"([a-z_]+\.[a-z_]+)\"")
    codes = {code for path in sources for code in said.findall(path.read_text(encoding="utf-8"))}
    texts = json.loads((ROOT / "app/texts/ja/verify.json").read_text(encoding="utf-8"))
    assert len(codes) > 40
    assert {code for code in codes if f"verify.code.{code}" not in texts} == set()
