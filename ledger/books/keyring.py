"""Enrolling, limiting, revoking and recovering keys.

Lost phone: two officials, neither the member, or the member's guardians sign a new key with a reason. It waits;
meanwhile the member is told and the old key may object, which opens a dispute that an auditor settles. Root outranks
device: only a root key enrols or limits others.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

from ledger import ids
from ledger.books import guardians, keys, members, policies, roles
from ledger.books.keys import Credential, Key
from ledger.errors import Refusal
from ledger.fold import Book, Context, Handler, Moment
from ledger.private import Commit
from ledger.state import Due
from ledger.statement import Statement

DAY: Final = 86_400_000
MAX_KEYS: Final = 20
"""Keys in force per member: enough for every device and card, few enough to read."""
StatementType = Annotated[str, msgspec.Meta(pattern=r"\A[a-z]+(\.[a-z_]+)+/[1-9][0-9]{0,3}\Z", max_length=64)]


class Enrol(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``key.enrol/1``: another key for oneself, cosigned by the new key."""

    alg: str
    public: str
    root: bool
    credential: Credential | None = None
    label: Commit | None = None
    may: tuple[StatementType, ...] = ()
    with_role: Literal["concierge"] | None = None


class Limit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``key.limit/1``: what a key of one's own may still sign. Limits only narrow."""

    key: str
    may: tuple[StatementType, ...]


class Revoke(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``key.revoke/1``: a key is out of force: one's own, or by two officials when the member asks.

    Against a recovery that is not one's wish there is ``key.object/1``: whoever found the phone could otherwise
    put an end to every attempt, and nobody would look into it.
    """

    key: str
    reason: Literal["lost", "replaced", "compromised", "unused"]


class Claim(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``key.claim/1``: a member who never had a key takes up a first one, the author, through an invitation."""

    invitation: str
    alg: str
    public: str
    credential: Credential | None = None


class Recover(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``key.recover/1``: two officials, or enough guardians, sign a new root key for a member who has lost theirs."""

    member: str
    alg: str
    public: str
    reason: Commit
    credential: Credential | None = None


class Object(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``key.object/1``: the member's old key says that the recovery is not the member's wish."""

    key: str
    reason: Commit | None = None


class Settle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``key.settle/1``: an auditor who was not one of the two officials decides a disputed recovery."""

    key: str
    accept: bool
    reason: Commit


def add(ctx: Context, member: str, alg: str, public: str, **fields: object) -> Key:
    """Put a new key under a member; it must be new to the ledger and have signed."""
    id_ = ids.key_id(public)
    if ctx.state.find(Key, id_) is not None:
        raise Refusal("key.taken", id=id_)
    if not any(s.key == public and s.alg == alg for s in ctx.signatures) or id_ not in _speaking_keys(ctx):
        raise Refusal("key.must_sign", id=id_)
    defaults: dict[str, object] = {"credential": None, "root": True, "status": "active"}
    key = Key(
        id=id_,
        index=ctx.index,
        member=member,
        alg=alg,
        public=public,
        since=ctx.time,
        **(defaults | fields),  # type: ignore[arg-type]
    )
    ctx.state.put(key)
    return key


def _speaking_keys(ctx: Context) -> tuple[str, ...]:
    """The bare keys among the signers, by id."""
    return tuple(signer for signer in ctx.statement.signers if signer.startswith("key_"))


def revoke_all(moment: Moment, member: str) -> None:
    """Put every key of a member out of force (recovery)."""
    for key in moment.state.children(Key, member):
        if key.status == "active":
            moment.state.put(msgspec.structs.replace(key, status="revoked"))


def _enrol(ctx: Context, body: Enrol) -> None:
    by = keys.require_root(ctx)
    # Only here: a recovery puts all other keys out of force, so whoever holds the old ones can't block it with many.
    if len(keys.active_keys(ctx.state, ctx.author)) >= MAX_KEYS:
        raise Refusal("key.too_many", limit=MAX_KEYS)
    if body.root and (body.may or body.with_role):
        raise Refusal("key.root_limited")
    add(
        ctx,
        ctx.author,
        body.alg,
        body.public,
        credential=body.credential,
        root=body.root,
        may=body.may,
        with_role=body.with_role,
        # What a recovered key enrols is as young as the recovered key itself.
        recovered=by.recovered,
    )


def _limit(ctx: Context, body: Limit) -> None:
    keys.require_root(ctx)
    key = _own(ctx, body.key)
    if key.status != "active":
        raise Refusal(f"key.{key.status}", id=key.id)
    if not body.may or (key.may and not set(body.may) <= set(key.may)):
        raise Refusal("key.limit_widens", id=key.id)
    if key.root and _is_last_root(ctx, key):
        raise Refusal("key.last_root", id=key.id)
    ctx.state.put(msgspec.structs.replace(key, may=body.may))


def _revoke(ctx: Context, body: Revoke) -> None:
    key = ctx.refer(Key, body.key)
    if key.status == "revoked":
        raise Refusal("key.revoked", id=key.id)
    if key.member == ctx.author:
        if key.status != "active":
            raise Refusal(f"key.{key.status}", id=key.id)
        if keys.signing_key(ctx).id != key.id:
            keys.require_root(ctx)
    else:
        roles.require(ctx, "administrator", "concierge")
        roles.require_second(ctx, *keys.COUNTERSIGNERS)
    ctx.state.unschedule("key.recovers", key.id)
    ctx.state.put(msgspec.structs.replace(key, status="revoked"))


def _claim(ctx: Context, body: Claim) -> None:
    invitation = ctx.refer(members.Invitation, body.invitation)
    use_invitation(ctx, invitation)
    if invitation.member is None:
        raise Refusal("invitation.kind", id=invitation.id)
    members.need_active(ctx.state, invitation.member)
    require_keyless(ctx, invitation.member)
    # The key in the link has passed through other hands: it must not become the member's.
    if ids.key_id(body.public) != ctx.author:
        raise Refusal("key.must_sign", id=ctx.author)
    add(ctx, invitation.member, body.alg, body.public, credential=body.credential)


def require_keyless(ctx: Context, member: str) -> None:
    """Refusal ``key.has_keys`` for whoever ever had a key: two officials who revoke it could else put one of
    theirs in its place at once, without the waiting time and the objection that a recovery has.
    """
    if ctx.state.children(Key, member, limit=1):
        raise Refusal("key.has_keys", id=member)


def use_invitation(ctx: Context, invitation: members.Invitation) -> None:
    """An invitation is used by cosigning with the key in its link, while it lasts."""
    if invitation.key not in ctx.statement.cosigners:
        raise Refusal("invitation.signature", id=invitation.id)
    if invitation.closed or invitation.uses < 1 or ctx.time >= invitation.until:
        raise Refusal("invitation.over", id=invitation.id)
    ctx.state.put(msgspec.structs.replace(invitation, uses=invitation.uses - 1))


def _recover(ctx: Context, body: Recover) -> None:
    member = ctx.refer(members.Member, body.member)
    officers = [signer for signer in ctx.statement.signers if signer.startswith("mem_")]
    if member.id in officers:
        raise Refusal("key.recover_oneself")
    if not guardians.vouched(ctx, member.id, officers):
        roles.require(ctx, *guardians.RECOVERING)
        roles.require_second(ctx, *guardians.RECOVERING, "auditor")
    members.need_active(ctx.state, member.id)
    if any(key.status in ("waiting", "disputed") for key in ctx.state.children(Key, member.id)):
        raise Refusal("key.recovery_running", id=member.id)
    key = add(
        ctx, member.id, body.alg, body.public, credential=body.credential, status="waiting", officers=tuple(officers)
    )
    days = policies.members(ctx.state).recovery_days
    ctx.schedule(ctx.time + days * DAY, "key.recovers", key.id)


def _recovers(moment: Moment, due: Due) -> None:
    _put_in_force(moment, moment.state.need(Key, due.subject))


def _put_in_force(moment: Moment, key: Key) -> None:
    revoke_all(moment, key.member)
    # Whoever had the lost keys may have chosen them.
    guardians.end(moment, key.member)
    moment.state.put(msgspec.structs.replace(key, status="active", recovered=moment.time, since=moment.time))


def _object(ctx: Context, body: Object) -> None:
    key = _own(ctx, body.key)
    if key.status != "waiting":
        raise Refusal("key.not_waiting", id=key.id)
    ctx.state.unschedule("key.recovers", key.id)
    ctx.state.put(msgspec.structs.replace(key, status="disputed"))


def _settle(ctx: Context, body: Settle) -> None:
    roles.require(ctx, "auditor")
    key = ctx.refer(Key, body.key)
    if key.status != "disputed":
        raise Refusal("key.not_disputed", id=key.id)
    if ctx.author in key.officers or ctx.author == key.member:
        raise Refusal("key.settle_oneself")
    if body.accept:
        _put_in_force(ctx, key)
    else:
        ctx.state.put(msgspec.structs.replace(key, status="revoked"))


def _own(ctx: Context, id_: str) -> Key:
    key = ctx.refer(Key, id_)
    if key.member != ctx.author:
        raise Refusal("key.not_own", id=id_)
    return key


def _is_last_root(ctx: Context, key: Key) -> bool:
    return not any(k.root and not k.may and k.id != key.id for k in keys.active_keys(ctx.state, key.member))


def _member_of_recovery(statement: Statement, _id: bytes, _path: str) -> str:
    return str(statement.body["member"])


BOOK = Book(
    "keys",
    records=(Key, guardians.Guardians),
    handlers=(
        Handler("key.enrol/1", Enrol, _enrol),
        Handler("key.limit/1", Limit, _limit),
        Handler("key.revoke/1", Revoke, _revoke, inactive=True),
        Handler("key.claim/1", Claim, _claim, by=("key",)),
        Handler("key.recover/1", Recover, _recover, subject=_member_of_recovery),
        Handler("key.object/1", Object, _object, inactive=True),
        Handler("key.settle/1", Settle, _settle),
        Handler("key.guardians/1", guardians.Choose, guardians.choose),
    ),
    dues={"key.recovers": _recovers},
)
