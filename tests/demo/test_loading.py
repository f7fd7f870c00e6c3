"""`flask demo`: what it refuses, what it says, and that it leaves nobody else waiting for ever."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from threading import Event, Thread
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask_sqlalchemy.session import Session
from sqlalchemy import func, select
from sqlalchemy.orm import scoped_session

from advice.actions import feeds
from advice.app import create_app
from advice.config import Settings
from advice.database import begin_write, db
from advice.demo import loader
from advice.models.hours import Opening
from advice.models.jobs import WorkerBeat
from advice.models.people import FeedToken, Membership, Person
from advice.models.programmes import Programme
from advice.models.roster import Shift
from advice.models.visits import Visit, VisitRevision
from tests.builders import added, person, world
from tests.databases import Engine
from tests.program import SECRET_KEY, Clock, dispose

pytestmark = pytest.mark.both_engines

ZONE = ZoneInfo("Europe/Copenhagen")
PROGRAMMES = [
    {"slug": "aktiv", "places": ["stenbjergparken", "kloever-hvedemarken", "noerager-soestjernevej"]},
    {"slug": "en-faelles-indsats", "places": ["ringparken", "sydbyen", "motalavej"]},
]


def demo(app: Flask, *arguments: str) -> tuple[int, str, str]:
    """Run `flask demo`; exit code, standard output and standard error."""
    result = app.test_cli_runner().invoke(args=["demo", *arguments])
    return result.exit_code, result.stdout, result.stderr


def number(app: Flask, model: type) -> int:
    with app.app_context():
        found = db.session.scalar(select(func.count()).select_from(model))
        db.session.rollback()
        return found or 0


def test_json_names_each_person_once_with_a_living_calendar_address(app: Flask, clock: Clock) -> None:
    code, out, _ = demo(app, "--json")
    told = json.loads(out)
    assert code == 0
    assert told["programmes"] == PROGRAMMES
    people = told["people"]
    assert [set(each) for each in people] == [
        {"email", "password", "role", "organisation", "programme", "feed_url"}
    ] * 24
    assert len({each["email"] for each in people}) == 24
    assert {each["role"] for each in people} == {"adviser", "team_leader", "coordinator", "reader"}
    assert {each["password"] for each in people} == {loader.PASSWORD}
    assert len(loader.PASSWORD) >= 12
    with app.app_context():
        for each in people:
            token = each["feed_url"].removeprefix("/kalender/").removesuffix(".ics")
            found = feeds.person_of_token(token, clock().date())
            assert found is not None
            assert found.email == each["email"]
        rows = db.session.execute(select(Person.email, func.min(Membership.id)).join(Membership).group_by(Person.email))
        first = {email: db.session.get_one(Membership, member) for email, member in rows}
        for each in people:
            member = first[each["email"]]
            assert (each["programme"], each["organisation"], each["role"]) == (
                member.programme.slug,
                member.organisation.code,
                member.role,
            )


def test_a_second_time_it_says_so_and_changes_nothing_but_the_addresses(app: Flask) -> None:
    first = json.loads(demo(app, "--json")[1])
    counted = [number(app, model) for model in (Person, Visit, Shift, Opening)]
    code, out, _ = demo(app)
    assert code == 0
    assert "loaded already" in out
    code, out, _ = demo(app, "--json")
    again = json.loads(out)
    assert code == 0
    assert [number(app, model) for model in (Person, Visit, Shift, Opening)] == counted
    assert [each["email"] for each in again["people"]] == [each["email"] for each in first["people"]]
    old, new = ({each["feed_url"] for each in told["people"]} for told in (first, again))
    assert not old & new
    with app.app_context():
        living = select(func.count()).select_from(FeedToken).where(FeedToken.revoked_at.is_(None))
        assert db.session.scalar(living) == 24


def real_person() -> None:
    person("Rigtig Person", demo=False)


def real_programme() -> None:
    world().programme.demo = False


def a_visit() -> None:
    found = world()
    member, now = found.members["rita"], datetime(2026, 11, 23, 12, tzinfo=UTC)
    key = {"programme_id": found.programme.id, "revision": 1}
    visit = uuid4()
    added(
        VisitRevision(
            visit_id=visit, content={}, content_hash="0" * 64, entered_by=member.person_id, received_at=now, **key
        )
    )
    added(
        Visit(
            id=visit,
            place_id=found.places["skuret"].id,
            service_id=found.services["snak"].id,
            membership_id=member.id,
            person_id=member.person_id,
            organisation_id=member.organisation_id,
            occurred_at=now,
            local_date=date(2026, 11, 23),
            local_hour=13,
            **key,
        )
    )


@pytest.mark.parametrize("real", [real_person, real_programme, a_visit])
def test_it_refuses_a_database_with_real_rows_in_one_sentence(app: Flask, real: object) -> None:
    with app.app_context():
        begin_write()
        assert callable(real)
        real()
        db.session.commit()
    before = number(app, Person)
    code, out, err = demo(app, "--json")
    assert code == 1
    assert out == ""
    assert err.startswith("Error: This database holds")
    assert len(err.splitlines()) == 1
    assert number(app, Person) == before
    with app.app_context():
        assert not db.session.scalars(select(Programme).where(Programme.slug == "aktiv")).all()


def test_it_says_what_to_do_with_a_database_that_has_no_tables(engine: Engine, clock: Clock) -> None:
    url = engine.empty()
    app = create_app(Settings(database_url=url, secret_key=SECRET_KEY, testing=True, clock=clock))
    code, _, err = demo(app)
    assert code == 1
    assert "db upgrade" in err
    with app.app_context():
        dispose()
    engine.drop(url)


def test_the_same_day_makes_the_same_year_again(app: Flask, engine: Engine, clock: Clock) -> None:
    def year(of: Flask) -> list[tuple[object, ...]]:
        with of.app_context():
            assert loader.load(clock(), ZONE)
            hashes = select(VisitRevision.visit_id, VisitRevision.content_hash).order_by(VisitRevision.content_hash)
            shifts = select(Shift.uid, Shift.day, Shift.starts, Shift.ends).order_by(Shift.uid)
            found = [tuple(row) for question in (hashes, shifts) for row in db.session.execute(question)]
            db.session.rollback()
            return found

    url = engine.fresh()
    other = create_app(Settings(database_url=url, secret_key=SECRET_KEY, testing=True, clock=clock))
    assert year(app) == year(other)
    with other.app_context():
        dispose()
    engine.drop(url)


@pytest.mark.parametrize(
    "now",
    [
        datetime(2027, 7, 15, 10, tzinfo=UTC),  # summer: everything is closed
        datetime(2028, 2, 29, 11, 1, tzinfo=UTC),  # a leap Tuesday, a minute after the door opens
        datetime(2027, 3, 28, 0, 30, tzinfo=UTC),  # half an hour before the clock goes forward
    ],
)
def test_it_is_alive_on_any_day(app: Flask, session: scoped_session[Session], now: datetime) -> None:
    assert loader.load(now, ZONE)
    visits, newest = session.execute(select(func.count(Visit.id), func.max(Visit.occurred_at))).one()
    assert 2150 < visits < 2550
    assert newest <= now
    ahead = now.astimezone(ZONE).date() + timedelta(weeks=8)
    last = session.scalar(select(func.max(Shift.day)))
    assert last is not None
    assert ahead - timedelta(days=21) <= last <= ahead


def test_it_counts_todays_visits_until_now_only(app: Flask, session: scoped_session[Session], clock: Clock) -> None:
    assert loader.load(clock(), ZONE)
    today = select(func.count(Visit.id), func.max(Visit.occurred_at)).where(Visit.local_date == date(2026, 11, 23))
    visits, newest = session.execute(today).one()
    assert visits > 0
    assert newest <= clock.now


def test_a_scale_multiplies_the_year_but_not_the_newest_weeks(
    app: Flask, session: scoped_session[Session], clock: Clock
) -> None:
    assert loader.load(clock(), ZONE, scale=3)
    recent = date(2026, 11, 23) - loader.UNSCALED
    newer = session.scalar(select(func.count(Visit.id)).where(Visit.local_date > recent)) or 0
    older = session.scalar(select(func.count(Visit.id)).where(Visit.local_date <= recent)) or 0
    assert 100 < newer < 250
    assert 6000 < older < 7200
    assert session.scalar(select(func.count(VisitRevision.visit_id))) == newer + older


def test_it_loads_while_others_write_to_the_same_database(app: Flask, clock: Clock) -> None:
    done = Event()
    written: list[int] = []

    def beat() -> None:
        with app.app_context():
            while not done.wait(0.002):
                begin_write()
                db.session.add(WorkerBeat(worker=f"beat {len(written)}", beat_at=clock.now))
                db.session.commit()
                written.append(len(written))

    others = Thread(target=beat)
    others.start()
    try:
        code, _, err = demo(app)
    finally:
        done.set()
        others.join()
    assert (code, err) == (0, "")
    assert number(app, WorkerBeat) == len(written) > 0
    assert number(app, Visit) > 2000


def test_the_short_day_and_the_closure_lie_ahead(app: Flask, session: scoped_session[Session], clock: Clock) -> None:
    assert loader.load(clock(), ZONE)
    told = session.scalars(
        select(Opening).where(Opening.day > date(2026, 11, 23), Opening.day < date(2026, 12, 20))
    ).all()
    changed = [row for row in told if row.status == "changed"]
    closed = [row for row in told if row.status == "closed"]
    assert [(row.starts, row.ends, row.reason) for row in changed] == [(time(12), time(14), {"da": "Personalemøde"})]
    assert [(row.day.isoweekday(), row.reason) for row in closed] == [(2, {"da": "Beboerhuset er udlejet"})]
