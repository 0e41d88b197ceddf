"""``yui verify SOURCE``: audit a ledger from outside. Exit code 0 verified, 1 something found, 2 could not check."""

import argparse
import json
import sys
import traceback
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.audit.run import Options
    from app.audit.words import Words

_UNITS = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_FOUND, _COULD_NOT, _INTERRUPTED = 1, 2, 130


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A source and what the auditor brings along."""
    parser.add_argument(
        "source", help="書き出した写し(フォルダー、.zip、.tar.gz)か、アドレス / exported copy or address"
    )
    parser.add_argument("--ledger", metavar="NAME", help="複数あるうちの一つ / one of several at an installation")
    parser.add_argument("--vkey", help="信じる運用者の鍵 / the operator's key to hold it to (name+hash+key)")
    parser.add_argument("--genesis", metavar="HASH", help="信じる創立の記録のハッシュ / the genesis hash to hold it to")
    parser.add_argument("--max-age", metavar="48h", type=duration, help="封印の古さの限度 / refuse an older checkpoint")
    add_witnesses(parser)
    parser.add_argument(
        "--state", metavar="DIR", type=Path, help="前回見た封印を覚えておく場所 / remember what was verified"
    )
    parser.add_argument(
        "--copy",
        metavar="SOURCE",
        action="append",
        default=[],
        help="ほかの封印(控え、写し、アドレス)とくらべる / another copy of the checkpoint; repeatable",
    )
    parser.add_argument(
        "--rpc",
        metavar="URL",
        action="append",
        default=[],
        help="チェーンに書きとめを尋ねる / ask this chain about anchors; repeatable, for others or a second opinion",
    )
    parser.add_argument(
        "--anchor",
        metavar="FILE",
        action="append",
        default=[],
        type=Path,
        help="係留の証明(写しにないもの) / an anchor's proof that the copy does not hold; repeatable",
    )
    parser.add_argument(
        "--confirmations",
        metavar="64",
        type=_count,
        default=64,
        help="係留が確定したとみなす段数 / blocks that make an anchor final",
    )
    parser.add_argument(
        "--fresh", action="store_true", help="途中までの検証を使わず、はじめから / do not go on with an interrupted run"
    )
    parser.add_argument(
        "--evidence", metavar="FILE", type=Path, help="不一致の証拠を書き出す / write findings with proof"
    )
    parser.add_argument("--lang", choices=("ja", "en"), help="ことば / language")
    parser.add_argument("--json", action="store_true", help="結果を JSON で / print the report as JSON")


def run(args: argparse.Namespace) -> int:
    """Audit every ledger at the source; the worst code wins, a finding being worse than what could not be checked."""
    from app.audit.words import Words, choose_language
    from ledger.errors import LedgerError
    from ledger.verify.report import Unreadable

    words = Words(choose_language(args.lang))
    try:
        return _audit(args, _options(args), words)
    except KeyboardInterrupt:
        print(words.say("interrupted" if args.state is None else "interrupted.kept"), file=sys.stderr)
        return _INTERRUPTED
    except Unreadable as error:
        return _could_not(words.code(error.code, error.params))
    except (LedgerError, OSError) as error:
        return _could_not(str(error))
    except Exception:  # noqa: BLE001 - a fault of ours must not pass for a finding, whose code is Python's for a crash
        traceback.print_exc()
        return _could_not(words.say("internal"))


def _audit(args: argparse.Namespace, options: "Options", words: "Words") -> int:
    from app.audit import paper
    from app.audit.run import audit

    codes, proofs = set(), []
    with ExitStack() as stack:
        for audited in audit(args.source, options, stack, _Progress(words)):
            codes.add(audited.report.exit_code)
            if args.json:
                print(json.dumps(paper.as_json(audited.name, audited.report), ensure_ascii=False), flush=True)
            else:
                print(*paper.lines(audited.name, audited.report, words), sep="\n", flush=True)
            if args.evidence is not None and audited.report.exit_code == _FOUND:
                proofs.append(paper.evidence(audited.name, audited.report, audited.copy))
    if proofs:
        args.evidence.write_text(json.dumps(proofs, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        print(words.say("evidence", path=args.evidence), file=sys.stderr)
    return next(code for code in (_FOUND, _COULD_NOT, 0) if code in codes)


def _options(args: argparse.Namespace) -> "Options":
    from app.audit.run import Options
    from ledger.signed_note import parse_vkey
    from ledger.witness_policy import parse

    vkey = None if args.vkey is None else parse_vkey(args.vkey)
    policy = None if args.witness_policy is None else parse(args.witness_policy.read_bytes())
    return Options(
        ledger=args.ledger,
        vkey=vkey,
        genesis=args.genesis,
        max_age=args.max_age,
        state=args.state,
        witnesses=policy,
        grace=args.witness_grace,
        fresh=args.fresh,
        others=tuple(args.copy),
        anchors=tuple(args.anchor),
        rpcs=tuple(args.rpc),
        confirmations=args.confirmations,
    )


class _Progress:
    """A line on a terminal, now and then."""

    def __init__(self, words: "Words") -> None:
        self._words, self._shown = words, 0

    def __call__(self, done: int, size: int) -> None:
        if sys.stderr.isatty() and done - self._shown >= 4096:  # noqa: PLR2004 - sixteen bundles
            self._shown = done
            print(f"\r{self._words.say('progress', done=done, size=size)}", end="\r", file=sys.stderr, flush=True)


def _could_not(why: str) -> int:
    print(f"yui: {why}", file=sys.stderr)
    return _COULD_NOT


def add_witnesses(parser: argparse.ArgumentParser) -> None:
    """Whose cosignatures are asked for, and how long they may take."""
    parser.add_argument(
        "--witness-policy", metavar="FILE", type=Path, help="信じる立会人(C2SP tlog-policy) / the witnesses you trust"
    )
    parser.add_argument(
        "--witness-grace",
        metavar="1h",
        type=duration,
        default=3_600_000,
        help="立会人の署名がそろうのを待つ長さ / how long a quorum of them may take",
    )


def duration(text: str) -> int:
    """Milliseconds of ``30m``, ``48h`` or ``7d``."""
    if not text[:-1].isascii() or not text[:-1].isdigit() or text[-1] not in _UNITS:
        raise argparse.ArgumentTypeError("30m, 48h, 7d")
    return int(text[:-1]) * _UNITS[text[-1]]


def _count(text: str) -> int:
    """A number from 1 on."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError("1, 2, 3 …")
    return int(text)
