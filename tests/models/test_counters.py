"""Two writers who each raise both counters, in opposite order, wait in a line and never in a ring."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from advice import guards
from advice.database import db
from tests.stored import stored_world

WAITS = "SET LOCAL lock_timeout = '300ms'"


def raise_now(connection: Connection, guard: str, table: str) -> None:
    """What the commit would do first in this transaction."""
    connection.execute(text(f"UPDATE {table} SET id = id"))
    connection.execute(text(f"SET CONSTRAINTS {guard} IMMEDIATE"))


@pytest.mark.postgresql_only
@pytest.mark.parametrize("locked", [True, False], ids=["locked", "twin"])
def test_who_raises_one_counter_lets_nobody_begin_with_another(app: Flask, locked: bool) -> None:
    stored_world(app)
    with app.app_context(), db.engine.connect() as one, db.engine.connect() as other:
        if not locked:
            lock = f"PERFORM pg_advisory_xact_lock({guards.COUNTING});"
            for guard in guards.GUARDS:
                if guard.name in ("roster_people", "residents_topics"):
                    one.execute(text(guard.postgresql[0].replace(lock, "")))
            one.commit()
        raise_now(one, "roster_people", "people")
        other.execute(text(WAITS))
        if locked:
            with pytest.raises(OperationalError, match="lock timeout"):
                raise_now(other, "residents_topics", "topics")
        else:
            # Each would now hold what the other needs: PostgreSQL would end one of the two.
            raise_now(other, "residents_topics", "topics")
