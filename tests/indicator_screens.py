"""A programme with agreements in a demonstration, and how the tests read the numbers of /maal.

A module that wants the fixtures says `settings, log = indicator_screens.settings, indicator_screens.log`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from flask import Flask

from advice.config import Settings
from advice.database import begin_write, db
from advice.models.indicators import Agreement, Indicator, Objective
from tests import builders
from tests.builders import PASSWORD, World, added
from tests.html_pages import Page
from tests.logged_visits import Taps, visit
from tests.web_client import CheckingClient

Numbers = dict[tuple[int, str], tuple[int, int | None]]
"""By indicator and period: the number, and of how many."""


@dataclass
class Log:
    """A programme with agreements, and whom to log in as; Monday 23 November 2026, half past one."""

    app: Flask
    world: World
    emails: dict[str, str]
    numbers: dict[str, int]
    """Ids of the agreement and the indicators by their codes."""

    @contextmanager
    def writing(self) -> Iterator[dict[str, Any]]:
        """One transaction; gives what belongs to the programme. The world is there again inside."""
        with self.app.app_context():
            begin_write()
            self.world = attached(self.world)
            yield {"programme_id": self.world.programme.id}
            db.session.commit()

    def visit(self, who: str, day: date, **taps: Any) -> None:
        """Log a visit."""
        with self.writing():
            visit(self.world, who, day, Taps(**taps))


def attached(world: World) -> World:
    """The rows of the world in the present session."""

    def again(rows: dict[str, Any]) -> dict[str, Any]:
        return {name: db.session.merge(row) for name, row in rows.items()}

    return World(
        db.session.merge(world.programme),
        *(again(rows) for rows in (world.organisations, world.places, world.services, world.members)),
        *(again(rows) for rows in (world.topics, world.outcomes, world.kinds)),
    )


def indicator(objective: Objective, code: str, **values: Any) -> int:
    """Add an indicator and give its id."""
    given = {"text": f"Indikator {code}", "direction": "rises", **values}
    key = {"programme_id": objective.programme_id, "objective_id": objective.id}
    return added(Indicator(code=code, **given, **key)).id


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A demonstration, where a password alone logs in."""
    return replace(settings, demo=True)


@pytest.fixture
def log(app: Flask) -> Log:
    """An agreement of 2021-2025 and its invented renewal; reporting years begin on 1 October."""
    with app.app_context():
        begin_write()
        world = builders.world()
        key, year = {"programme_id": world.programme.id}, {"year_month": 10, "year_day": 1}
        old = added(
            Agreement(
                code="gammel",
                title="Gammel aftale",
                valid_from=date(2021, 10, 1),
                valid_to=date(2025, 9, 30),
                **year,
                **key,
            )
        )
        new = added(
            Agreement(
                code="ny", title="Ny aftale", valid_from=date(2025, 10, 1), valid_to=date(2029, 9, 30),
                renews_id=old.id, invented=True, note="Fundet på til prøven", **year, **key,
            )
        )  # fmt: skip
        talks = {"measure": "count", "counts": {"organisations": ["byen"], "kinds": ["tale"]}}
        share = {"measure": "share", "of": {"any_outcome": True}, "agreed": False, "unit": "%"}
        before = added(Objective(code="før", text="Flere snakke før", agreement_id=old.id, **key))
        after = added(Objective(code="nu", text="Flere snakke nu", agreement_id=new.id, **key))
        added(Objective(code="tomt", text="Bedre vejr", agreement_id=new.id, **key))
        ideas = added(Objective(code="idé", text="Det kunne man også", agreement_id=new.id, **key))
        found = {
            "ny": new.id,
            "før": indicator(before, "før", direction="at_least", target=150, **talks),
            "tale": indicator(after, "tale", direction="at_least", target=150, unit="snakke", **talks),
            "alene": indicator(ideas, "alene", counts={"any_flag": ["self_help"]}, **share),
            "gik": indicator(ideas, "gik", counts={"any_flag": ["not_reached"]}, **{**share, "direction": "falls"}),
            "regn": indicator(ideas, "regn", agreed=False, measure="count", counts={"topics": ["regn"]}),
        }
        emails = {name: row.person.email for name, row in world.members.items()}
        db.session.commit()
        db.session.expunge_all()
        return Log(app, world, emails, found)


def signed_in(log: Log, client: CheckingClient, name: str = "karen") -> CheckingClient:
    """The client, logged in as somebody."""
    assert client.submit("/log-ind", email=log.emails[name], password=PASSWORD).status_code == 303
    return client


def read(page: Page) -> Numbers:
    """Every number that the page counted, by indicator and period; earlier years by their first day."""
    found: Numbers = {}
    for element in page.root.iter():
        if (key := element.get("data-indicator")) is not None:
            period = str(element.get("data-period"))
            period = str(element.get("data-first")) if period == "earlier" else period
            whole = element.get("data-of")
            value = int(element.get("data-value", "")), int(whole) if whole is not None else None
            assert found.setdefault((int(key), period), value) == value
    return found


def reading(page: Page) -> str:
    """What stands in main, read without a break where the page has none."""
    return " ".join("".join(page.all("main")[0].itertext()).split())
