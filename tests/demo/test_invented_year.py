"""The invented year as a reader of the database finds it: the sizes and shapes of domain.md, and no contradiction."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask_sqlalchemy.session import Session
from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import scoped_session

from advice.actions import visits
from advice.actions.visit_entries import Adviser, entry_of
from advice.database import begin_write
from advice.demo import loader, shapes
from advice.models import visit_questions
from advice.models.catalogue import Outcome, Topic, TopicGroup
from advice.models.hours import Opening
from advice.models.people import Membership
from advice.models.places import Place
from advice.models.programmes import Programme
from advice.models.roster import (
    Shift,
)
from advice.models.visits import Visit, VisitActivity, VisitBody, VisitOutcome, VisitRevision, VisitTopic
from advice.rules.visits import Decision, content_hash
from tests.program import Clock

pytestmark = pytest.mark.both_engines

ZONE = ZoneInfo("Europe/Copenhagen")
TODAY = date(2026, 11, 23)
FIRST, LAST = "aktiv", "en-faelles-indsats"
STANDING = ("open", "changed", "extra")
Rows = scoped_session[Session]


@pytest.fixture
def database_url(loaded_url: str) -> str:
    return loaded_url


def of(slug: str) -> ColumnElement[bool]:
    return Visit.programme_id == select(Programme.id).where(Programme.slug == slug).scalar_subquery()


def counted(session: Rows, *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count(Visit.id)).where(*conditions)) or 0


def test_the_programmes_have_the_visits_of_the_domain(session: Rows) -> None:
    assert 2000 <= counted(session, of(FIRST)) <= 2250
    assert counted(session, of(LAST)) == 240
    assert counted(session, of(LAST), Visit.kind_id.is_not(None)) == 155
    assert counted(session, of(FIRST), Visit.kind_id.is_not(None)) == 0


@pytest.mark.parametrize(
    ("place", "low", "high"),
    [("stenbjergparken", 20, 24), ("kloever-hvedemarken", 8, 10), ("noerager-soestjernevej", 14, 17)],
)
def test_each_house_is_as_busy_as_the_domain_says(session: Rows, place: str, low: int, high: int) -> None:
    here = select(Place.id).where(Place.slug == place).scalar_subquery()
    came = counted(session, Visit.place_id == here, Visit.local_date < TODAY)
    days = session.scalar(
        select(func.count(Opening.id)).where(Opening.place_id == here, Opening.day < TODAY, Opening.status == "open")
    )
    assert days
    assert low <= came / days <= high


def test_talks_are_counted_by_one_organisation_only(session: Rows) -> None:
    talking = session.scalars(select(Visit.organisation_id).where(Visit.kind_id.is_not(None)).distinct()).all()
    assert len(talking) == 1
    assert counted(session, of(LAST), Visit.organisation_id != talking[0]) > 30


def test_topics_outcomes_and_languages_have_the_shares_of_the_domain(session: Rows) -> None:
    groups = Counter(
        session.scalars(
            select(TopicGroup.code)
            .join(Topic, Topic.group_id == TopicGroup.id)
            .join(VisitTopic, VisitTopic.topic_id == Topic.id)
            .join(Programme, Programme.id == VisitTopic.programme_id)
            .where(Programme.slug == FIRST)
        )
    )
    for code, percent in {"job": 21, "money": 18, "dig": 18, "pap": 9, "home": 8, "edu": 6}.items():
        assert groups[code] / groups.total() * 100 == pytest.approx(percent, abs=3)
    assert groups.total() / counted(session, of(FIRST)) == pytest.approx(1.3, abs=0.05)
    ends = Counter(session.scalars(select(Outcome.code).join(VisitOutcome, VisitOutcome.outcome_id == Outcome.id)))
    ended = session.scalar(select(func.count(VisitOutcome.visit_id.distinct()))) or 0
    for code, share in {"self": 35, "bridged": 20, "appointment": 15, "recruited": 6, "unserved": 2.8}.items():
        assert ends[code] / ended * 100 == pytest.approx(share, abs=4 if share > 10 else 2)
    every = counted(session)
    assert 0.02 < (every - ended) / every < 0.1
    known = counted(session, Visit.language.is_not(None))
    assert counted(session, Visit.language != "da") / known == pytest.approx(0.45, abs=0.05)
    assert 0.05 < (every - known) / every < 0.3


def test_minutes_and_hours_have_the_shape_of_the_domain(session: Rows) -> None:
    taken = sorted(each for each in session.scalars(select(Visit.minutes)) if each is not None)
    assert taken[len(taken) // 2] == pytest.approx(29, abs=3)
    assert taken[len(taken) * 9 // 10] == pytest.approx(57, abs=5)
    assert counted(session, Visit.minutes.is_(None)) > 200
    hours = Counter(session.scalars(select(Visit.local_hour).where(of(FIRST))))
    for hour, share in {12: 30, 13: 24, 14: 20, 15: 16, 16: 10}.items():
        assert hours[hour] / hours.total() * 100 == pytest.approx(share, abs=3)


def test_every_visit_lies_in_an_opening_and_none_in_the_future(session: Rows, clock: Clock) -> None:
    stands = and_(
        Opening.place_id == Visit.place_id,
        Opening.service_id == Visit.service_id,
        Opening.day == Visit.local_date,
        Opening.status.in_(STANDING),
    )
    rows = session.execute(select(Visit, Opening).outerjoin(Opening, stands)).all()
    assert len(rows) == counted(session)
    for visit, opening in rows:
        local = visit.occurred_at.astimezone(ZONE)
        assert opening is not None
        assert opening.starts <= local.time() < opening.ends
        assert (visit.local_date, visit.local_hour) == (local.date(), local.hour)
        assert visit.occurred_at <= clock()
        assert local.date() > TODAY - timedelta(days=366)


def test_whoever_helped_was_on_duty_there(session: Rows) -> None:
    recent = TODAY - timedelta(weeks=4)
    duty: dict[tuple[int, date], list[Shift]] = {}
    for shift in session.scalars(select(Shift).where(Shift.status == "active")):
        duty.setdefault((shift.membership_id, shift.day), []).append(shift)
    found = session.scalars(select(Visit).where(Visit.local_date >= recent)).all()
    assert len(found) > 100
    for visit in found:
        at = visit.occurred_at.astimezone(ZONE).time()
        shifts = duty.get((visit.membership_id, visit.local_date), [])
        assert any(shift.place_id == visit.place_id and shift.starts <= at < shift.ends for shift in shifts)


def test_bodies_and_activities_stand_exactly_where_the_outcome_says_so(session: Rows) -> None:
    for flag, link in ((Outcome.bridges, VisitBody), (Outcome.recruits, VisitActivity)):
        ended = set(
            session.scalars(
                select(VisitOutcome.visit_id).join(Outcome, Outcome.id == VisitOutcome.outcome_id).where(flag)
            )
        )
        assert set(session.scalars(select(link.visit_id))) == ended
        assert len(ended) > 100


def test_most_old_bridgings_have_a_known_result_and_new_ones_mostly_not(session: Rows) -> None:
    rows = session.execute(select(VisitBody.result_known, Visit.local_date).join(Visit, Visit.id == VisitBody.visit_id))
    told: dict[bool, list[bool | None]] = {True: [], False: []}
    for known, day in rows:
        told[day < TODAY - timedelta(days=21)].append(known)
    assert told[True].count(True) / len(told[True]) > 0.6
    assert told[True].count(None) > 5
    assert told[False].count(None) / len(told[False]) > 0.5


def test_every_visit_has_one_revision_that_says_the_same(session: Rows) -> None:
    revisions = {row.visit_id: row for row in session.scalars(select(VisitRevision))}
    assert len(revisions) == counted(session, Visit.revision == 1) == counted(session)
    for row in revisions.values():
        assert row.content_hash == content_hash(row.content)
    visits_of = {row.id: row.person_id for row in session.scalars(select(Visit))}
    assert all(row.entered_by == visits_of[key] for key, row in revisions.items())


def test_sending_an_invented_visit_again_is_harmless(session: Rows, clock: Clock) -> None:
    begin_write()
    member = session.scalars(select(Membership).where(Membership.role == "adviser").limit(1)).one()
    logged = visit_questions.of_days(Adviser.of(member).actor, TODAY - timedelta(days=60), TODAY)
    assert len(logged) > 20
    for found in logged:
        whole = visit_questions.own_visit(Adviser.of(member).actor, found.visit.id)
        assert whole is not None
        assert visits.store(entry_of(whole), Adviser.of(member), clock(), ZONE) is Decision.ALREADY
    session.rollback()


def test_every_code_in_the_shapes_stands_in_the_programme_files() -> None:
    shape = shapes.read().visits
    text = "".join((loader.FILES / f"{slug}.toml").read_text(encoding="utf-8") for slug in (FIRST, LAST))
    tapped = [*shape.topics.values(), *shape.help_forms.values(), *shape.bodies.values(), shape.outcomes.first]
    codes = {code for shares in tapped for code in shares} | set(shape.outcomes.also) | set(shape.topics)
    codes |= {each.place for each in shape.places} | {each.kind for each in shape.totals}
    assert not {code for code in codes if f"= {json.dumps(code)}" not in text}
