"""Statements that wait for cosigners: kept with the signatures so far, their private values sealed, for two weeks.

Nothing of it is in the ledger yet, and a ballot waits no longer than its vote. Each one's private values are sealed
under a key of their own, which is destroyed when the statement has been submitted, taken back or has expired: what
nobody agreed to leaves nothing behind.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping
from typing import Any, Final, NamedTuple

import asyncpg
import msgspec

from app.api.problems import Problem
from app.errors import ServiceError
from app.installation import Installation
from app.reading import Reading
from app.sequencer.submission import MAX_SUBMISSION, require_acceptable
from app.texts import LANGUAGES
from app.texts.sentences import Sentences
from app.too_late import about, deadlines
from ledger import canonical, ids
from ledger.books.keys import Key
from ledger.books.roles import COOP, ROLES, Role
from ledger.errors import FormatError, LedgerError
from ledger.keys import verify_statement
from ledger.private import Opening, check_openings, commitments
from ledger.statement import Signature, Statement, parse_statement, statement_id

LIFETIME: Final = 14 * 86_400_000
"""Milliseconds that a statement waits, at most."""
BALLOT: Final = "ballot.cast/1"
ENTER: Final = "member.enter/1"

MOST: Final = 6000
"""Statements of an officer that wait in one ledger: every line of a roster may be one, and every paper ballot."""
FEW: Final = 100
"""Of anybody else: whom they name as signers has them all on one page."""
LARGEST: Final = 64 * 1024 * 1024
"""Bytes of all of them together, as they are stored; pictures of paper are most of it."""

Signatures = tuple[Signature | None, ...]
_log = logging.getLogger("yui.pending")


class Pending(NamedTuple):
    """A waiting statement: id, canonical bytes, one signature or None for each signer, openings; times in ms."""

    id: bytes
    data: bytes
    statement: Statement
    signatures: Signatures
    openings: tuple[Opening, ...]
    created: int = 0
    expires: int = 0

    @property
    def missing(self) -> list[str]:
        """Who has yet to sign."""
        signers = self.statement.signers
        return [signer for signer, signature in zip(signers, self.signatures, strict=True) if signature is None]

    def envelope(self) -> bytes:
        """What is submitted once nobody is missing."""
        head = msgspec.json.encode({"private": self.openings, "signatures": self.signatures})
        return head[:-1] + b',"statement":' + self.data + b"}"


class _Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    statement: msgspec.Raw
    signatures: tuple[Signature | None, ...]
    private: tuple[Opening, ...] = ()


def parse(data: bytes) -> Pending:
    """Read an envelope in which signatures may be null; those given must hold arithmetically."""
    if len(data) > MAX_SUBMISSION:
        raise FormatError("format.submission_size", limit=MAX_SUBMISSION)
    try:
        canonical.require_shallow(data)
        envelope = msgspec.json.decode(data, type=_Envelope)
    except (FormatError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError("format.envelope", detail=str(error)) from error
    spelled = bytes(envelope.statement)
    statement = parse_statement(spelled)
    require_acceptable(statement, spelled)
    if len(envelope.signatures) != len(statement.signers):
        expected, found = len(statement.signers), len(envelope.signatures)
        raise FormatError("format.signature_count", expected=expected, found=found)
    check_openings(statement, envelope.private)
    for signature in envelope.signatures:
        if signature is not None:
            verify_statement(signature, spelled)
    return Pending(statement_id(spelled), spelled, statement, envelope.signatures, envelope.private)


async def keep(installation: Installation, reading: Reading, posted: Pending) -> Pending:
    """Keep a statement, or add signatures to the one that is kept; as it stands now.

    Each signature must be by its signer's key, one of them by a member's: Problem ``pending.signer`` otherwise.
    FormatError or UnknownVersion where the body is not its type's; ``pending.vote_over`` for a ballot that is too late.
    ``pending.too_many`` or ``pending.too_large`` where whoever leaves it has too much waiting.
    """
    if posted.statement.ledger != reading.ledger.origin:
        raise Problem("pending.ledger", 409, ledger=posted.statement.ledger)
    # Its sentence is to be read out to others: what has no such body, or no such type, would spoil their pages.
    installation.books.body(posted.statement)
    await asyncio.to_thread(_require_words, posted)
    left_by = await _check_signers(reading, posted)
    now = installation.clock.now()
    fresh = await _ballot_dated(reading, posted._replace(created=now))
    if fresh.expires <= now:
        raise _too_late(posted.statement)
    await sweep(installation, reading)
    most = await _most(reading, left_by)
    async with installation.database.pool.acquire() as connection, connection.transaction():
        if await _insert(connection, installation, reading, fresh, left_by):
            await _check_room(connection, reading, left_by, most)
            return fresh
        before = await _fetch(connection, installation, reading, posted.id)
        if before is None:
            raise Problem("pending.unknown", 404)
        kept = before._replace(signatures=_merged(before.signatures, posted.signatures))
        query = "UPDATE pending SET signatures = $3 WHERE ledger_id = $1 AND statement_id = $2"
        await connection.execute(query, reading.ledger_id, kept.id, _encode(kept.signatures))
    return kept


async def find(installation: Installation, reading: Reading, id_: bytes) -> Pending:
    """The waiting statement.

    Problem ``pending.unknown`` where there is none (any more), ``pending.vote_over`` where that is because its vote is.
    """
    async with installation.database.pool.acquire() as connection:
        found = await _fetch(connection, installation, reading, id_)
    if found is None:
        raise Problem("pending.unknown", 404)
    dated = await _ballot_dated(reading, found)
    if dated.expires <= installation.clock.now():
        raise _too_late(found.statement)
    return dated


async def of(installation: Installation, reading: Reading, member: str) -> list[Pending]:
    """What waits for that member, or was signed by them and waits for others; oldest first.

    What comes too late for its meeting or its vote is left out.
    What can't be opened (its key is gone, or its row is damaged) is left out: the rest can be signed all the same.
    """
    query = f"{_SELECT} AND $2 = ANY(signers) AND created > $3 ORDER BY created, statement_id"
    now = installation.clock.now()
    rows = await installation.database.pool.fetch(query, reading.ledger_id, member, now - LIFETIME)
    found = await asyncio.to_thread(lambda: [one for row in rows if (one := _legible(installation, reading, row))])
    ends = await deadlines(reading, [one.statement for one in found])
    return [dated for one in found if (dated := _dated(one, ends)).expires > now]


async def count_for(installation: Installation, reading: Reading, member: str) -> int:
    """How many wait for that member's own signature. No private value is opened to know it."""
    query = (
        "SELECT signers, signatures, statement FROM pending WHERE ledger_id = $1 AND $2 = ANY(signers) AND created > $3"
    )
    now = installation.clock.now()
    rows = await installation.database.pool.fetch(query, reading.ledger_id, member, now - LIFETIME)
    asked = [
        data
        for signers, given, data in rows
        if (member, None) in zip(signers, msgspec.json.decode(given), strict=False)
    ]
    statements = [one for data in asked if (one := _parsed(data))]
    ends = await deadlines(reading, statements)
    return sum(ends.get(about(one), _NEVER) > now for one in statements)


async def ballots(installation: Installation, reading: Reading, proposal: str) -> list[Statement]:
    """The ballots entered for members that wait in that vote, oldest first; what they say of the paper stays sealed."""
    return await entered(installation, reading, {BALLOT}, "proposal", proposal)


async def entered(
    installation: Installation, reading: Reading, types: Collection[str], member: str, id_: str
) -> list[Statement]:
    """What was entered for members and waits, of those types, with that id as ``member`` of its body; oldest first."""
    query = "SELECT statement FROM pending WHERE ledger_id = $1 AND created > $2 ORDER BY created, statement_id"
    rows = await installation.database.pool.fetch(query, reading.ledger_id, installation.clock.now() - LIFETIME)
    waiting = [one for (data,) in rows if (one := _parsed(data))]
    return [one for one in waiting if one.type in types and one.for_ and one.body.get(member) == id_]


async def entered_for(installation: Installation, reading: Reading, member: str) -> list[Statement]:
    """What was entered for that member and waits, oldest first. Of a whole pile, nothing else is read for it."""
    query = (
        "SELECT statement FROM pending WHERE ledger_id = $1 AND created > $2 "
        "AND position(convert_to($3, 'UTF8') IN statement) > 0 ORDER BY created, statement_id"
    )
    asked = (reading.ledger_id, installation.clock.now() - LIFETIME, f'"for":"{member}"')
    rows = await installation.database.pool.fetch(query, *asked)
    return [one for (data,) in rows if (one := _parsed(data)) and one.for_ == member]


async def entering(installation: Installation, reading: Reading, by: Collection[str]) -> list[dict[str, Any]]:
    """The private values, by path, of every member whom these have entered and another official has yet to."""
    query = f"{_SELECT} AND created > $2 AND left_by = ANY($3) AND position(convert_to($4, 'UTF8') IN statement) > 0"
    asked = (reading.ledger_id, installation.clock.now() - LIFETIME, list(by), f'"type":"{ENTER}"')
    rows = await installation.database.pool.fetch(query, *asked)
    found = await asyncio.to_thread(lambda: [one for row in rows if (one := _legible(installation, reading, row))])
    mine = [one for one in found if one.statement.type == ENTER and one.statement.author in by]
    return [{opening.path: opening.value for opening in one.openings} for one in mine]


async def settle(installation: Installation, ledger_id: int, id_: bytes) -> None:
    """Forget a statement, because it is in the ledger or somebody has taken it back."""
    query = "DELETE FROM pending WHERE ledger_id = $1 AND statement_id = $2"
    done: str = await installation.database.pool.execute(query, ledger_id, id_)
    if done.endswith(" 1"):
        await asyncio.to_thread(installation.privacy.erase, ledger_id, _subject(id_))


async def settle_about(installation: Installation, ledger_id: int, subjects: Collection[str]) -> None:
    """Forget what would keep something about these, and what is in the ledger already, however it got there."""
    query = (
        "SELECT p.statement_id, p.statement, e.index IS NOT NULL FROM pending p LEFT JOIN entry e "
        "ON e.ledger_id = p.ledger_id AND e.statement_id = p.statement_id WHERE p.ledger_id = $1"
    )
    for id_, data, recorded in await installation.database.pool.fetch(query, ledger_id):
        statement = parse_statement(data)
        about = {installation.books.subject(statement, id_, path) for path, _ in commitments(statement.body)}
        if recorded or not about.isdisjoint(subjects):
            await settle(installation, ledger_id, id_)


async def sweep(installation: Installation, reading: Reading) -> None:
    """Forget what has waited too long; a ballot whose vote closes later than it was to waits until then."""
    query = "SELECT statement_id, statement, created FROM pending WHERE ledger_id = $1 AND expires <= $2"
    now, pool = installation.clock.now(), installation.database.pool
    rows = await pool.fetch(query, reading.ledger_id, now)
    ballots = {id_: one for id_, data, _ in rows if (one := _parsed(data)) and one.type == BALLOT}
    ends = await deadlines(reading, list(ballots.values()))
    for id_, _, created in rows:
        until = min(created + LIFETIME, ends.get(about(ballots[id_]), 0)) if id_ in ballots else 0
        if until > now:
            query = "UPDATE pending SET expires = $3 WHERE ledger_id = $1 AND statement_id = $2"
            await pool.execute(query, reading.ledger_id, id_, until)
        else:
            await settle(installation, reading.ledger_id, id_)


_NEVER: Final = canonical.MAX_INTEGER
_LOCK: Final = 0x70656E64
"""Class of the advisory locks under which what a member leaves is counted: "pend"."""
_SELECT: Final = (
    "SELECT statement_id, statement, signatures, sealed, created, expires FROM pending WHERE ledger_id = $1"
)


async def _ballot_dated(reading: Reading, one: Pending) -> Pending:
    """With until when it waits: two weeks, a ballot no longer than its vote."""
    return _dated(one, await deadlines(reading, [one.statement]) if one.statement.type == BALLOT else {})


def _dated(one: Pending, ends: Mapping[str, int]) -> Pending:
    return one._replace(expires=min(one.created + LIFETIME, ends.get(about(one.statement), _NEVER)))


def _too_late(statement: Statement) -> Problem:
    return Problem("pending.vote_over", 409) if statement.type == BALLOT else Problem("pending.unknown", 404)


def _require_words(posted: Pending) -> None:
    """FormatError where it can't be told what it says (a time that is none): its signers' pages tell them all."""
    statement = msgspec.json.decode(posted.data)
    private = {opening.path: opening.value for opening in posted.openings}
    for lang in LANGUAGES:
        try:
            Sentences(lang).of(statement, private)
        except Exception as error:  # whatever it is that has no words
            raise FormatError("format.body", type=posted.statement.type, detail=str(error)) from error


async def _check_signers(reading: Reading, posted: Pending) -> str:
    """The first member who has signed it: whoever that is has left it here, and not whom it calls its author."""
    left_by = ""
    for signer, signature in zip(posted.statement.signers, posted.signatures, strict=True):
        if signature is None:
            continue
        id_ = ids.key_id(signature.key)
        if signer != id_:
            key = await reading.find(Key, id_)
            if key is None or key.member != signer or key.status != "active" or key.alg != signature.alg:
                raise Problem("pending.signer", 403, signer=signer)
            left_by = left_by or signer
    if not left_by:
        raise Problem("pending.signer", 403, signer=posted.statement.author)
    return left_by


async def _most(reading: Reading, member: str) -> int:
    # Delegates have a vote, not an office.
    held = await reading.find_many(Role, [f"{member}/{role}/{COOP}" for role in ROLES if role != "delegate"])
    return MOST if any(role.active for role in held.values()) else FEW


async def _check_room(connection: asyncpg.Connection, reading: Reading, left_by: str, most: int) -> None:
    """After the insertion, and before it is committed."""
    # Several that one member leaves at once are counted one after the other.
    await connection.execute("SELECT pg_advisory_xact_lock($1, hashtext($2))", _LOCK, f"{reading.ledger_id} {left_by}")
    count, size = await connection.fetchrow(
        "SELECT count(*), sum(pg_column_size(statement) + pg_column_size(sealed)) FROM pending "
        "WHERE ledger_id = $1 AND left_by = $2",
        *(reading.ledger_id, left_by),
    )
    if count > most:
        raise Problem("pending.too_many", 409, limit=most)
    if size > LARGEST:
        raise Problem("pending.too_large", 409)


def _merged(before: Signatures, after: Signatures) -> Signatures:
    return tuple(old or new for old, new in zip(before, after, strict=True))


async def _fetch(
    connection: asyncpg.Connection, installation: Installation, reading: Reading, id_: bytes
) -> Pending | None:
    row = await connection.fetchrow(f"{_SELECT} AND statement_id = $2 FOR UPDATE", reading.ledger_id, id_)
    return None if row is None else _read(installation, reading, row)


async def _insert(
    connection: asyncpg.Connection, installation: Installation, reading: Reading, fresh: Pending, left_by: str
) -> bool:
    """Whether it was not there yet; a row that somebody else is inserting is waited for."""
    seal, subject = installation.privacy.seal, _subject(fresh.id)
    sealed = [
        (opening.path, canonical.b64(seal(reading.ledger_id, subject, fresh.id, opening))) for opening in fresh.openings
    ]
    done: str = await connection.execute(
        "INSERT INTO pending "
        "(ledger_id, statement_id, statement, signers, signatures, sealed, created, expires, left_by) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (ledger_id, statement_id) DO NOTHING",
        *(reading.ledger_id, fresh.id, fresh.data, list(fresh.statement.signers), _encode(fresh.signatures)),
        *(_encode(sealed), fresh.created, fresh.expires, left_by),
    )
    return done.endswith(" 1")


def _encode(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _legible(installation: Installation, reading: Reading, row: Any) -> Pending | None:
    try:
        return _read(installation, reading, row)
    except (Problem, LedgerError, ServiceError, msgspec.DecodeError, ValueError) as error:
        _log.warning("a waiting statement can't be opened: %s", type(error).__name__)
        return None


def _parsed(data: bytes) -> Statement | None:
    """What is left of a row that is damaged spoils no list of the others."""
    try:
        return parse_statement(data)
    except FormatError:
        return None


def _read(installation: Installation, reading: Reading, row: Any) -> Pending:
    id_, data, signatures, sealed, created, expires = row
    openings = []
    for path, box in msgspec.json.decode(sealed):
        opening = installation.privacy.open(reading.ledger_id, _subject(id_), id_, path, canonical.unb64(box))
        if opening is None:
            raise Problem("pending.unknown", 404)
        openings.append(opening)
    found = msgspec.json.decode(signatures, type=tuple[Signature | None, ...])
    return Pending(id_, data, parse_statement(data), found, tuple(openings), created, expires)


def _subject(id_: bytes) -> str:
    return f"pending/{id_.hex()}"


def parse_id(text: str) -> bytes:
    """The statement id that a path names in hex; Problem ``pending.unknown`` for anything else."""
    try:
        id_ = bytes.fromhex(text)
    except ValueError as error:
        raise Problem("pending.unknown", 404) from error
    if id_.hex() != text or len(id_) != 32:  # noqa: PLR2004 - SHA-256
        raise Problem("pending.unknown", 404)
    return id_
