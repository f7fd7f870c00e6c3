"""Migrations on both engines: up, down, up; what stands is what the models and guards.py say."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, inspect, text

from advice import guards, schema
from advice.app import create_app
from advice.config import ROOT, Settings
from advice.database import db
from advice.models.registry import metadata
from tests.databases import Engine
from tests.program import SECRET_KEY, dispose

pytestmark = pytest.mark.t13


@pytest.fixture
def empty_app(engine: Engine) -> Iterator[Flask]:
    """The program on a database without any table."""
    url = engine.empty()
    app = create_app(Settings(database_url=url, secret_key=SECRET_KEY, testing=True))
    with app.app_context():
        yield app
        dispose()
    engine.drop(url)


def faults() -> list[str]:
    with db.engine.connect() as connection:
        return schema.faults(connection, metadata)


def execute(statement: str) -> None:
    with db.engine.connect().execution_options(writes=True) as connection:
        connection.execute(text(statement))
        connection.commit()


def test_up_down_and_up_again_give_what_the_models_say(empty_app: Flask) -> None:
    assert "empty" in faults()[0]
    schema.upgrade(db.engine, metadata)
    assert faults() == []
    schema.downgrade(db.engine, metadata, "base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    schema.upgrade(db.engine, metadata)
    assert faults() == []


@pytest.mark.parametrize("guard", guards.GUARDS, ids=lambda guard: guard.name)
def test_a_guard_that_is_gone_is_seen_and_made_again(empty_app: Flask, guard: guards.Guard) -> None:
    schema.upgrade(db.engine, metadata)
    with db.engine.connect().execution_options(writes=True) as connection:
        guards.drop(connection)
        connection.commit()
    assert any(guard.name in fault for fault in faults())
    with db.engine.connect().execution_options(writes=True) as connection:
        guards.recreate(connection)
        connection.commit()
    assert faults() == []


def test_a_guard_of_other_words_is_seen(empty_app: Flask) -> None:
    """As it stands after a newer version of guards.py, before any migration has run."""
    schema.upgrade(db.engine, metadata)
    guard = guards.GUARDS[0]
    if db.engine.dialect.name == "sqlite":
        execute(f"DROP TRIGGER {guard.name}")
        execute(guard.sqlite[0].replace("NEW.starts < ends", "NEW.starts <= ends"))
    else:
        execute(f"ALTER TABLE {guard.table} DROP CONSTRAINT {guard.name}")
        execute(guard.postgresql[-1].replace("int4range(starts, ends)", "int4range(starts, ends, '[]')"))
    assert faults() == [f"guard {guard.name} differs from guards.py"]


def test_a_column_of_its_own_is_seen(empty_app: Flask) -> None:
    schema.upgrade(db.engine, metadata)
    execute("ALTER TABLE people ADD COLUMN nickname VARCHAR(10)")
    assert any("nickname" in fault for fault in faults())


def test_a_database_ahead_of_the_code_is_known_as_such(empty_app: Flask) -> None:
    schema.upgrade(db.engine, metadata)
    execute("UPDATE alembic_version SET version_num = '9999'")
    with db.engine.connect() as connection:
        assert schema.standing(connection) is schema.Standing.AHEAD
    result = empty_app.test_cli_runner().invoke(args=["db", "upgrade"])
    assert result.exit_code == 1
    assert "9999" in result.output and "newer version" in result.output


def test_the_commands_bring_an_empty_database_up_and_find_nothing_wrong(empty_app: Flask) -> None:
    runner = empty_app.test_cli_runner()
    assert "0001" in runner.invoke(args=["db", "upgrade"]).output
    result = runner.invoke(args=["db", "check"])
    assert (result.exit_code, result.output.strip()) == (0, "the database is as the code says")


def test_an_upgrade_waits_for_another_and_finds_nothing_to_do(empty_app: Flask) -> None:
    """Two programs that start at once: the second runs `db upgrade` while the first stands among the tables."""
    address = db.engine.url.render_as_string(hide_password=False)
    second: list[subprocess.Popen[str]] = []

    def amid(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if second or "CREATE TABLE programmes" not in statement:
            return
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
        environment = {**os.environ, "DATABASE_URL": address, "SECRET_KEY": SECRET_KEY}
        pipe = subprocess.PIPE
        second.append(subprocess.Popen(command, cwd=ROOT, env=environment, stdout=pipe, stderr=pipe, text=True))
        with pytest.raises(subprocess.TimeoutExpired):
            second[0].wait(timeout=4)

    event.listen(db.engine, "after_cursor_execute", amid)
    schema.upgrade(db.engine, metadata)
    said, complained = second[0].communicate(timeout=60)
    assert (second[0].returncode, said.strip(), complained) == (0, "the database is at revision 0001", "")
    assert faults() == []


def test_the_audit_can_only_grow(empty_app: Flask) -> None:
    schema.upgrade(db.engine, metadata)
    execute(
        "INSERT INTO audit_entries (at, action, subject, subject_id, details) "
        "VALUES ('2026-11-23 12:00:00', 'added', 'shifts', '1', '{}')"
    )
    for statement in ("UPDATE audit_entries SET action = 'x'", "DELETE FROM audit_entries"):
        with pytest.raises(Exception, match="append_only"):
            execute(statement)


def test_an_upgrade_copies_an_sqlite_file_that_is_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "advice.db"
    app = create_app(Settings(database_url=f"sqlite:///{path}", secret_key=SECRET_KEY, testing=True))
    at = datetime(2026, 11, 23, 12, tzinfo=UTC)
    with app.app_context():
        assert schema.copy_before_upgrade(db.engine, at) is None
        schema.upgrade(db.engine, metadata)
        assert schema.copy_before_upgrade(db.engine, at) is None
        monkeypatch.setattr(schema, "revisions", lambda: ("0002", "0001"))
        copy = schema.copy_before_upgrade(db.engine, at)
        assert copy is not None and copy.stat().st_size > 0 and copy.parent == tmp_path
        dispose()
