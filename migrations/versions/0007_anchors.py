"""Checkpoints on their way into a public chain: batches, what they stand at, and each ledger's proofs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.roles import grant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def big(name: str) -> sa.Column:
    return sa.Column(name, sa.BigInteger, nullable=False, autoincrement=False)


def text(name: str) -> sa.Column:
    return sa.Column(name, sa.Text(collation="C"), nullable=False)


def upgrade() -> None:
    op.create_table(
        "anchored",
        *(big("ledger_id"), big("size"), big("batch")),
        sa.Column("proof", sa.LargeBinary),
        sa.Column("recorded", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("ledger_id", "size"),
    )
    op.create_index("anchored_batch", "anchored", ["batch"])
    unrecorded = sa.text("NOT recorded")
    op.create_index("anchored_unrecorded", "anchored", ["ledger_id", "size"], postgresql_where=unrecorded)
    op.create_table(
        "anchor_batch",
        *(big("number"), text("state"), big("submitted")),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    unfinished = sa.text("state IN ('pending', 'confirmed')")
    op.create_index("anchor_batch_unfinished", "anchor_batch", ["number"], postgresql_where=unfinished)
    op.create_table("anchor_chain", big("chain_id"), text("genesis"), sa.PrimaryKeyConstraint("chain_id"))
    op.create_table(
        "anchor_standing",
        text("sender"),
        sa.Column("balance", sa.Numeric(78, 0)),
        *(big("looked"), text("trouble")),
        sa.Column("params", sa.JSON, nullable=False),
        big("failing_since"),
        sa.PrimaryKeyConstraint("sender"),
    )
    grant("SELECT, INSERT, UPDATE, DELETE", "anchored", "anchor_batch", "anchor_chain", "anchor_standing")
