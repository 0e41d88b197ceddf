"""``yui verify-evidence FILE``: do these checkpoints prove two histories? 0 they do, 1 they do not, 2 unreadable."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.audit.words import Words
    from ledger.evidence import Evidence
    from ledger.signed_note import VerifierKey

_PROVEN, _NOT_PROVEN, _COULD_NOT = 0, 1, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, and whose key it must be about."""
    parser.add_argument("file", type=Path, help="証拠のファイル / the evidence, from a browser, an audit or a witness")
    parser.add_argument("--vkey", help="運用者の鍵 / the operator's key (name+hash+key)")
    parser.add_argument(
        "--source", help="鍵の交代をたどる写しかアドレス / a copy or address to follow changed keys through"
    )
    parser.add_argument("--lang", choices=("ja", "en"), help="ことば / language")


def run(args: argparse.Namespace) -> int:
    """Say of each pair of checkpoints whether it proves that the operator signed two histories."""
    from app.audit import evidence
    from app.audit.words import Words, choose_language
    from ledger.errors import LedgerError
    from ledger.signed_note import parse_vkey
    from ledger.verify.report import Unreadable

    words = Words(choose_language(args.lang))
    try:
        pinned = None if args.vkey is None else parse_vkey(args.vkey)
        found = [_followed(one, args.source) for one in evidence.read(args.file)]
    except Unreadable as error:
        print(words.code(error.code, error.params), file=sys.stderr)
        return _COULD_NOT
    except OSError:
        print(words.say("evidence.unreadable", path=args.file), file=sys.stderr)
        return _COULD_NOT
    except LedgerError as error:
        print(words.say("evidence.bad", reason=words.code(error.code, error.params)), file=sys.stderr)
        return _COULD_NOT
    if not found:
        print(words.say("evidence.bad", reason=words.code("evidence.none", {})))
    proven = [_tell(one, words, pinned) for one in found]
    return _PROVEN if any(proven) else _NOT_PROVEN


def _followed(evidence: "Evidence", source: str | None) -> "Evidence":
    """With the changes of keys that a copy of the ledger shows, besides those that the evidence brings along."""
    from contextlib import ExitStack

    from app.audit import rotations

    if source is None:
        return evidence
    with ExitStack() as stack:
        leaves = rotations.of(source, evidence.key.name, stack)
    return evidence._replace(changes=(*evidence.changes, *leaves.values()))


def _tell(evidence: "Evidence", words: "Words", pinned: "VerifierKey | None") -> bool:
    from ledger.errors import LedgerError
    from ledger.evidence import prove

    vkey = evidence.key.text()
    if pinned is not None and pinned not in evidence.keys:
        print(words.say("evidence.bad", reason=words.code("evidence.other_key", {"vkey": vkey})))
        return False
    try:
        old, new = prove(evidence)
    except LedgerError as error:
        print(words.say("evidence.bad", reason=words.code(error.code, error.params)))
        return False
    print(words.say("evidence.ok", origin=old.origin, old=old.size, new=new.size))
    if pinned not in (None, evidence.key):
        print(words.say("evidence.followed", vkey=vkey))
    for key in evidence.succeeded:
        print(words.say("evidence.succeeded", vkey=key.text()))
    if pinned is None:
        print(words.say("evidence.key", vkey=vkey))
    return True
