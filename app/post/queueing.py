"""Letters come in: sealed under their receivers' keys, each once, however often it is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final, Literal, NamedTuple

import msgspec

from app.installation import Installation
from app.keystore import PrivacyKeys
from app.post import outbox
from app.post.letters import Letter, Notice, address_of
from app.post.outbox import Claimed
from app.reading import Reading
from ledger import canonical
from ledger.books.members import Erasure
from ledger.private import Opening

_PATH: Final = "letter"
_AT_ONCE: Final = 200
"""Letters that are sealed and written at a time."""

Outcome = Literal["queued", "already", "no_address", "bad_address", "erased"]


class Queued(NamedTuple):
    """What came of one member's letter: ``already`` where the same notice was queued before, whatever became of it.

    ``id``: the letter's, where there is one.
    """

    member: str
    outcome: Outcome
    id: str = ""


async def queue(
    installation: Installation, reading: Reading, notice: Notice, letters: Sequence[Letter]
) -> list[Queued]:
    """Queue a notice's letters; one answer for each, in their order.

    It is kept once this returns. After a crash it may be asked again with the same notice: what is queued stays as it
    was. FormatError ``mail.header`` or ``mail.link``, and then none is queued.
    """
    for letter in letters:
        letter.check()
    wanted, found = await _sound(reading, letters)
    for start in range(0, len(wanted), _AT_ONCE):
        for one in await _keep(installation, reading, notice, wanted[start : start + _AT_ONCE]):
            found[one.member] = one
    return [found[letter.member] for letter in letters]


async def queue_again(installation: Installation, reading: Reading, notice: Notice, letters: Sequence[Letter]) -> int:
    """Have those of a notice's letters sent that have failed, as they are written and addressed now; how many.

    What was taken by the server, or may have been, is not touched. FormatError as for ``queue``.
    """
    for letter in letters:
        letter.check()
    wanted, _ = await _sound(reading, letters)
    done = 0
    for start in range(0, len(wanted), _AT_ONCE):
        some = {notice.id_for(letter.member): letter for letter in wanted[start : start + _AT_ONCE]}
        sealed = await asyncio.to_thread(_seal, installation.privacy, reading.ledger_id, some)
        done += await outbox.write_again(reading.pool, reading.ledger_id, sealed, installation.clock.now())
    return done


async def _sound(reading: Reading, letters: Sequence[Letter]) -> tuple[list[Letter], dict[str, Queued]]:
    """Letters that can be sent; by member, why the others can't."""
    # Nothing more is kept of whom the ledger has erased, or is about to.
    erased = set(await reading.find_many(Erasure, (letter.member for letter in letters)))
    found: dict[str, Queued] = {}
    sound: dict[str, Letter] = {}
    for letter in letters:
        address = address_of(letter.address)
        if letter.member in erased:
            found[letter.member] = Queued(letter.member, "erased")
        elif not address:
            found[letter.member] = Queued(letter.member, "bad_address" if letter.address.strip() else "no_address")
        else:
            sound[letter.member] = msgspec.structs.replace(letter, address=address)
    return list(sound.values()), found


async def _keep(
    installation: Installation, reading: Reading, notice: Notice, letters: Sequence[Letter]
) -> Iterable[Queued]:
    ids = {notice.id_for(letter.member): letter for letter in letters}
    query = "SELECT id FROM outbox WHERE ledger_id = $1 AND id = ANY($2)"
    there = {id_ for (id_,) in await reading.pool.fetch(query, reading.ledger_id, list(ids))}
    fresh = {id_: letter for id_, letter in ids.items() if id_ not in there}
    sealed = await asyncio.to_thread(_seal, installation.privacy, reading.ledger_id, fresh)
    added = await _insert(reading, notice, fresh, sealed, installation.clock.now()) if fresh else set()
    return [Queued(letter.member, "queued" if id_ in added else "already", id_) for id_, letter in ids.items()]


async def _insert(
    reading: Reading, notice: Notice, letters: dict[str, Letter], sealed: dict[str, bytes], now: int
) -> set[str]:
    """Those that were not there. One after the other, in one transaction: a citizen of one shard."""
    added = set()
    async with reading.pool.acquire() as connection, connection.transaction():
        insert = await connection.prepare(
            "INSERT INTO outbox (ledger_id, id, subject, kind, version, member, sealed, state, attempts, due, code, "
            "queued, changed) VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', 0, $8, '', $8, $8) "
            "ON CONFLICT (ledger_id, id) DO NOTHING RETURNING id"
        )
        for id_ in sorted(letters):  # in one order, or two that queue the same at once would wait for each other
            letter = letters[id_]
            row = (reading.ledger_id, id_, *notice, letter.member, sealed[id_], now)
            if await insert.fetchval(*row) is not None:
                added.add(id_)
    return added


def _seal(privacy: PrivacyKeys, ledger_id: int, letters: dict[str, Letter]) -> dict[str, bytes]:
    privacy.prepare(ledger_id, (letter.member for letter in letters.values()))
    salt = canonical.b64(bytes(32))
    return {
        id_: privacy.seal(ledger_id, letter.member, id_.encode(), Opening(_PATH, salt, msgspec.to_builtins(letter)))
        for id_, letter in letters.items()
    }


def unseal(privacy: PrivacyKeys, claimed: Claimed) -> Letter | None:
    """The letter; None where its receiver has been erased. LedgerDamaged where it is another one's."""
    if claimed.sealed is None:
        return None
    opening = privacy.open(claimed.ledger_id, claimed.member, claimed.id.encode(), _PATH, claimed.sealed)
    return None if opening is None else msgspec.convert(opening.value, Letter)
