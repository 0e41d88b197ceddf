"""The tables of the ledgers. Every primary key starts with the ledger, every query names it: one co-op is one shard.

``ledger`` is the installation's list of ledgers; everything else belongs to one of them. Text that is ordered or
compared as bytes is ``COLLATE "C"``. Times are milliseconds since 1970 (UTC).

From ``challenge`` on they are the service's own: what they hold is on its way into a ledger, gone after a while, or
can be had again.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSON

metadata: Final = MetaData()


def _bytes_text(name: str, *, primary_key: bool = False) -> Column[str]:
    return Column(name, Text(collation="C"), primary_key=primary_key, nullable=False)


def _big(name: str, *, primary_key: bool = False) -> Column[int]:
    return Column(name, BigInteger, primary_key=primary_key, nullable=False, autoincrement=False)


def _binary(name: str, *, primary_key: bool = False) -> Column[bytes]:
    return Column(name, LargeBinary, primary_key=primary_key, nullable=False)


ledger: Final = Table(
    "ledger",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("slug", Text(collation="C"), nullable=False, unique=True),
    Column("origin", Text(collation="C"), nullable=False, unique=True),
)
"""Which ledgers this installation keeps: the address part ``slug``, and the log's origin."""

head: Final = Table(
    "head",
    metadata,
    _big("ledger_id", primary_key=True),
    _big("size"),
    _binary("root"),
    _big("received"),
)
"""Where a ledger stands; ``received`` is the last entry's moment. Its row is the lock for appending."""

entry: Final = Table(
    "entry",
    metadata,
    _big("ledger_id", primary_key=True),
    _big("index", primary_key=True),
    _binary("statement_id"),
    _bytes_text("author"),
    _binary("nonce"),
    _big("received"),
    _binary("leaf"),
    _binary("leaf_hash"),
    UniqueConstraint("ledger_id", "statement_id", name="entry_statement"),
    # Nonces are UUIDv7 and so grow with time: first in the index, they keep its hot end small.
    UniqueConstraint("ledger_id", "nonce", "author", name="entry_nonce"),
)
"""The log: exact leaf bytes. Nobody but a database superuser can change or remove a row."""

MARK: Final = """
CASE kind
WHEN 'application' THEN CASE WHEN data->>'status' IN ('open', 'declined') THEN data->>'status' END
WHEN 'booking' THEN CASE
  WHEN coalesce(data->>'state', 'requested') IN ('requested', 'confirmed', 'handed_over') THEN 'open' END
WHEN 'contribution' THEN CASE WHEN data->>'state' = 'disputed' THEN 'disputed' END
WHEN 'invitation' THEN CASE WHEN data->>'closed' = 'false' AND data->>'uses' <> '0' THEN 'open' END
WHEN 'key' THEN CASE WHEN data->>'status' IN ('waiting', 'disputed') THEN data->>'status' END
WHEN 'meeting' THEN CASE WHEN data->>'closed_at' IS NULL AND data->>'cancelled_at' IS NULL THEN 'coming' END
WHEN 'member' THEN CASE WHEN data->>'status' = 'active' THEN 'active' END
WHEN 'proposal' THEN CASE
  WHEN data->>'outcome' IS NULL AND data->>'withdrawn_at' IS NULL THEN
    CASE WHEN data->>'called_at' IS NULL THEN 'draft' ELSE 'called' END
  WHEN data->>'drawing' = 'true' THEN 'unannounced'
  WHEN data->>'opened_index' IS NOT NULL AND (data->>'roll_entry' IS NULL OR data->>'count_entry' IS NULL)
  THEN 'unannounced' END
END
"""
ATTESTED_AT: Final = "CASE WHEN kind = 'contribution' THEN (data->>'attested_at')::bigint END"

record: Final = Table(
    "record",
    metadata,
    _big("ledger_id", primary_key=True),
    _bytes_text("kind", primary_key=True),
    _bytes_text("id", primary_key=True),
    _bytes_text("parent"),
    _bytes_text("sort"),
    # ``json``, not ``jsonb``: the text stays as written, and writing it costs no second form.
    Column("data", JSON, nullable=False),
    # The entry that changed it last. In no index, so that an update stays within its page (HOT).
    _big("changed"),
    # No index may look into ``data`` itself: then no update at all would stay within its page, where now those do that
    # leave these two as they are.
    Column("mark", Text(collation="C"), Computed(MARK, persisted=True)),
    Column("attested_at", BigInteger, Computed(ATTESTED_AT, persisted=True)),
    Index("record_order", "ledger_id", "kind", "parent", "sort", "id"),
    Index("record_mark", "ledger_id", "kind", "mark", "sort", "id", postgresql_where=text("mark IS NOT NULL")),
    Index("record_attested", "ledger_id", "attested_at", postgresql_where=text("attested_at IS NOT NULL")),
)
"""What the fold makes of the log. Derived: it can be rebuilt from the entries. ``mark``: what it stands out by in lists
that must not read all there ever was (what is open, who is active); ``attested_at``: of contributions, in ms.
"""

trace: Final = Table(
    "trace",
    metadata,
    _big("ledger_id", primary_key=True),
    _bytes_text("kind", primary_key=True),
    _bytes_text("subject", primary_key=True),
    _big("index", primary_key=True),
    Column("position", Integer, primary_key=True, nullable=False, autoincrement=False),
    _big("time"),
    Column("value", JSON, nullable=False),
)
"""What electorates and weights are looked up in; ``position`` orders the rows of one entry."""

tile: Final = Table(
    "tile",
    metadata,
    _big("ledger_id", primary_key=True),
    Column("level", Integer, primary_key=True, nullable=False, autoincrement=False),
    _big("index", primary_key=True),
    _binary("data"),
    _binary("root"),
)
"""Full hash tiles (256 hashes); ``root`` is what each adds to the tile level above."""

checkpoint: Final = Table(
    "checkpoint",
    metadata,
    _big("ledger_id", primary_key=True),
    _big("size", primary_key=True),
    _binary("root"),
    _binary("note"),
)
"""Every published checkpoint; the newest one is the guard's, outside the database."""

private: Final = Table(
    "private",
    metadata,
    _big("ledger_id", primary_key=True),
    _bytes_text("subject", primary_key=True),
    _binary("statement_id", primary_key=True),
    _bytes_text("path", primary_key=True),
    _binary("sealed"),
    Index("private_statement", "ledger_id", "statement_id"),
)
"""Salts and values of private values, sealed under their subject's key."""

succession: Final = Table(
    "succession",
    metadata,
    _big("ledger_id", primary_key=True),
    _big("entries", primary_key=True),
    _bytes_text("slug"),
    _bytes_text("origin"),
    _bytes_text("old_slug"),
    _bytes_text("old_origin"),
    UniqueConstraint("ledger_id", "slug", name="succession_slug"),
    UniqueConstraint("ledger_id", "origin", name="succession_origin"),
)
"""The names under which a ledger goes on after its first ``entries`` entries; ``named`` is a view of all ledgers by the
names that they have now.
"""

challenge: Final = Table(
    "challenge",
    metadata,
    _big("ledger_id", primary_key=True),
    _binary("value", primary_key=True),
    _big("expires"),
)
"""What someone who signs in has been asked to sign. Whoever answers takes it away, so that it serves once."""

sign_in: Final = Table(
    "sign_in",
    metadata,
    _big("ledger_id", primary_key=True),
    _binary("id", primary_key=True),
    _big("expires"),
)
"""Sessions that are open. A session's cookie names its row; without the row it is worth nothing."""

pending: Final = Table(
    "pending",
    metadata,
    _big("ledger_id", primary_key=True),
    _binary("statement_id", primary_key=True),
    _binary("statement"),
    Column("signers", ARRAY(Text(collation="C")), nullable=False),
    # One for each signer, null where it is still missing.
    Column("signatures", JSON, nullable=False),
    # Path and base64 of each private value, sealed under a key of its own until the statement is in the ledger.
    Column("sealed", JSON, nullable=False),
    _big("created"),
    _big("expires"),
    Column("left_by", Text(collation="C"), nullable=False, server_default=""),
)
"""Statements that wait for their cosigners; ``left_by``: the member whose signature has put it there."""

founding: Final = Table(
    "founding",
    metadata,
    _binary("id", primary_key=True),
    _binary("sealed"),
    _big("expires"),
)
"""Drafts of a genesis that founders join before it is sealed; each under a privacy key of its own."""

roster: Final = Table(
    "roster",
    metadata,
    _big("ledger_id", primary_key=True),
    _binary("id", primary_key=True),
    _binary("sealed"),
    _big("expires"),
)
"""Rosters that were read and wait to be entered; each under a privacy key of its own."""

audit_pass: Final = Table(
    "audit_pass",
    metadata,
    _big("ledger_id", primary_key=True),
    _big("started", primary_key=True),
    _bytes_text("member"),
    _big("updated"),
    _big("done"),
    _big("size"),
    Column("finished", BigInteger),
    Column("report", Text(collation="C")),
)
"""Full passes over a ledger that an auditor has started here. Times in ms; ``done`` of ``size`` entries. ``report``:
what ``app/audit/job.py`` says in the end, as JSON; a pass that is finished without one has failed.
"""

backtest: Final = Table(
    "backtest",
    metadata,
    _big("ledger_id", primary_key=True),
    _bytes_text("id", primary_key=True),
    _bytes_text("kind"),
    _bytes_text("document"),
    _big("started"),
    _big("updated"),
    _big("done"),
    _big("size"),
    Column("finished", BigInteger),
    Column("result", Text(collation="C")),
)
"""Backtests of draft rules for a ``kind`` of proposal, by what they depend on (``app/backtests/running.py``). Times in
ms; ``done`` of ``size`` decisions; one that is finished without a result has failed.
"""

cosignature: Final = Table(
    "cosignature",
    metadata,
    _big("ledger_id", primary_key=True),
    _big("size", primary_key=True),
    _bytes_text("witness", primary_key=True),
    _big("time"),
    _binary("line"),
)
"""Lines by which witnesses (their vkeys) have cosigned the checkpoint of that size; ``time``: seconds by their clocks.
Kept of the newest head that was asked for, and of the newest one that enough witnesses have cosigned.
"""

witness_call: Final = Table(
    "witness_call",
    metadata,
    _big("ledger_id", primary_key=True),
    _bytes_text("witness", primary_key=True),
    _big("size"),
    _big("time"),
    _big("asked"),
    _big("failing_since"),
    _bytes_text("fault"),
)
"""How asking a witness went: the largest ``size`` that it has cosigned and when (seconds), when it was asked last (ms),
and, where that failed, why and since when (ms), else an empty text and 0.
"""

watermark: Final = Table(
    "watermark",
    metadata,
    _bytes_text("witness", primary_key=True),
    _bytes_text("origin", primary_key=True),
    _big("size"),
)
"""Up to which size this installation's witness (its vkey) has cosigned the log of that origin."""

anchored: Final = Table(
    "anchored",
    metadata,
    _big("ledger_id", primary_key=True),
    _big("size", primary_key=True),
    _big("batch"),
    Column("proof", LargeBinary),
    Column("recorded", Boolean, nullable=False),
    Index("anchored_batch", "batch"),
    Index("anchored_unrecorded", "ledger_id", "size", postgresql_where=text("NOT recorded")),
)
"""Checkpoints of a ledger that are on their way into a public chain or there: by ``size``, in which ``batch``.
``proof``: the file of ``contracts/proof.py``, once that is final; ``recorded``: the ledger has an entry about it.
"""

anchor_batch: Final = Table(
    "anchor_batch",
    metadata,
    _big("number", primary_key=True),
    _bytes_text("state"),
    _big("submitted"),
    _binary("data"),
    Index("anchor_batch_unfinished", "number", postgresql_where=text("state IN ('pending', 'confirmed')")),
)
"""The installation's own: batches of checkpoints, one transaction each. ``state``: pending, confirmed, final, or
abandoned; ``submitted`` in ms; ``data``: ``contracts.record.Anchor`` as JSON, all that is needed to send the same
again.
"""

anchor_chain: Final = Table("anchor_chain", metadata, _big("chain_id", primary_key=True), _bytes_text("genesis"))
"""The installation's own: the hash of each chain's first block, as first seen."""

anchor_standing: Final = Table(
    "anchor_standing",
    metadata,
    _bytes_text("sender", primary_key=True),
    Column("balance", Numeric(78, 0)),
    _big("looked"),
    _bytes_text("trouble"),
    Column("params", JSON, nullable=False),
    _big("failing_since"),
)
"""The installation's own, one row: the account that anchors (empty: its key can't be had), what it has in wei, when
the chain was asked last (ms), and, where that went wrong, the code, its facts and since when (ms), else an empty text
and 0.
"""

outbox: Final = Table(
    "outbox",
    metadata,
    _big("ledger_id", primary_key=True),
    _bytes_text("id", primary_key=True),
    _bytes_text("subject"),
    _bytes_text("kind"),
    _big("version"),
    _bytes_text("member"),
    Column("sealed", LargeBinary),
    _bytes_text("state"),
    _big("attempts"),
    _big("due"),
    _bytes_text("code"),
    _big("queued"),
    _big("changed"),
    Column("claim", LargeBinary),
    Index("outbox_subject", "ledger_id", "subject", "kind", "version", "member"),
    Index("outbox_waiting", "ledger_id", "due", "id", postgresql_where=text("state = 'waiting'")),
    Index(
        "outbox_open",
        "ledger_id",
        "state",
        postgresql_where=text("state IN ('waiting', 'sending', 'handed', 'failed', 'unknown')"),
    ),
)
"""Letters to members, one row each (``app/post``). ``id`` follows from what it is about, which notice, its version and
whom it is for, so the same is never queued twice. ``sealed``: address and text under the member's privacy key, null
once nobody needs them. Times in ms; ``due``: not before then; ``changed``: when it came into its ``state``. ``code``:
what the mail server answered last, without its words. ``claim``: which try it is, so that a late answer finds its own.
"""
