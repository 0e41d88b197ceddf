"""Third-party files are what LIST.json says, and nothing else lies among them."""

import hashlib
import importlib.util
import json
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]
VENDOR = ROOT / "app" / "static" / "vendor"
PACKAGES = json.loads((VENDOR / "LIST.json").read_text(encoding="utf-8"))["packages"]


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("vendor", ROOT / "tools" / "vendor.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_listed_file_is_unchanged() -> None:
    listed = {file["path"]: file["sha256"] for package in PACKAGES for file in package["files"]}
    found = {path: hashlib.sha256((VENDOR / path).read_bytes()).hexdigest() for path in listed}
    assert found == listed


def test_nothing_else_lies_in_the_folder() -> None:
    listed = {file["path"] for package in PACKAGES for file in package["files"]} | {"LIST.json"}
    found = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()}
    assert found == listed


def test_every_package_says_where_it_comes_from_and_brings_its_licence() -> None:
    for package in PACKAGES:
        assert package["name"]
        assert package["version"].count(".") == 2, "a version is exact"
        assert package["licence"]
        assert any(_brings_licence(VENDOR / file["path"]) for file in package["files"]), package["name"]


def _brings_licence(path: Path) -> bool:
    """As a file of its own, or in the notice at a source file's head where the package has no such file."""
    return path.name.startswith("LICENSE") or b"Licensed under the MIT license" in path.read_bytes()[:1000]


def test_the_icon_sprite_is_built_from_the_vendored_icons() -> None:
    assert (ROOT / "app" / "static" / "icons.svg").read_text(encoding="utf-8") == _tool().sprite()
