"""Backtests of draft rules, under way and done: what they come to is worked out once and looked at often."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.roles import grant

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "backtest",
        sa.Column("ledger_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("document", sa.Text(collation="C"), nullable=False),
        sa.Column("started", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("updated", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("done", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("size", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("finished", sa.BigInteger),
        sa.Column("result", sa.Text(collation="C")),
        sa.PrimaryKeyConstraint("ledger_id", "id"),
    )
    grant("SELECT, INSERT, UPDATE, DELETE", "backtest")
