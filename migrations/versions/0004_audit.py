"""Full passes of the auditor that were run here, and what they found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.roles import grant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_pass",
        sa.Column("ledger_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("started", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("member", sa.Text(collation="C"), nullable=False),
        sa.Column("updated", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("done", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("size", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("finished", sa.BigInteger),
        sa.Column("report", sa.Text(collation="C")),
        sa.PrimaryKeyConstraint("ledger_id", "started"),
    )
    grant("SELECT, INSERT, UPDATE, DELETE", "audit_pass")
