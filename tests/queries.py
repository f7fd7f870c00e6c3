"""Counts the SQL statements of a stretch of a test: pages and feeds promise how many they need, and by what way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements sent through SQLAlchemy meanwhile, but for the beginning and end of transactions.

    The residents' counter reads past it: tests/test_one_read.py hears that, too.
    """
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.upper().startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def sqlite_ways(connection: Connection, statement: str) -> list[str]:
    """How SQLite would go through each table of a statement that was heard: "SEARCH visits USING INDEX … (…)"."""
    asked = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", (1,) * statement.count("?"))
    return [str(row[-1]) for row in asked]
