"""What witnesses have cosigned of this installation's ledgers, and how asking them went."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.roles import grant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def big(name: str) -> sa.Column:
    return sa.Column(name, sa.BigInteger, nullable=False, autoincrement=False)


def text(name: str) -> sa.Column:
    return sa.Column(name, sa.Text(collation="C"), nullable=False)


def upgrade() -> None:
    op.create_table(
        "cosignature",
        *(big("ledger_id"), big("size"), text("witness"), big("time")),
        sa.Column("line", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("ledger_id", "size", "witness"),
    )
    op.create_table(
        "witness_call",
        *(big("ledger_id"), text("witness"), big("size"), big("time"), big("asked"), big("failing_since")),
        text("fault"),
        sa.PrimaryKeyConstraint("ledger_id", "witness"),
    )
    grant("SELECT, INSERT, UPDATE, DELETE", "cosignature", "witness_call")
