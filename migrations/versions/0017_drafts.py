"""Drafts stand out from what was called to a vote: lists ask for the one or the other."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
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
  WHEN data->>'outcome' IS NULL AND data->>'withdrawn_at' IS NULL THEN
    CASE WHEN data->>'called_at' IS NULL THEN 'draft' ELSE 'called' END
  WHEN data->>'drawing' = 'true' THEN 'unannounced'
  WHEN data->>'opened_index' IS NOT NULL AND (data->>'roll_entry' IS NULL OR data->>'count_entry' IS NULL)
  THEN 'unannounced' END
END
"""


def upgrade() -> None:
    op.drop_index("record_mark", "record")
    op.drop_column("record", "mark")
    op.add_column("record", sa.Column("mark", sa.Text(collation="C"), sa.Computed(_MARK, persisted=True)))
    marked = sa.text("mark IS NOT NULL")
    op.create_index("record_mark", "record", ["ledger_id", "kind", "mark", "sort", "id"], postgresql_where=marked)
