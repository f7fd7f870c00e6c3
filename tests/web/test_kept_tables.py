"""Every table that a kept answer is made from raises the residents' counter: seen by reading them all."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from flask import Flask
from sqlalchemy import text

from advice.actions import openings
from advice.database import db
from advice.guards import SEEN_BY_RESIDENTS
from advice.models.registry import metadata
from advice.rules.danish import RESERVED_SLUGS
from tests import builders, stored_hours
from tests.program import Clock
from tests.queries import counted
from tests.stored import writing
from tests.web_client import CheckingClient

world = stored_hours.world
TABLE = re.compile(r"(?:FROM|JOIN)\s+\"?([a-z_]+)")
OF_DAYS_THAT_ARE_OVER = frozenset({"visits"})
"""Tables whose edits need not show at once: "Er der travlt?" counts visits of the weeks before today."""


def open_addresses(app: Flask) -> list[str]:
    """Every address below a programme's slug, and the front page; with Havnen and its skuret in the place of names."""
    values = {"programme": "havnen", "place": "skuret"}
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.arguments <= set(values):
            built = rule.build({name: values[name] for name in rule.arguments})
            if built and built[1][1:].partition("/")[0] not in RESERVED_SLUGS:
                found.append(built[1])
    assert {"/", "/havnen/", "/havnen/skuret", "/havnen/aabningstider.ics", "/havnen/aabningstider.json"} <= set(found)
    return found


def test_whatever_reads_rows_is_kept_and_every_table_it_reads_raises_the_counter(
    client: CheckingClient, app: Flask, clock: Clock, world: builders.World
) -> None:
    with writing(app):
        builders.shift(world, "rita", "skuret", clock().date(), 13, 15)
    read: set[str] = set()
    forgotten = []
    for url in open_addresses(app):
        with counted() as seen:
            status = client.get(url).status_code
        with counted() as again:
            client.get(url)
        if status == 200 and again:
            forgotten.append(url)
        read |= {name for statement in seen for name in TABLE.findall(statement)} & set(metadata.tables)
    assert forgotten == [], "these views never say kept.hold"
    assert {"programmes", "places", "openings"} <= read
    assert read - set(SEEN_BY_RESIDENTS) - OF_DAYS_THAT_ARE_OVER == set()


@pytest.mark.both_engines
def test_an_edit_of_such_a_table_raises_the_number_at_its_commit(app: Flask, clock: Clock) -> None:
    with writing(app):
        world = builders.world()
        builders.shift(world, "rita", "skuret", clock().date(), 13, 15)
        openings.refresh(world.programme.id, clock(), stored_hours.ZONE)
    assert_raised_by_each(app, SEEN_BY_RESIDENTS, "residents")


def assert_raised_by_each(app: Flask, tables: Iterable[str], counter: str) -> None:
    """Each table that holds rows raises the counter, on PostgreSQL once a transaction, however many rows; some do."""
    filled = 0
    for table in tables:
        with app.app_context():
            column = next(iter(metadata.tables[table].primary_key.columns)).name
            rows = db.session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            db.session.rollback()
        before = number(app, counter)
        with writing(app):
            db.session.execute(text(f"UPDATE {table} SET {column} = {column}"))
        raised = number(app, counter) - before
        assert bool(raised) == bool(rows), table
        if rows and app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql"):
            assert raised == 1, table
        filled += bool(rows)
    assert filled >= 5


def number(app: Flask, counter: str) -> int:
    with app.app_context():
        found: int = db.session.execute(
            text("SELECT number FROM revisions WHERE name = :name"), {"name": counter}
        ).scalar_one()
        db.session.rollback()
    return found
