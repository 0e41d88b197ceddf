"""``yui export``: a ledger as a tree of files that anyone can verify, from this installation or from an address.

yui export --ledger owase FOLDER            from the data directory
yui export https://coop.example FOLDER      from an address, as far as it shows the entries to everyone
"""

import argparse
from pathlib import Path
from typing import TypeVar

from app.cli import places

T = TypeVar("T")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """From where, which ledger, and where to."""
    parser.add_argument(
        "source", nargs="?", help="アドレス(省くと手元のデータから) / an address; else the data directory"
    )
    parser.add_argument("folder", type=Path, help="書き出すフォルダー(空であること) / the empty folder to write into")
    parser.add_argument("--ledger", metavar="NAME", help="複数あるうちの一つ / one of several")
    parser.add_argument(
        "--private", action="store_true", help="非公開の内容も書き出す / with private values (from the data directory)"
    )
    places.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Export; 2 where it can't be done."""
    from app.cli.failures import fail, say
    from ledger.errors import LedgerError
    from ledger.verify.report import Unreadable

    try:
        if args.source is not None:
            return _from_address(args)
        return _from_data(args)
    except FileExistsError as error:
        return fail(*say("export.not_empty", path=error.args[0]))
    except Unreadable as error:
        return fail(*say("export.unreadable", source=args.source, reason=error.code))
    except (LedgerError, OSError) as error:
        return fail(*say("export.failed", reason=error))


def _from_address(args: argparse.Namespace) -> int:
    from contextlib import ExitStack

    from app.audit.copies import AddressCopy, ledgers_at
    from app.audit.export import export
    from app.audit.mirror import MirroredLog
    from app.cli.failures import CommandError, fail, say

    found = [(name, url) for name, url in ledgers_at(args.source) if args.ledger in (None, name, url)]
    try:
        _, url = _only(found, [name for name, _ in found])
    except CommandError as error:
        return fail(*say(error.code, **error.params))
    with ExitStack() as stack:
        log = MirroredLog(AddressCopy(url), stack)
        export(log, args.folder)
    print(*say("export.done", path=args.folder), sep="\n")
    return 0


def _from_data(args: argparse.Namespace) -> int:
    from app import exports
    from app.cli import runtime
    from app.cli.demo import FOLDER
    from app.cli.failures import fail, say
    from app.installation import Installation, Settings
    from governance.all_books import BOOKS
    from ledger.verify.private import Scope

    where = places.places(args)
    demo = where.data / FOLDER
    if where.database_url is None and not _has_cluster(where.data) and _has_cluster(demo):
        return fail(*say("export.demo", data=where.data, demo=demo))

    async def main() -> None:
        async with runtime.database(where) as url, Installation.open(Settings(where.data, url, BOOKS)) as installation:
            ledgers = [one for one in await installation.ledgers() if args.ledger in (None, one.slug, one.origin)]
            ledger = _only(ledgers, [one.slug for one in ledgers])
            scope = Scope(all=True, subjects=()) if args.private else None
            await exports.write(installation, ledger, args.folder, scope)
            print(*say("export.done", path=args.folder), sep="\n")

    return runtime.run(main)


def _has_cluster(data: Path) -> bool:
    """Whether the embedded database has ever been made there."""
    return (data / "postgres" / "PG_VERSION").is_file()


def _only(found: list[T], names: list[str]) -> T:
    from app.cli.failures import CommandError

    if not found:
        raise CommandError("export.no_ledger")
    if len(found) > 1:
        raise CommandError("export.which", names=", ".join(names))
    return found[0]
