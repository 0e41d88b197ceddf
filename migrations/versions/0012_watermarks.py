"""Up to which size a witness has cosigned each log: what tells that its folder has been lost or put back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.roles import grant

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(collation="C"), nullable=False)


def upgrade() -> None:
    op.create_table(
        "watermark",
        *(text("witness"), text("origin"), sa.Column("size", sa.BigInteger, nullable=False, autoincrement=False)),
        sa.PrimaryKeyConstraint("witness", "origin"),
    )
    grant("SELECT, INSERT, UPDATE", "watermark")
