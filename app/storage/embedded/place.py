"""What a launcher holds while it runs: the lock on the data directory, and a socket directory of its own."""

from __future__ import annotations

import fcntl
import os
import re
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from app.storage.embedded.account import Account
from app.storage.embedded.errors import EmbeddedError

_LOCK = "postgres.lock"
_PREFIX = "yui-"

# The socket's path may have 103 bytes on macOS, 107 on Linux; names of temporary folders that a PostgreSQL setting or a
# URL would have to escape are not worth it.
_PLAIN = re.compile(r"/[A-Za-z0-9/_.+-]{0,70}")


class Lock:
    """One launcher per data directory; the kernel lets go of it when we die. Children don't inherit it."""

    def __init__(self, data: Path) -> None:
        """Raises ``database.in_use`` at once, never waits; ``database.not_owner`` where we may not write."""
        path = data / _LOCK
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except PermissionError as error:
            raise EmbeddedError("database.not_owner", path=str(path)) from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = self._read().partition("\n")[0] or "?"
            os.close(self._descriptor)
            raise EmbeddedError("database.in_use", data=str(data), pid=holder) from error
        self.last_socket_directory = self._read().partition("\n")[2].strip()
        self.note("")

    def _read(self) -> str:
        return os.pread(self._descriptor, 4096, 0).decode("utf-8", "replace")

    def note(self, socket_directory: str) -> None:
        """Who holds it and where its sockets are, for people and for the next launcher's cleaning."""
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"{os.getpid()}\n{socket_directory}\n".encode(), 0)

    def release(self) -> None:
        """Lets the next launcher in. The file stays: removing it would let two launchers hold two files."""
        os.close(self._descriptor)


def make_socket_directory(account: Account | None) -> Path:
    """A new directory of mode 0700 with a name nobody can foresee, short enough for a socket.

    In the temporary folder, not under XDG_RUNTIME_DIR: that one is removed at logout, under a server that goes on.
    (PostgreSQL touches its socket every hour, so cleaners of old temporary files pass it by.)
    """
    bases = (tempfile.gettempdir(), "/tmp")  # noqa: S108 what is made in it is private and has a random name
    usable = [base for base in bases if _PLAIN.fullmatch(base) and _open_to(base, account)]
    if not usable:
        raise EmbeddedError("database.failed", reason="there is no temporary folder for its socket")
    made = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=usable[0]))
    if account is not None:
        os.chown(made, account.uid, account.gid)
    return made


def _open_to(folder: str, account: Account | None) -> bool:
    """Whether another account may pass through all of the path."""
    path = Path(folder)
    return account is None or all(part.stat().st_mode & stat.S_IXOTH for part in (path, *path.parents))


def empty_sockets(directory: Path) -> None:
    """Removes what a killed server left in its socket directory; it would otherwise name a pid that isn't its own."""
    for name in (".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
        (directory / name).unlink(missing_ok=True)


def remove_socket_directory(path: str, account: Account | None) -> None:
    """Removes the socket directory that the lock file named, if it is what it says: ours, private, not a link."""
    owners = {os.geteuid()} if account is None else {os.geteuid(), account.uid}
    directory = Path(path)
    if not directory.name.startswith(_PREFIX):
        return
    with suppress(OSError):
        found = directory.lstat()
        if stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o700 and found.st_uid in owners:  # noqa: PLR2004
            empty_sockets(directory)
            directory.rmdir()
