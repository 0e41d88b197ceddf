"""``yui verify-receipt FILE``: check a receipt offline, or a refusal that ``yui sign`` has kept.

Exit code 0 it holds, 1 it does not, 2 could not check.
"""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.audit.keys import Signed
    from app.audit.words import Words
    from ledger.receipt import Receipt

_FOUND, _COULD_NOT = 1, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, and where the operator's key comes from."""
    parser.add_argument("file", type=Path, help="控え(.tlog-proof)か断り(.refusal.json) / the receipt or refusal")
    parser.add_argument("--vkey", help="運用者の鍵 / the operator's key (name+hash+key)")
    parser.add_argument("--state", metavar="DIR", type=Path, help="yui verify の --state / what an audit remembered")
    parser.add_argument(
        "--source", help="鍵の交代をたどる写しかアドレス / a copy or address to follow changed keys through"
    )
    parser.add_argument(
        "--witness-policy", metavar="FILE", type=Path, help="信じる立会人(C2SP tlog-policy) / the witnesses you trust"
    )
    parser.add_argument("--lang", choices=("ja", "en"), help="ことば / language")


def run(args: argparse.Namespace) -> int:
    """Say what the receipt shows."""
    from app.audit import keys
    from app.audit.words import Words, choose_language
    from ledger import receipt
    from ledger.errors import LedgerError
    from ledger.verify.report import Unreadable

    words = Words(choose_language(args.lang))
    try:
        data = args.file.read_bytes()
        if data.startswith(b"{"):
            return _tell_refusal(args, words, data)
        found = receipt.parse(data)
        signed = keys.signed(found.note, args.vkey, args.state, args.source)
        if signed is None:
            print(words.say("receipt.no_key"), file=sys.stderr)
            return _COULD_NOT
        return _tell(args, words, found, signed)
    except OSError as error:
        print(words.say("receipt.unreadable", path=error.filename), file=sys.stderr)
        return _COULD_NOT
    except Unreadable as error:
        print(words.code(error.code, error.params), file=sys.stderr)
        return _COULD_NOT
    except LedgerError as error:
        print(words.say("receipt.bad", reason=words.code(error.code, error.params)))
        if error.code == "checkpoint.key":
            print(words.say("receipt.other_key" if args.source is None else "receipt.other_key.source"))
        return _FOUND


def _tell(args: argparse.Namespace, words: "Words", found: "Receipt", signed: "Signed") -> int:
    from ledger import canonical, receipt, witness_policy

    head, entry = receipt.verify(found, signed.key)
    policy = None if args.witness_policy is None else witness_policy.parse(args.witness_policy.read_bytes())
    cosigned = [] if policy is None else receipt.verify_witnesses(found, policy)
    received = canonical.format_time(entry.received)
    print(words.say("receipt.ok", origin=head.origin, entry=found.position, size=head.size, received=received))
    if signed.followed:
        print(words.say("receipt.followed", vkey=signed.key.text()))
    if signed.late:
        print(words.say("receipt.late", vkey=signed.key.text()))
    _tell_lost(args, words, head.origin, found.position)
    for one in cosigned:
        moment = canonical.format_time(one.time * 1000)
        print(words.code("witness.cosigned", {"name": one.witness.name, "size": head.size, "time": moment}))
    print(words.say("receipt.statement", type=entry.statement.type, author=entry.statement.author))
    return 0


def _tell_lost(args: argparse.Namespace, words: "Words", origin: str, position: int) -> None:
    """Where another log goes on from this one without this entry, the receipt is what is left of it."""
    from app.audit.seen import LastSeen

    with LastSeen(args.state) as seen:
        found = seen.successor(origin)
    if found is not None and position >= found[1]:
        print(words.say("receipt.lost", entry=position, origin=origin, successor=found[0], entries=found[1]))


def _tell_refusal(args: argparse.Namespace, words: "Words", data: bytes) -> int:
    """That the operator refused this statement, by the key that is known of it, else by the one that the file names."""
    from app.audit.seen import LastSeen
    from ledger import refused
    from ledger.signed_note import parse_vkey
    from ledger.statement import parse_statement

    found = refused.parse(data)
    with LastSeen(args.state) as seen:
        known = args.vkey or seen.vkey(found.key.name)
    if known:
        found = found._replace(key=parse_vkey(known))
    found.verify()
    said, about = parse_statement(found.statement), found.refusal
    reason = words.code(about.code, {})
    print(words.say("receipt.refused", origin=said.ledger, time=about.time, size=about.size, reason=reason))
    print(words.say("receipt.statement", type=said.type, author=said.author))
    if not known:
        print(words.say("receipt.refused_by", vkey=found.key.text()))
    return 0
