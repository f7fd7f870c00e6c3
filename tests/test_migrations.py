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
from alembic import command
from flask import Flask
from sqlalchemy import event, inspect, text
from sqlalchemy.exc import IntegrityError

from advice import guards, schema
from advice.app import create_app
from advice.config import ROOT, Settings
from advice.database import db
from advice.models.registry import metadata
from tests.databases import Engine
from tests.program import SECRET_KEY, dispose
from tests.survival import generated_rows, standing_schema

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


def fill() -> standing_schema.Rows:
    """Rows in every table that has none; what then stands in all of them."""
    with db.engine.connect().execution_options(writes=True) as connection:
        generated_rows.fill(connection)
        connection.commit()
    return stored()


def stored() -> standing_schema.Rows:
    """Every row, once no row lacks its parent."""
    with db.engine.connect() as connection:
        assert standing_schema.orphans(connection) == []
        return standing_schema.rows(connection)


def structure() -> standing_schema.Structure:
    with db.engine.connect() as connection:
        return standing_schema.structure(connection)


@pytest.mark.parametrize(("number", "revision"), list(enumerate(reversed(schema.revisions()))))
def test_a_migration_keeps_every_row_both_ways(empty_app: Flask, number: int, revision: str) -> None:
    """Up, down and up again with rows in every table: what stands on both sides of a step is the same."""
    before = schema.revisions()[-number] if number else "base"
    if number:
        schema.upgrade(db.engine, metadata, before)
    old, old_structure = fill(), structure()
    schema.upgrade(db.engine, metadata, revision)
    new, new_structure = fill(), structure()
    assert all(len(rows) == generated_rows.ROWS for rows in new.values())
    assert standing_schema.differences(old, new) == []
    schema.downgrade(db.engine, metadata, before)
    down = stored()
    assert down.keys() == old.keys() and standing_schema.differences(new, down) == []
    assert not number or structure() == old_structure
    schema.upgrade(db.engine, metadata, revision)
    assert structure() == new_structure
    schema.upgrade(db.engine, metadata)
    assert standing_schema.differences(down, stored()) == []
    assert faults() == []


def test_going_back_forgets_what_nobody_has_accepted_and_going_on_accepts_what_there_was(empty_app: Flask) -> None:
    """The program before 0003 lets every membership count: one that is only offered must not come to count by it."""
    schema.upgrade(db.engine, metadata, "0003")
    fill()
    execute("UPDATE memberships SET accepted_at = '2026-11-23 12:00:00'")
    columns = "programme_id, organisation_id, person_id, role, percent"
    execute(f"INSERT INTO memberships (id, {columns}) SELECT 99, {columns} FROM memberships WHERE id = 1")
    execute("UPDATE one_time_links SET purpose = 'membership', membership_id = 99 WHERE id = 1")
    schema.downgrade(db.engine, metadata, "0002")
    rows = stored()
    assert len(rows["memberships"]) == generated_rows.ROWS and "99" not in {row["id"] for row in rows["memberships"]}
    assert "membership" not in {row["purpose"] for row in rows["one_time_links"]}
    schema.upgrade(db.engine, metadata)
    assert all(row["accepted_at"] not in (None, "None") for row in stored()["memberships"])
    assert faults() == []


REBUILDING = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", "{newest}", None, None


def upgrade():
    rebuild = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    for table in {tables}:
        with op.batch_alter_table(table, recreate=rebuild) as batch:
            batch.add_column(sa.Column("added", sa.Integer(), nullable=False, server_default="7"))
"""


def test_a_migration_that_rebuilds_every_table_keeps_rows_and_guards(empty_app: Flask, tmp_path: Path) -> None:
    """As a later one may, on SQLite, where it drops the triggers, too; PostgreSQL adds the columns in place."""
    schema.upgrade(db.engine, metadata)
    old = fill()
    (tmp_path / "9999.py").write_text(REBUILDING.format(newest=schema.revisions()[0], tables=sorted(old)))
    configuration = schema.configuration(db.engine, metadata)
    configuration.set_main_option("path_separator", "newline")
    configuration.set_main_option("version_locations", f"{schema.FOLDER / 'versions'}\n{tmp_path}")
    command.upgrade(configuration, "9999")
    new = stored()
    assert all(row["added"] == "7" for rows in new.values() for row in rows)
    assert standing_schema.differences(old, new) == []
    with db.engine.connect() as connection:
        assert guards.faults(connection) == []


def test_no_foreign_key_deletes_rows_by_itself(empty_app: Flask) -> None:
    """The twin of the rebuild: with foreign keys on, dropping a parent is refused, and takes nobody along."""
    schema.upgrade(db.engine, metadata)
    old = fill()
    if db.engine.dialect.name == "sqlite":
        with pytest.raises(IntegrityError):
            execute("DROP TABLE organisations")
    with pytest.raises(IntegrityError):
        execute("DELETE FROM organisations")
    assert standing_schema.differences(old, stored()) == []
    with db.engine.connect() as connection:
        tables = generated_rows.reflected(connection).tables.values()
    assert {key.ondelete for table in tables for key in table.foreign_key_constraints} <= {
        None,
        "RESTRICT",
        "NO ACTION",
    }


def test_guards_that_are_gone_are_seen_and_made_again(empty_app: Flask) -> None:
    schema.upgrade(db.engine, metadata)
    with db.engine.connect().execution_options(writes=True) as connection:
        guards.drop(connection)
        connection.commit()
    gone = faults()
    for guard in guards.GUARDS:
        expected = bool(guards.names(guard, db.engine.dialect.name))  # SQLite cannot TRUNCATE and needs no guard of it
        assert any(guard.name in fault for fault in gone) == expected, guard.name
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
    assert f"is at revision {schema.revisions()[0]}" in runner.invoke(args=["db", "upgrade"]).output
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
    done = f"the database is at revision {schema.revisions()[0]}"
    assert (second[0].returncode, said.strip(), complained) == (0, done, "")
    assert faults() == []


def test_an_upgrade_copies_an_sqlite_file_that_is_behind(tmp_path: Path) -> None:
    path = tmp_path / "advice.db"
    app = create_app(Settings(database_url=f"sqlite:///{path}", secret_key=SECRET_KEY, testing=True))
    at = datetime(2026, 11, 23, 12, tzinfo=UTC)
    with app.app_context():
        assert schema.copy_before_upgrade(db.engine, at) is None
        schema.upgrade(db.engine, metadata, "0001")
        copy = schema.copy_before_upgrade(db.engine, at)
        assert copy is not None and copy.stat().st_size > 0 and copy.parent == tmp_path
        schema.upgrade(db.engine, metadata)
        assert schema.copy_before_upgrade(db.engine, at) is None
        dispose()
