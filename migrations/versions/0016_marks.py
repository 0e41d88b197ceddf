"""What lists ask for by columns of their own: an index that looks into ``data`` keeps every update from being HOT."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_MARK = """
CASE kind
WHEN 'application' THEN CASE WHEN data->>'status' IN ('open', 'declined') THEN data->>'status' END
WHEN 'booking' THEN CASE
  WHEN coalesce(data->>'state', 'requested') IN ('requested', 'confirmed', 'handed_over') THEN 'open' END
WHEN 'contribution' THEN CASE WHEN data->>'state' = 'disputed' THEN 'disputed' END
WHEN 'invitation' THEN CASE WHEN data->>'closed' = 'false' AND data->>'uses' <> '0' THEN 'open' END
WHEN 'key' THEN CASE WHEN data->>'status' IN ('waiting', 'disputed') THEN data->>'status' END
WHEN 'meeting' THEN CASE WHEN data->>'closed_at' IS NULL AND data->>'cancelled_at' IS NULL THEN 'coming' END
WHEN 'member' THEN CASE WHEN data->>'status' = 'active' THEN 'active' END
WHEN 'proposal' THEN CASE
  WHEN data->>'outcome' IS NULL AND data->>'withdrawn_at' IS NULL THEN 'undecided'
  WHEN data->>'drawing' = 'true' THEN 'unannounced'
  WHEN data->>'opened_index' IS NOT NULL AND (data->>'roll_entry' IS NULL OR data->>'count_entry' IS NULL)
  THEN 'unannounced' END
END
"""
_ATTESTED_AT = "CASE WHEN kind = 'contribution' THEN (data->>'attested_at')::bigint END"


def upgrade() -> None:
    op.drop_index("record_attested", "record")
    op.drop_index("record_disputed", "record")
    op.add_column("record", sa.Column("mark", sa.Text(collation="C"), sa.Computed(_MARK, persisted=True)))
    op.add_column("record", sa.Column("attested_at", sa.BigInteger, sa.Computed(_ATTESTED_AT, persisted=True)))
    marked, attested = sa.text("mark IS NOT NULL"), sa.text("attested_at IS NOT NULL")
    op.create_index("record_mark", "record", ["ledger_id", "kind", "mark", "sort", "id"], postgresql_where=marked)
    op.create_index("record_attested", "record", ["ledger_id", "attested_at"], postgresql_where=attested)
