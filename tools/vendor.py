# ruff: noqa: T201 – run as a script, and a script prints
"""Third-party files of the pages, unchanged, in one folder.

`app/static/vendor/LIST.json` names every file there: from which package and version it comes, under which licence, and
its SHA-256.

    python tools/vendor.py                  fetch the listed versions again and refuse any difference
    python tools/vendor.py NAME@VERSION …   move packages to other versions and write the new hashes
    python tools/vendor.py --sprite         only rebuild app/static/icons.svg from the vendored icons

Packages are fetched by name with `npm pack`, which checks the registry's own integrity hash. The icon sprite is ours
(built, not vendored): one cached request serves every icon, and `<use>` keeps them in the colour of the text around.
"""

import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

STATIC = Path(__file__).parent.parent / "app" / "static"
VENDOR = STATIC / "vendor"
LIST = VENDOR / "LIST.json"
SPRITE = STATIC / "icons.svg"

Package = dict[str, Any]


def listed() -> list[Package]:
    """The packages of LIST.json; each has name, version, licence and files (path, source, sha256)."""
    packages: list[Package] = json.loads(LIST.read_text(encoding="utf-8"))["packages"]
    return packages


def sha256(content: bytes) -> str:
    """As lower-case hex."""
    return hashlib.sha256(content).hexdigest()


def fetch(package: Package) -> dict[str, bytes]:
    """The package's listed files by their path under vendor/. KeyError when the package no longer has one."""
    with tempfile.TemporaryDirectory() as folder:
        spec = f"{package['name']}@{package['version']}"
        command = ["npm", "pack", "--silent", "--pack-destination", folder, spec]
        subprocess.run(command, check=True, capture_output=True)
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as tar:
            # Members are read one by one by exact name: nothing the archive says decides where a file is written.
            return {file["path"]: _member(tar, f"package/{file['source']}") for file in package["files"]}


def _member(tar: tarfile.TarFile, name: str) -> bytes:
    reader = tar.extractfile(name)
    if reader is None:
        raise KeyError(name)
    return reader.read()


def sprite() -> str:
    """The SVG sprite of all vendored icons: one <symbol> each, named as its file."""
    symbols = []
    for path in sorted((VENDOR / "lucide").glob("*.svg")):
        shapes = re.search(r"<svg[^>]*>(.*)</svg>", path.read_text(encoding="utf-8"), re.DOTALL)
        if shapes is None:
            raise ValueError(f"{path.name} is not an icon")
        drawing = " ".join(shapes[1].split())
        symbols.append(f'<symbol id="{path.stem}" viewBox="0 0 24 24">{drawing}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def refresh(wanted: dict[str, str]) -> list[str]:
    """Fetches every package and writes its files; returns the paths that differ from LIST.json unasked."""
    packages = listed()
    surprises = []
    for package in packages:
        moved = wanted.pop(package["name"], None)
        package["version"] = moved or package["version"]
        contents = fetch(package)
        for file in package["files"]:
            fresh = sha256(contents[file["path"]])
            if file["sha256"] != fresh and moved is None:
                surprises.append(file["path"])
                continue
            file["sha256"] = fresh
            target = VENDOR / file["path"]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(contents[file["path"]])
    if wanted:
        raise SystemExit(f"not in LIST.json: {', '.join(wanted)}")
    LIST.write_text(json.dumps({"packages": packages}, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return surprises


def main(arguments: list[str]) -> int:
    """0 when every file is as listed, 1 when one was not."""
    if arguments != ["--sprite"]:
        wanted = dict(argument.rsplit("@", 1) for argument in arguments)
        surprises = refresh(wanted)
        if surprises:
            print("not what LIST.json promises, left alone:", *surprises, sep="\n  ", file=sys.stderr)
            return 1
    SPRITE.write_text(sprite(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
