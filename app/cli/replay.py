"""``yui replay SLUG SOURCE``: put entries that the database lost back from a copy. Exit code 0 whole again, 1 some are
still missing, 2 it could not be done.

The service that keeps the ledger is stopped meanwhile, unless its database is one of your own (YUI_DATABASE_URL).
"""

import argparse
from pathlib import Path

from app.cli import places

_INCOMPLETE = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which ledger, from which copy."""
    parser.add_argument("slug", help="台帳の名 / the ledger's name in addresses")
    parser.add_argument("source", help="書き出した写し(フォルダー、.zip、.tar.gz)か、台帳のアドレス / copy or address")
    places.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Put back what can be had."""
    from contextlib import ExitStack

    from app.audit.copies import AddressCopy, is_address, open_local
    from app.cli import runtime
    from app.cli.failures import CommandError, say
    from app.errors import LedgerUnknown, ServiceError
    from app.installation import Installation, Settings
    from app.succession.replay import replay
    from governance.all_books import BOOKS
    from ledger.errors import LedgerError

    where = places.places(args)
    missing = 0

    async def main() -> None:
        nonlocal missing
        async with runtime.database(where) as url, Installation.open(Settings(where.data, url, BOOKS)) as installation:
            try:
                with ExitStack() as stack:
                    local = None if is_address(args.source) else stack.enter_context(open_local(Path(args.source)))
                    done = await replay(installation, args.slug, local or AddressCopy(args.source))
            except LedgerUnknown as error:
                raise CommandError("operator.no_ledger", slug=args.slug) from error
            except (LedgerError, ServiceError, OSError) as error:
                raise CommandError("replay.failed", reason=error) from error
            missing = done.missing
            told = {"slug": args.slug, "count": done.after - done.before, "size": done.after, "missing": missing}
            print(*say("replay.incomplete" if missing else "replay.done", **told), sep="\n", flush=True)

    return runtime.run(main) or (_INCOMPLETE if missing else 0)
