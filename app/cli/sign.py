"""``yui sign LEDGER DRAFT``: say something on a ledger from a terminal. Exit code 0 recorded, 1 refused, 2 could not.

A signer that shares nothing with the pages: it composes the bytes itself, says in words what they say, asks, signs with
a key that never leaves this machine, and believes the answer only when the receipt holds. What the service refuses it
has signed that it refuses: that is kept, too, for whoever should see that it was turned away. The draft is JSON::

    {"type": "token.gift/1", "author": "mem_…", "body": {"to": "mem_…", "amount": 12}, "private": {"note": "Thanks"}}

``private`` has the values by their path in the body; ``cosigners``, ``for``, ``via`` and ``replaces`` as in statements.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ledger.compose import Draft
    from ledger.signed_note import VerifierKey
    from ledger.statement import Signature

_REFUSED, _COULD_NOT = 1, 2
_MEMBERS = {"type", "author", "body", "private", "cosigners", "for", "via", "replaces"}
Sign = Callable[[bytes], "Signature"]
"""Signs a canonical statement."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where, what, and with which keys."""
    parser.add_argument("ledger", help="台帳のアドレス(https://…/c/名前) / the co-op's address")
    parser.add_argument("draft", type=Path, help="下書き(JSON) / the draft")
    parser.add_argument(
        "--key",
        type=Path,
        action="append",
        required=True,
        metavar="FILE",
        help="鍵(PKCS#8 の Ed25519、またはウォレットの keystore)。署名する人の順に / a key, for each signer in order",
    )
    parser.add_argument("--receipt", type=Path, metavar="FILE", help="控えの置き場所 / where to keep the receipt")
    parser.add_argument("--vkey", help="運用者の鍵 / the operator's key (name+hash+key)")
    parser.add_argument("--state", metavar="DIR", type=Path, help="yui verify の --state / what an audit remembered")
    parser.add_argument("--yes", action="store_true", help="たずねない / don't ask")
    parser.add_argument("--lang", choices=("ja", "en"), help="ことば / language")


def run(args: argparse.Namespace) -> int:
    """Sign and submit one statement."""
    from app.audit.words import Words, choose_language
    from app.texts.sentence_template import SentenceError
    from ledger.errors import LedgerError

    words = Words(choose_language(args.lang))
    try:
        return _say(args, words)
    except OSError as error:
        print(words.say("sign.failed", reason=str(error)), file=sys.stderr)
    except LedgerError as error:
        print(words.say("sign.failed", reason=words.code(error.code, error.params)), file=sys.stderr)
    except (SentenceError, ValueError, KeyError) as error:
        print(words.say("sign.failed", reason=repr(error)), file=sys.stderr)
    return _COULD_NOT


def _say(args: argparse.Namespace, words: Any) -> int:
    from app.remote import Remote
    from app.texts.sentences import Sentences
    from ledger import canonical

    remote = Remote(args.ledger, words.language)
    context = remote.context()
    vkey = _vkey(args, context, words)
    head = remote.verified(context, vkey)
    draft = _compose(_read_draft(args.draft), context["origin"], head)
    private = {opening.path: opening.value for opening in draft.openings}
    print(Sentences(words.language, utc_offset=context["utc_offset"]).of(canonical.decode(draft.data), private))
    if not args.yes and not _agrees(input(words.say("sign.ask", ledger=context["origin"]))):
        print(words.say("sign.declined"))
        return _COULD_NOT
    signatures = tuple(reader(path)(draft.data) for path in args.key)
    answer = remote.submit(draft, signatures, head)
    if "code" in answer:
        reason = answer.get("title") or words.code(answer["code"], answer.get("params", {}))
        print(words.say("sign.refused", reason=reason))
        _keep_refusal(args, context["slug"], answer, (draft, signatures), vkey, words)
        return _REFUSED
    receipt = remote.accept(answer, draft, head, vkey)
    kept = args.receipt or Path(f"{context['slug']}-{receipt.position}.tlog-proof")
    kept.write_bytes(receipt.to_file())
    print(words.say("sign.recorded", entry=receipt.position, path=str(kept)))
    return 0


def _keep_refusal(
    args: argparse.Namespace,
    slug: str,
    answer: dict[str, Any],
    said: "tuple[Draft, tuple[Signature, ...]]",
    vkey: "VerifierKey",
    words: Any,
) -> None:
    """A file that shows what was refused, by whom and when. What is not signed by the operator shows nothing."""
    from ledger import canonical, refusal
    from ledger.errors import LedgerError
    from ledger.refused import Refused
    from ledger.statement import statement_id

    draft, signatures = said
    try:
        signed = refusal.parse(canonical.encode(answer["refusal"]))
        refused = Refused(signed, draft.data, signatures, vkey)
        refused.verify()
    except (KeyError, TypeError, LedgerError):
        print(words.say("sign.refused_unsigned"))
        return
    name = canonical.b64(statement_id(draft.data)).replace("/", "_").replace("+", "-")[:16]
    kept = Path(f"{args.receipt or f'{slug}-{name}'}.refusal.json")
    kept.write_bytes(refused.to_file())
    print(words.say("sign.refusal_kept", path=str(kept)))


def _agrees(answer: str) -> bool:
    return answer.strip().lower() in ("y", "yes", "はい")


def _read_draft(path: Path) -> dict[str, Any]:
    """The draft in that file. ValueError for what is none."""
    import json

    found = json.loads(path.read_bytes())
    if not isinstance(found, dict) or not {"type", "author", "body"} <= found.keys() <= _MEMBERS:
        raise ValueError(f"{path}: type, author, body, private, cosigners, for, via, replaces")
    return found


def _compose(said: dict[str, Any], origin: str, head: Any) -> "Draft":
    import secrets
    import time

    from ledger import canonical, compose
    from ledger.statement import Statement

    now = time.time_ns() // 1_000_000
    for path, value in said.get("private", {}).items():
        *above, last = path.split("/")
        place = said["body"]
        for step in above:
            place = place[int(step)] if isinstance(place, list) else place.setdefault(step, {})
        place[int(last) if isinstance(place, list) else last] = compose.Private(value)
    statement = Statement(
        at=canonical.format_time(now),
        author=said["author"],
        body=said["body"],
        ledger=origin,
        nonce=compose.nonce(now, secrets.token_bytes(10)),
        seen=compose.seen(head.size, head.root),
        type=said["type"],
        v=1,
        cosigners=tuple(said.get("cosigners", ())),
        for_=said.get("for"),
        replaces=said.get("replaces"),
        via=said.get("via"),
    )
    return compose.compose(statement, lambda: secrets.token_bytes(32))


def _vkey(args: argparse.Namespace, context: dict[str, Any], words: Any) -> Any:
    """As it was given, else as an audit has seen it, else as the service says: that it is taken on trust is said."""
    from app.audit.seen import LastSeen
    from ledger.signed_note import parse_vkey

    if args.vkey is not None:
        return parse_vkey(args.vkey)
    with LastSeen(args.state) as seen:
        known = seen.vkey(context["origin"])
    if known is None:
        print(words.say("sign.trusted", vkey=context["vkey"]), file=sys.stderr)
    return parse_vkey(known or context["vkey"])


def reader(path: Path) -> Sign:
    """What signs with the key in that file."""
    text = path.read_text(encoding="ascii").strip()
    return _wallet(text) if text.startswith("{") else _ed25519(text)


def _ed25519(text: str) -> Sign:
    """PKCS#8 (RFC 8410), as PEM or as the one line that stands in cards and links."""
    import base64

    from nacl.signing import SigningKey

    from ledger.compose import sign_ed25519

    line = "".join(part for part in text.splitlines() if not part.startswith("-----"))
    data = base64.b64decode(line.rpartition("#")[2] + "==", altchars=b"-_" if set(line) & set("-_") else None)
    prefix = bytes.fromhex("302e020100300506032b657004220420")
    if len(data) != 48 or not data.startswith(prefix):  # noqa: PLR2004
        raise ValueError("PKCS#8, Ed25519")
    key = SigningKey(data[16:])
    return lambda statement: sign_ed25519(key, statement)


def _wallet(text: str) -> Sign:
    """An Ethereum keystore, which asks for its passphrase."""
    import getpass
    import hashlib
    import json

    # Imported here: only wallets need it, and it takes its time to load.
    from eth_account import Account

    from ledger import canonical, wallet
    from ledger.statement import DOMAIN, Signature

    account = Account.from_key(Account.decrypt(json.loads(text), getpass.getpass()))

    def sign(statement: bytes) -> Signature:
        digest = wallet.statement_digest(statement, hashlib.sha256(DOMAIN + statement).digest())
        signed = account.unsafe_sign_hash(digest)
        return Signature(wallet.SCHEME, f"{wallet.SCHEME}:{account.address}", canonical.b64(bytes(signed.signature)))

    return sign
