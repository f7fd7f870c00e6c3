"""The database: session, naming convention, column types, SQLite pragmas and write transactions.

Two engines, one behaviour: SQLite (WAL, synchronous FULL, foreign keys on) and PostgreSQL. Reads run in
an ordinary transaction. Whoever writes calls `begin_write()` first: on SQLite that is BEGIN IMMEDIATE, so
that a writer waits for its turn instead of failing half-way. A flush outside a write transaction is a bug
and raises, on both engines.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, time
from typing import Any, ClassVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    CheckConstraint,
    Connection,
    DateTime,
    Dialect,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Engine
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
LARGEST_ID = 2**31 - 1
"""What an id column of PostgreSQL holds: a larger number in an address is no row, and no error."""
LOCK_WAIT_SECONDS = 30
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")

Labels = dict[str, str]
"""Words per language: BCP 47 code to text; "da" is always there."""


class Instant(TypeDecorator[datetime]):
    """An instant: aware UTC in Python, UTC in the database. A naive datetime is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn any aware datetime into UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give every stored instant back as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class WallTime(TypeDecorator[time]):
    """A time on the wall, to the minute: `datetime.time` in Python, minutes since midnight in the database."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: time | None, dialect: Dialect) -> int | None:
        """12:30 becomes 750. Seconds and zones have no meaning on a door and are refused."""
        if value is None:
            return None
        if value.second or value.microsecond or value.tzinfo is not None:
            raise ValueError("a wall-clock time is hours and minutes")
        return value.hour * 60 + value.minute

    def process_result_value(self, value: int | None, dialect: Dialect) -> time | None:
        """750 becomes 12:30."""
        return None if value is None else time(value // 60, value % 60)


class Model(DeclarativeBase):
    """The base of every table: typed, names its own table, and knows our column types."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Instant(),
        time: WallTime(),
        dict[str, str]: JSON().with_variant(JSONB(), "postgresql"),
        dict[str, Any]: JSON().with_variant(JSONB(), "postgresql"),
        list[str]: JSON().with_variant(JSONB(), "postgresql"),
    }


db = SQLAlchemy(metadata=Model.metadata)


def owned(*arguments: Any) -> tuple[Any, ...]:
    """Table arguments of a row that belongs to a programme: the key that composite foreign keys point at."""
    own = (ForeignKeyConstraint(["programme_id"], ["programmes.id"]), UniqueConstraint("programme_id", "id"))
    return (*own, *arguments)


def same_programme(column: str, table: str, key: str = "id") -> ForeignKeyConstraint:
    """A foreign key that cannot leave the programme: (programme_id, column) -> table(programme_id, key)."""
    return ForeignKeyConstraint(["programme_id", column], [f"{table}.programme_id", f"{table}.{key}"])


def one_of(column: str, values: Any) -> CheckConstraint:
    """CHECK that a text column holds one of the values (an iterable of strings or a StrEnum)."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def ordered(first: str, last: str, strictly: bool = False) -> CheckConstraint:
    """CHECK that `last` does not lie before `first` (after it, if strictly)."""
    return CheckConstraint(f"{last} {'>' if strictly else '>='} {first}", name=f"{last}_after_{first}")


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Hand transactions over to us, and set the pragmas of every SQLite connection."""
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None
        for pragma in (f"busy_timeout={LOCK_WAIT_SECONDS * 1000}", *PRAGMAS):
            connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    """Begin as the caller asked: IMMEDIATE for writers, so that the lock is waited for once, at the start."""
    if connection.dialect.name == "sqlite":
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@event.listens_for(Session, "before_flush")
def _refuse_unannounced_writes(session: Session, *_: object) -> None:
    """A flush outside a write transaction would fail now and then on SQLite, under load: fail always instead."""
    if not session.connection().get_execution_options().get("writes"):
        raise RuntimeError("call begin_write() before the first query of a transaction that writes")


def begin_write() -> None:
    """Start a write transaction in the session; harmless in one that is a write transaction already.

    Raises RuntimeError if the session has read already: what it read may be stale by now.
    """
    session = db.session()
    if session.in_transaction():
        if session.connection().get_execution_options().get("writes"):
            return
        raise RuntimeError("begin_write() comes before the first query")
    session.connection(execution_options={"writes": True})


def lock_programme(programme_id: int) -> None:
    """Let one writer at a time change what is derived from a programme's hours. SQLite has one writer anyway."""
    if is_postgresql():
        db.session.execute(text("SELECT id FROM programmes WHERE id = :id FOR UPDATE"), {"id": programme_id})


def is_postgresql() -> bool:
    """Whether the session talks to PostgreSQL."""
    return db.session.get_bind().dialect.name == "postgresql"
