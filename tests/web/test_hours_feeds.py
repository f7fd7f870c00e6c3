"""The openings as a calendar and as JSON, for anyone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from advice.database import db
from advice.models.hours import Closure, ExtraOpening, HoursChange, Opening, WeeklyHours
from tests import builders, stored_hours
from tests.calendars import Event, events, icalendar_instants, name_of, property_of
from tests.judges import icaljs_instants, libical_errors
from tests.program import Clock
from tests.queries import counted
from tests.stored_hours import NOW, TODAY, edited
from tests.web_client import CheckingClient

CALENDAR = "/havnen/aabningstider.ics"
HOURS = "/havnen/aabningstider.json"
world = stored_hours.world


def on(day: date, ics: bytes) -> list[Event]:
    """The events of one day."""
    return [event for event in events(ics) if property_of(event, "DTSTART")[0].startswith(f"{day:%Y%m%d}")]


def test_an_opening_says_what_and_where(client: CheckingClient, world: builders.World) -> None:
    (event,) = on(TODAY, client.get(CALENDAR).data)
    assert (event["SUMMARY"], event["LOCATION"]) == ("Snak på kajen · Skuret", "Huset ved Skuret")
    assert event["DESCRIPTION"] == "Gratis. Kom uden aftale."
    assert (event["STATUS"], event["TRANSP"], event["SEQUENCE"]) == ("CONFIRMED", "TRANSPARENT", 0)
    assert property_of(event, "DTSTART") == ("20261123T130000", "Europe/Copenhagen")
    assert property_of(event, "DTEND") == ("20261123T160000", "Europe/Copenhagen")


def test_the_address_is_told_where_it_is_known(client: CheckingClient, world: builders.World, app: Flask) -> None:
    with edited(app, world):
        db.session.merge(world.places["skuret"]).address = "Prøvevej 1, 0000 Prøveby"
    assert on(TODAY, client.get(CALENDAR).data)[0]["LOCATION"] == "Huset ved Skuret, Prøvevej 1, 0000 Prøveby"


@pytest.mark.t18
def test_every_judge_reads_four_hundred_days_the_same(
    client: CheckingClient, world: builders.World, app: Flask
) -> None:
    with edited(app, world) as key:
        builders.weekly(world, "skuret", 6, time(0, 30), time(4))
        db.session.add(ExtraOpening(day=date(2026, 12, 25), starts=time(9), ends=time(10), **key))
    ics = client.get(CALENDAR).data
    read = icaljs_instants(ics)
    assert libical_errors(ics) == []
    assert read == icalendar_instants(ics)
    with app.app_context():
        assert len(read) == db.session.query(Opening).count() > 150
    spring = {i.starts for i in read if i.starts.date() in (date(2027, 3, 27), date(2027, 3, 28))}
    assert datetime(2027, 3, 27, 23, 30, tzinfo=UTC) in spring
    assert datetime(2027, 3, 28, 2, tzinfo=UTC) in {i.ends for i in read}


def test_the_calendar_of_a_place_holds_that_place_only(client: CheckingClient, world: builders.World) -> None:
    whole, place = client.get(CALENDAR).data, client.get("/havnen/kajen/aabningstider.ics").data
    assert (name_of(whole), name_of(place)) == ("Åbningstider: Helhedsplanen Havnen", "Åbningstider: Kajen")
    assert {event["SUMMARY"] for event in events(place)} == {"Snak på kajen · Kajen"}
    assert {event["UID"] for event in events(place)} < {event["UID"] for event in events(whole)}


@pytest.mark.t18
def test_a_closed_day_says_why(client: CheckingClient, world: builders.World, app: Flask) -> None:
    before = on(TODAY, client.get(CALENDAR).data)[0]
    with edited(app, world) as key:
        del key["service_id"]
        db.session.add(Closure(kind="once", first_date=TODAY, last_date=TODAY, reason={"da": "storm, vand"}, **key))
    (event,) = on(TODAY, client.get(CALENDAR).data)
    assert event["SUMMARY"] == "LUKKET: Snak på kajen · Skuret (storm, vand)"
    assert (event["STATUS"], event["SEQUENCE"], event["UID"]) == ("CANCELLED", 1, before["UID"])
    assert "DESCRIPTION" not in event


def test_changed_and_extra_hours_say_so(client: CheckingClient, world: builders.World, app: Flask) -> None:
    with edited(app, world) as key:
        db.session.add(HoursChange(day=TODAY, starts=time(14), ends=time(15), reason={"da": "Kursus"}, **key))
        db.session.add(ExtraOpening(day=TODAY + timedelta(days=1), starts=time(8), ends=time(9), **key))
    ics = client.get(CALENDAR).data
    (changed,), (extra,) = on(TODAY, ics), on(TODAY + timedelta(days=1), ics)
    assert changed["DESCRIPTION"] == "Ændret åbningstid.\nKursus\nGratis. Kom uden aftale."
    assert property_of(changed, "DTSTART")[0] == "20261123T140000"
    assert extra["DESCRIPTION"] == "Ekstra åbent.\nGratis. Kom uden aftale."


@pytest.mark.t18
def test_an_opening_that_is_no_more_stays_cancelled_for_thirty_days(
    client: CheckingClient, world: builders.World, app: Flask, clock: Clock
) -> None:
    with edited(app, world):
        for row in db.session.scalars(select(WeeklyHours).where(WeeklyHours.weekday == 0)):
            row.valid_to = TODAY
    day = TODAY + timedelta(weeks=6)
    for _ in range(2):
        (event,) = on(day, client.get(CALENDAR).data)
        assert (event["SUMMARY"], event["STATUS"]) == ("AFLYST: Snak på kajen · Skuret", "CANCELLED")
        clock.forward(days=30)
    assert on(day, client.get(CALENDAR).data) == []


def test_it_reaches_thirty_days_back(client: CheckingClient, world: builders.World, clock: Clock) -> None:
    clock.forward(days=30)
    assert len(on(TODAY, client.get(CALENDAR).data)) == 1
    clock.forward(days=1)
    assert on(TODAY, client.get(CALENDAR).data) == []


@pytest.mark.both_engines
@pytest.mark.parametrize("url", [CALENDAR, "/havnen/skuret/aabningstider.ics", HOURS])
def test_whoever_has_it_gets_304_until_something_changes(
    client: CheckingClient, world: builders.World, app: Flask, url: str
) -> None:
    first = client.get(url)
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert "Set-Cookie" not in first.headers
    asked = {"If-None-Match": first.headers["ETag"]}
    again = client.get(url, headers=asked)
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    with edited(app, world, NOW + timedelta(minutes=1)) as key:
        db.session.add(HoursChange(day=TODAY, starts=time(14), ends=time(15), **key))
    after = client.get(url, headers=asked)
    assert (after.status_code, after.data != first.data) == (200, True)


@pytest.mark.parametrize(
    "edit",
    [
        lambda world: setattr(db.session.merge(world.places["skuret"]), "name", "Det nye skur"),
        lambda world: setattr(db.session.merge(world.services["snak"]), "labels", {"da": "Passiar"}),
        lambda world: setattr(db.session.merge(world.programme), "name", "Helhedsplanen Kysten"),
    ],
    ids=["place", "service", "programme"],
)
def test_a_new_name_is_a_change(
    client: CheckingClient, world: builders.World, app: Flask, edit: Callable[[builders.World], None]
) -> None:
    first = client.get(CALENDAR)
    with edited(app, world):
        edit(world)
    again = client.get(CALENDAR, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data != first.data) == (200, True)


@pytest.mark.parametrize("url", [CALENDAR, "/havnen/skuret/aabningstider.ics", HOURS])
def test_few_queries_answer_it(client: CheckingClient, world: builders.World, url: str) -> None:
    with counted() as queries:
        client.get(url)
    assert len(queries) <= 4, queries


@pytest.mark.t11
@pytest.mark.both_engines
@pytest.mark.parametrize(
    "url",
    [
        "/havnen/%00/aabningstider.ics",
        "/ukendt/aabningstider.ics", "/ukendt/aabningstider.json", "/ukendt/skuret/aabningstider.ics",
        "/havnen/ukendt/aabningstider.ics", "/Havnen/aabningstider.ics", "/havnen/Skuret/aabningstider.ics",
        "/havnen/aabningstider.xml", "/havnen/aabningstider.ics/", "/havnen/skuret/aabningstider.json",
        "/havnen/bjergkroen/aabningstider.ics", "/%00/aabningstider.ics", "/havnen/%00/aabningstider.json",
    ],
)  # fmt: skip
def test_what_is_not_there_is_a_friendly_404(
    client: CheckingClient, world: builders.World, app: Flask, url: str
) -> None:
    with edited(app, world):
        other = builders.world("bjerget", "b")
        other.places["skuret"].slug = "bjergkroen"
    answer = client.get(url)
    assert answer.status_code == 404
    assert "Siden findes ikke" in answer.text


def test_a_programme_without_openings_is_an_empty_calendar_and_list(
    client: CheckingClient, world: builders.World, app: Flask
) -> None:
    with edited(app, world):
        builders.world("bjerget", "b")
    assert events(client.get("/bjerget/aabningstider.ics").data) == []
    assert client.get("/bjerget/aabningstider.json").json == []
