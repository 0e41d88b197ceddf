"""Who may do what: grants to the service's role, where there is such a role besides the owner."""

from __future__ import annotations

from alembic import context, op
from sqlalchemy import text


def grant(privileges: str, *tables: str) -> None:
    role: str = context.config.attributes["service_role"]
    found = op.get_bind().execute(
        text("SELECT quote_ident(rolname) FROM pg_roles WHERE rolname = :role AND rolname <> current_user"),
        {"role": role},
    )
    name = found.scalar()
    if name is not None:
        op.execute(f"GRANT {privileges} ON {', '.join(tables)} TO {name}")
