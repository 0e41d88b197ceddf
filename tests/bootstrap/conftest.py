"""A small checkout to start: the real ``./yui`` and command line, and a lock of one tiny package beside it."""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ("cat", "cmp", "cp", "dirname", "env", "mkdir", "mv", "readlink", "rm", "sh", "sleep", "tail", "touch")
PYTHON = Path(sys.base_prefix) / "bin" / "python3"


@dataclass(frozen=True)
class Checkout:
    """A copy of what ``./yui`` needs, with a ``PATH`` that holds nothing but what is put there."""

    folder: Path
    tools: Path
    packages: Path

    @property
    def venv(self) -> Path:
        return self.folder / ".venv"

    def environment(self) -> dict[str, str]:
        """No network: pip looks for packages in one folder. Paths of this test run stay out."""
        pip = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": self.packages.as_uri(), "PIP_RETRIES": "0"}
        return {"PATH": str(self.tools), "HOME": str(self.folder.parent), "LC_ALL": "C.UTF-8"} | pip

    def start(
        self, *arguments: str, script: Path | None = None, cwd: str | Path = "/", env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [script or self.folder / "yui", *arguments],
            env=self.environment() | dict(env or {}),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def pin(self, version: str, *, digest: str | None = None) -> None:
        """Lock ``yui-tiny`` to a version, made now, or to a hash that it doesn't have."""
        made = make_tiny_wheel(self.packages, version)
        (self.folder / "requirements.lock").write_text(f"yui-tiny=={version} --hash=sha256:{digest or made}\n")

    def installed_version(self) -> str:
        command = [str(self.venv / "bin" / "python"), "-c", "import yui_tiny; print(yui_tiny.VERSION)"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def make_tiny_wheel(folder: Path, version: str) -> str:
    """Write a wheel of one module and return its SHA-256."""
    info = f"yui_tiny-{version}.dist-info"
    files = {
        "yui_tiny.py": f"VERSION = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: yui-tiny\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: yui\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = []
    for name, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        rows.append(f"{name},sha256={digest},{len(text)}\n")
    record = f"{info}/RECORD"
    wheel = folder / f"yui_tiny-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in (files | {record: "".join([*rows, f"{record},,\n"])}).items():
            archive.writestr(zipfile.ZipInfo(name), text)  # a fixed date, so that the hash stays
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


def write_program(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def make_checkout(parent: Path) -> Checkout:
    """A checkout without any Python on its ``PATH``."""
    checkout = Checkout(parent / "結 の 里" / "yui", parent / "tools", parent / "packages")
    for folder in (checkout.folder, checkout.tools, checkout.packages):
        folder.mkdir(parents=True)
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found, tool
        (checkout.tools / tool).symlink_to(found)
    shutil.copy(ROOT / "yui", checkout.folder)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "app" / "cli", checkout.folder / "app" / "cli", ignore=ignored)
    shutil.copy(ROOT / "app" / "__init__.py", checkout.folder / "app")
    checkout.pin("1.0")
    return checkout


@pytest.fixture
def bare(tmp_path: Path) -> Checkout:
    """No Python on ``PATH``, nothing set up."""
    return make_checkout(tmp_path)


@pytest.fixture
def fresh(bare: Checkout) -> Checkout:
    """Python on ``PATH``, nothing set up."""
    write_program(bare.tools / "python3", f'exec "{PYTHON}" "$@"')
    return bare


@pytest.fixture(scope="session")
def ready_parent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Set up once; making an environment takes seconds."""
    parent = tmp_path_factory.mktemp("ready")
    checkout = make_checkout(parent)
    write_program(checkout.tools / "python3", f'exec "{PYTHON}" "$@"')
    answer = checkout.start("--help")
    assert answer.returncode == 0, answer.stderr
    return parent


@pytest.fixture
def ready(ready_parent: Path, tmp_path: Path) -> Checkout:
    """Set up to the lock: a copy, since an environment that is only asked for its Python may be moved."""
    parent = tmp_path / "copy"
    shutil.copytree(ready_parent, parent, symlinks=True)
    return Checkout(parent / "結 の 里" / "yui", parent / "tools", parent / "packages")


def in_small_world(script: str, *arguments: str | Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a shell script where mounting is allowed and ends with it; skips where the system forbids that."""
    unshare = shutil.which("unshare")
    if not unshare or subprocess.run([unshare, "-rm", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system lets no process mount a small disk of its own")
    command = [unshare, "-rm", "sh", "-euc", script, "sh", *arguments]
    outer = {**env, "PATH": f"{env['PATH']}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(command, env=outer, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
