"""The frame: help from the standard library alone, commands found by name, arguments passed on."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli import main as frame

ROOT = Path(__file__).parents[2]
LIGHT = {"ledger", "governance", "app"}


def imported_by(*arguments: str) -> set[str]:
    """Top-level packages outside the standard library that ``yui ARGUMENTS`` has imported when it ends."""
    program = f"""
import json, sys
from app.cli.main import main
try:
    main({list(arguments)!r})
except SystemExit as end:
    assert not end.code, end.code
print(json.dumps(sorted({{name.split(".")[0] for name in sys.modules}} - sys.stdlib_module_names)))
"""
    command = [sys.executable, "-P", "-S", "-c", program]
    environment = {"PYTHONPATH": str(ROOT)}
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return set(json.loads(answer.stdout.splitlines()[-1])) - {"__main__"}


def test_help_imports_the_standard_library_alone() -> None:
    assert imported_by("--help") == {"app"}


@pytest.mark.parametrize("command", [command.name for command in frame.COMMANDS])
def test_help_of_a_command_imports_no_other_package(command: str) -> None:
    """Without site-packages, even: what a command needs, it imports when it runs."""
    assert imported_by(command, "--help") <= LIGHT


def test_without_a_command_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert frame.main([]) == 0
    said = capsys.readouterr().out
    assert all(f"    {command.name}" in said and command.summary in said for command in frame.COMMANDS)


def test_the_version_is_the_projects(capsys: pytest.CaptureFixture[str]) -> None:
    assert frame.main(["--version"]) == 0
    number = capsys.readouterr().out.removeprefix("yui ").strip()
    assert f'version = "{number}"\n' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_unknown_command_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        frame.main(["tset"])
    assert end.value.code == 2
    assert "tset" in capsys.readouterr().err


def test_arguments_of_pytest_reach_it_untouched(monkeypatch: pytest.MonkeyPatch) -> None:
    reached: list[list[str]] = []

    def run(args: argparse.Namespace) -> int:
        reached.append(args.rest)
        return 5

    monkeypatch.setattr("app.cli.test_command.run", run)
    assert frame.main(["test", "-k", "a or b", "--", "-x", "--help"]) == 5
    assert reached == [["-k", "a or b", "--", "-x", "--help"]]
