"""An in-memory co-op with members, keys and a clock, which tests of every layer use.

It folds through the same code as the service and keeps everything an auditor needs: leaves, roots,
openings and a signed checkpoint. All randomness comes from counters, so a village is the same each time.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import itertools
import json
import re
from typing import Any, NamedTuple

import msgspec
import pytest
from nacl.signing import SigningKey

from governance.all_books import BOOKS
from ledger import canonical, checkpoint, fold, ids, keys, merkle, passkey
from ledger.books import coop, succession
from ledger.books.coop import keys_in_force
from ledger.compose import Draft, Private, compose, nonce, public_of, seen, sign_ed25519
from ledger.errors import LedgerError, Refusal
from ledger.fold import Books
from ledger.private import Opening
from ledger.signed_note import VerifierKey
from ledger.state import Memory, State
from ledger.statement import DOMAIN, Entry, Signature, Statement, build_leaf, parse_leaf, statement_id

HOUR = 3_600_000
DAY = 24 * HOUR
START = canonical.parse_time("2026-04-01T00:00:00.000Z")


class Passkey(NamedTuple):
    """Where a passkey is asked to sign: the page's origin, and its relying party id."""

    origin: str = "https://village.example"
    rp_id: str = "village.example"


def refused(code: str) -> Any:
    """Expect that refusal and no other."""
    return pytest.raises(LedgerError, match=rf"^{re.escape(code)}( |$)")


class Village:
    """One co-op. Members are called by name; names map to ids and to one Ed25519 key each."""

    def __init__(self, *founders: str, origin: str = "village.example/yui", **genesis: Any) -> None:
        self.books: Books = BOOKS
        self.origin, self.time = origin, START
        self.memory, self.frontier = Memory(), merkle.Frontier()
        self.leaves: list[bytes] = []
        self.roots: list[bytes] = [merkle.EMPTY_ROOT]
        self.openings: dict[bytes, tuple[Opening, ...]] = {}
        self.ids: dict[str, str] = {}
        self.keys: dict[str, SigningKey] = {}
        self.passkeys: dict[str, Passkey] = {}
        self._entries: dict[bytes, Entry] = {}
        self._nonces: set[tuple[str, str]] = set()
        self._count = itertools.count()
        self.clerk = "clerk key"
        self.log_key, self.clerk_key = self.key("log key"), self.key(self.clerk)
        self._found(founders or ("Hanako",), genesis)

    # Reading.

    @property
    def state(self) -> State:
        """A fresh overlay over all that has been folded."""
        return State(self.memory)

    @property
    def size(self) -> int:
        """Number of entries."""
        return len(self.leaves)

    def root_at(self, size: int) -> str | None:
        """History for the fold: every size counts as published here."""
        return canonical.b64(self.roots[size]) if size < len(self.roots) else None

    def note(self) -> bytes:
        """The signed checkpoint."""
        head = checkpoint.Checkpoint(self.origin, self.size, self.roots[-1])
        own = {self.vkey(name): key for name, key in self.keys.items()}
        return checkpoint.sign(head, *(own[vkey] for vkey in keys_in_force(coop.get(self.state))))

    def vkey(self, name: str) -> str:
        """That name's key as a key of the log."""
        return VerifierKey(self.origin, bytes(self.key(name).verify_key)).text()

    def rotate(self, old: str, new: str, until: int, **changes: Any) -> Entry:
        """Have the log's key ``old`` name the key ``new``."""
        author, cosigner = self.key_id(old), self.key_id(new)
        body = {"log_key": self.vkey(new), "until": canonical.format_time(until)} | changes
        names = {author: old, cosigner: new}
        return self.say(author, "operator.key/1", body, cosigners=(cosigner,), keys_of=names)

    def come_forward(self, new: str, **changes: Any) -> Entry:
        """Have a key that the members have decided on take the log over."""
        author = self.key_id(new)
        body = {"log_key": self.vkey(new)} | changes
        return self.say(author, "operator.decided_key/1", body, keys_of={author: new})

    def rotate_clerk(self, new: str, by: str = "log key", **changes: Any) -> Entry:
        """Have the log's key ``by`` name the clerk's next key."""
        author, cosigner = self.key_id(by), self.key_id(new)
        body = {"clerk_key": public_of(self.key(new))} | changes
        names = {author: by, cosigner: new}
        entry = self.say(author, "operator.clerk_key/1", body, cosigners=(cosigner,), keys_of=names)
        self.clerk = new
        return entry

    def back_to(self, size: int) -> Village:
        """What a backup from the time when there were ``size`` entries brings back."""
        backup = copy.copy(self)
        backup.memory, backup.frontier = Memory(), merkle.Frontier()
        backup.leaves, backup.roots, backup._entries, backup._nonces = [], [merkle.EMPTY_ROOT], {}, set()
        for leaf in self.leaves[:size]:
            entry = parse_leaf(leaf)
            backup.time = entry.received
            backup.submit(entry.statement_bytes, entry.signatures)
        backup.time = self.time
        return backup

    def succeed(self, last: bytes, origin: str, author: str, *cosigners: str, **changes: Any) -> Entry:
        """Have officers say that this log goes on under another name; ``last``: the old one's last signed note."""
        old, self.origin = self.origin, origin
        body = {
            "cause": "entries",
            "clerk_key": public_of(self.key(f"clerk key of {origin}")),
            "entries": self.size,
            "last": msgspec.to_builtins(succession.last_checkpoint(last)),
            "log_key": self.vkey(f"log key of {origin}"),
            "reason": Private("失われた記録がある"),
        }
        try:
            entry = self.say(author, "ledger.succession/1", body | changes, cosigners=cosigners)
        except LedgerError:
            self.origin = old
            raise
        self.clerk = f"clerk key of {origin}"
        return entry

    def key(self, name: str) -> SigningKey:
        """That name's key."""
        if name not in self.keys:
            self.keys[name] = SigningKey(hashlib.sha256(f"key of {name}".encode()).digest())
        return self.keys[name]

    def key_id(self, name: str) -> str:
        """The id of that name's key."""
        return ids.key_id(public_of(self.key(name)))

    def id(self, name: str) -> str:
        """The member called so; ids and key ids pass through."""
        return self.ids.get(name, name)

    # Acting.

    def say(  # noqa: PLR0913
        self,
        author: str,
        type_: str,
        body: dict[str, Any],
        *,
        cosigners: tuple[str, ...] = (),
        for_: str | None = None,
        via: str | None = None,
        replaces: str | None = None,
        keys_of: dict[str, str] | None = None,
        seen_size: int | None = None,
    ) -> Entry:
        """Have ``author`` (a name, ``clerk``, or a key id's name in ``keys_of``) sign and submit; Refusal passes on."""
        statement = self.statement(author, type_, body, cosigners, for_, via, replaces, seen_size)
        draft, signatures = self.signed(statement, self._names(statement, author, cosigners, keys_of or {}))
        entry = self.submit(draft.data, signatures)
        self.openings[entry.id] = draft.openings
        return entry

    def signed(self, statement: Statement, names: list[str]) -> tuple[Draft, tuple[Signature, ...]]:
        """The statement, composed, and signed with the keys of those names in order."""
        draft = compose(statement, self._salt)
        return draft, tuple(self.sign(name, draft.data) for name in names)

    def alg(self, name: str) -> str:
        """What that name signs with."""
        return "webauthn" if name in self.passkeys else "ed25519"

    def sign(self, name: str, data: bytes) -> Signature:
        """That name's signature, by passkey where the name has one."""
        where = self.passkeys.get(name)
        if where is None:
            return sign_ed25519(self.key(name), data)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(DOMAIN + data).digest()).rstrip(b"=").decode()
        client = json.dumps({"type": "webauthn.get", "challenge": challenge, "origin": where.origin}).encode()
        shown = passkey.rp_id_hash(where.rp_id) + b"\x05" + bytes(4)
        sig = self.key(name).sign(shown + hashlib.sha256(client).digest()).signature
        public = public_of(self.key(name))
        return Signature("webauthn", public, canonical.b64(sig), canonical.b64(shown), canonical.b64(client))

    def statement(  # noqa: PLR0913, PLR0917
        self,
        author: str,
        type_: str,
        body: dict[str, Any],
        cosigners: tuple[str, ...] = (),
        for_: str | None = None,
        via: str | None = None,
        replaces: str | None = None,
        seen_size: int | None = None,
    ) -> Statement:
        """The statement, unsigned, with private values still in the body."""
        size = self.size if seen_size is None else seen_size
        return Statement(
            at=canonical.format_time(self.time),
            author=self.id(author),
            body=body,
            ledger=self.origin,
            nonce=nonce(self.time, self._random(10)),
            seen=seen(size, self.roots[size]),
            type=type_,
            v=1,
            cosigners=tuple(self.id(name) for name in cosigners),
            for_=None if for_ is None else self.id(for_),
            replaces=replaces,
            via=via,
        )

    def submit(self, data: bytes, signatures: tuple[Signature, ...]) -> Entry:
        """Fold and append, as the lane does; the clock moves on a second. The same again gives the first entry."""
        leaf = build_leaf(data, signatures, self.time)
        entry = parse_leaf(leaf)
        facts = tuple(keys.verify_statement(signature, data) for signature in signatures)
        if statement_id(data) in self._entries:
            return self._entries[statement_id(data)]
        nonce_used = (entry.statement.author, entry.statement.nonce)
        if nonce_used in self._nonces:
            raise Refusal("statement.nonce_reused")
        state = self.state
        fold.apply(self.books, state, self, self.size, entry, facts)
        self.memory.absorb(state)
        self._entries[entry.id] = entry
        self._nonces.add(nonce_used)
        self.leaves.append(leaf)
        self.frontier.append(merkle.leaf_hash(leaf))
        self.roots.append(self.frontier.root())
        self.time += 1000
        return entry

    def wait(self, milliseconds: int) -> None:
        """Let time pass, and the clerk tick."""
        self.time += milliseconds
        self.say("clerk", fold.TICK, {})

    def join(self, name: str, cls: str = "member", *, by: str | None = None) -> str:
        """Admit a member with a key through an invitation; the id."""
        by = by or next(iter(self.ids))
        link = f"link for {name}"
        until = canonical.format_time(self.time + DAY)
        invitation = self.say(
            by, "member.invite/1", {"admits": True, "cls": cls, "key": self.key_id(link), "until": until}
        )
        entry = self.say(
            self.key_id(name),
            "member.apply/1",
            {
                "alg": self.alg(name),
                "cls": cls,
                "invitation": ids.object_id("inv", invitation.id),
                "profile": {"name": Private(name)},
                "public": public_of(self.key(name)),
                "type": "person",
            },
            cosigners=(self.key_id(link),),
            keys_of={self.key_id(name): name, self.key_id(link): link},
        )
        self.ids[name] = "mem_" + ids.object_id("app", entry.id).removeprefix("app_")
        return self.ids[name]

    def enter(self, name: str, cls: str = "member", *, by: str | None = None) -> str:
        """Enter a member who has no key; the id."""
        by = by or next(iter(self.ids))
        body = {"cls": cls, "profile": {"name": Private(name)}, "type": "person"}
        self.ids[name] = ids.object_id("mem", self.say(by, "member.enter/1", body).id)
        return self.ids[name]

    def appoint(self, name: str, role: str) -> None:
        """Have the first founder give a role."""
        self.say(next(iter(self.ids)), "role.give/1", {"member": self.id(name), "role": role})

    # Within.

    def _found(self, founders: tuple[str, ...], changes: dict[str, Any]) -> None:
        body = genesis_body(self, founders) | changes
        cosigners = tuple(self.key_id(name) for name in founders)
        entry = self.say(
            ids.GENESIS,
            fold.GENESIS_TYPE,
            body,
            cosigners=cosigners,
            keys_of=dict(zip(cosigners, founders, strict=True)),
        )
        for ordinal, name in enumerate(founders):
            self.ids[name] = ids.object_id("mem", entry.id, ordinal)

    def _names(
        self, statement: Statement, author: str, cosigners: tuple[str, ...], keys_of: dict[str, str]
    ) -> list[str]:
        said = cosigners if statement.author == ids.GENESIS else (author, *cosigners)
        return [self.clerk if name == ids.CLERK else keys_of.get(name, name) for name in said]

    def _random(self, count: int) -> bytes:
        return hashlib.sha256(b"random %d" % next(self._count)).digest()[:count]

    def _salt(self) -> bytes:
        return self._random(32)


def genesis_body(village: Village, founders: tuple[str, ...]) -> dict[str, Any]:
    """A plain co-op: one class, simple majority for everything, everything public."""
    log_key = VerifierKey(village.origin, bytes(village.log_key.verify_key))
    return {
        "clerk_key": public_of(village.clerk_key),
        "entries": "public",
        "fiscal_month": 4,
        "fold": 1,
        "founders": [
            {
                "alg": village.alg(name),
                "cls": "member",
                "profile": {"name": Private(name)},
                "public": public_of(village.key(name)),
                "type": "person",
            }
            for name in founders
        ],
        "log_key": log_key.text(),
        "origins": ["https://village.example"],
        "policies": {"commons": commons_policy(), "members": members_policy()},
        "profile": {"name": Private("結の里")},
        "rp_ids": ["village.example"],
        "rules": {kind: majority_rule() for kind in ("ordinary", "rules", "policy", "role", "admit")},
        "tiles": "public",
        "utc_offset": 540,
    }


def members_policy() -> dict[str, Any]:
    """Administrators admit and appoint; anybody may apply."""
    return {
        "admission": "administrator",
        "applications": "open",
        "appointed": ["administrator", "facilitator", "concierge", "steward"],
        "classes": ["member", "supporter"],
        "recovery_days": 7,
        "retention_days": 30,
    }


def commons_policy() -> dict[str, Any]:
    """One attestation by anyone, ten tokens an hour of cleaning, gifts allowed."""
    return {
        "attestation": {"by": ["member"], "count": 1},
        "bookings": {"payout": "provider"},
        "claim_days": 90,
        "gifts": "anyone",
        "kinds": [
            {"code": "cleaning", "tokens": 10, "unit": "hour"},
            {"code": "vegetables", "tokens": 2, "unit": "kg"},
        ],
        "mode": "tokens",
        "objection_seconds": 7 * 86_400,
    }


def majority_rule(**changes: Any) -> dict[str, Any]:
    """More than half of the yes and no votes, no quorum, a week of voting; ``changes`` replace whole answers."""
    rule: dict[str, Any] = {
        "channels": ["online", "paper", "assisted"],
        "electorate": {"module": "all_active/1"},
        "method": {"module": "yes_no_abstain/1"},
        "quorum": {"module": "none/1"},
        "secrecy": {"module": "open/1"},
        "threshold": {"fraction": "1/2", "module": "fraction/1", "of": "cast", "strict": True},
        "tie": {"module": "status_quo/1"},
        "timing": {"delay_seconds": 0, "module": "fixed/1", "timelock_seconds": 0, "voting_seconds": 604_800},
        "weight": {"module": "one_member_one_vote/1"},
    }
    return rule | changes
