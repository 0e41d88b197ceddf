"""The operating system account that PostgreSQL runs as: ours, unless we are root (PostgreSQL refuses root)."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.storage.embedded.errors import EmbeddedError

DEDICATED = "yui-postgres"  # owns nothing but databases, can't log in
_MAC = "_postgres"  # comes with macOS


@dataclass(frozen=True)
class Account:
    """Another account that a child process changes to before it runs."""

    uid: int
    gid: int

    def identity(self) -> dict[str, Any]:
        """The arguments with which ``subprocess`` changes to it, our supplementary groups left behind."""
        return {"user": self.uid, "group": self.gid, "extra_groups": ()}

    @staticmethod
    def for_cluster(cluster: Path) -> Account | None:
        """The account for the database in ``cluster`` (which may not exist yet), or None: run as ourselves.

        An existing database is served by its owner, so that one made by an ordinary user still starts as root.

        Raises ``database.not_owner`` and ``database.no_account``.
        """
        try:
            owner = cluster.stat().st_uid
        except FileNotFoundError:
            return None if os.geteuid() else _dedicated()
        if os.geteuid():
            if owner != os.geteuid():
                raise EmbeddedError("database.not_owner", path=str(cluster))
            return None
        if owner:
            return _by_uid(owner)
        if any(cluster.iterdir()):  # root's copy of a database: whose it shall be is for root to say
            raise EmbeddedError("database.not_owner", path=str(cluster))
        return _dedicated()


def _by_uid(uid: int) -> Account:
    try:
        return Account(uid, pwd.getpwuid(uid).pw_gid)
    except KeyError:  # an account of another machine or container: its number is enough
        return Account(uid, uid)


def _by_name(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid)


def _dedicated() -> Account:
    """Never ``nobody`` (shared with file servers) nor ``postgres`` (the machine's own databases run as it)."""
    known = _by_name(DEDICATED) or _by_name(_MAC)
    if known is None:
        _make_account()
        known = _by_name(DEDICATED)
    if known is None:
        raise EmbeddedError("database.no_account", account=DEDICATED)
    return known


def _make_account() -> None:
    if shutil.which("useradd"):
        how = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
        how += ["--shell", "/usr/sbin/nologin", DEDICATED]
    elif shutil.which("adduser"):  # BusyBox
        how = ["adduser", "-S", "-D", "-H", "-h", "/nonexistent", "-s", "/sbin/nologin", DEDICATED]
    else:
        return
    # Its answer doesn't matter: two launchers may do this at once. The caller looks whether the account is there.
    subprocess.run(how, check=False, capture_output=True)
