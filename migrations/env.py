"""Alembic's entrance. Migrations run through ``app.storage.migrate``, which hands over an open transaction."""

from __future__ import annotations

from alembic import context

from app.storage.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
