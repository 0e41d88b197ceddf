"""Disputed contributions: pages count them however many contributions there are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Only disputed ones are in it, so that reporting costs nothing more.
    disputed = sa.text("kind = 'contribution' AND data->>'state' = 'disputed'")
    op.create_index("record_disputed", "record", ["ledger_id"], postgresql_where=disputed)
