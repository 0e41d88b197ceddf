"""The house's one direction: ledger ← governance ← app, with contracts beside it on ledger alone; ledger's root knows
no book; the two lower floors do no I/O.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("ledger", "governance", "app", "contracts")
MAY_IMPORT = {
    "ledger": {"ledger"},
    "governance": {"ledger", "governance"},
    "contracts": {"ledger", "contracts"},
    "app": {"ledger", "governance", "contracts", "app"},
}
NOT_PURE = {
    "asyncio", "http", "os", "pathlib", "random", "secrets", "shutil", "socket", "sqlite3", "subprocess", "sys",
    "tempfile", "threading", "time", "urllib", "uuid",
}  # fmt: skip
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")}
CHAIN = {"web3", "eth_account"}
SPEAK_TO_A_CHAIN = {"contracts/chain.py", "contracts/key.py"}
OPEN_A_WALLET = {"app/cli/sign.py"}
"""Where a keystore signs statements, which no chain ever sees."""


def modules(package: str) -> Iterator[Path]:
    return (ROOT / package).rglob("*.py")


def imported(path: Path) -> set[str]:
    """Dotted names of everything that a file imports, anywhere in it."""
    return names(path, ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def imported_at_start(path: Path) -> set[str]:
    """Dotted names of what a file imports as soon as it is itself imported."""
    return names(path, ast.iter_child_nodes(ast.parse(path.read_text(encoding="utf-8"))))


def names(path: Path, nodes: Iterable[ast.AST]) -> set[str]:
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module or ""}
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_arrows_point_down(package: str) -> None:
    for path in modules(package):
        ours = {name.partition(".")[0] for name in imported(path)} & set(PACKAGES)
        assert ours <= MAY_IMPORT[package], path


def test_the_root_of_the_ledger_knows_no_book() -> None:
    for path in modules("ledger"):
        if path.parent.name != "books":
            assert not {name for name in imported(path) if name.startswith("ledger.books")}, path


@pytest.mark.parametrize("package", ["ledger", "governance"])
def test_the_lower_floors_do_no_io(package: str) -> None:
    for path in modules(package):
        assert not {name.partition(".")[0] for name in imported(path)} & NOT_PURE, path
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                assert (node.value.id, node.attr) not in CLOCKS, path
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in {"open", "input", "print"}, path


def test_a_chain_is_spoken_to_in_one_place_only() -> None:
    found = set()
    for package in PACKAGES:
        for path in modules(package):
            if {name.partition(".")[0] for name in imported(path)} & CHAIN:
                found.add(path.relative_to(ROOT).as_posix())
    assert found == SPEAK_TO_A_CHAIN | OPEN_A_WALLET


def test_nothing_else_loads_what_speaks_to_a_chain() -> None:
    """web3 takes a second to import: the service does it where it anchors, inside a function; the rest never does."""
    modules_of = {name.removesuffix(".py").replace("/", ".") for name in SPEAK_TO_A_CHAIN}
    for package in PACKAGES:
        for path in modules(package):
            assert not set(imported_at_start(path)) & modules_of, path


@pytest.mark.parametrize("package", PACKAGES)
def test_files_stay_small(package: str) -> None:
    for path in modules(package):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= 400, f"{path.relative_to(ROOT)} has {lines} lines: split it"
