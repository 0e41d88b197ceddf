"""The command line's frame: which commands there are, and the way into each.

A command is a module with two functions::

    def add_arguments(parser: argparse.ArgumentParser) -> None: ...
    def run(args: argparse.Namespace) -> int: ...   # the exit code

To add one, write the module and one line in ``COMMANDS``. Its module is imported only when its name was given, and
imports what is heavy inside ``run``, so that ``--help`` needs nothing but the standard library.
"""

import argparse
import tomllib
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import NamedTuple


class Command(NamedTuple):
    """One line of ``yui --help``."""

    name: str
    module: str
    summary: str
    passes_arguments_on: bool = False
    """All that follows the name belongs to another program and reaches ``run`` as the list ``args.rest``."""


COMMANDS = (
    Command("demo", "app.cli.demo", "見本の村で試す / try it with a sample village"),
    Command("serve", "app.cli.serve", "サービスを動かす / run the service"),
    Command("verify", "app.cli.verify", "台帳を検証する / verify a ledger from outside"),
    Command("monitor", "app.cli.monitor", "多くの台帳を見守る / watch many ledgers for ever"),
    Command("verify-receipt", "app.cli.verify_receipt", "控えを確かめる / check a receipt offline"),
    Command("verify-evidence", "app.cli.verify_evidence", "証拠を確かめる / check evidence of two histories offline"),
    Command("sign", "app.cli.sign", "端末から署名して届け出る / sign and submit from a terminal"),
    Command("export", "app.cli.export", "台帳を書き出す / write a ledger out for anyone to verify"),
    Command("operator", "app.cli.operator", "運用者の鍵と封印の控え / the operator's keys and guard"),
    Command("backtest", "app.cli.backtest", "決め方の案を過去の決定で試す / try a draft rule on past decisions"),
    Command("anchor", "app.cli.anchor", "ブロックチェーンへの書きとめを整える / prepare anchors on a public chain"),
    Command("mail", "app.cli.mail", "メールの通知を見て、直す / see and mend letters on their way out"),
    Command("replay", "app.cli.replay", "失われた記録を写しから書き戻す / put lost entries back from a copy"),
    Command("succeed", "app.cli.succeed", "続けられない台帳を引き継ぐ / have a successor go on with a ledger"),
    Command("migrate", "app.cli.migrate", "データベースを最新にする / bring the database up to date"),
    Command("test", "app.cli.test_command", "テストを実行する / run the tests", passes_arguments_on=True),
    Command("lock", "app.cli.lock_command", "依存関係を固定し直す / pin the dependencies anew"),
)


def main(argv: Sequence[str]) -> int:
    """Run the command that ``argv`` names and return its exit code: 0 without one, after showing the help."""
    parser = argparse.ArgumentParser(prog="yui", description="結 Yui: 組合の台帳 / a governance ledger for co-ops")
    parser.add_argument("--version", action="store_true", help="版を示す / print the version")
    names = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command")
    chosen = next((command for command in COMMANDS if command.name in argv[:1]), None)
    for command in COMMANDS:
        own = names.add_parser(command.name, help=command.summary, description=command.summary)
        if command is chosen:
            import_module(command.module).add_arguments(own)
    if chosen is None:
        if parser.parse_args(argv).version:
            print(f"yui {_version()}")
        else:
            parser.print_help()
        return 0
    if chosen.passes_arguments_on and argv[1:] not in (["-h"], ["--help"]):
        args = argparse.Namespace(command=chosen.name, rest=list(argv[1:]))
    else:
        args = parser.parse_args(argv)
    status: int = import_module(chosen.module).run(args)
    return status


def _version() -> str:
    """As the project says: nothing is built or installed that could say it."""
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])
