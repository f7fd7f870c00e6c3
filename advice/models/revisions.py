"""The counters that say whether anything a resident could see, or the vagtplan shows, has changed.

A row each. The triggers of guards.py raise its number in the transaction of the edit itself, whoever makes it, so a
page that was made under a number is as fresh as the number is.
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from typing import Any

from sqlalchemy import BigInteger, Engine, String, event, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from advice.database import Model, db

MOST_IDLE = 8
"""Connections kept open for the next read: as many as a server has threads."""


class Revision(Model):
    """A counter by its name."""

    __tablename__ = "revisions"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, default=0)


def roster_number() -> int | None:
    """The vagtplan's number in the transaction of the request, one read by the primary key.

    Ask before the rows are read: what is read then is of this number or newer, never older.
    """
    return db.session.scalar(select(Revision.number).where(Revision.name == "roster"))


class Counter:
    """Reads the residents' number as cheaply as it can be read: one statement by the primary key, no transaction.

    The connections are the engine's own kind, taken out of its pool for good, in autocommit, so that each read sees
    the newest commit; they close with `engine.dispose()`. One that broke, say because the server of the database was
    restarted, is thrown away and another one opened.
    """

    ASK = "SELECT number FROM revisions WHERE name = 'residents'"

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._idle: deque[Any] = deque()
        self._errors: tuple[type[Exception], ...] = (SQLAlchemyError, engine.dialect.loaded_dbapi.Error)
        event.listen(engine, "engine_disposed", lambda _engine: self.close())

    def read(self) -> int | None:
        """The number now; None when the database does not answer or has no such row. Raises nothing."""
        while (connection := self._waiting()) is not None:
            try:
                return self._ask(connection)
            except self._errors:
                self._throw_away(connection)
        try:
            connection = self._open()
        except self._errors:
            return None
        try:
            return self._ask(connection)
        except self._errors:
            self._throw_away(connection)
            return None

    def close(self) -> None:
        """Close the connections that wait."""
        while (connection := self._waiting()) is not None:
            self._throw_away(connection)

    def _ask(self, connection: Any) -> int | None:
        # All rows, not the first: a statement that was not read to its end would hold SQLite's log.
        rows = connection.execute(self.ASK).fetchall()
        if len(self._idle) < MOST_IDLE:
            self._idle.append(connection)
        else:
            self._throw_away(connection)
        return int(rows[0][0]) if rows else None

    def _waiting(self) -> Any:
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def _open(self) -> Any:
        pooled = self._engine.raw_connection()
        connection: Any = pooled.driver_connection
        pooled.detach()
        if self._engine.dialect.name == "sqlite":  # autocommit already: advice/database.py begins transactions itself
            connection.execute("PRAGMA query_only=ON")
        else:
            connection.autocommit = True
        return connection

    def _throw_away(self, connection: Any) -> None:
        with suppress(*self._errors):
            connection.close()
