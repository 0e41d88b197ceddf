"""``yui operator rotate-key SLUG``: give a ledger its next log key.

The service that keeps it is stopped meanwhile, unless its database is one of your own (YUI_DATABASE_URL).
"""

import argparse

from app.cli import places

_LONGEST = 366


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, for which ledger, where."""
    parser.add_argument(
        "action", choices=("rotate-key",), help="台帳を封印する鍵を替える / change the key that seals a ledger"
    )
    parser.add_argument("slug", help="台帳の名 / the ledger's name in addresses")
    parser.add_argument(
        "--days",
        type=_days,
        default=30,
        help="前の鍵も並んで封印する日数 / days for which the key before signs beside it (30)",
    )
    places.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Change it; 2 where it can't be done."""
    from app.cli import runtime
    from app.cli.failures import CommandError, say
    from app.errors import LedgerUnknown, ServiceError
    from app.installation import Installation, Settings
    from app.rotation import rotate
    from app.sequencer.lane import Refused
    from governance.all_books import BOOKS

    where = places.places(args)

    async def main() -> None:
        async with runtime.database(where) as url, Installation.open(Settings(where.data, url, BOOKS)) as installation:
            try:
                ledger = await installation.ledger(args.slug)
                vkey, receipt = await rotate(installation, ledger, args.days)
            except LedgerUnknown as error:
                raise CommandError("operator.no_ledger", slug=args.slug) from error
            except (Refused, ServiceError) as error:
                raise CommandError("operator.refused", reason=error) from error
            done = say("operator.rotated", slug=args.slug, vkey=vkey, index=receipt.index, days=args.days)
            print(*done, sep="\n", flush=True)

    return runtime.run(main)


def _days(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) < _LONGEST:
        raise argparse.ArgumentTypeError(f"1 – {_LONGEST - 1}")
    return int(text)
