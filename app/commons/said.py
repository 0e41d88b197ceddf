"""Private texts that stand with the statement by which a record came about."""

from __future__ import annotations

from collections.abc import Sequence

from app.reading import Reading
from ledger import canonical
from ledger.state import Record


async def said_with(reading: Reading, records: Sequence[Record], path: str) -> dict[str, str]:
    """The private text at ``path`` of the statement that made each record, by the record's id, where there is one."""
    rows = await reading.pool.fetch(
        "SELECT index, statement_id FROM entry WHERE ledger_id = $1 AND index = ANY($2)",
        reading.ledger_id,
        list({record.index for record in records}),
    )
    statements = {row["index"]: canonical.b64(row["statement_id"]) for row in rows}
    texts = await reading.texts([(statement, path) for statement in statements.values()])
    return {r.id: str(texts[place]) for r in records if (place := (statements[r.index], path)) in texts}
