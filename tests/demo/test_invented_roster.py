"""The invented people and their vagtplan as a reader of the database finds them."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from flask_sqlalchemy.session import Session
from sqlalchemy import func, select
from sqlalchemy.orm import scoped_session

from advice.demo import shapes
from advice.models.hours import Opening
from advice.models.people import Membership, Person
from advice.models.programmes import Programme
from advice.models.roster import (
    Competence,
    MembershipCompetence,
    NeedCompetence,
    NeedOrganisation,
    Shift,
    StaffingNeed,
)
from advice.rules.staffing import Duty, Gap, GapKind, Need, cover

pytestmark = pytest.mark.both_engines

TODAY = date(2026, 11, 23)
FIRST, LAST = "aktiv", "en-faelles-indsats"
STANDING = ("open", "changed", "extra")
Rows = scoped_session[Session]


@pytest.fixture
def database_url(loaded_url: str) -> str:
    return loaded_url


def test_nobody_invented_can_be_dialled_or_taken_for_real(session: Rows) -> None:
    people = session.scalars(select(Person)).all()
    assert len(people) == len(shapes.read().people) == 24
    assert all(each.demo and each.email.endswith("@example.org") for each in people)
    assert all(each.phone and each.phone.startswith("00 00 00 ") for each in people)
    assert len({each.phone for each in people}) == len({each.email for each in people}) == 24
    assert len({each.password_hash for each in people}) == 1
    assert all(programme.demo for programme in session.scalars(select(Programme)))


def test_one_person_serves_both_programmes_and_readers_never_do(session: Rows) -> None:
    rows = session.scalars(select(Membership).order_by(Membership.id)).all()
    twice = [person for person, times in Counter(row.person_id for row in rows).items() if times > 1]
    both = [row for row in rows if row.person_id in twice]
    assert [row.programme.slug for row in both] == [FIRST, LAST]
    assert {row.role for row in both} == {"adviser"}
    working = set(session.scalars(select(Shift.membership_id)))
    assert {row.id for row in both} <= working
    assert not {row.id for row in rows if row.role == "reader"} & working
    assert all(row.valid_from == row.programme.valid_from for row in rows)


def coverages(session: Rows, slug: str) -> dict[tuple[date, str], tuple[Gap, ...]]:
    """How each opening of the stored plan is covered."""
    programme = session.scalars(select(Programme).where(Programme.slug == slug)).one()
    can: dict[int, frozenset[int]] = {}
    for row in session.scalars(select(MembershipCompetence)):
        can[row.membership_id] = can.get(row.membership_id, frozenset()) | {row.competence_id}
    found = {}
    first, last = TODAY - timedelta(weeks=4), TODAY + timedelta(weeks=8)
    stand = select(Opening).where(
        Opening.programme_id == programme.id, Opening.day.between(first, last), Opening.status.in_(STANDING)
    )
    for opening in session.scalars(stand):
        on = (Shift.programme_id == programme.id, Shift.day == opening.day, Shift.place_id == opening.place_id)
        shifts = session.scalars(select(Shift).where(*on, Shift.status == "active"))
        duties = [
            Duty(row.person_id, row.organisation_id, row.starts, row.ends, can.get(row.membership_id, frozenset()))
            for row in shifts
        ]
        found[opening.day, opening.place.slug] = cover(opening.starts, opening.ends, duties, need(session, opening))
    return found


def need(session: Rows, opening: Opening) -> Need:
    row = session.scalars(
        select(StaffingNeed).where(
            StaffingNeed.place_id == opening.place_id, StaffingNeed.weekday == opening.day.weekday()
        )
    ).one()
    shares = session.scalars(select(NeedOrganisation).where(NeedOrganisation.need_id == row.id))
    wanted = session.scalars(select(NeedCompetence.competence_id).where(NeedCompetence.need_id == row.id))
    by_organisation = {share.organisation_id: share.least for share in shares}
    return Need(row.never_fewer, row.least, row.best, by_organisation, frozenset(wanted))


def test_the_plan_covers_every_opening_but_a_few_with_reasons_to_see(session: Rows) -> None:
    for slug, most in ((FIRST, 6), (LAST, 4)):
        found = coverages(session, slug)
        thin = {key: {gap.kind for gap in each} for key, each in found.items() if each}
        assert len(found) > 25
        assert 1 <= len(thin) <= most
        assert all(day > TODAY for day, _ in thin) or slug == LAST
    reasons = {gap.kind for each in coverages(session, FIRST).values() for gap in each}
    assert reasons == {GapKind.ALONE, GapKind.LEAST, GapKind.ORGANISATION, GapKind.COMPETENCE}


def test_the_plan_reaches_from_four_weeks_ago_to_eight_weeks_ahead(session: Rows) -> None:
    first, last = session.execute(select(func.min(Shift.day), func.max(Shift.day))).one()
    assert TODAY - timedelta(weeks=4) <= first <= TODAY - timedelta(weeks=3)
    assert TODAY + timedelta(weeks=7) <= last <= TODAY + timedelta(weeks=8)


def test_one_shift_is_cancelled_and_one_replaced_by_another_persons(session: Rows) -> None:
    gone = session.scalars(select(Shift).where(Shift.status == "cancelled")).all()
    (came,) = session.scalars(select(Shift).where(Shift.replaces_id.is_not(None))).all()
    assert len(gone) == 2
    (replaced,) = [row for row in gone if row.id == came.replaces_id]
    assert came.person_id != replaced.person_id
    assert (came.day, came.place_id, came.starts) == (replaced.day, replaced.place_id, replaced.starts)
    assert all((row.sequence, row.version) == (1, 2) for row in gone)
    assert came.status == "active"


def test_every_opening_of_the_first_programme_can_have_its_wanted_competence(session: Rows) -> None:
    holders = select(func.count(MembershipCompetence.membership_id)).join(
        NeedCompetence, NeedCompetence.competence_id == MembershipCompetence.competence_id
    )
    assert (session.scalar(holders.where(MembershipCompetence.programme_id == NeedCompetence.programme_id)) or 0) >= 5
    languages = (
        select(func.count(MembershipCompetence.membership_id)).join(Competence).where(Competence.kind == "language")
    )
    assert (session.scalar(languages) or 0) >= 3
