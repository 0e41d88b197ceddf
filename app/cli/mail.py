"""``yui mail``: letters that have not come to their end, and what an operator can do about them.

yui mail list             how many are in which state, and those that are open
yui mail again SLUG ID    send a letter that has failed, or of which nobody knows; it may then arrive twice
yui mail cancel SLUG ID   do not send a letter, or not again
yui mail doubt            after a restore, before the service is started: what waits may have been sent already

The service is stopped meanwhile, unless its database is one of your own (YUI_DATABASE_URL).
"""

import argparse
from typing import TYPE_CHECKING

from app.cli import places

if TYPE_CHECKING:
    from app.post.listing import Sent
    from app.storage.database import Database
    from app.storage.ledgers import Ledger

_SHOWN = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The four, each with its own."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, text in (
        ("list", "状態ごとの数と、終わっていない通知 / how many there are, and those that are open"),
        ("again", "届いたか分からない、または送れなかった通知をもう一度送る / send one again: it may arrive twice"),
        ("cancel", "通知を送らない / do not send one"),
        ("doubt", "復元のあと、待っている通知を「不明」にする / after a restore: do not send what waits by itself"),
    ):
        action = actions.add_parser(name, help=text)
        if name in ("again", "cancel"):
            action.add_argument("slug", help="台帳の名 / the ledger's name in addresses")
            action.add_argument("id", help="通知の番号(mail_…) / the letter's id")
        places.add_arguments(action)


def run(args: argparse.Namespace) -> int:
    """Do it; 2 where it can't be done."""
    from app.cli import runtime
    from app.storage.database import Database

    where = places.places(args)

    async def main() -> None:
        async with runtime.database(where) as url, Database(url) as database:
            action = {"list": _list, "again": _mend, "cancel": _mend, "doubt": _doubt}[args.action]
            print(*await action(args, database), sep="\n", flush=True)

    return runtime.run(main)


async def _list(_args: argparse.Namespace, database: "Database") -> list[str]:
    from app.cli.failures import say
    from app.post import listing

    lines = []
    for ledger in await _ledgers(database):
        counts = await listing.counts(database.pool, ledger.id)
        if counts:
            lines.append(f"{ledger.slug}: " + ", ".join(f"{state} {counts[state]}" for state in sorted(counts)))
        page = await listing.page(database.pool, ledger.id, limit=_SHOWN)
        lines += [_line(one) for one in page.letters]
        if page.after:
            lines.append("  …")
    return lines or say("mail.none")


def _line(letter: "Sent") -> str:
    """Without a name: the operator is told no more than the log is."""
    from ledger.canonical import format_time

    about = f"{letter.kind} {letter.subject}/{letter.version}"
    return f"  {letter.id} {letter.state} {letter.code or '-'} {format_time(letter.changed)} {about} {letter.member}"


async def _mend(args: argparse.Namespace, database: "Database") -> list[str]:
    from app.cli.failures import CommandError, say
    from app.clock import Clock
    from app.post import outbox

    ledger = next((one for one in await _ledgers(database) if one.slug == args.slug), None)
    if ledger is None:
        raise CommandError("operator.no_ledger", slug=args.slug)
    act = outbox.say_again if args.action == "again" else outbox.cancel
    if not await act(database.pool, ledger.id, args.id, Clock().now()):
        raise CommandError("mail.no_letter", id=args.id)
    return say("mail.again" if args.action == "again" else "mail.cancelled", id=args.id)


async def _doubt(_args: argparse.Namespace, database: "Database") -> list[str]:
    from app.cli.failures import say
    from app.clock import Clock
    from app.post import outbox

    now = Clock().now()
    found = [await outbox.doubt(database.pool, ledger.id, now) for ledger in await _ledgers(database)]
    return say("mail.doubted", count=sum(found))


async def _ledgers(database: "Database") -> list["Ledger"]:
    from app.storage import ledgers

    async with database.pool.acquire() as connection:
        return await ledgers.founded(connection)
