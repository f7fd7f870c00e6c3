"""A person's own feed, asked for as calendar programs ask."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from advice.actions import feeds as addresses
from advice.actions import shifts
from advice.database import db
from advice.models.people import Person
from advice.models.places import Place
from advice.models.roster import Shift
from tests import builders
from tests.calendars import Event, events, icalendar_instants, property_of
from tests.judges import icaljs_instants, libical_errors
from tests.program import Clock
from tests.queries import counted
from tests.stored import stored_world, writing
from tests.web_client import CheckingClient

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
TODAY = date(2026, 11, 23)


@pytest.fixture
def world(app: Flask) -> builders.World:
    """Havnen, without shifts."""
    return stored_world(app)


def address(app: Flask, world: builders.World) -> str:
    """The path of Rita's new feed."""
    with writing(app):
        token = addresses.new_token(world.members["rita"].person_id, NOW)
    return f"/kalender/{token}.ics"


def only(feed: TestResponse) -> Event:
    """The one event of a feed."""
    assert feed.status_code == 200
    (found,) = events(feed.data)
    return found


def days_of(feed: TestResponse) -> list[str]:
    """The local dates of the events, as written."""
    return [property_of(event, "DTSTART")[0][:8] for event in events(feed.data)]


def test_the_title_says_place_and_role_and_organisation(
    client: CheckingClient, world: builders.World, app: Flask
) -> None:
    with writing(app):
        shift = builders.shift(world, "rita", "skuret", TODAY, 13, 16)
        uid = str(shift.uid)
    event = only(client.get(address(app, world)))
    assert event["SUMMARY"] == "Vagt: Skuret · rådgiver, huset"
    assert (event["LOCATION"], event["DESCRIPTION"]) == ("Huset ved Skuret", "Havnen")
    assert (event["UID"], event["STATUS"], event["TRANSP"]) == (uid, "CONFIRMED", "OPAQUE")
    assert property_of(event, "DTSTART") == ("20261123T130000", "Europe/Copenhagen")
    assert property_of(event, "DTEND") == ("20261123T160000", "Europe/Copenhagen")


@pytest.mark.t18
def test_it_works_before_there_are_shifts(client: CheckingClient, world: builders.World, app: Flask) -> None:
    feed = client.get(address(app, world))
    assert feed.status_code == 200
    assert events(feed.data) == [] and libical_errors(feed.data) == []


@pytest.mark.t18
@pytest.mark.both_engines
def test_the_feed_of_a_year_satisfies_every_judge(client: CheckingClient, world: builders.World, app: Flask) -> None:
    with writing(app):
        db.session.merge(world.places["skuret"]).name = "Skuret; \\, «ø» 🇩🇰\r\nATTENDEE:x"
        for week in range(52):
            builders.shift(world, "rita", "skuret", TODAY + timedelta(weeks=week), 13, 16)
    feed = client.get(address(app, world)).data
    assert libical_errors(feed) == []
    assert len(icaljs_instants(feed)) == 52
    assert icaljs_instants(feed) == icalendar_instants(feed)
    assert {instants.starts.hour for instants in icaljs_instants(feed)} == {11, 12}


def test_it_holds_her_own_shifts_in_every_programme_and_nobody_elses(
    client: CheckingClient, world: builders.World, app: Flask
) -> None:
    with writing(app):
        other = builders.world("bjerget", "b")
        rita = db.session.get_one(Person, world.members["rita"].person_id)
        del other.members["rita"]
        builders.member(other, rita, "byen", "team_leader")
        builders.shift(world, "rita", "skuret", TODAY, 13, 16)
        builders.shift(other, "rita", "kajen", TODAY + timedelta(days=2), 9, 12)
        builders.shift(world, "svend", "skuret", TODAY, 13, 16)
        builders.shift(other, "karen", "skuret", TODAY, 13, 16)
    titles = [event["SUMMARY"] for event in events(client.get(address(app, world)).data)]
    assert titles == ["Vagt: Skuret · rådgiver, huset", "Vagt: Kajen · teamleder, byens folk"]


def test_it_reaches_thirty_days_back_and_as_far_ahead_as_there_are_shifts(
    client: CheckingClient, world: builders.World, app: Flask
) -> None:
    with writing(app):
        for days in (-31, -30, 0, 700):
            builders.shift(world, "rita", "skuret", TODAY + timedelta(days=days), 13, 16)
    assert days_of(client.get(address(app, world))) == ["20261024", "20261123", "20281023"]


@pytest.mark.t18
def test_a_cancelled_shift_says_so_for_thirty_days_and_then_goes(
    client: CheckingClient, world: builders.World, app: Flask, clock: Clock
) -> None:
    with writing(app):
        shift = builders.shift(world, "rita", "skuret", TODAY + timedelta(days=100), 13, 16)
    feed = address(app, world)
    before = only(client.get(feed))
    with writing(app):
        key = db.session.merge(shift)
        by = shifts.By(world.members["karen"].person_id, world.organisations["huset"].id, NOW, TODAY)
        shifts.cancel(key, key.version, by)
    for _ in range(2):
        event = only(client.get(feed))
        assert event["SUMMARY"] == "AFLYST: Skuret (vagt · rådgiver, huset)"
        assert (event["STATUS"], event["TRANSP"]) == ("CANCELLED", "TRANSPARENT")
        assert (event["UID"], event["SEQUENCE"]) == (before["UID"], before["SEQUENCE"] + 1)
        assert property_of(event, "LAST-MODIFIED")[0] == "20261123T123000Z"
        clock.forward(days=30)
    assert events(client.get(feed).data) == []


@pytest.mark.t18
def test_five_hundred_edits_change_no_uid(
    client: CheckingClient, world: builders.World, app: Flask, clock: Clock
) -> None:
    numbers = random.Random(500)
    by = shifts.By(world.members["karen"].person_id, world.organisations["huset"].id, NOW, TODAY)
    places = [place.id for place in world.places.values()]
    with writing(app):
        made = [builders.shift(world, "rita", "skuret", TODAY + timedelta(days=n), 9, 12).uid for n in range(40)]
    feed = address(app, world)
    sequences = {str(uid): 0 for uid in made}
    for _ in range(10):
        with writing(app):
            rows = {row.uid: row for row in db.session.scalars(select(Shift))}
            for _ in range(50):
                row = rows[numbers.choice(made)]
                starts = numbers.randrange(6, 20)
                stretch = shifts.Stretch(numbers.choice(places), row.day, time(starts), time(starts + 2))
                sequences[str(row.uid)] += shifts.change(row, row.version, stretch, by)
        read = {str(event["UID"]): event["SEQUENCE"] for event in events(client.get(feed).data)}
        assert read == sequences
    assert sum(sequences.values()) > 450


@pytest.mark.parametrize("token", ["x", "aabningstider", "%00", "%FF", "a%0D%0ASet-Cookie:x", "y" * 3000, "..%2F.."])
def test_an_unknown_address_is_a_friendly_404_that_tells_nobody(
    client: CheckingClient, world: builders.World, token: str
) -> None:
    answer = client.get(f"/kalender/{token}.ics")
    assert answer.status_code == 404
    assert "Siden findes ikke" in answer.text


def test_even_a_wrong_address_is_kept_from_others(client: CheckingClient, world: builders.World) -> None:
    headers = client.get("/kalender/en-gammel-adresse.ics").headers
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "private, no-cache"


def test_a_dead_address_is_the_same_404(client: CheckingClient, world: builders.World, app: Flask) -> None:
    old = address(app, world)
    new = address(app, world)
    assert (client.get(old).status_code, client.get(new).status_code) == (404, 200)
    with writing(app):
        addresses.close_address(world.members["rita"].person_id, NOW)
    assert client.get(new).status_code == 404


def test_the_address_dies_with_the_person(client: CheckingClient, world: builders.World, app: Flask) -> None:
    feed = address(app, world)
    tag = client.get(feed).headers["ETag"]
    with writing(app):
        db.session.get_one(Person, world.members["rita"].person_id).disabled_at = NOW
    assert client.get(feed).status_code == 404
    assert client.get(feed, headers={"If-None-Match": tag}).status_code == 404


def test_the_address_opens_nothing_else(client: CheckingClient, world: builders.World, app: Flask) -> None:
    client.get(address(app, world))
    assert client.get_cookie("session") is None
    assert "/log-ind" in client.get("/mine-vagter").headers["Location"]


@pytest.mark.t12
def test_the_headers_keep_it_private(client: CheckingClient, world: builders.World, app: Flask) -> None:
    headers = client.get(address(app, world)).headers
    assert headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert headers["Content-Disposition"] == 'inline; filename="mine-vagter.ics"'
    assert headers["Cache-Control"] == "private, no-cache"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in headers


@pytest.mark.both_engines
@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
def test_a_reader_who_has_it_gets_304_in_two_queries(
    client: CheckingClient, world: builders.World, app: Flask, form: str
) -> None:
    with writing(app):
        for week in range(20):
            builders.shift(world, "rita", "skuret", TODAY + timedelta(weeks=week), 13, 16)
    feed = address(app, world)
    first = client.get(feed)
    with counted() as queries:
        again = client.get(feed, headers={"If-None-Match": form.format(first.headers["ETag"])})
    assert (again.status_code, again.data, len(queries)) == (304, b"", 2), queries
    for name in ("ETag", "Cache-Control", "Referrer-Policy"):
        assert again.headers[name] == first.headers[name]


def test_it_takes_three_queries_however_many_shifts_there_are(
    client: CheckingClient, world: builders.World, app: Flask
) -> None:
    feed = address(app, world)
    for shift_count in (0, 200):
        with writing(app):
            for n in range(shift_count):
                builders.shift(world, "rita", ("skuret", "kajen")[n % 2], TODAY + timedelta(days=n), 13, 16)
        with counted() as queries:
            assert len(events(client.get(feed).data)) == shift_count
        assert len(queries) == 3, queries


@pytest.mark.both_engines
@pytest.mark.parametrize(
    "edit",
    [
        lambda world: builders.shift(world, "rita", "kajen", TODAY, 9, 12),
        lambda world: setattr(db.session.scalars(select(Shift)).one(), "sequence", 7),
        lambda world: setattr(db.session.scalars(select(Shift)).one(), "changed_at", NOW),
        lambda world: db.session.delete(db.session.scalars(select(Shift)).one()),
        lambda world: setattr(db.session.get_one(Place, world.places["skuret"].id), "name", "Det nye skur"),
        lambda world: setattr(db.session.get_one(Place, world.places["skuret"].id), "room", "Kælderen"),
        lambda world: setattr(db.session.merge(world.organisations["huset"]), "short_name", "huset på kajen"),
        lambda world: setattr(db.session.merge(world.members["rita"]), "role", "team_leader"),
    ],
    ids=["new", "changed", "changed at", "gone", "place renamed", "room", "organisation renamed", "role"],
)
def test_after_an_edit_the_old_etag_is_no_good(
    client: CheckingClient, world: builders.World, app: Flask, edit: object
) -> None:
    with writing(app):
        builders.shift(world, "rita", "skuret", TODAY, 13, 16)
    feed = address(app, world)
    first = client.get(feed)
    with writing(app):
        assert callable(edit)
        edit(world)
    again = client.get(feed, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200
    assert again.data != first.data


def test_the_same_is_the_same_to_the_byte(
    client: CheckingClient, world: builders.World, app: Flask, clock: Clock
) -> None:
    with writing(app):
        builders.shift(world, "rita", "skuret", TODAY, 13, 16)
    feed = address(app, world)
    first = client.get(feed)
    clock.forward(hours=5)
    again = client.get(feed)
    assert (again.data, again.headers["ETag"]) == (first.data, first.headers["ETag"])
