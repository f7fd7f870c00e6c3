"""What a warm page of residents costs: one statement, by the primary key, heard where it leaves the process.

Not at SQLAlchemy's cursor: the counter (models/revisions.py) reads past it, on a connection of its own.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event, text

from advice.database import db, is_postgresql
from tests import builders, stored_hours
from tests.program import dispose
from tests.queries import sqlite_ways
from tests.web_client import CheckingClient

pytestmark = pytest.mark.both_engines
world = stored_hours.world

ADDRESSES = ("/", "/havnen/", "/havnen/skuret", "/havnen/aabningstider.ics", "/havnen/aabningstider.json")
OFTEN = 8
"""More than the five times after which psycopg prepares a statement."""
SENT = re.compile(r'\tF\t\d+\t(?:Query|Execute)\t "(.*)"')
"""A line of libpq's trace: from the front end, its length, the kind of message, and the statement (or its portal)."""
Heard = Callable[[], list[str]]


@pytest.fixture
def heard(app: Flask, world: builders.World, tmp_path: Path) -> Iterator[Heard]:
    """Gives the statements that any connection of the program has sent since it was last asked.

    SQLite tells its trace callback, libpq writes what goes over the wire. Every connection is a new one and is heard;
    BEGIN counts, and so does opening another connection.
    """
    path = tmp_path / "statements"
    with path.open("w", buffering=1) as log, path.open() as read:

        def note(statement: str) -> None:
            print('\tF\t0\tQuery\t "', " ".join(statement.split()), '"', sep="", file=log)

        def listen(connection: Any, _record: object) -> None:
            note("a new connection")
            if isinstance(connection, sqlite3.Connection):
                connection.set_trace_callback(note)
            else:
                connection.pgconn.trace(log.fileno())

        with app.app_context():
            dispose()
        event.listen(Engine, "connect", listen)
        yield lambda: [found[1] for line in read if (found := SENT.search(line))]
        event.remove(Engine, "connect", listen)
        with app.app_context():
            dispose()


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_warm_page_costs_one_statement(client: CheckingClient, heard: Heard, address: str) -> None:
    answer = client.get(address)
    assert len(heard()) > 2, "a cold one is made of the tables"
    known = {"If-None-Match": answer.headers["ETag"]}
    for _ in range(OFTEN):
        assert client.get(address).status_code == 200
        assert len(heard()) == 1
        assert client.get(address, headers=known).status_code == 304
        assert len(heard()) == 1
        assert client.head(address).status_code == 200
        assert len(heard()) == 1


def test_the_statement_is_a_search_by_the_primary_key_and_no_transaction(
    client: CheckingClient, heard: Heard, app: Flask
) -> None:
    client.get("/havnen/")
    heard()
    client.get("/havnen/")
    (statement,) = heard()
    with app.app_context():
        if is_postgresql():
            # The table has one row, which lies on one page: whatever finds it reads that. Among many it must be found.
            db.session.execute(text("SET LOCAL enable_seqscan = off"))
            way = [str(line) for line in db.session.scalars(text(f"EXPLAIN (COSTS off) {statement}"))]
            assert way == [
                "Index Scan using pk_revisions on revisions", "  Index Cond: ((name)::text = 'residents'::text)"
            ]  # fmt: skip
            waiting = "FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'"
            assert db.session.scalar(text(f"SELECT count(*) {waiting}")) == 0
        else:
            (one,) = sqlite_ways(db.session.connection(), statement)
            assert re.fullmatch(r"SEARCH revisions USING INDEX sqlite_autoindex_revisions_1 \(name=\?\)", one)
        db.session.rollback()
