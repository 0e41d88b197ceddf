"""``yui backtest`` on copies and on a database: words, JSON, exit codes, imports."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import main
from app.storage.embedded import Server
from governance import backtest
from governance.books.rules import RuleVersion
from tests.app.api.service import Coop
from tests.app.backtests.conftest import FOUR_FIFTHS
from tests.audit.sample import export_village, sample_village
from tests.governance.documents import document, quorum
from tests.simulator import Village, majority_rule

ROOT = Path(__file__).parents[3]
NEVER = ("litestar", "sqlalchemy", "asyncpg", "web3", "jinja2", "webauthn", "structlog")


@pytest.fixture(scope="module")
def village() -> Village:
    return sample_village(("Taro", "Jiro", "Aiko"), works=2)


@pytest.fixture(scope="module")
def copy(village: Village, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export_village(village, tmp_path_factory.mktemp("copies") / "village")


@pytest.fixture
def strict(tmp_path: Path) -> str:
    return written(tmp_path, document(quorum=quorum("heads", "4/5", strict=False)))


def written(folder: Path, rule: Any) -> str:
    path = folder / "draft.json"
    path.write_text(rule if isinstance(rule, str) else json.dumps(rule), encoding="utf-8")
    return str(path)


def test_in_words(copy: Path, strict: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backtest", "--rule", strict, "--kind", "ordinary", "--lang", "en", str(copy)]) == 0
    said = capsys.readouterr().out
    assert "Of 1 decision so far, 1 can be counted again, and 1 of those comes out otherwise." in said
    assert "passed → no quorum" in said
    assert "Turnout needed: 4 of 5 people" in said
    assert "Fewest who can decide whatever others do: 4 (Rule in force: 3)" in said
    assert main(["backtest", "--rule", strict, "--lang", "ja", str(copy)]) == 0
    assert "可決 → 定足数不足" in capsys.readouterr().out


def test_as_json_from_an_archive(village: Village, copy: Path, strict: str, capsys: pytest.CaptureFixture[str]) -> None:
    archive = Path(strict).with_name("copy.zip")
    with zipfile.ZipFile(archive, "w") as file:
        for path in copy.rglob("*"):
            if path.is_file():
                file.write(path, path.relative_to(copy))
    assert main(["backtest", "--rule", strict, "--json", str(archive)]) == 0
    found = json.loads(capsys.readouterr().out)
    tried = backtest.draft(json.loads(Path(strict).read_text(encoding="utf-8")))
    kinds = backtest.fitting(tried.document)
    expected = backtest.run(village.state, tried, kinds, (village.size, village.time))
    assert [one["proposal"] for one in found["decisions"]] == [one.proposal for one in expected.decisions]
    assert found["totals"]["flips"] == expected.flips == 2
    assert found["entries"] == village.size
    assert found["power"]["draft"]["distribution"] == [{"weight": 1, "voters": 5}]


def test_the_rules_in_force_change_nothing(
    village: Village, copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for version in village.state.children(RuleVersion, "ordinary"):
        path = written(tmp_path, version.document)
        assert main(["backtest", "--rule", path, "--kind", "ordinary", "--json", str(copy)]) == 0
        found = json.loads(capsys.readouterr().out)
        assert found["totals"]["flips"] == 0
        assert all(one["before"] == one["after"] for one in found["decisions"])


@pytest.mark.parametrize(
    ("rule", "more"),
    [("{", ()), ('{"a": 0.5}', ()), ({"electorate": 1}, ()), (majority_rule(), ("--kind", "choice")), (None, ())],
)
def test_what_is_no_draft(copy: Path, tmp_path: Path, rule: Any, more: tuple[str, ...]) -> None:
    path = str(tmp_path / "nowhere.json") if rule is None else written(tmp_path, rule)
    assert main(["backtest", "--rule", path, *more, str(copy)]) == 2


def test_what_is_wrong_with_a_draft_is_said_in_words(
    copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rule = majority_rule(quorum={"module": "heads/1", "fraction": "4/3", "strict": False})
    assert main(["backtest", "--rule", written(tmp_path, rule), str(copy)]) == 2
    said = capsys.readouterr().err
    assert "quorum/fraction: 全部(1)を超えています。" in said
    assert "can't be used as a rule. quorum/fraction: " in said


def test_a_copy_that_does_not_verify_is_not_believed(copy: Path, strict: str, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    for path in copy.rglob("*"):
        if path.is_file():
            (broken / path.relative_to(copy)).parent.mkdir(parents=True, exist_ok=True)
            (broken / path.relative_to(copy)).write_bytes(path.read_bytes())
    bundle = next((broken / "tile" / "entries").rglob("000*/*"))
    data = bundle.read_bytes()
    bundle.write_bytes(data[:-40] + bytes([data[-40] ^ 1]) + data[-39:])
    assert main(["backtest", "--rule", strict, str(broken)]) == 1
    assert main(["backtest", "--rule", strict, str(tmp_path / "nowhere")]) == 2


def test_nothing_heavy_is_imported_for_a_copy(copy: Path, strict: str) -> None:
    code = (
        "import sys; from app.cli.main import main; "
        f"status = main(['backtest', '--rule', {strict!r}, '--json', {str(copy)!r}]); "
        f"assert not set({NEVER!r}) & set(sys.modules), sorted(sys.modules); sys.exit(status)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def called(server: Server, *arguments: str) -> subprocess.CompletedProcess[str]:
    """In another process, as an operator has it, while the service goes on."""
    own = {"YUI_DATABASE_URL": server.service_dsn.url, "YUI_DATABASE_OWNER_URL": server.owner_dsn.url}
    command = [sys.executable, "-m", "app.cli", "backtest", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | own, capture_output=True, text=True, check=False, timeout=120
    )


async def test_on_a_database(coop: Coop, migrated: Server, tmp_path: Path) -> None:
    asked = ("--rule", written(tmp_path, FOUR_FIFTHS), "--kind", "ordinary", "--data", str(coop.installation.data))
    done = await asyncio.to_thread(called, migrated, *asked, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["totals"]["decisions"], found["totals"]["flips"]) == (2, 1)
    unknown = await asyncio.to_thread(called, migrated, *asked, "--ledger", "nowhere")
    assert unknown.returncode == 2
