"""What a database looks like: its structure as text, its rows as text; both engines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.schema import CreateIndex, CreateTable

from advice import guards
from tests.survival.generated_rows import reflected

Structure = frozenset[str]
Rows = Mapping[str, list[dict[str, str]]]


def structure(connection: Connection) -> Structure:
    """Every table with its columns and constraints, every index, every guard, and the revision."""
    metadata, dialect = reflected(connection), connection.dialect
    tables = [str(CreateTable(table).compile(dialect=dialect)) for table in metadata.tables.values()]
    lines = [f"{table.splitlines()[1]} {line.strip(' ,')}" for table in tables for line in table.splitlines()[2:]]
    indexes = [index for table in metadata.tables.values() for index in table.indexes]
    lines += [str(CreateIndex(index).compile(dialect=dialect)) for index in indexes]
    lines += [f"{name}: {said}" for name, said in guards.present(connection).items()]
    if inspect(connection).has_table("alembic_version"):
        lines += [f"revision {found}" for (found,) in connection.execute(text("SELECT * FROM alembic_version"))]
    return frozenset(lines)


def rows(connection: Connection) -> Rows:
    """Every row of every table, its values as text.

    Not the counters of changes: one goes up with each migration, the other (gone since 0004) begins anew going back.
    """
    tables = [table for table in reflected(connection).tables.values() if table.name != "revisions"]
    return {
        table.name: [
            {name: repr(value) for name, value in row.items() if name != "hours_revision"}
            for row in connection.execute(select(table)).mappings()
        ]
        for table in tables
    }


def differences(before: Rows, after: Rows) -> list[str]:
    """What differs in the tables and columns that stand on both sides, a sentence a table."""
    found = []
    for table in before.keys() & after.keys():
        if len(before[table]) != len(after[table]):
            found.append(f"{table}: {len(before[table])} rows before, {len(after[table])} after")
        elif before[table]:
            both = sorted(before[table][0].keys() & after[table][0].keys())
            old, new = (Counter(tuple(row[name] for name in both) for row in side[table]) for side in (before, after))
            if old != new:
                found.append(f"{table}: {list((old - new).elements())[:2]} became {list((new - old).elements())[:2]}")
    return found


def orphans(connection: Connection) -> list[str]:
    """Rows without their parent. PostgreSQL has none: its foreign keys are never off."""
    if connection.dialect.name != "sqlite":
        return []
    return [str(row) for row in connection.execute(text("PRAGMA foreign_key_check"))]
