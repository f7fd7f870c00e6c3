"""What is no sound copy is not restored, and a backup overwrites nothing: a sentence, and all is as it was."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask

from tests import copies
from tests.copies import backed_up, flask, totals
from tests.databases import Engine

pytestmark = pytest.mark.t6
file = copies.file


def test_a_backup_of_a_newer_version_is_refused_with_a_sentence(app: Flask, tmp_path: Path) -> None:
    copy = backed_up(app, tmp_path)
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    done = flask(app, "restore", copy)
    assert done.exit_code == 1 and "9999" in done.output and "newer version" in done.output


def cut_short(copy: Path) -> None:
    copy.write_bytes(copy.read_bytes()[: copy.stat().st_size // 2])


def scribbled_on(copy: Path) -> None:
    with copy.open("r+b") as opened:
        opened.seek(8192)
        opened.write(b"\xff" * 8192)


def without_parents(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("DELETE FROM visit_revisions")


def of_something_else(copy: Path) -> None:
    copy.unlink()
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("CREATE TABLE songs (title TEXT)")


def emptied(copy: Path) -> None:
    copy.write_bytes(b"")


def removed(copy: Path) -> None:
    copy.unlink()


@pytest.mark.parametrize(
    "harm",
    [cut_short, scribbled_on, without_parents, of_something_else, emptied, removed],
    ids=lambda harm: harm.__name__,
)
def test_a_copy_that_cannot_be_relied_on_is_refused_and_nothing_changes(
    app: Flask, file: Path, tmp_path: Path, harm: object
) -> None:
    copy = backed_up(app, tmp_path)
    before = totals(file)
    assert callable(harm)
    harm(copy)
    done = flask(app, "restore", copy)
    assert done.exit_code == 1 and done.output.startswith("Error: ") and str(copy) in done.output
    assert totals(file) == before


def test_a_backup_overwrites_nothing_and_is_its_owners_only(app: Flask, tmp_path: Path) -> None:
    copy = backed_up(app, tmp_path)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    before = copy.read_bytes()
    assert "overwrites nothing" in flask(app, "backup", copy).output
    assert copy.read_bytes() == before
    nowhere = flask(app, "backup", tmp_path / "not there" / "copy.db")
    assert nowhere.exit_code == 1 and "no folder" in nowhere.output


@pytest.mark.postgresql_only
def test_a_backup_of_postgresql_is_what_pg_dump_makes(
    app: Flask, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    without = flask(app, "backup", tmp_path / "copy.dump")
    assert without.exit_code == 1 and "pg_dump is not here" in without.output
    assert list(tmp_path.iterdir()) == []
    how = flask(app, "restore", tmp_path / "copy.dump")
    assert how.exit_code == 1 and "pg_restore" in how.output
