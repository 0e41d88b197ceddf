"""What pages about members and the office read beside single records."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from app.reading import Reading
from ledger.books.members import Application
from ledger.books.roles import Role

LIMIT: Final = 20


class Open(NamedTuple):
    """Something that a member has under way: a ``proposal``, a ``resource`` or a ``contribution``, and its id."""

    kind: str
    id: str


_RUNNING: Final = (
    "SELECT kind, id FROM record WHERE ledger_id = $1 AND ("
    "(kind = 'proposal' AND mark IN ('draft', 'called') AND data->>'proposer' = $2) OR "
    "(kind = 'resource' AND parent = $2 AND (data->>'open')::boolean) OR "
    "(kind = 'contribution' AND parent = $2 AND data->>'state' IN ('reported', 'disputed'))) "
    "ORDER BY kind, sort DESC, id LIMIT $3"
)
_WAITING: Final = (
    "SELECT count(*) FILTER (WHERE kind = 'application' AND mark = 'open') AS applications, "
    "count(*) FILTER (WHERE kind = 'contribution') AS disputed, "
    "count(*) FILTER (WHERE kind = 'key' AND mark = 'waiting') AS recoveries, "
    "count(*) FILTER (WHERE kind = 'key' AND mark = 'disputed') AS disputed_keys "
    "FROM record WHERE ledger_id = $1 AND kind = ANY('{application,contribution,key}') AND mark IS NOT NULL"
)


async def running(reading: Reading, member: str) -> list[Open]:
    """What a member has under way, in the open: proposals, things offered, work reported."""
    rows = await reading.pool.fetch(_RUNNING, reading.ledger_id, member, LIMIT)
    return [Open(row["kind"], row["id"]) for row in rows]


async def waiting(reading: Reading) -> dict[str, int]:
    """How much waits in the office: ``applications``, ``disputed`` (work), ``recoveries``, ``disputed_keys``."""
    return dict(await reading.pool.fetchrow(_WAITING, reading.ledger_id))


async def roles_of(reading: Reading, members: Iterable[str]) -> dict[str, list[Role]]:
    """The roles in which these members now act, by member."""
    wanted = set(members)
    found: dict[str, list[Role]] = {}
    for role in await reading.offices():
        if role.active and role.member in wanted:
            found.setdefault(role.member, []).append(role)
    return found


async def applications(reading: Reading, status: str, page: int) -> tuple[list[Application], bool]:
    """A page (from 1) of those that are ``open``, or were ``declined``, oldest first, and whether there are more."""
    found = await reading.marked(Application, status, limit=LIMIT + 1, offset=(page - 1) * LIMIT)
    return found[:LIMIT], len(found) > LIMIT
