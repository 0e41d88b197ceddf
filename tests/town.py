"""People of a co-op that is reached over HTTP: they keep keys, see checkpoints, and write what is posted.

Nothing here does I/O: whoever has a client fetches the context and posts what ``Town.says`` gives.
"""

from __future__ import annotations

import hashlib
import itertools
import time
from typing import Any

import msgspec
from nacl.signing import SigningKey

from ledger import canonical, checkpoint, fold, ids, merkle
from ledger.compose import Draft, Private, compose, envelope, nonce, public_of, seen, sign_ed25519
from ledger.keys import SESSION_DOMAIN
from ledger.statement import Signature, Statement, statement_id
from tests.simulator import commons_policy, majority_rule, members_policy

MONTHS = 300 * 86_400_000


class Written:
    """A signed statement: what is posted, its id, and who has signed."""

    def __init__(self, statement: Statement, draft: Draft, signatures: tuple[Signature | None, ...]) -> None:
        self.statement, self.draft, self.signatures = statement, draft, signatures
        self.id = statement_id(draft.data)

    def json(self) -> bytes:
        """The envelope."""
        given = tuple(signature for signature in self.signatures if signature is not None)
        body = envelope(self.draft, given)
        body["signatures"] = [None if one is None else msgspec.to_builtins(one) for one in self.signatures]
        return msgspec.json.encode(body)


class Town:
    """One co-op's people, called by name; names map to ids and to one Ed25519 key each."""

    def __init__(self, slug: str = "owase", seed: str = "") -> None:
        self.slug, self.seed, self.origin = slug, seed, ""
        self.ids: dict[str, str] = {}
        self.head: tuple[int, bytes] = (0, merkle.EMPTY_ROOT)
        self._count = itertools.count()

    def key(self, name: str) -> SigningKey:
        return SigningKey(hashlib.sha256(f"{self.seed} key of {name}".encode()).digest())

    def public(self, name: str) -> str:
        return public_of(self.key(name))

    def key_id(self, name: str) -> str:
        return ids.key_id(self.public(name))

    def id(self, name: str) -> str:
        return self.ids.get(name, name)

    def saw(self, note: str) -> None:
        """A checkpoint was shown: it is what statements name from now on."""
        head = checkpoint.parse(note.encode())[0]
        if head.size >= self.head[0]:
            self.head = (head.size, head.root)

    def says(  # noqa: PLR0913
        self,
        author: str,
        type_: str,
        body: dict[str, Any],
        *,
        cosigners: tuple[str, ...] = (),
        for_: str | None = None,
        via: str | None = None,
        replaces: str | None = None,
        keys: dict[str, str] | None = None,
        missing: tuple[str, ...] = (),
    ) -> Written:
        """What ``author`` writes; ``keys``: whose key signs for whom; ``missing``: who has not signed yet."""
        now = time.time_ns() // 1_000_000
        statement = Statement(
            at=canonical.format_time(now),
            author=self.id(author),
            body=body,
            ledger=self.origin,
            nonce=nonce(now, self._random(10)),
            seen=seen(*self.head),
            type=type_,
            v=1,
            cosigners=tuple(self.id(name) for name in cosigners),
            for_=None if for_ is None else self.id(for_),
            replaces=replaces,
            via=via,
        )
        draft = compose(statement, lambda: self._random(32))
        names = cosigners if author == ids.GENESIS else (author, *cosigners)
        signatures = tuple(
            None if name in missing else sign_ed25519(self.key((keys or {}).get(name, name)), draft.data)
            for name in names
        )
        return Written(statement, draft, signatures)

    def genesis(self, prepared: dict[str, Any], *founders: str, **changes: Any) -> Written:
        """The genesis over what the service has prepared."""
        self.origin = prepared["origin"]
        body = {
            "clerk_key": prepared["clerk_key"],
            "entries": "public",
            "fiscal_month": 4,
            "fold": 1,
            "founders": [self._founder(name) for name in founders],
            "log_key": prepared["log_key"],
            "origins": prepared["origins"],
            "policies": {"commons": commons_policy(), "members": members_policy()},
            "profile": {"name": Private("結の里")},
            "rp_ids": prepared["rp_ids"],
            "rules": {kind: majority_rule() for kind in ("ordinary", "rules", "policy", "role", "admit")},
            "tiles": "public",
            "utc_offset": 540,
        }
        cosigners = tuple(self.key_id(name) for name in founders)
        keys = dict(zip(cosigners, founders, strict=True))
        written = self.says(ids.GENESIS, fold.GENESIS_TYPE, body | changes, cosigners=cosigners, keys=keys)
        for ordinal, name in enumerate(founders):
            self.ids[name] = ids.object_id("mem", written.id, ordinal)
        return written

    def invitation(self, name: str, by: str) -> Written:
        until = canonical.format_time(time.time_ns() // 1_000_000 + MONTHS)
        link = self.key_id(f"link for {name}")
        return self.says(by, "member.invite/1", {"admits": True, "cls": "member", "key": link, "until": until})

    def application(self, name: str, invitation: Written) -> Written:
        """Joins at once; the new member is known by ``name`` from then on."""
        own, link = self.key_id(name), self.key_id(f"link for {name}")
        body = {
            "alg": "ed25519",
            "cls": "member",
            "invitation": ids.object_id("inv", invitation.id),
            "profile": {"name": Private(name)},
            "public": self.public(name),
            "type": "person",
        }
        keys = {own: name, link: f"link for {name}"}
        written = self.says(own, "member.apply/1", body, cosigners=(link,), keys=keys)
        self.ids[name] = "mem_" + ids.object_id("app", written.id).removeprefix("app_")
        return written

    def answer(self, name: str, challenge: dict[str, Any], key: str | None = None) -> dict[str, Any]:
        """What signs ``name`` in."""
        message = SESSION_DOMAIN + canonical.encode(challenge)
        key_ = self.key(key or name)
        signature = {"alg": "ed25519", "key": public_of(key_), "sig": canonical.b64(key_.sign(message).signature)}
        asked = {"challenge": challenge["challenge"], "expires": challenge["expires"]}
        return asked | {"member": self.id(name), "signature": signature}

    def _founder(self, name: str) -> dict[str, Any]:
        fields = {"alg": "ed25519", "cls": "member", "type": "person"}
        return fields | {"profile": {"name": Private(name)}, "public": self.public(name)}

    def _random(self, count: int) -> bytes:
        digest = hashlib.sha512(f"{self.seed} {time.time_ns()} {next(self._count)}".encode()).digest()
        return digest[:count]
