"""Keys as their pages list them: with the label given at enrolment, and when a recovered key comes into force."""

from __future__ import annotations

from dataclasses import dataclass

from app.reading import Reading
from ledger import canonical, wallet
from ledger.books.guardians import Guardians
from ledger.books.keys import Key
from ledger.state import Due


@dataclass(frozen=True)
class KeyLine:
    """One key of a member. ``force_at``: when it comes into force, in ms, while it waits."""

    key: Key
    label: str
    force_at: int | None

    @property
    def sort_of(self) -> str:
        """``passkey``, ``wallet``, ``card`` or ``device``, as people tell them apart."""
        if self.key.with_role:
            return "card"
        return sort_of_alg(self.key.alg)


def sort_of_alg(alg: str) -> str:
    """``passkey``, ``wallet`` or ``device``: what signs in that way."""
    return {"webauthn": "passkey", wallet.SCHEME: "wallet"}.get(alg, "device")


async def key_lines(reading: Reading, keys: list[Key]) -> list[KeyLine]:
    """Those keys with what is shown beside them."""
    rows = await reading.pool.fetch(
        "SELECT index, statement_id FROM entry WHERE ledger_id = $1 AND index = ANY($2)",
        reading.ledger_id,
        [key.index for key in keys],
    )
    places = {row["index"]: (canonical.b64(row["statement_id"]), "label") for row in rows}
    labels = await reading.texts(list(places.values()))
    forces = await force_times(reading, [key.id for key in keys])
    return [KeyLine(key, str(labels.get(places[key.index], "")), forces.get(key.id)) for key in keys]


async def force_times(reading: Reading, keys: list[str]) -> dict[str, int]:
    """When each of those keys comes into force (ms), by id, as far as they wait for it."""
    dues = await reading.find_many(Due, [f"key.recovers:{key}" for key in keys])
    return {due.subject: due.at for due in dues.values()}


async def running_recoveries(reading: Reading) -> list[Key]:
    """Keys that wait or are disputed, newest first."""
    rows = await reading.pool.fetch(
        "SELECT id FROM record WHERE ledger_id = $1 AND kind = 'key' AND mark IS NOT NULL",
        reading.ledger_id,
    )
    found = await reading.find_many(Key, [row["id"] for row in rows])
    return sorted(found.values(), key=lambda key: -key.index)


async def wards_of(reading: Reading, guardian: str) -> list[Guardians]:
    """Who has chosen that member as a guardian."""
    rows = await reading.pool.fetch(
        "SELECT id FROM record WHERE ledger_id = $1 AND kind = 'guardians' AND (data->'members')::jsonb ? $2",
        reading.ledger_id,
        guardian,
    )
    return list((await reading.find_many(Guardians, [row["id"] for row in rows])).values())


async def officials(reading: Reading, *roles: str) -> set[str]:
    """Members who now hold any of these roles."""
    return {role.member for role in await reading.offices() if role.active and role.role in roles}
