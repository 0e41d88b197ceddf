"""``yui lock``: resolve pyproject.toml into the two lock files, for all platforms, with hashes.

Pins stay as they are where pyproject.toml still allows them; ``--upgrade`` takes the newest instead. The resolver asks
the package index that uv is configured for (``UV_DEFAULT_INDEX``); neither its address nor a path gets into the files.
"""

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
OLDEST_PYTHON = "3.11"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``--upgrade`` alone."""
    parser.add_argument("--upgrade", action="store_true", help="新しい版に上げる / take the newest versions allowed")


def run(args: argparse.Namespace) -> int:
    """Write ``requirements.lock`` and, on top of exactly those versions, ``requirements-test.lock``."""
    upgrade = ["--upgrade"] if args.upgrade else []
    status = _resolve("requirements.lock", *upgrade)
    return status or _resolve(
        "requirements-test.lock", "--group", "test", "--constraint", "requirements.lock", *upgrade
    )


def _resolve(lock: str, *options: str) -> int:
    uv = str(Path(sys.executable).with_name("uv"))
    fixed = ["--universal", "--python-version", OLDEST_PYTHON, "--generate-hashes"]
    header = ["--custom-compile-command", "./yui lock"]
    command = [uv, "pip", "compile", "--quiet", "pyproject.toml", *fixed, *header, *options, "--output-file", lock]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False).returncode
