"""The co-op itself: where its log lives, which keys speak for it, what may be seen, and its profile."""

from __future__ import annotations

import re
from typing import ClassVar, Final, Literal

import msgspec

from ledger.books import roles
from ledger.errors import Refusal
from ledger.fold import TICK, Book, Context, Handler
from ledger.private import Commit
from ledger.state import Record, State
from ledger.statement import Statement

ID: Final = "coop"

TileVisibility = Literal["public", "members"]
EntryVisibility = Literal["public", "members", "auditors"]
MAX_ADDRESSES: Final = 8
_RP_ID = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\Z")
_WEB_ORIGIN = re.compile(r"(https?)://([a-z0-9.-]+)(:[0-9]{1,5})?\Z")
OPENNESS: Final = ("auditors", "members", "public")


class LogKey(msgspec.Struct, frozen=True):
    """A key of the log (as a vkey), which counts for trees from ``since`` entries to ``until`` (None: to this day).

    ``decided``: the proposal by which the members put it in the place of the one before, which has not named it.
    """

    vkey: str
    since: int
    until: int | None
    decided: str | None = None


class ClerkKey(msgspec.Struct, frozen=True):
    """A key with which the clerk signed the entries from index ``since`` up to, and without, ``until``."""

    public: str
    since: int
    until: int | None


class DecidedKey(msgspec.Struct, frozen=True):
    """A key of the log that the members have decided on, and that has not come forward yet."""

    vkey: str
    proposal: str


class Predecessor(msgspec.Struct, frozen=True):
    """The log of another name that this one goes on from (``succession.py``): its first ``entries`` are that one's.

    ``size`` and ``root`` are those of its last published checkpoint, so ``size - entries`` are lost for good. ``at``
    (ms) and ``statement`` (base64 id) are of the entry that says so.
    """

    origin: str
    cause: Literal["entries", "key"]
    entries: int
    size: int
    root: str
    at: int
    statement: str

    @property
    def lost(self) -> int:
        """How many entries were published and are not here."""
        return max(self.size - self.entries, 0)


class Coop(Record, frozen=True, kw_only=True):
    """One co-op. ``profile`` is the id (base64) of the statement whose private values hold name and words.

    ``utc_offset`` in minutes and ``fiscal_month`` (1-12) are fixed at founding. ``log_key`` is the log's newest key,
    ``earlier_keys`` are those before it, oldest first (``operator.py``); the same for the clerk's. ``predecessors``,
    oldest first: the logs that this one goes on from.
    """

    kind: ClassVar[str] = "coop"
    origin: str
    fold: int
    log_key: str
    log_key_since: int = 1
    log_key_decided: str | None = None
    earlier_keys: tuple[LogKey, ...] = ()
    decided_key: DecidedKey | None = None
    clerk_key: str
    clerk_key_since: int = 1
    earlier_clerk_keys: tuple[ClerkKey, ...] = ()
    predecessors: tuple[Predecessor, ...] = ()
    rp_ids: tuple[str, ...]
    origins: tuple[str, ...]
    utc_offset: int
    fiscal_month: int
    tiles: TileVisibility
    entries: EntryVisibility
    profile: str


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a co-op calls itself and its things. All of it is prose, so all of it is private values."""

    name: Commit
    about: Commit | None = None
    member_word: Commit | None = None
    head_word: Commit | None = None
    token_word: Commit | None = None


class SetProfile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``coop.profile/1``: a new profile replaces the old one as a whole."""

    profile: Profile


class SetVisibility(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``coop.visibility/1``: who may read hash tiles and entries. It only ever widens."""

    tiles: TileVisibility
    entries: EntryVisibility


class SetAddresses(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``coop.addresses/1``: from which pages passkeys may sign for this co-op. An administrator and a second official
    sign, for whoever sets these decides which page members trust.
    """

    rp_ids: tuple[str, ...]
    origins: tuple[str, ...]


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a tick."""


def get(state: State) -> Coop:
    """The co-op's record, there from the genesis on."""
    return state.need(Coop, ID)


def log_keys(record: Coop) -> tuple[LogKey, ...]:
    """Every key that the log has had, newest first."""
    newest = LogKey(record.log_key, record.log_key_since, None, record.log_key_decided)
    return (newest, *reversed(record.earlier_keys))


def clerk_keys(record: Coop) -> tuple[ClerkKey, ...]:
    """Every key that the clerk has had, newest first."""
    return (ClerkKey(record.clerk_key, record.clerk_key_since, None), *reversed(record.earlier_clerk_keys))


def keys_in_force(record: Coop) -> tuple[str, ...]:
    """The vkeys that sign checkpoints now, newest first: two while one takes the other's place."""
    return tuple(key.vkey for key in log_keys(record) if key.until is None)


def subject(_statement: Statement, _id: bytes, _path: str) -> str:
    """Private values that belong to the co-op as a whole are kept under its own key."""
    return ID


def _set_profile(ctx: Context, _body: SetProfile) -> None:
    roles.require(ctx, "administrator")
    ctx.state.put(msgspec.structs.replace(get(ctx.state), profile=ctx.id))


def _set_visibility(ctx: Context, body: SetVisibility) -> None:
    roles.require(ctx, "administrator")
    coop = get(ctx.state)
    for old, new in ((coop.tiles, body.tiles), (coop.entries, body.entries)):
        # What was readable once has been copied: taking it back would be a promise nobody can keep.
        if OPENNESS.index(new) < OPENNESS.index(old):
            raise Refusal("coop.visibility_narrowed", old=old, new=new)
    if OPENNESS.index(body.entries) > OPENNESS.index(body.tiles):
        raise Refusal("coop.visibility_order")
    ctx.state.put(msgspec.structs.replace(coop, tiles=body.tiles, entries=body.entries))


def _set_addresses(ctx: Context, body: SetAddresses) -> None:
    roles.require(ctx, "administrator")
    roles.require_second(ctx, "administrator", "auditor", "facilitator")
    check_addresses(body.rp_ids, body.origins)
    ctx.state.put(msgspec.structs.replace(get(ctx.state), rp_ids=body.rp_ids, origins=body.origins))


def check_addresses(rp_ids: tuple[str, ...], origins: tuple[str, ...]) -> None:
    """RP ids are domain names, origins are HTTPS (or this machine's own) and lie under one of them."""
    if not 1 <= len(rp_ids) <= MAX_ADDRESSES or not 1 <= len(origins) <= MAX_ADDRESSES:
        raise Refusal("coop.addresses", address="")
    for rp_id in rp_ids:
        if not _RP_ID.match(rp_id):
            raise Refusal("coop.addresses", address=rp_id)
    for origin in origins:
        match = _WEB_ORIGIN.match(origin)
        host = match.group(2) if match else ""
        under = any(host == rp_id or host.endswith("." + rp_id) for rp_id in rp_ids)
        if match is None or not under or (match.group(1) == "http" and host != "localhost"):
            raise Refusal("coop.addresses", address=origin)


def _tick(_ctx: Context, _body: Nothing) -> None:
    """Time passes: what was due has been applied before this handler runs."""


BOOK = Book(
    "coop",
    records=(Coop,),
    handlers=(
        Handler("coop.profile/1", SetProfile, _set_profile, subject=subject),
        Handler("coop.visibility/1", SetVisibility, _set_visibility),
        Handler("coop.addresses/1", SetAddresses, _set_addresses),
        Handler(TICK, Nothing, _tick, by=("clerk",)),
    ),
)
