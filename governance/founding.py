"""Entry 0: how a co-op comes to be. One founder suffices; others join the stored draft before it is sealed.

The genesis fixes what cannot change later (origin, log key and clerk key, UTC offset, fiscal year) and
puts the first rules, policies and members in force. Every founder's key signs the same bytes.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from governance.books import rules
from ledger import ids, keys
from ledger.books import coop, joining, members, policies, roles
from ledger.books.coop import Coop, EntryVisibility, TileVisibility
from ledger.books.keys import Credential, Key, check_passkey
from ledger.errors import FormatError, Refusal
from ledger.fold import GENESIS_TYPE, Book, Context, Handler
from ledger.signed_note import parse_vkey
from ledger.statement import Statement

FOLD_VERSION: Final = 1
MAX_FOUNDERS: Final = 32
_MAX_OFFSET: Final = 14 * 60


class Founder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One founder: the key that signs and will be theirs, and the member they become."""

    alg: str
    public: str
    cls: str
    type: members.MemberType
    profile: members.Profile
    credential: Credential | None = None


class Genesis(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``ledger.genesis/1``. ``utc_offset`` in minutes, ``fiscal_month`` 1-12; ``rules`` by kind of proposal."""

    fold: int
    founders: tuple[Founder, ...]
    log_key: str
    clerk_key: str
    rp_ids: tuple[str, ...]
    origins: tuple[str, ...]
    utc_offset: int
    fiscal_month: int
    tiles: TileVisibility
    entries: EntryVisibility
    profile: coop.Profile
    rules: dict[str, dict[str, Any]]
    policies: dict[str, dict[str, Any]]


def _found(ctx: Context, body: Genesis) -> None:
    if body.fold != FOLD_VERSION:
        raise Refusal("genesis.fold", fold=body.fold)
    _check_keys(ctx, body)
    _check_calendar(body)
    if coop.OPENNESS.index(body.entries) > coop.OPENNESS.index(body.tiles):
        raise Refusal("coop.visibility_order")
    record = Coop(
        id=coop.ID,
        index=0,
        origin=ctx.statement.ledger,
        fold=body.fold,
        log_key=body.log_key,
        clerk_key=body.clerk_key,
        rp_ids=body.rp_ids,
        origins=body.origins,
        utc_offset=body.utc_offset,
        fiscal_month=body.fiscal_month,
        tiles=body.tiles,
        entries=body.entries,
        profile=ctx.id,
    )
    for facts in ctx.facts:
        check_passkey(record, facts)
    ctx.state.put(record)
    _adopt(ctx, body)
    for ordinal, founder in enumerate(body.founders):
        _enter_founder(ctx, ordinal, founder)


def _adopt(ctx: Context, body: Genesis) -> None:
    """Put the first policies and rules in force: one for every area, one for every kind."""
    for area in sorted(policies.AREAS):
        if area not in body.policies:
            raise Refusal("genesis.policy_missing", area=area)
    for area, document in sorted(body.policies.items()):
        policies.adopt(ctx, area, document)
    for kind in rules.KINDS:
        if kind not in body.rules:
            raise Refusal("genesis.rule_missing", kind=kind)
    for kind, document in sorted(body.rules.items()):
        rules.adopt(ctx, kind, document, None)


def _check_keys(ctx: Context, body: Genesis) -> None:
    log_key = parse_vkey(body.log_key)
    if log_key.name != ctx.statement.ledger:
        raise Refusal("genesis.log_key", name=log_key.name)
    keys.check_public("ed25519", keys.ed25519_public(log_key.public))
    keys.check_public("ed25519", body.clerk_key)
    operators = (keys.ed25519_public(log_key.public), body.clerk_key)
    # The operator's two keys are apart from each other and from everyone's who acts in the co-op.
    if len({*operators, *(founder.public for founder in body.founders)}) < len(operators) + len(body.founders):
        raise Refusal("genesis.same_key")
    founders = tuple(ids.key_id(founder.public) for founder in body.founders)
    if not 1 <= len(founders) <= MAX_FOUNDERS or founders != ctx.statement.cosigners:
        raise Refusal("genesis.founders", founders=len(founders))
    for founder, signature in zip(body.founders, ctx.signatures, strict=True):
        if founder.public != signature.key or founder.alg != signature.alg:
            raise Refusal("genesis.founders", founders=len(founders))


def _check_calendar(body: Genesis) -> None:
    if abs(body.utc_offset) > _MAX_OFFSET or body.utc_offset % 15:
        raise FormatError("format.body", type=GENESIS_TYPE, path="utc_offset")
    if not 1 <= body.fiscal_month <= 12:  # noqa: PLR2004
        raise FormatError("format.body", type=GENESIS_TYPE, path="fiscal_month")


def _enter_founder(ctx: Context, ordinal: int, founder: Founder) -> None:
    joining.require_class(ctx, founder.cls)
    member = members.enter(
        ctx,
        ctx.new_id("mem", ordinal),
        cls=founder.cls,
        type=founder.type,
        profile=ctx.id,
        profile_path=f"founders/{ordinal}/profile",
        set_by=ctx.id,
    )
    ctx.state.put(
        Key(
            id=ids.key_id(founder.public),
            index=0,
            member=member.id,
            alg=founder.alg,
            public=founder.public,
            credential=founder.credential,
            root=True,
            status="active",
            since=ctx.time,
        )
    )
    roles.give(ctx, member.id, "administrator", roles.COOP, ctx.time, None)


def _subject(_statement: Statement, id_: bytes, path: str) -> str:
    """A founder's fields under the founder's own key, everything else under the co-op's."""
    parts = path.split("/")
    return ids.object_id("mem", id_, int(parts[1])) if parts[0] == "founders" else coop.ID


BOOK = Book("founding", handlers=(Handler(GENESIS_TYPE, Genesis, _found, by=("genesis",), subject=_subject),))
