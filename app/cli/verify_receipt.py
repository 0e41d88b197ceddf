"""``yui verify-receipt FILE``: check a receipt offline. Exit code 0 it holds, 1 it does not, 2 could not check."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ledger.signed_note import VerifierKey

_FOUND, _COULD_NOT = 1, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, and where the operator's key comes from."""
    parser.add_argument("file", type=Path, help="控え(.tlog-proof) / the receipt")
    parser.add_argument("--vkey", help="運用者の鍵 / the operator's key (name+hash+key)")
    parser.add_argument("--state", metavar="DIR", type=Path, help="yui verify の --state / what an audit remembered")
    parser.add_argument(
        "--witness-policy", metavar="FILE", type=Path, help="信じる立会人(C2SP tlog-policy) / the witnesses you trust"
    )
    parser.add_argument("--lang", choices=("ja", "en"), help="ことば / language")


def run(args: argparse.Namespace) -> int:
    """Say what the receipt shows."""
    from app.audit.words import Words, choose_language
    from ledger import canonical, receipt, witness_policy
    from ledger.errors import LedgerError

    words = Words(choose_language(args.lang))
    try:
        found = receipt.parse(args.file.read_bytes())
        vkey = _vkey(args, found.note)
        policy = None if args.witness_policy is None else witness_policy.parse(args.witness_policy.read_bytes())
    except OSError as error:
        print(words.say("receipt.unreadable", path=error.filename), file=sys.stderr)
        return _COULD_NOT
    except LedgerError as error:
        print(words.say("receipt.bad", reason=words.code(error.code, error.params)))
        return _FOUND
    if vkey is None:
        print(words.say("receipt.no_key"), file=sys.stderr)
        return _COULD_NOT
    try:
        head, entry = receipt.verify(found, vkey)
        cosigned = [] if policy is None else receipt.verify_witnesses(found, policy)
    except LedgerError as error:
        print(words.say("receipt.bad", reason=words.code(error.code, error.params)))
        return _FOUND
    received = canonical.format_time(entry.received)
    print(words.say("receipt.ok", origin=head.origin, entry=found.position, size=head.size, received=received))
    for one in cosigned:
        moment = canonical.format_time(one.time * 1000)
        print(words.code("witness.cosigned", {"name": one.witness.name, "size": head.size, "time": moment}))
    print(words.say("receipt.statement", type=entry.statement.type, author=entry.statement.author))
    return 0


def _vkey(args: argparse.Namespace, note: bytes) -> "VerifierKey | None":
    from app.audit.seen import LastSeen
    from ledger import checkpoint
    from ledger.signed_note import parse_vkey

    if args.vkey is not None:
        return parse_vkey(args.vkey)
    with LastSeen(args.state) as seen:
        text = seen.vkey(checkpoint.parse(note)[0].origin)
    return None if text is None else parse_vkey(text)
