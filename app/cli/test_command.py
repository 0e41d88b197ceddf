"""``yui test``: bring what the tests need, then hand over to pytest with the arguments given.

Without arguments everything runs, the files shared out among three processes, also where there are two cores: much of
the time is spent waiting. The tests themselves say which files come first.
"""

import argparse
import os
import sys
from typing import NoReturn

from app.cli import test_tools

EVERYTHING = ("-n", "3", "--dist", "loadfile", "--no-loadscope-reorder")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Everything is pytest's."""
    parser.usage = "yui test [pytest arguments]"


def run(args: argparse.Namespace) -> int:
    """Become pytest, so that Ctrl-C and the exit code are its own; 2 when a tool is missing and can't be brought."""
    try:
        environment = test_tools.prepare(dict(os.environ))
    except test_tools.Missing as missing:
        print(f"yui: {missing}", file=sys.stderr)
        return 2
    return _become_pytest(args.rest or [*EVERYTHING], environment)


def _become_pytest(arguments: list[str], environment: dict[str, str]) -> NoReturn:
    os.chdir(test_tools.ROOT)
    sys.stdout.flush()
    os.execve(sys.executable, [sys.executable, "-m", "pytest", *arguments], environment)  # noqa: S606 - no shell is meant
