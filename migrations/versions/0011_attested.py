"""Contributions by when they were attested: a co-op's home counts those of the last month however many there are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Only attested ones are in it, so that reporting costs nothing more.
    attested = sa.text("kind = 'contribution' AND data->>'attested_at' IS NOT NULL")
    when = sa.text("((data->>'attested_at')::bigint)")
    op.create_index("record_attested", "record", ["ledger_id", when], postgresql_where=attested)
