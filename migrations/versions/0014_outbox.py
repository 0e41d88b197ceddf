"""Mail on its way out: every letter once, sealed under its receiver's key until it has been sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.roles import grant

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(collation="C"), nullable=False)


def big(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False, autoincrement=False)


def upgrade() -> None:
    op.create_table(
        "outbox",
        *(big("ledger_id"), text("id"), text("subject"), text("kind"), big("version"), text("member")),
        *(sa.Column("sealed", sa.LargeBinary), text("state"), big("attempts"), big("due"), text("code")),
        *(big("queued"), big("changed"), sa.Column("claim", sa.LargeBinary)),
        sa.PrimaryKeyConstraint("ledger_id", "id"),
    )
    op.create_index("outbox_subject", "outbox", ["ledger_id", "subject", "kind", "version", "member"])
    op.create_index(
        "outbox_waiting", "outbox", ["ledger_id", "due", "id"], postgresql_where=sa.text("state = 'waiting'")
    )
    op.create_index(
        "outbox_open",
        "outbox",
        ["ledger_id", "state"],
        postgresql_where=sa.text("state IN ('waiting', 'sending', 'handed', 'failed', 'unknown')"),
    )
    # Nothing is deleted: a row is what says who was notified, how and when.
    grant("SELECT, INSERT, UPDATE", "outbox")
