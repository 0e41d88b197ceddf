"""Making the database cluster, once: as a whole or not at all.

Three roles. The superuser has no password and no line in ``pg_hba.conf``: nobody can log in as it; what needs it is
done here, in PostgreSQL's single-user mode, while no server runs. ``yui_owner`` owns the database and runs the
migrations; it may create databases beside it and end the service's sessions (a restore, the tests). ``yui_service``
may log in, and nothing else until a migration grants it.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import struct
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

from app.storage.embedded.account import Account
from app.storage.embedded.binaries import Binaries
from app.storage.embedded.errors import EmbeddedError, from_words
from app.storage.embedded.process import Child, data_argument, until_none_runs_in

DATABASE = "yui"
OWNER = "yui_owner"
SERVICE = "yui_service"

_PASSWORDS = "postgres-passwords.json"
_HALF_MADE = ".postgres-"

# Where size is a matter of the machine: written to postgresql.conf once, an operator may change them there.
_SIZES = {
    "max_connections": "60",
    "superuser_reserved_connections": "0",  # nobody logs in as superuser
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "max_parallel_workers_per_gather": "0",  # two cores, many short queries; and containers have little /dev/shm
    "max_parallel_maintenance_workers": "0",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}

# No line for TCP, none for the superuser: what has no line is refused.
_ACCESS = f"local all {OWNER},{SERVICE} scram-sha-256\n"

# One statement a line, as single-user mode reads them. {…} are passwords we made of safe letters.
_ROLES = f"""CREATE ROLE {OWNER} LOGIN CREATEDB
CREATE ROLE {SERVICE} LOGIN
GRANT {SERVICE} TO {OWNER}
CREATE DATABASE {DATABASE} OWNER {OWNER}
"""
_LOGINS = f"ALTER ROLE {OWNER} PASSWORD '{{{OWNER}}}'\nALTER ROLE {SERVICE} PASSWORD '{{{SERVICE}}}'\n"

_CLEANLY_STOPPED = 1  # DB_SHUTDOWNED, src/include/catalog/pg_control.h
_STATE_OFFSET = 16  # after system identifier (8), control version (4), catalogue version (4)


class Cluster:
    """The folder ``postgres`` in a data directory."""

    def __init__(self, data: Path, binaries: Binaries, account: Account | None) -> None:
        self.data = data
        self.directory = data / "postgres"
        self._binaries = binaries
        self._account = account

    async def prepare(self, creating: Callable[[], None]) -> dict[str, str]:
        """Makes the cluster if there is none, and gives the roles' passwords. Needs the lock, and no server running.

        Raises ``database.version``, ``database.not_a_database``, ``database.disk_full``, ``database.failed``.
        """
        await self._sweep()
        passwords = self._stored_passwords()
        if self._exists():
            self._check_version()
            if passwords is None:  # the database came back from a backup without them
                passwords = _new_passwords()
                await self._command(self.directory, _LOGINS.format_map(passwords))
                self._store(passwords)
        else:
            creating()
            if passwords is None:
                passwords = _new_passwords()
                self._store(passwords)
            await self._create(passwords)
        return passwords

    async def until_free(self, waiting: Callable[[], None] = lambda: None) -> None:
        """Waits for what an earlier launcher left running in the directory, and in the end stops it."""
        await until_none_runs_in(self.directory, waiting)

    def needs_recovery(self) -> bool:
        """Whether the last server ended without a clean shutdown, so that the next one first replays its log."""
        control = (self.directory / "global" / "pg_control").read_bytes()
        (state,) = struct.unpack_from("=i", control, _STATE_OFFSET)
        return bool(state != _CLEANLY_STOPPED)

    def _exists(self) -> bool:
        if (self.directory / "PG_VERSION").exists():
            return True
        if self.directory.exists() and any(self.directory.iterdir()):
            raise EmbeddedError("database.not_a_database", path=str(self.directory))
        return False

    def _check_version(self) -> None:
        found = (self.directory / "PG_VERSION").read_text("utf-8", "replace").strip()
        if found != str(self._binaries.major):
            raise EmbeddedError(
                "database.version", path=str(self.directory), found=found, needed=self._binaries.major
            )  # fmt: skip

    async def _sweep(self) -> None:
        for half_made in self.data.glob(f"{_HALF_MADE}*"):
            await until_none_runs_in(half_made)
            shutil.rmtree(half_made)

    async def _create(self, passwords: dict[str, str]) -> None:
        making = Path(tempfile.mkdtemp(prefix=_HALF_MADE, dir=self.data))
        try:
            if self._account is not None:
                os.chown(making, self._account.uid, self._account.gid)
            options = ["--username=postgres", "--encoding=UTF8", "--no-locale", "--data-checksums", "--auth=reject"]
            options += [f"--set={name}={value}" for name, value in _SIZES.items()]
            await self._run(making, ["initdb", "-D", data_argument(making), *options], None)
            _rewrite(making / "pg_hba.conf", _ACCESS)
            await self._command(making, _ROLES + _LOGINS.format_map(passwords))
            _put_in_place(making, self.directory)
        finally:
            shutil.rmtree(making, ignore_errors=True)  # nothing is there after the rename

    async def _command(self, directory: Path, statements: str) -> None:
        """Single-user mode: the superuser without a login."""
        options = ["-c", "exit_on_error=on", "-c", "log_min_error_statement=panic"]  # no password in any message
        with tempfile.TemporaryFile() as stdin:
            stdin.write(statements.encode())
            stdin.seek(0)
            await self._run(
                directory, ["postgres", "--single", "-D", data_argument(directory), *options, "postgres"], stdin
            )  # fmt: skip

    async def _run(self, directory: Path, argv: list[str], stdin: IO[bytes] | None) -> None:
        argv = [self._binaries.program(argv[0]), *argv[1:]]
        with tempfile.TemporaryFile() as stderr:
            child = Child(argv, directory, self._account, stdin=stdin, stderr=stderr)
            if await child.wait() != 0:
                stderr.seek(0)
                raise from_words(stderr.read().decode("utf-8", "replace"), self.data)

    def _stored_passwords(self) -> dict[str, str] | None:
        try:
            stored = json.loads((self.data / _PASSWORDS).read_text("utf-8"))
        except FileNotFoundError:
            return None
        return {OWNER: str(stored[OWNER]), SERVICE: str(stored[SERVICE])}

    def _store(self, passwords: dict[str, str]) -> None:
        descriptor, making = tempfile.mkstemp(prefix=f".{_PASSWORDS}-", dir=self.data)  # mode 0600
        with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123 takes the open descriptor
            json.dump(passwords, file)
            file.flush()
            os.fsync(file.fileno())
        _put_in_place(Path(making), self.data / _PASSWORDS)


def _new_passwords() -> dict[str, str]:
    return {OWNER: secrets.token_hex(24), SERVICE: secrets.token_hex(24)}


def _rewrite(path: Path, text: str) -> None:
    """In place, because the file keeps its owner so."""
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _put_in_place(making: Path, place: Path) -> None:
    """Rename, and make the new name durable."""
    making.rename(place)
    descriptor = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
