"""What openings need, as the vagtplan asks it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask_sqlalchemy.session import Session
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import scoped_session

from advice.database import begin_write
from advice.models.day_needs import DayNeed, DayNeedOrganisation
from advice.models.hours import Opening
from advice.models.roster import Competence, NeedCompetence, StaffingNeed
from advice.models.weeks import staffing_between
from advice.rules.staffing import Need
from tests import builders

WEDNESDAY = date(2026, 11, 25)
NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
WEEKS = [WEDNESDAY + timedelta(weeks=number) for number in range(4)]


def test_a_competence_is_wanted_on_the_days_it_is_in_use(session: scoped_session[Session]) -> None:
    begin_write()
    world = builders.world()
    programme_id = world.programme.id
    need = session.scalars(
        select(StaffingNeed).where(
            StaffingNeed.place_id == world.places["kajen"].id, StaffingNeed.weekday == WEDNESDAY.weekday()
        )
    ).first()
    assert need is not None
    wanted = Competence(
        programme_id=programme_id, code="a", kind="other", labels={"da": "a"}, valid_from=WEEKS[1], valid_to=WEEKS[2]
    )
    session.add(wanted)
    session.flush()
    session.add(NeedCompetence(programme_id=programme_id, need_id=need.id, competence_id=wanted.id))
    session.flush()
    staffing = staffing_between(programme_id, WEEKS[0], WEEKS[-1])
    asked = [staffing.need(Opening(place_id=need.place_id, service_id=need.service_id, day=day)) for day in WEEKS]
    assert [one is not None and one.competences == {wanted.id} for one in asked] == [False, True, True, False]


def test_a_need_of_a_day_stands_in_place_of_the_weekdays_until_it_is_withdrawn(
    session: scoped_session[Session],
) -> None:
    begin_write()
    world = builders.world()
    key = {"programme_id": world.programme.id}
    at = {"place_id": world.places["kajen"].id, "service_id": world.services["snak"].id}
    share = {"organisation_id": world.organisations["huset"].id, "least": 3}
    numbers = {"never_fewer": 2, "least": 3, "best": 4, "before_minutes": 30}
    own = builders.added(DayNeed(day=WEEKS[1], **numbers, **at, **key))
    session.add(DayNeedOrganisation(day_need_id=own.id, **share, **key))
    session.add(DayNeed(day=WEEKS[2], never_fewer=9, least=9, best=9, withdrawn_at=NOW, **at, **key))
    session.flush()
    staffing = staffing_between(world.programme.id, WEEKS[0], WEEKS[-1])
    asked = [staffing.need(Opening(day=day, **at)) for day in WEEKS]
    assert [one and one.least for one in asked] == [2, 3, 2, 2]
    assert asked[1] == Need(2, 3, 4, {world.organisations["huset"].id: 3}, before_minutes=30)
    usual = staffing.usual_need(Opening(day=WEEKS[1], **at))
    assert usual is not None and usual.least_by_organisation == {world.organisations["byen"].id: 1}


def test_a_day_has_one_need_of_its_own_however_many_were_withdrawn(session: scoped_session[Session]) -> None:
    begin_write()
    world = builders.world()
    at = {"place_id": world.places["kajen"].id, "service_id": world.services["snak"].id}
    row = {"programme_id": world.programme.id, "day": WEEKS[0], "never_fewer": 1, "least": 1, "best": 1, **at}
    for _number in range(2):
        builders.added(DayNeed(withdrawn_at=NOW, **row))
    builders.added(DayNeed(**row))
    with pytest.raises(IntegrityError):
        builders.added(DayNeed(**row))
