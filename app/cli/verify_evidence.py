"""``yui verify-evidence FILE``: do these checkpoints prove two histories? 0 they do, 1 they do not, 2 unreadable."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.audit.words import Words
    from ledger.evidence import Evidence

_PROVEN, _NOT_PROVEN, _COULD_NOT = 0, 1, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, and whose key it must be about."""
    parser.add_argument("file", type=Path, help="証拠のファイル / the evidence, from a browser, an audit or a witness")
    parser.add_argument("--vkey", help="運用者の鍵 / the operator's key (name+hash+key)")
    parser.add_argument("--lang", choices=("ja", "en"), help="ことば / language")


def run(args: argparse.Namespace) -> int:
    """Say of each pair of checkpoints whether it proves that the operator signed two histories."""
    from app.audit import evidence
    from app.audit.words import Words, choose_language
    from ledger.errors import LedgerError
    from ledger.signed_note import parse_vkey

    words = Words(choose_language(args.lang))
    try:
        pinned = None if args.vkey is None else parse_vkey(args.vkey)
        found = evidence.read(args.file)
    except OSError:
        print(words.say("evidence.unreadable", path=args.file), file=sys.stderr)
        return _COULD_NOT
    except LedgerError as error:
        print(words.say("evidence.bad", reason=words.code(error.code, error.params)), file=sys.stderr)
        return _COULD_NOT
    if not found:
        print(words.say("evidence.bad", reason=words.code("evidence.none", {})))
    proven = [_tell(one, words, None if pinned is None else pinned.text()) for one in found]
    return _PROVEN if any(proven) else _NOT_PROVEN


def _tell(evidence: "Evidence", words: "Words", pinned: str | None) -> bool:
    from ledger.errors import LedgerError
    from ledger.evidence import prove

    vkey = evidence.key.text()
    if pinned not in (None, vkey):
        print(words.say("evidence.bad", reason=words.code("evidence.other_key", {"vkey": vkey})))
        return False
    try:
        old, new = prove(evidence)
    except LedgerError as error:
        print(words.say("evidence.bad", reason=words.code(error.code, error.params)))
        return False
    print(words.say("evidence.ok", origin=old.origin, old=old.size, new=new.size))
    if pinned is None:
        print(words.say("evidence.key", vkey=vkey))
    return True
