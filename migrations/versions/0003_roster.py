"""Rosters on their way in: read, not yet confirmed, or not yet entered to the last line."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.roles import grant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "roster",
        sa.Column("ledger_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("id", sa.LargeBinary, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("ledger_id", "id"),
    )
    grant("SELECT, INSERT, UPDATE, DELETE", "roster")
