"""``yui succeed SLUG NEW``: a ledger that can't go on under its name goes on under another. Officers sign it.

    yui succeed owase owase-2 --reason TEXT              entries are lost: makes what officers sign, prints its address
    yui succeed owase owase-2 --reason TEXT --key-lost   the log's key is lost, and no entry
    yui succeed --sign ADDRESS --key FILE                an officer signs from a terminal

The service that keeps the ledger is stopped for the first two, unless its database is one of your own
(YUI_DATABASE_URL). Officers sign on the page at the address, while the service runs.
"""

import argparse
import os
from pathlib import Path

from app.cli import places

_COULD_NOT = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which ledger, under which name it goes on, why; or where to sign."""
    parser.add_argument("slug", nargs="?", help="台帳の名 / the ledger's name in addresses")
    parser.add_argument("new", nargs="?", help="引き継ぐ台帳の名 / the name under which it goes on")
    parser.add_argument("--reason", help="わけ(組合員が読みます) / why, for the members to read")
    parser.add_argument("--key-lost", action="store_true", help="封印の鍵が失われた / the log's key is lost")
    parser.add_argument(
        "--by", metavar="MEM", action="append", default=[], help="署名する役員 / an officer who signs, in order"
    )
    parser.add_argument(
        "--address", default=os.environ.get("YUI_ADDRESS", ""), help="サービスのアドレス / the service's"
    )
    parser.add_argument("--sign", metavar="ADDRESS", help="端末から署名する / sign from a terminal what lies there")
    parser.add_argument("--key", metavar="FILE", type=Path, help="署名する鍵 / the officer's key")
    parser.add_argument("--yes", action="store_true", help="たずねない / don't ask")
    parser.add_argument("--lang", choices=("ja", "en"), help="ことば / language")
    places.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Make the draft, or sign one; 2 where it can't be done."""
    from app.cli.failures import fail, say

    if args.sign is not None:
        return _sign(args)
    if not (args.slug and args.new and args.reason):
        return fail(*say("succeed.usage"))
    return _draft(args)


def _draft(args: argparse.Namespace) -> int:
    from app.cli import runtime
    from app.cli.failures import CommandError, say
    from app.errors import LedgerUnknown, ServiceError
    from app.installation import Installation, Settings
    from app.succession import drafting
    from governance.all_books import BOOKS
    from ledger.errors import LedgerError

    where = places.places(args)

    async def main() -> None:
        async with runtime.database(where) as url, Installation.open(Settings(where.data, url, BOOKS)) as installation:
            try:
                made = await drafting.draft(
                    installation, args.slug, args.new, args.reason, key_lost=args.key_lost, by=args.by
                )
                token = await drafting.keep(installation, made)
            except LedgerUnknown as error:
                raise CommandError("operator.no_ledger", slug=args.slug) from error
            except (LedgerError, ServiceError) as error:
                raise CommandError("succeed.refused", reason=error) from error
            lost = max(made.published - made.entries, 0)
            address = f"{args.address}/succeed/{token}"
            told = {"slug": args.slug, "entries": made.entries, "lost": lost, "address": address}
            print(*say("succeed.drafted", **told, signers=", ".join(made.signers)), sep="\n", flush=True)

    return runtime.run(main)


def _sign(args: argparse.Namespace) -> int:
    import json
    import sys
    import urllib.error
    import urllib.request

    import msgspec

    from app.audit.copies import is_address
    from app.audit.words import Words, choose_language
    from app.cli.failures import fail, say
    from app.cli.sign import reader
    from app.texts.sentences import Sentences
    from ledger import canonical

    words = Words(choose_language(args.lang))
    if args.key is None or not is_address(args.sign):
        return fail(*say("succeed.usage"))
    try:
        with urllib.request.urlopen(f"{args.sign}/draft", timeout=60) as answer:  # noqa: S310 (looked at above)
            found = json.loads(answer.read())
        statement = canonical.encode(found["statement"])
        private = {opening["path"]: opening["value"] for opening in found["openings"]}
        print(Sentences(words.language).of(found["statement"], private))
        if (
            not args.yes
            and input(words.say("sign.ask", ledger=found["statement"]["ledger"])).strip().lower() not in _YES
        ):
            print(words.say("sign.declined"))
            return _COULD_NOT
        body = msgspec.json.encode({"signature": reader(args.key)(statement)})
        request = urllib.request.Request(  # noqa: S310 (the same)
            f"{args.sign}/signature", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 (the same)
            said = json.loads(answer.read())
    except urllib.error.HTTPError as error:
        problem = json.loads(error.read() or b"{}")
        return fail(str(problem.get("title") or error))
    except (OSError, ValueError, KeyError) as error:
        return fail(str(error))
    print(*say("succeed.done" if "receipt" in said else "succeed.signed", slug=said["slug"]), sep="\n", file=sys.stdout)
    return 0


_YES = ("y", "yes", "はい")
