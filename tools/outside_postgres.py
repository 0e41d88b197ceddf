"""Runs a command with a PostgreSQL of the machine's own, newly made and thrown away afterwards.

    python -m tools.outside_postgres ./yui test tests/app/sequencer

The command finds it in YUI_TEST_DATABASE_URL, as the tests expect (``tests/conftest.py``): so what is proven on the
embedded server is proven on another version, reached as an operator's own would be.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ACCOUNT = "postgres"


def programs() -> Path:
    """The folder of the newest PostgreSQL >= 15 that is installed (Debian's layout); SystemExit without one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found or int(found[-1].parts[-3]) < 15:  # noqa: PLR2004
        raise SystemExit("no PostgreSQL >= 15 is installed (on Debian: apt-get install postgresql)")
    return found[-1].parent


def main(command: list[str]) -> int:
    """Start the server, run ``command``, stop the server; the command's exit code."""
    account = pwd.getpwnam(ACCOUNT) if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    folder = Path(tempfile.mkdtemp(prefix="yui-outside-"))
    os.chown(folder, account.pw_uid, account.pw_gid)
    data, binaries = folder / "data", programs()

    def run(*arguments: str) -> None:
        subprocess.run(arguments, check=True, user=account.pw_uid, group=account.pw_gid, cwd=folder)

    run(str(binaries / "initdb"), "-D", str(data), "-U", ACCOUNT, "--no-locale", "-E", "UTF8", "-A", "trust")
    # Only a socket in a folder that nobody else may enter; trust ends at that folder.
    options = f"-c listen_addresses= -c unix_socket_directories={folder}"
    run(str(binaries / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
    url = f"postgresql://{ACCOUNT}@/postgres?host={folder}&port=5432"
    try:
        return subprocess.run(command, check=False, env=os.environ | {"YUI_TEST_DATABASE_URL": url}).returncode
    finally:
        run(str(binaries / "pg_ctl"), "-D", str(data), "-m", "fast", "-w", "stop")
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
