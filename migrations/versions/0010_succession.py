"""Ledgers that go on under another name: the names they take, and a view of each by the name that it has now."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.roles import grant

revision = "0010"
down_revision = "0007"
branch_labels = None
depends_on = None


def big(name: str) -> sa.Column:
    return sa.Column(name, sa.BigInteger, nullable=False, autoincrement=False)


def text(name: str) -> sa.Column:
    return sa.Column(name, sa.Text(collation="C"), nullable=False)


def upgrade() -> None:
    op.create_table(
        "succession",
        *(big("ledger_id"), big("entries"), text("slug"), text("origin"), text("old_slug"), text("old_origin")),
        sa.PrimaryKeyConstraint("ledger_id", "entries"),
        sa.UniqueConstraint("ledger_id", "slug", name="succession_slug"),
        sa.UniqueConstraint("ledger_id", "origin", name="succession_origin"),
    )
    op.execute(
        "CREATE VIEW named AS SELECT l.id, coalesce(s.slug, l.slug) AS slug, coalesce(s.origin, l.origin) AS origin "
        "FROM ledger l LEFT JOIN LATERAL (SELECT slug, origin FROM succession WHERE ledger_id = l.id "
        "ORDER BY entries DESC LIMIT 1) s ON true"
    )
    grant("SELECT, INSERT", "succession")
    grant("SELECT", "named")
