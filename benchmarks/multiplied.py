"""The sample village many times over, in one co-op: records, traces and entries copied by SQL, with ids of their own.

No valid ledger comes of it (nobody signed these entries), but all that pages read is there in the numbers of a large
co-op: members, work, thanks, bookings, proposals, ballots. People have the names of those that they are copies of.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import asyncpg

from app.storage.embedded import EmbeddedPostgres

_ID: Final = r"\m([a-z]{2,5}_[a-z2-7]{22})[a-z2-7]{4}\M"
_ENDS: Final = "substr(translate(md5(n::text), '0189', 'ghij'), 1, 4)"
"""The last four characters of the n-th copy's ids."""


def _other(text: str) -> str:
    """SQL for that text with the n-th copy's ids."""
    return f"regexp_replace({text}, '{_ID}', '\\1' || {_ENDS}, 'g')"


_RECORDS: Final = f"""
    INSERT INTO record (ledger_id, kind, id, parent, sort, data, changed)
    SELECT ledger_id, kind, {_other("id")}, {_other("parent")}, sort, {_other("data::text")}::json,
           changed
    FROM record CROSS JOIN generate_series(1, $1::int) n WHERE id ~ '{_ID}' AND kind <> 'due'
    ON CONFLICT DO NOTHING
"""  # noqa: S608  (our own words)
_TRACES: Final = f"""
    INSERT INTO trace (ledger_id, kind, subject, index, position, time, value)
    SELECT ledger_id, kind, {_other("subject")}, index, position + n * 100, time, value
    FROM trace CROSS JOIN generate_series(1, $1::int) n WHERE subject ~ '{_ID}'
    ON CONFLICT DO NOTHING
"""  # noqa: S608
_UPDATES: Final = "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'record'"
_PATIENCE: Final = 900.0


async def multiply(data: Path, times: int) -> dict[str, int]:
    """The village in that data directory ``times`` over; how many records there are then of the kinds that count."""
    async with EmbeddedPostgres(data) as postgres:
        owner = await asyncpg.connect(**postgres.owner_dsn.keywords())
        try:
            updated, hot = await owner.fetchrow(_UPDATES)
            print(f"updates of a record so far: {updated:,}, of which HOT {hot:,}")
            for query in (_RECORDS, _TRACES):
                await owner.execute(query, times - 1, timeout=_PATIENCE)
            await owner.execute("VACUUM ANALYZE", timeout=_PATIENCE)
            rows = await owner.fetch(
                "SELECT kind, count(*) AS many FROM record WHERE kind = ANY($1) GROUP BY kind ORDER BY many DESC",
                ["member", "contribution", "booking", "proposal", "ballot", "resource"],
            )
        finally:
            await owner.close()
    return {row["kind"]: row["many"] for row in rows}
