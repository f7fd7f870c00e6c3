"""The schema and its revisions, by Alembic: upgrade, where a database stands, and whether it is as the models say."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from advice import guards
from advice.config import ROOT

AHEAD = "The database is at revision {}, which this version does not know: use the newer version, or restore a copy."
FOLDER = ROOT / "migrations"


class Standing(StrEnum):
    """A database against the code that looks at it."""

    EMPTY = "empty"
    BEHIND = "behind"
    CURRENT = "current"
    AHEAD = "ahead"


def configuration(engine: Engine | None = None, metadata: MetaData | None = None) -> Config:
    """Alembic's configuration; env.py reads the engine and the models' metadata from its attributes."""
    found = Config(str(FOLDER / "alembic.ini"), attributes={"engine": engine, "metadata": metadata})
    found.set_main_option("script_location", str(FOLDER))
    return found


@cache
def revisions() -> tuple[str, ...]:
    """All revisions the code knows, newest first."""
    return tuple(script.revision for script in ScriptDirectory.from_config(configuration()).walk_revisions())


def revision_of(connection: Connection) -> str | None:
    """The revision a database stands at; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def standing(connection: Connection) -> Standing:
    """Whether a database is empty, behind the code, at its revision, or ahead of it."""
    found = revision_of(connection)
    if found is None:
        return Standing.EMPTY
    if found == revisions()[0]:
        return Standing.CURRENT
    return Standing.BEHIND if found in revisions() else Standing.AHEAD


def upgrade(engine: Engine, metadata: MetaData, target: str = "head") -> None:
    """Bring a database to a revision (newest, unless told otherwise), in one transaction."""
    command.upgrade(configuration(engine, metadata), target)


def downgrade(engine: Engine, metadata: MetaData, target: str) -> None:
    """Take a database back to an earlier revision ("base": nothing)."""
    command.downgrade(configuration(engine, metadata), target)


def new_revision(engine: Engine, metadata: MetaData, slug: str) -> None:
    """Write the next numbered migration from what the models have and the database has not."""
    number = f"{len(revisions()) + 1:04d}"
    command.revision(configuration(engine, metadata), message=slug, rev_id=number, autogenerate=True)


def copy_before_upgrade(engine: Engine, at: datetime) -> Path | None:
    """Copy an SQLite file that is about to be upgraded, beside it; returns the copy, or None if nothing needs one."""
    if engine.dialect.name != "sqlite":
        return None
    with engine.connect() as connection:
        if standing(connection) is not Standing.BEHIND:
            return None
    path = Path(engine.url.database or "")
    copy = copy_name(path, revisions()[0], at)
    copy_file(path, copy)
    return copy


def copy_name(path: Path, before: str, at: datetime) -> Path:
    """What the program calls its own copies of an SQLite file; retention knows them by that name and its instant."""
    return path.with_name(f"{path.stem}-before-{before}-{at:%Y%m%dT%H%M%S}{path.suffix}")


def copy_file(path: Path, copy: Path) -> None:
    """Copy an SQLite file whole, though others write to it: one new file, to be read by its owner only, on disk.

    SQLite's online backup in one step is one read transaction: what was committed before it began is in it. Raises
    FileExistsError if there is such a file, sqlite3.Error if the source is no database; then nothing is left behind.
    """
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        whole = f"{path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(whole, uri=True)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")  # whole by itself, without a log beside it
        with copy.open("rb") as file:
            os.fsync(file.fileno())
    except BaseException:
        copy.unlink()
        raise


def faults(connection: Connection, metadata: MetaData) -> list[str]:
    """What differs between a database and the code: revision, tables, guards, foreign keys. Empty when all is well."""
    try:
        place = standing(connection)
    except SQLAlchemyError as error:
        return [f"the database does not answer: {error.__class__.__name__}"]
    if place is not Standing.CURRENT:
        return [f"the database is {place.value}: revision {revision_of(connection)}, the code has {revisions()[0]}"]
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    found = [f"schema differs: {_words(change)}" for change in compare_metadata(context, metadata)]
    found += guards.faults(connection)
    if connection.dialect.name == "sqlite":
        broken = connection.execute(text("PRAGMA foreign_key_check")).fetchall()
        found += [f"row {row[1]} of {row[0]} has no parent in {row[2]}" for row in broken]
        result = connection.execute(text("PRAGMA quick_check")).scalar()
        found += [] if result == "ok" else [f"SQLite says: {result}"]
    return found


def _words(change: Any) -> str:
    """One difference that Alembic found, on one line."""
    return " ".join(str(change).split())[:300]
