"""The audit: the database itself refuses to change it, and to delete what is younger than two years."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from advice.database import db

pytestmark = [pytest.mark.t13, pytest.mark.usefixtures("session")]


def execute(statement: str) -> None:
    """One statement in a transaction of its own, past every model."""
    with db.engine.connect().execution_options(writes=True) as connection:
        connection.execute(text(statement))
        connection.commit()


def test_the_audit_can_only_grow() -> None:
    execute(
        "INSERT INTO audit_entries (at, action, subject, subject_id, details) "
        "VALUES ('2026-11-23 12:00:00', 'added', 'shifts', '1', '{}')"
    )
    for statement in ("UPDATE audit_entries SET action = 'x'", "DELETE FROM audit_entries"):
        with pytest.raises(Exception, match="append_only"):
            execute(statement)
    with pytest.raises(Exception, match="append_only"):
        if db.engine.dialect.name == "sqlite":
            execute("REPLACE INTO audit_entries SELECT * FROM audit_entries")
        else:
            execute("TRUNCATE audit_entries CASCADE")


def test_only_what_is_two_years_old_by_the_engines_own_clock_can_leave_the_audit() -> None:
    with db.engine.connect() as connection:
        year = int(connection.execute(text("SELECT substr(CAST(CURRENT_TIMESTAMP AS VARCHAR(30)), 1, 4)")).scalar_one())
    for number, at in ((1, f"{year - 3}-01-01 12:00:00"), (2, f"{year - 1}-01-01 12:00:00")):
        execute(
            "INSERT INTO audit_entries (id, at, action, subject, subject_id, details) "
            f"VALUES ({number}, '{at}', 'added', 'shifts', '1', '{{}}')"
        )
    execute("DELETE FROM audit_entries WHERE id = 1")
    with pytest.raises(Exception, match="append_only"):
        execute("DELETE FROM audit_entries WHERE id = 2")
    with pytest.raises(Exception, match="append_only"):
        execute("UPDATE audit_entries SET at = '2000-01-01 12:00:00'")
