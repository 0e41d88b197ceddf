"""What people read: links lead somewhere, commands exist, and settings are those that the code reads."""

from __future__ import annotations

import argparse
import re
import subprocess
from importlib import import_module
from pathlib import Path

import pytest

from app.cli.main import COMMANDS

ROOT = Path(__file__).parents[2]
PAGES = sorted((*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")))
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
SHELL = re.compile(r"```(?:sh|console)\n(.*?)```", re.DOTALL)
CALL = re.compile(r"\./yui ([a-z-]+)((?: +[^\n#|&;`]+)?)")
PROSE = re.compile(r"`(?:\./)?yui ([a-z-]+)")
FILE = re.compile(r"`((?:tests|benchmarks|app|ledger|governance|tools)/[\w/.]+\.\w+)`")
MODULE = re.compile(r"python -m ((?:benchmarks|tools)\.[a-z_]+)")


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def anchors(page: Path) -> set[str]:
    """As GitHub makes them of headings."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    headings = re.findall(r"^#+ +(.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_to_what_is_there(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.is_relative_to(ROOT), target
        assert file.exists(), target
        if anchor:
            assert anchor in anchors(file), target


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_commands_are_those_there_are(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    known = {command.name for command in COMMANDS}
    assert set(PROSE.findall(text)) <= known
    for block in SHELL.findall(text):
        for command, arguments in CALL.findall(block):
            assert command in known, command
            assert {word for word in arguments.split() if word.startswith("--")} <= options(command), arguments


def options(command: str) -> set[str]:
    (found,) = (one for one in COMMANDS if one.name == command)
    parser = argparse.ArgumentParser()
    import_module(found.module).add_arguments(parser)
    return {option for action in parser._actions for option in action.option_strings}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_files_that_are_named_are_there(page: Path) -> None:
    for file in FILE.findall(page.read_text(encoding="utf-8")):
        assert (ROOT / file).is_file(), file


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_modules_that_are_to_be_run_exist(page: Path) -> None:
    for module in MODULE.findall(page.read_text(encoding="utf-8")):
        assert (ROOT / f"{module.replace('.', '/')}.py").is_file(), module


def test_both_readmes_show_the_same_commands_and_pages() -> None:
    english, japanese = ((ROOT / file).read_text(encoding="utf-8") for file in ("README.md", "README.ja.md"))
    assert CALL.findall(english) == CALL.findall(japanese)
    links = [{link for link in LINK.findall(text) if "README" not in link} for text in (english, japanese)]
    assert {link.replace("-en.png", ".png") for link in links[0]} == {
        link.replace("-ja.png", ".png") for link in links[1]
    }


def test_settings_that_are_explained_are_read_somewhere() -> None:
    explained = set(re.findall(r"\bYUI_[A-Z_]+", (ROOT / "docs/operating.md").read_text(encoding="utf-8")))
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "app").rglob("*.py"))
    assert explained <= set(re.findall(r"\bYUI_[A-Z_]+", code))


def test_codes_that_are_explained_are_raised_somewhere() -> None:
    table = (ROOT / "docs/operating.md").read_text(encoding="utf-8").partition("## When it refuses")[2]
    explained = set(re.findall(r"`((?:guard|key_store|clock|database)\.[a-z_]+)`", table))
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "app").rglob("*.py"))
    assert explained <= set(re.findall(r'"([a-z_]+\.[a-z_]+)"', code))
    assert len(explained) > 5


def test_pictures_are_small() -> None:
    sizes = [picture.stat().st_size for picture in (ROOT / "docs/screenshots").glob("*.png")]
    assert sizes
    assert max(sizes) < 200_000
    assert sum(sizes) < 3_000_000


def test_the_systemd_unit_is_one() -> None:
    page = (ROOT / "docs/operating.md").read_text(encoding="utf-8")
    (unit,) = re.findall(r"```ini\n(.*?)```", page, re.DOTALL)
    keys = [line.partition("=")[0] for line in unit.splitlines() if "=" in line and not line.startswith("#")]
    assert {"ExecStart", "User", "Restart", "NoNewPrivileges", "StateDirectory"} <= set(keys)
    command = re.findall(r"^ExecStart=\S+ (.*)$", unit, re.MULTILINE)
    (arguments,) = (line.partition("app.cli ")[2].split() for line in command)
    assert {word for word in arguments[1:] if word.startswith("--")} <= options(arguments[0])


def test_nothing_in_the_repository_names_a_path_of_somebodys_machine() -> None:
    listed = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    pages = [ROOT / line for line in listed.splitlines()] or PAGES
    for page in pages:
        if page.is_file():
            assert not re.search(r"/(?:home|Users|work|root)/\w", page.read_text(encoding="utf-8")), page.name
