"""Sessions that can be ended, and who has left what for cosigners."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.roles import grant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sign_in",
        sa.Column("ledger_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("id", sa.LargeBinary, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("ledger_id", "id"),
    )
    grant("SELECT, INSERT, DELETE", "sign_in")
    left_by = sa.Column("left_by", sa.Text(collation="C"), nullable=False, server_default="")
    op.add_column("pending", left_by)
