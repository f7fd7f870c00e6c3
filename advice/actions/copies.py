"""Copies of the database: a backup while people write, a file to restore looked at first, and old copies removed.

A copy is looked at before anybody relies on it (integrity, foreign keys, revision). On SQLite it is one file,
made by SQLite's online backup; on PostgreSQL it is what pg_dump makes. `cp` gives a file that is sometimes broken
(6 of 30 when it was tried).
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL, Engine, text

from advice import schema

CHECKPOINT_SECONDS = 3
"""So long erase_traces waits for readers; writers wait with it."""
NO_PG_DUMP = "pg_dump is not here: install PostgreSQL's client programs (on Debian: apt-get install postgresql-client)."


class CopyError(Exception):
    """A copy cannot be made, or cannot be relied on; the message is a sentence for the person at the console."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What a copy holds: its revision, and table name to rows."""

    revision: str
    rows: dict[str, int]


def backup(engine: Engine, path: Path) -> Looked | None:
    """Copy the database to a new file while others use it, and look at the copy before it gets its name.

    Returns what the copy holds; None for PostgreSQL, whose file only pg_restore reads. Raises CopyError.
    """
    if path.exists():
        raise CopyError(f"{path} is there already; a backup overwrites nothing.")
    if not path.parent.is_dir():
        raise CopyError(f"There is no folder {path.parent}.")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        if engine.dialect.name == "sqlite":
            schema.copy_file(database_file(engine), part)
            found = look(part)
        else:
            _dump(engine.url, part)
            found = None
        _rename(part, path)
    except (OSError, sqlite3.Error) as error:
        raise CopyError(f"The backup could not be made: {error}") from error
    finally:
        part.unlink(missing_ok=True)
    return found


def look(path: Path) -> Looked:
    """Check a copy, which must be one whole SQLite file of a revision that this version knows. Raises CopyError."""
    if not path.is_file():
        raise CopyError(f"There is no file {path}.")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            faults = [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
            broken = connection.execute("PRAGMA foreign_key_check").fetchall()
            faults += [f"{len(broken)} rows without their parent"] if broken else []
            if faults:
                raise CopyError(f"{path} is damaged: {'; '.join(faults[:3])}.")
            return Looked(_revision(connection, path), _rows(connection))
    except sqlite3.DatabaseError as error:
        raise CopyError(f"{path} is no whole SQLite file ({error}).") from error


def _revision(connection: sqlite3.Connection, path: Path) -> str:
    """The revision of a copy, if this version knows it."""
    known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    found = connection.execute("SELECT version_num FROM alembic_version").fetchone() if known else None
    if found is None:
        raise CopyError(f"{path} holds no database of this program.")
    if found[0] not in schema.revisions():
        raise CopyError(schema.AHEAD.format(found[0]))
    return str(found[0])


def _rows(connection: sqlite3.Connection) -> dict[str, int]:
    listed = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    names = sorted(name for (name,) in listed)
    return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}


def stage(path: Path, database: Path, at: datetime) -> Path:
    """Copy a file that has been looked at beside the database, to be brought up to date there. Raises CopyError."""
    database.parent.mkdir(parents=True, exist_ok=True)
    staged = database.with_name(f".{database.name}.restoring-{at:%Y%m%dT%H%M%S}")
    remove([staged])
    try:
        schema.copy_file(path, staged)
    except (OSError, sqlite3.Error) as error:
        raise CopyError(f"{path} could not be copied beside the database: {error}") from error
    return staged


def put_in_place(staged: Path, database: Path, at: datetime) -> Path | None:
    """Put a staged file in the place of the database; returns where the former one is kept, or None if none was.

    Raises CopyError while anybody has the database open: leaving the write-ahead mode needs to be alone with it,
    and from then on the exclusive lock keeps others out until the new file stands there. One that is damaged has
    no locks to ask for; it is kept as it lies, with its log.
    """
    if not database.exists():
        _rename(staged, database)
        return None
    kept = schema.copy_name(database, "restore", at)
    _same_owner(staged, database)
    try:
        with closing(sqlite3.connect(database, timeout=1, isolation_level=None)) as alone:
            alone.execute("PRAGMA journal_mode=DELETE")
            alone.execute("BEGIN EXCLUSIVE")
            os.link(database, kept)
            _rename(staged, database)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise CopyError("The database is in use: stop server and worker first. Nothing has changed.") from error
        for end in ("-wal", "-shm", "-journal", ""):
            beside = database.with_name(database.name + end)
            if beside.exists():
                os.replace(beside, kept.with_name(kept.name + end))
        _rename(staged, database)
    except OSError as error:
        raise CopyError(f"The database could not be replaced ({error}). Nothing has changed.") from error
    return kept


def _same_owner(staged: Path, database: Path) -> None:
    """Let the user that the server runs as open the restored file too, whoever restores it."""
    former = database.stat()
    staged.chmod(former.st_mode & 0o777)
    if os.geteuid() == 0:
        os.chown(staged, former.st_uid, former.st_gid)


def own_copies(engine: Engine, cutoff: datetime) -> list[Path]:
    """The copies that the program made beside its SQLite file at `cutoff` or before, by the instant in their name."""
    if engine.dialect.name != "sqlite":
        return []
    path = database_file(engine)
    name = re.compile(rf"{re.escape(path.stem)}-before-.+-(\d{{8}}T\d{{6}}){re.escape(path.suffix)}")
    found = ((name.fullmatch(beside.name), beside) for beside in path.parent.iterdir())
    return sorted(beside for match, beside in found if match and _instant(match[1]) <= cutoff)


def _instant(said: str) -> datetime:
    """The instant in the name of a copy; one that is no instant is somebody else's file, and never old."""
    try:
        return datetime.strptime(said, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return datetime.max.replace(tzinfo=UTC)


def remove(paths: Iterable[Path]) -> None:
    """Delete SQLite files with what SQLite keeps beside them."""
    for path in paths:
        for end in ("", "-wal", "-shm", "-journal"):
            path.with_name(path.name + end).unlink(missing_ok=True)


def erase_traces(engine: Engine, tables: Iterable[str]) -> bool:
    """Let nothing that was deleted stand on in the files; False if a reader kept SQLite's log from being emptied.

    SQLite (secure_delete is on) has overwritten it in the file, and its log is emptied here. PostgreSQL takes it
    out of the tables by VACUUM; what its own log and the disk still hold is the deployer's (docs/).
    """
    if engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(database_file(engine), timeout=CHECKPOINT_SECONDS)) as connection:
            return bool(connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in tables:
            connection.execute(text(f"VACUUM {table}"))
    return True


def database_file(engine: Engine) -> Path:
    """The file of an SQLite database."""
    return Path(engine.url.database or "")


def _rename(part: Path, path: Path) -> None:
    """Give a whole file its name, on disk too. Without a crash in between there is never half a file of that name."""
    os.replace(part, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _dump(url: URL, part: Path) -> None:
    """Have pg_dump write its custom format, in one transaction of its own; the password never on a command line."""
    program = shutil.which("pg_dump")
    if program is None:
        raise CopyError(NO_PG_DUMP)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    address = url.set(drivername="postgresql", password=None).render_as_string()
    done = subprocess.run(
        [program, "--format=custom", "--no-password", f"--file={part}", f"--dbname={address}"],
        env=os.environ | ({"PGPASSWORD": url.password} if url.password else {}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CopyError(f"pg_dump failed: {(done.stderr.strip().splitlines() or ['no word'])[0]}")
    with part.open("rb") as file:
        os.fsync(file.fileno())
