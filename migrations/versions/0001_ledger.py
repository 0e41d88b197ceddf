"""The ledgers, their logs and what the fold makes of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSON

from migrations.roles import grant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def big(name: str) -> sa.Column:
    return sa.Column(name, sa.BigInteger, nullable=False, autoincrement=False)


def small(name: str) -> sa.Column:
    return sa.Column(name, sa.Integer, nullable=False, autoincrement=False)


def text(name: str) -> sa.Column:
    return sa.Column(name, sa.Text(collation="C"), nullable=False)


def binary(name: str) -> sa.Column:
    return sa.Column(name, sa.LargeBinary, nullable=False)


def json(name: str) -> sa.Column:
    return sa.Column(name, JSON, nullable=False)


def upgrade() -> None:
    make_heads()
    make_logs()
    make_books()
    grant("SELECT, INSERT", "entry", "tile", "checkpoint", "trace", "ledger", "head")
    grant("UPDATE", "head")
    grant("SELECT, INSERT, UPDATE, DELETE", "record")
    grant("SELECT, INSERT, DELETE", "private")
    forbid_change()


def make_heads() -> None:
    op.create_table(
        "ledger",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        text("slug"),
        text("origin"),
        sa.UniqueConstraint("slug"),
        sa.UniqueConstraint("origin"),
    )
    op.create_table(
        "head",
        *(big("ledger_id"), big("size"), binary("root"), big("received")),
        sa.PrimaryKeyConstraint("ledger_id"),
        # Updated with every batch: room for the next version in the same page.
        postgresql_with={"fillfactor": 50},
    )


def make_logs() -> None:
    op.create_table(
        "entry",
        *(big("ledger_id"), big("index"), binary("statement_id"), text("author"), binary("nonce")),
        *(big("received"), binary("leaf"), binary("leaf_hash")),
        sa.PrimaryKeyConstraint("ledger_id", "index"),
        sa.UniqueConstraint("ledger_id", "statement_id", name="entry_statement"),
        sa.UniqueConstraint("ledger_id", "nonce", "author", name="entry_nonce"),
    )
    op.create_table(
        "tile",
        *(big("ledger_id"), small("level"), big("index"), binary("data"), binary("root")),
        sa.PrimaryKeyConstraint("ledger_id", "level", "index"),
    )
    op.create_table(
        "checkpoint",
        *(big("ledger_id"), big("size"), binary("root"), binary("note")),
        sa.PrimaryKeyConstraint("ledger_id", "size"),
    )
    op.create_table(
        "private",
        *(big("ledger_id"), text("subject"), binary("statement_id"), text("path"), binary("sealed")),
        sa.PrimaryKeyConstraint("ledger_id", "subject", "statement_id", "path"),
    )
    op.create_index("private_statement", "private", ["ledger_id", "statement_id"])


def make_books() -> None:
    op.create_table(
        "record",
        *(big("ledger_id"), text("kind"), text("id"), text("parent"), text("sort"), json("data"), big("changed")),
        sa.PrimaryKeyConstraint("ledger_id", "kind", "id"),
        postgresql_with={"fillfactor": 80},
    )
    op.create_index("record_order", "record", ["ledger_id", "kind", "parent", "sort", "id"])
    op.create_table(
        "trace",
        *(big("ledger_id"), text("kind"), text("subject"), big("index"), small("position")),
        *(big("time"), json("value")),
        sa.PrimaryKeyConstraint("ledger_id", "kind", "subject", "index", "position"),
    )


def forbid_change() -> None:
    """A trigger behind the privileges: it stops the owner's slips as well. Citus refuses tables with triggers."""
    if op.get_bind().execute(sa.text("SELECT 1 FROM pg_extension WHERE extname = 'citus'")).scalar():
        return
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'entries are never changed or removed' USING ERRCODE = 'restrict_violation';
        END $$
        """
    )
    change = "EXECUTE FUNCTION refuse_change()"
    op.execute(f"CREATE TRIGGER entry_stays BEFORE UPDATE OR DELETE ON entry FOR EACH ROW {change}")
    op.execute(f"CREATE TRIGGER entries_stay BEFORE TRUNCATE ON entry FOR EACH STATEMENT {change}")
