"""Where an installation lies and how its database is reached: options and environment variables of several commands.

--data DIR                  YUI_DATA; else .yui of this folder where there is one, else the user's data folder
YUI_DATABASE_URL            a PostgreSQL of your own, as the service's role; else the embedded one
YUI_DATABASE_OWNER_URL      the same as the role that owns the tables; else YUI_DATABASE_URL
"""

import argparse
import os
from pathlib import Path
from typing import NamedTuple


class Places(NamedTuple):
    """A data directory and the addresses of an outside database, both None for the embedded one."""

    data: Path
    database_url: str | None
    owner_url: str | None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``--data``."""
    parser.add_argument("--data", metavar="DIR", type=Path, help="データフォルダー / the data directory")


def places(args: argparse.Namespace) -> Places:
    """As the arguments and the environment have it."""
    url = os.environ.get("YUI_DATABASE_URL") or None
    return Places(args.data or default_data(), url, os.environ.get("YUI_DATABASE_OWNER_URL") or url)


def default_data() -> Path:
    """The data directory where none is named."""
    named = os.environ.get("YUI_DATA")
    if named:
        return Path(named)
    here = Path(".yui")
    if here.is_dir():
        return here.absolute()
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "yui"
