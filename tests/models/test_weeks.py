"""What openings need, as the vagtplan asks it."""

from __future__ import annotations

from datetime import date, timedelta

from flask_sqlalchemy.session import Session
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from advice.database import begin_write
from advice.models.hours import Opening
from advice.models.roster import Competence, NeedCompetence, StaffingNeed
from advice.models.weeks import staffing_between
from tests import builders

WEDNESDAY = date(2026, 11, 25)
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
