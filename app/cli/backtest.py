"""``yui backtest``: what a draft rule would have made of past decisions, and how power is spread under it.

yui backtest --rule FILE --ledger owase         from the data directory (the service is stopped meanwhile, unless its
                                                database is one of your own)
yui backtest --rule FILE FOLDER                 from an exported copy (folder, .zip, .tar.gz) or an address, verified
                                                first; with private values, sealed ballots are opened

Exit code 0 done, 1 the copy does not verify (``yui verify`` says why), 2 it could not be done.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli import places

if TYPE_CHECKING:
    from app.backtests.document import Document
    from governance.counted_again import Draft
    from ledger.errors import LedgerError

_NOT_VERIFIED = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A draft, and the decisions to try it on."""
    parser.add_argument(
        "source", nargs="?", help="写し(フォルダー、.zip、.tar.gz)かアドレス(省くと手元のデータから) / copy or address"
    )
    parser.add_argument(
        "--rule", metavar="FILE", type=Path, required=True, help="決め方の案(JSON) / the draft, a rule document"
    )
    parser.add_argument("--kind", help="提案の種類(省くと、案で決められるすべて) / kind of proposals; else all it fits")
    parser.add_argument("--ledger", metavar="NAME", help="複数あるうちの一つ / one of several")
    parser.add_argument("--lang", choices=("ja", "en"), help="ことば / language")
    parser.add_argument("--json", action="store_true", help="結果を JSON で / print the result as JSON")
    places.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Try it; see the exit codes above."""
    from app.backtests import copied
    from app.cli.failures import CommandError, fail, say
    from ledger.errors import LedgerError

    try:
        tried, kinds = _draft(args)
        if args.source is None:
            return _from_data(args, tried, kinds)
        found = copied.run(args.source, args.ledger, tried, kinds, lambda _done, _size: None)
    except CommandError as error:
        return fail(*say(error.code, **error.params))
    except copied.NotVerified as error:
        print(*say("backtest.not_verified", source=args.source), sep="\n", file=sys.stderr)
        return _NOT_VERIFIED if error.report.exit_code == _NOT_VERIFIED else 2
    except (LedgerError, OSError) as error:
        return fail(*say("backtest.failed", reason=error))
    _show(args, found)
    return 0


def _draft(args: argparse.Namespace) -> "tuple[Draft, tuple[str, ...]]":
    from app.backtests.copied import rule_of
    from app.cli.failures import CommandError
    from governance import backtest
    from ledger.errors import FormatError

    try:
        document = rule_of(args.rule)
        tried = backtest.draft(document)
    except FormatError as error:
        raise CommandError("backtest.rule", path=args.rule, **_wrong(error)) from error
    except (OSError, ValueError, RecursionError) as error:
        raise CommandError("backtest.file", path=args.rule, reason=error) from error
    fits = backtest.fitting(document)
    if args.kind is not None and args.kind not in fits:
        raise CommandError("backtest.kind", kind=args.kind, kinds=", ".join(fits) or "–")
    return tried, fits if args.kind is None else (args.kind,)


def _wrong(error: "LedgerError") -> dict[str, Any]:
    """Where in a document, and what is wrong with it, in each language as the editor says it."""
    from app.decisions.drafting import fault
    from app.decisions.words import Words
    from app.texts import LANGUAGES, Catalogue

    texts = Catalogue.load()
    told = {lang: fault(Words(texts, lang, 0), error) for lang in LANGUAGES}
    return {"where": told["ja"][0] or "–", "reason": {lang: words for lang, (_, words) in told.items()}}


def _from_data(args: argparse.Namespace, tried: "Draft", kinds: tuple[str, ...]) -> int:
    from app.backtests.running import compute, newest
    from app.cli import runtime
    from app.cli.failures import CommandError
    from app.installation import Installation, Settings
    from governance.all_books import BOOKS

    where = places.places(args)

    async def told(_done: int, _size: int) -> None:
        return

    async def main() -> None:
        async with runtime.database(where) as url, Installation.open(Settings(where.data, url, BOOKS)) as installation:
            ledgers = [one for one in await installation.ledgers() if args.ledger in (None, one.slug, one.origin)]
            if len(ledgers) != 1:
                code = "export.which" if ledgers else "export.no_ledger"
                raise CommandError(code, names=", ".join(one.slug for one in ledgers))
            ledger = ledgers[0]

            def ask(question: Any) -> Any:
                return installation.ask(ledger, question)

            _show(args, await compute(ask, await newest(installation, ledger), kinds, tried, told))

    return runtime.run(main)


def _show(args: argparse.Namespace, found: "Document") -> None:
    if args.json:
        print(json.dumps(found, ensure_ascii=False), flush=True)
        return
    from app.audit.words import choose_language
    from app.backtests.paper import printed
    from app.decisions.words import Words
    from app.texts import Catalogue
    from app.texts.formats import JAPAN

    words = Words(Catalogue.load(strict=False), choose_language(args.lang), JAPAN)
    print(*printed(words, found), sep="\n", flush=True)
