"""How migrations run: in one transaction, foreign keys off while SQLite tables are rebuilt, guards made anew.

With foreign keys on, a batch rebuild of a parent table would delete its children without a word; and it
drops triggers. So: foreign keys off before BEGIN, `foreign_key_check` before COMMIT, guards re-created.
One at a time: whoever comes second waits before the revision is read, and then finds nothing to do.
"""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy import JSON, Connection, text

from advice import guards
from advice.database import Instant, WallTime

LOCK = 52_017_431
"""The advisory lock of migrations on PostgreSQL: any number that nothing else in the program locks."""


def render_item(kind: str, item: Any, autogen_context: Any) -> str | bool:
    """Write our column types as plain ones: a migration must not depend on today's models."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, WallTime):
        return "sa.Integer()"
    if kind == "type" and isinstance(item, JSON):
        autogen_context.imports.add("from sqlalchemy.dialects import postgresql")
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    return False


def run(connection: Connection) -> None:
    """Migrate inside one transaction, then check foreign keys and re-create the guards."""
    context.configure(
        connection=connection,
        target_metadata=context.config.attributes["metadata"],
        render_as_batch=True,
        render_item=render_item,
        transactional_ddl=True,
        compare_type=True,
    )
    with context.begin_transaction():
        wait_for_others(connection)
        guards.drop(connection)
        context.run_migrations()
        guards.recreate(connection)
        if connection.dialect.name == "sqlite":
            broken = connection.execute(text("PRAGMA foreign_key_check")).fetchall()
            if broken:
                raise RuntimeError(f"the migration would leave {len(broken)} rows without their parent: {broken[:5]}")


def wait_for_others(connection: Connection) -> None:
    """Let one migration run at a time, until its transaction ends; on SQLite BEGIN IMMEDIATE has waited already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def main() -> None:
    """Take a connection of its own, so that the pragma stands outside any transaction."""
    with context.config.attributes["engine"].connect() as connection:
        raw = connection.connection.dbapi_connection
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            raw.execute("PRAGMA foreign_keys=OFF")
        try:
            run(connection.execution_options(writes=True))
        finally:
            connection.rollback()
            if sqlite:
                raw.execute("PRAGMA foreign_keys=ON")


main()
