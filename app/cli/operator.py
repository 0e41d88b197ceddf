"""``yui operator …``: what the operator holds of one ledger, its keys and its guard, or of one that is witnessed.

    rotate-key SLUG [--days N]   the log's next key, named by the one in force
    rotate-key SLUG --clerk      the clerk's next key, named by the log's
    make-key SLUG                a log key for the members to decide on
    take-key SLUG                the log key that the members have decided on comes into use
    recreate-guard SLUG --size N DANGEROUS: the guard was lost, and the N entries of the database are all there were
    forget-witnessed ORIGIN --size N
                                 DANGEROUS: what the witness remembered of a log, up to entry N, is nowhere to be had

The service that keeps the ledger is stopped meanwhile, unless its database is one of your own (YUI_DATABASE_URL).
"""

import argparse
from typing import TYPE_CHECKING

from app.cli import places

if TYPE_CHECKING:
    from app.installation import Installation
    from app.storage.ledgers import Ledger

_LONGEST = 366
_ACTIONS = ("rotate-key", "make-key", "take-key", "recreate-guard", "forget-witnessed")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, for which ledger, where."""
    parser.add_argument(
        "action",
        choices=_ACTIONS,
        help="鍵を替える、組合員が決める鍵を作る、決まった鍵を使いはじめる、失われた封印の控えを作り直す、失われた立会いの控えをあきらめる"
        " / change a key, make one to be decided on, use the one decided on, make a lost guard anew,"
        " give up what a witness remembered of a log",
    )
    parser.add_argument(
        "slug",
        help="台帳の名(forget-witnessed では封印にある名)"
        " / the ledger's name in addresses (forget-witnessed: in its checkpoints)",
    )
    parser.add_argument(
        "--days",
        type=_days,
        default=30,
        help="前の鍵も並んで封印する日数 / days for which the key before signs beside it (30)",
    )
    parser.add_argument(
        "--clerk", action="store_true", help="封印の鍵でなく、台帳係の鍵を / the clerk's key instead of the log's"
    )
    parser.add_argument(
        "--size",
        type=int,
        help="recreate-guard: 公開した記録の数、forget-witnessed: 署名した記録の数"
        " / the number of entries that were published, that were cosigned",
    )
    places.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Do it; 2 where it can't be done."""
    from app.cli import runtime
    from app.cli.failures import CommandError
    from app.errors import LedgerUnknown, ServiceError
    from app.installation import Installation, Settings
    from app.sequencer.lane import Refused
    from governance.all_books import BOOKS
    from ledger.errors import LedgerError

    where = places.places(args)

    async def main() -> None:
        async with runtime.database(where) as url, Installation.open(Settings(where.data, url, BOOKS)) as installation:
            try:
                done = await _do(args, installation)
            except LedgerUnknown as error:
                raise CommandError("operator.no_ledger", slug=args.slug) from error
            except (Refused, LedgerError, ServiceError) as error:
                reason = error.error if isinstance(error, Refused) else error
                raise CommandError("operator.refused", reason=reason) from error
            print(*done, sep="\n", flush=True)

    return runtime.run(main)


async def _do(args: argparse.Namespace, installation: "Installation") -> list[str]:
    from app import rotation
    from app.cli.failures import say

    if args.action == "forget-witnessed":
        return await _forget_witnessed(args.slug, args.size, installation)
    ledger = await installation.ledger(args.slug)
    if args.action == "recreate-guard":
        return await _recreate_guard(args.slug, args.size, installation, ledger)
    if args.action == "make-key":
        return say("operator.made", slug=args.slug, vkey=await rotation.make_decidable(installation, ledger))
    if args.action == "take-key":
        key, receipt = await rotation.come_forward(installation, ledger)
        return say("operator.taken", slug=args.slug, vkey=key, index=receipt.index)
    if args.clerk:
        key, receipt = await rotation.rotate_clerk(installation, ledger)
        return say("operator.clerk_rotated", slug=args.slug, key=key, index=receipt.index)
    key, receipt = await rotation.rotate(installation, ledger, args.days)
    return say("operator.rotated", slug=args.slug, vkey=key, index=receipt.index, days=args.days)


async def _recreate_guard(slug: str, size: int | None, installation: "Installation", ledger: "Ledger") -> list[str]:
    from app.cli.failures import CommandError, say

    # Whoever believes an old database makes the operator sign two histories: the number is to be looked up elsewhere.
    there = await installation.database.pool.fetchval("SELECT size FROM head WHERE ledger_id = $1", ledger.id)
    if size != there:
        raise CommandError("operator.guard_size", slug=slug, size=there)
    published = await installation.recreate_guard(slug)
    return say("operator.guard_made", slug=slug, size=published.size)


async def _forget_witnessed(origin: str, size: int | None, installation: "Installation") -> list[str]:
    from app.cli.failures import CommandError, say
    from app.witness.memory import Memory, digest, size_of
    from app.witness.watermarks import Watermarks

    key = installation.keys.find_witness()
    if key is None:
        raise CommandError("operator.no_witness")
    memory = Memory(installation.data / "witness", *key)
    marks = Watermarks(installation.database.pool, memory.public)
    mark, kept = await marks.of(origin), size_of(memory.last(origin))
    if kept >= mark:
        raise CommandError("operator.nothing_lost", origin=origin, kept=kept)
    # As with the guard: whoever forgets too easily makes the witness sign two histories.
    if size != mark or not await marks.lower(origin, mark, kept):
        raise CommandError("operator.witness_size", origin=origin, size=mark, kept=kept, file=f"{digest(origin)}.note")
    return say("operator.forgotten", origin=origin, size=mark, kept=kept)


def _days(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) < _LONGEST:
        raise argparse.ArgumentTypeError(f"1 – {_LONGEST - 1}")
    return int(text)
