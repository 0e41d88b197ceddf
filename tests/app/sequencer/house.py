"""A ledger of words on a real database, and people who write in it."""

from __future__ import annotations

import hashlib
import itertools
import time
from pathlib import Path
from typing import Any

import msgspec
from nacl.signing import SigningKey

from app.clock import Clock
from app.installation import Installation, Settings
from app.sequencer.submission import Submission, parse
from app.storage.embedded import Server
from app.storage.ledgers import Ledger
from app.storage.log import Receipt
from ledger import canonical, checkpoint, fold, ids, merkle
from ledger.compose import compose, envelope, nonce, public_of, seen, sign_ed25519
from ledger.signed_note import VerifierKey
from ledger.statement import Statement, parse_leaf
from tests.app.sequencer.books import BOOKS

ORIGIN = "words.example/test"
SLUG = "words"
SALT = bytes(range(32))
_fresh = itertools.count(1)


def settings(server: Server, data: Path, clock: Clock | None = None) -> Settings:
    return Settings(data, server.service_dsn.url, BOOKS, clock or Clock())


class Person:
    """Someone with a key; every statement has a nonce of its own."""

    def __init__(self, name: str) -> None:
        self.key = SigningKey(hashlib.sha256(name.encode()).digest())
        self.id = ids.key_id(public_of(self.key))
        self._name = name

    def say(self, type_: str, body: dict[str, Any], tree: tuple[int, bytes], **changes: Any) -> bytes:
        """The envelope of a statement."""
        fields: dict[str, Any] = {
            "at": canonical.format_time(time.time_ns() // 1_000_000),
            "author": self.id,
            "body": body,
            "ledger": ORIGIN,
            "nonce": self.nonce(next(_fresh)),
            "seen": seen(*tree),
            "type": type_,
            "v": 1,
        }
        draft = compose(Statement(**fields | changes), lambda: SALT)
        return msgspec.json.encode(envelope(draft, (sign_ed25519(self.key, draft.data),)))

    def nonce(self, count: int) -> str:
        return nonce(count, hashlib.sha256(f"{self._name} {count}".encode()).digest())


class House:
    """An open installation with one founded ledger."""

    def __init__(self, installation: Installation, ledger: Ledger, genesis: Receipt) -> None:
        self.installation, self.ledger, self.genesis = installation, ledger, genesis
        self.hanako, self.taro = Person("Hanako"), Person("Taro")

    @property
    def tree(self) -> tuple[int, bytes]:
        """The published tree as a device would have seen it."""
        published = self.installation.guard.read(self.installation.keys.verifier(ORIGIN))
        return published.size, published.root

    def word(self, person: Person, number: int, **body: Any) -> Submission:
        return parse(person.say("word.say/1", {"number": number, **body}, self.tree))

    async def submit(self, submission: Submission) -> Receipt:
        receipt = await self.installation.submit(self.ledger, submission)
        self.check(receipt)
        return receipt

    def check(self, receipt: Receipt) -> None:
        check_receipt(receipt, self.installation.keys.verifier(ORIGIN))


def check_receipt(receipt: Receipt, key: VerifierKey) -> None:
    """As whoever holds it would: signature, then the path from the leaf to the root."""
    tree = checkpoint.verify(receipt.note, key)
    merkle.check_inclusion(merkle.leaf_hash(receipt.leaf), receipt.index, tree.size, receipt.path, tree.root)
    parse_leaf(receipt.leaf)


def genesis(installation: Installation, *founders: Person) -> Submission:
    keys = installation.draft(ORIGIN)
    first = founders[0]
    data = first.say(
        fold.GENESIS_TYPE,
        {"log_key": keys.log_key, "clerk_key": keys.clerk_key},
        (0, merkle.EMPTY_ROOT),
        author=ids.GENESIS,
        cosigners=tuple(person.id for person in founders),
    )
    return parse(data)


async def founded(installation: Installation) -> House:
    """The house in that installation, founded if it is not there yet."""
    receipt = await installation.found(SLUG, genesis_of_hanako(installation))
    return House(installation, await installation.ledger(SLUG), receipt)


def genesis_of_hanako(installation: Installation) -> Submission:
    """The same statement each time, whoever asks."""
    keys = installation.draft(ORIGIN)
    founder = Person("Hanako")
    data = founder.say(
        fold.GENESIS_TYPE,
        {"log_key": keys.log_key, "clerk_key": keys.clerk_key},
        (0, merkle.EMPTY_ROOT),
        at="2026-04-01T09:00:00.000Z",
        author=ids.GENESIS,
        cosigners=(founder.id,),
        nonce=Person("Genesis").nonce(0),
    )
    return parse(data)
