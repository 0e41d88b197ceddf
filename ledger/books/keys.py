"""Keys as members hold them, and the one question asked of every signature: may this key speak here?

A root key (a passkey where there is one) enrols and revokes device keys. Validity is decided by log
index, inside the fold, so a revocation earlier in the same batch already holds.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Final, Literal

import msgspec

from ledger import ids, passkey
from ledger.books import coop, members, roles
from ledger.books.coop import Coop
from ledger.errors import Refusal
from ledger.fold import GENESIS_TYPE, SUCCESSION_TYPE, Context, Handler
from ledger.keys import Facts, check_public
from ledger.state import Record, State
from ledger.statement import Signature

OFFICIALS: Final = ("administrator", "facilitator")
"""Who may enter a paper, or an act in the room, for a member."""
COUNTERSIGNERS: Final = ("administrator", "auditor", "facilitator")
"""Who may countersign what was entered for a member."""
Credential = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9_-]{1,1364}\Z")]
"""A passkey's credential id as browsers write it (base64url, at most 1023 bytes): no place for a name."""


class Key(Record, frozen=True, kw_only=True):
    """One public key of a member.

    ``may``: statement types it is limited to (empty: all). ``with_role``: valid only together with another
    signer of that role. ``recovered``: when it took the place of lost keys (ms), for such a key can't act
    on what was opened before.
    """

    kind: ClassVar[str] = "key"
    member: str
    alg: str
    public: str
    credential: str | None
    root: bool
    status: Literal["active", "waiting", "disputed", "revoked"]
    since: int
    may: tuple[str, ...] = ()
    with_role: str | None = None
    recovered: int | None = None
    officers: tuple[str, ...] = ()

    @property
    def parent(self) -> str:
        """Keys stand under their member."""
        return self.member

    @property
    def sort(self) -> str:
        """In the order of enrolment."""
        return f"{self.index:012d}"


def authenticate(ctx: Context, handler: Handler) -> None:
    """Every signer's key must be valid for that signer, at this index, for this type. Refusal otherwise."""
    statement = ctx.statement
    if statement.for_ is not None and not handler.assisted:
        raise Refusal("statement.for_not_allowed", type=statement.type)
    if statement.type == GENESIS_TYPE:
        for signer, signature in zip(statement.signers, ctx.signatures, strict=True):
            _check_bare_key(signer, signature)
        return
    record = coop.get(ctx.state)
    if statement.ledger != record.origin and statement.type != SUCCESSION_TYPE:
        raise Refusal("statement.ledger", ledger=statement.ledger)
    if _sort_of(statement.author) not in handler.by:
        raise Refusal("statement.author", author=statement.author)
    for signer, signature, facts in zip(statement.signers, ctx.signatures, ctx.facts, strict=True):
        _check_signer(ctx, handler, record, signer, signature)
        check_passkey(record, facts)
    if statement.for_ is not None:
        _check_entered_for(ctx, handler)


def signing_key(ctx: Context) -> Key:
    """The author's key record."""
    return ctx.state.need(Key, ids.key_id(ctx.signatures[0].key))


def require_root(ctx: Context) -> Key:
    """The author must have signed with a root key; refusal ``key.root_required``."""
    key = signing_key(ctx)
    if not key.root:
        raise Refusal("key.root_required")
    return key


def require_older(ctx: Context, since: int) -> None:
    """No signer's key may have been recovered at ``since`` (ms) or later; refusal ``key.recovered_since``.

    Whoever takes a key over while a vote is running must not be able to take the vote with it.
    """
    for signature in ctx.signatures:
        key = ctx.state.find(Key, ids.key_id(signature.key))
        if key is not None and key.recovered is not None and key.recovered >= since:
            raise Refusal("key.recovered_since", id=key.id)


def active_keys(state: State, member: str) -> list[Key]:
    """A member's keys that are in force."""
    return [key for key in state.children(Key, member) if key.status == "active"]


def _sort_of(author: str) -> str:
    return {"mem": "member"}.get(author.partition("_")[0], author.partition("_")[0])


def _check_signer(ctx: Context, handler: Handler, record: Coop, signer: str, signature: Signature) -> None:
    if signer == ids.CLERK:
        if signature.alg != "ed25519" or signature.key != record.clerk_key:
            raise Refusal("signature.signer", signer=signer)
    elif signer.startswith("key_"):
        _check_bare_key(signer, signature)
    else:
        _check_member_key(ctx, handler, signer, signature)


def _check_bare_key(signer: str, signature: Signature) -> None:
    """A key that speaks for itself: a founder's, an applicant's, an invitation's, or one being enrolled."""
    if ids.key_id(signature.key) != signer:
        raise Refusal("signature.signer", signer=signer)
    check_public(signature.alg, signature.key)


def _check_member_key(ctx: Context, handler: Handler, signer: str, signature: Signature) -> None:
    key = ctx.state.find(Key, ids.key_id(signature.key))
    if key is None or key.member != signer or key.alg != signature.alg:
        raise Refusal("key.unknown", signer=signer)
    if key.status != "active":
        raise Refusal(f"key.{key.status}", id=key.id)
    if key.may and ctx.statement.type not in key.may:
        raise Refusal("key.limited", id=key.id, type=ctx.statement.type)
    if key.with_role is not None and not _vouched(ctx, signer, key.with_role):
        raise Refusal("key.needs_cosigner", id=key.id, role=key.with_role)
    if not handler.inactive:
        members.need_active(ctx.state, signer)


def _vouched(ctx: Context, signer: str, role: str) -> bool:
    """Whether another signer holds the role, and says so with a key that needs nobody itself: two copied
    cards must not vouch for each other.
    """
    for other, signature in zip(ctx.statement.signers, ctx.signatures, strict=True):
        if other != signer and roles.holds(ctx.state, other, role):
            key = ctx.state.find(Key, ids.key_id(signature.key))
            if key is not None and key.with_role is None:
                return True
    return False


def check_passkey(record: Coop, facts: Facts) -> None:
    """Which pages may ask a passkey to sign for this co-op is part of its ledger."""
    assertion = facts.passkey
    if assertion is None:
        return
    if assertion.origin not in record.origins:
        raise Refusal("passkey.origin", origin=assertion.origin)
    if assertion.rp_id_hash not in {passkey.rp_id_hash(rp_id) for rp_id in record.rp_ids}:
        raise Refusal("passkey.rp_id")


def _check_entered_for(ctx: Context, handler: Handler) -> None:
    """An act entered for a member: by the right official, countersigned, and a paper committed to."""
    statement = ctx.statement
    if statement.for_ == statement.author:
        raise Refusal("statement.for_oneself")
    if not handler.inactive:
        members.need_active(ctx.state, ctx.actor)
    if statement.via == "assisted":
        roles.require(ctx, "concierge")
        # The member's own cosignature (a card, a shared phone) is the best witness there is.
        if ctx.actor not in statement.cosigners and not roles.cosigned_by(ctx, "concierge", *COUNTERSIGNERS):
            raise Refusal("statement.countersign")
        return
    roles.require(ctx, *OFFICIALS)
    if not roles.cosigned_by(ctx, *COUNTERSIGNERS):
        raise Refusal("statement.countersign")
    if statement.via == "paper" and not isinstance(statement.body.get("paper"), dict):
        raise Refusal("statement.paper")
