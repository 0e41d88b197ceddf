"""What is on its way into a ledger: log-in challenges, statements that wait for cosigners, drafts of a genesis."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSON

from migrations.roles import grant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def big(name: str) -> sa.Column:
    return sa.Column(name, sa.BigInteger, nullable=False, autoincrement=False)


def binary(name: str) -> sa.Column:
    return sa.Column(name, sa.LargeBinary, nullable=False)


def upgrade() -> None:
    op.create_table(
        "challenge",
        *(big("ledger_id"), binary("value"), big("expires")),
        sa.PrimaryKeyConstraint("ledger_id", "value"),
    )
    op.create_table(
        "pending",
        *(big("ledger_id"), binary("statement_id"), binary("statement")),
        sa.Column("signers", ARRAY(sa.Text(collation="C")), nullable=False),
        sa.Column("signatures", JSON, nullable=False),
        sa.Column("sealed", JSON, nullable=False),
        *(big("created"), big("expires")),
        sa.PrimaryKeyConstraint("ledger_id", "statement_id"),
    )
    op.create_table(
        "founding",
        *(binary("id"), binary("sealed"), big("expires")),
        sa.PrimaryKeyConstraint("id"),
    )
    grant("SELECT, INSERT, DELETE", "challenge")
    grant("SELECT, INSERT, UPDATE, DELETE", "pending", "founding")
