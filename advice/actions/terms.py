"""What is agreed with a member of the team: read as it stands, and changed as a whole by whoever plans for her.

A membership has no version that counts this, so a page says what it showed by a digest (`mark`), and a save over
something newer is refused. The audit holds that it was changed, never to what.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select

from advice.actions.shifts import By, NotOnTeam, Stale
from advice.database import db
from advice.models import audit
from advice.models.absences import Availability, PlaceWish, terms_of
from advice.models.people import Membership
from advice.models.programmes import valid_on
from advice.models.roster import Competence, MembershipCompetence
from advice.rules.access import Role
from advice.rules.danish import sort_key
from advice.rules.spans import Span
from advice.rules.terms import Terms, Window


@dataclass(frozen=True, slots=True)
class Agreed:
    """What is agreed with a member. competences: ids of what she can."""

    terms: Terms
    competences: frozenset[int] = frozenset()


def agreed(member: Membership) -> Agreed:
    """What stands; three queries."""
    found = select(MembershipCompetence.competence_id).where(MembershipCompetence.membership_id == member.id)
    return Agreed(terms_of([member])[member.id], frozenset(db.session.scalars(found)))


def mark(stands: Agreed) -> str:
    """A digest of what is agreed: the same for the same, in whatever order it was stored."""
    terms = stands.terms
    windows = sorted(
        (one.weekday, one.span.starts, one.span.ends, str(one.valid_from), str(one.valid_to)) for one in terms.windows
    )
    sets = [sorted(one) for one in (terms.prefers, terms.avoids, stands.competences)]
    return hashlib.sha256(repr((terms.percent, terms.most_shifts, windows, sets)).encode()).hexdigest()


def competences_in_use(programme_id: int, day: date) -> dict[int, str]:
    """What people of the programme may be able to do, in Danish words by id, as Danes sort them."""
    found = select(Competence.id, Competence.labels).where(Competence.programme_id == programme_id)
    rows = db.session.execute(found.where(valid_on(Competence, day)))
    return dict(sorted(((key, labels["da"]) for key, labels in rows), key=lambda one: sort_key(one[1])))


def change(programme_id: int, membership_id: int, wanted: Agreed, seen: str, by: By) -> bool:
    """Store what is agreed now; False if nothing changed. seen: the `mark` of what the page showed.

    Raises NotOnTeam for a membership that is over, not taken on, or a reader's, and Stale if something else stands.
    """
    found = select(Membership).where(Membership.programme_id == programme_id, Membership.id == membership_id)
    member = db.session.scalar(found.with_for_update().execution_options(populate_existing=True))
    if member is None or not on_team(member, by.today):
        raise NotOnTeam
    before = agreed(member)
    stands = mark(before)
    if mark(wanted) == stands:
        return False
    if stands != seen:
        raise Stale
    member.percent, member.most_shifts = wanted.terms.percent, wanted.terms.most_shifts
    _store_windows(member, before.terms.windows, wanted.terms.windows)
    _store_wishes(member, wanted.terms)
    _store_competences(member, before.competences, wanted.competences)
    db.session.flush()
    where = {"programme_id": programme_id, "organisation_id": member.organisation_id, "person_id": by.person_id}
    audit.record(by.at, "terms_changed", Membership.__tablename__, member.id, **where, whose=member.person_id)
    db.session.flush()
    return True


def on_team(member: Membership, today: date) -> bool:
    """Whether there is anything to agree with a member: she has taken it on, it is not over, and she can be on duty."""
    over = member.valid_to is not None and member.valid_to < today
    return member.accepted_at is not None and not over and member.role != Role.READER


def _store_windows(member: Membership, before: Iterable[Window], wanted: Iterable[Window]) -> None:
    """The windows of a member; one that stays keeps its row."""
    old, new = set(before), set(wanted)
    for row in db.session.scalars(select(Availability).filter_by(membership_id=member.id)):
        if Window(row.weekday, Span(row.starts, row.ends), row.valid_from, row.valid_to) in old - new:
            db.session.delete(row)
    key = {"programme_id": member.programme_id, "membership_id": member.id}
    for one in new - old:
        span = {"weekday": one.weekday, "starts": one.span.starts, "ends": one.span.ends}
        db.session.add(Availability(**key, **span, valid_from=one.valid_from, valid_to=one.valid_to))


def _store_wishes(member: Membership, terms: Terms) -> None:
    db.session.execute(delete(PlaceWish).where(PlaceWish.membership_id == member.id))
    wishes = {**dict.fromkeys(terms.prefers, "prefers"), **dict.fromkeys(terms.avoids, "avoids")}
    key = {"programme_id": member.programme_id, "membership_id": member.id}
    db.session.add_all(PlaceWish(place_id=place, wish=wish, **key) for place, wish in wishes.items())


def _store_competences(member: Membership, before: frozenset[int], wanted: frozenset[int]) -> None:
    own = MembershipCompetence.membership_id == member.id
    db.session.execute(delete(MembershipCompetence).where(own, MembershipCompetence.competence_id.in_(before - wanted)))
    key = {"programme_id": member.programme_id, "membership_id": member.id}
    db.session.add_all(MembershipCompetence(competence_id=one, **key) for one in wanted - before)
