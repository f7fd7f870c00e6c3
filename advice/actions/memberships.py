"""A membership that becomes another: the rows that end, begin and go along. Who may ask for it: people.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from advice.actions.people_refusals import InUse
from advice.database import db
from advice.models.absences import Availability, PlaceWish
from advice.models.accounts import LogInSession
from advice.models.people import Membership
from advice.models.roster import MembershipCompetence, Shift
from advice.rules.access import Role

CARRIED = ("title", "initials", "percent", "most_shifts", "note", "valid_to", "accepted_at")


@dataclass(frozen=True, slots=True)
class Post:
    """What a membership is: a role in an organisation of the programme."""

    role: Role
    organisation_id: int


def moved(member: Membership, post: Post, today: date) -> Membership:
    """The membership with another post from today: a new one, the old one having ended yesterday; it stays as history.

    One that began today is changed itself. Flushes. Raises InUse.
    """
    if member.valid_from is not None and member.valid_from >= today:
        return _changed_itself(member, post)
    carried = {name: getattr(member, name) for name in CARRIED}
    found = Membership(
        programme_id=member.programme_id, person_id=member.person_id, organisation_id=post.organisation_id,
        role=post.role, valid_from=today, **carried,
    )  # fmt: skip
    db.session.add(found)
    member.valid_to = today - timedelta(days=1)
    db.session.flush()
    _bring_along(member, found, today)
    return found


def _changed_itself(member: Membership, post: Post) -> Membership:
    """The same row with another post. Shifts and visits hold its organisation: the database refuses to lose them."""
    try:
        with db.session.begin_nested():
            member.role, member.organisation_id = post.role, post.organisation_id
    except IntegrityError as error:
        raise InUse from error
    db.session.refresh(member)
    return member


def _bring_along(old: Membership, new: Membership, today: date) -> None:
    """What she can and when, where she is logged in, and, in the same organisation, the shifts ahead."""
    can = select(MembershipCompetence.competence_id).where(MembershipCompetence.membership_id == old.id)
    key = {"programme_id": new.programme_id, "membership_id": new.id}
    db.session.add_all(MembershipCompetence(competence_id=one, **key) for one in db.session.scalars(can))
    for row in db.session.scalars(select(Availability).where(Availability.membership_id == old.id)):
        hours = {"weekday": row.weekday, "starts": row.starts, "ends": row.ends}
        db.session.add(Availability(valid_from=row.valid_from, valid_to=row.valid_to, **hours, **key))
    for wish in db.session.scalars(select(PlaceWish).where(PlaceWish.membership_id == old.id)):
        db.session.add(PlaceWish(place_id=wish.place_id, wish=wish.wish, **key))
    living = LogInSession.membership_id == old.id, LogInSession.ended_at.is_(None)
    db.session.execute(update(LogInSession).where(*living).values(membership_id=new.id))
    if old.organisation_id == new.organisation_id:
        ahead = Shift.membership_id == old.id, Shift.day >= today
        db.session.execute(update(Shift).where(*ahead).values(membership_id=new.id))
    db.session.flush()
