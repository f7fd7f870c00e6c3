"""What rules/fairness.py counts, read for a stretch of days: turns, closing times, and who is on the team."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time

from sqlalchemy import func, select

from advice.database import db
from advice.models.absences import away_between, terms_of
from advice.models.hours import Opening
from advice.models.people import Person, members_between
from advice.models.programmes import Organisation
from advice.models.roster import Shift
from advice.rules.fairness import Engaged
from advice.rules.openings import STANDING
from advice.rules.spans import Span
from advice.rules.turns import Turn


def turns_between(programme_id: int, first: date, last: date, person_id: int | None = None) -> list[Turn]:
    """The active shifts of the days (both inclusive), of everybody or of one person; one query, and no rows kept."""
    columns = (
        Shift.membership_id, Shift.person_id, Shift.organisation_id, Shift.place_id, Shift.day, Shift.starts,
        Shift.ends,
    )  # fmt: skip
    found = select(*columns).where(Shift.programme_id == programme_id, Shift.status == "active")
    found = found.where(Shift.day.between(first, last))
    if person_id is not None:
        found = found.where(Shift.person_id == person_id)
    return [Turn(*row[:5], Span(row[5], row[6])) for row in db.session.execute(found)]


def closing_between(programme_id: int, first: date, last: date) -> dict[tuple[int, date], time]:
    """When each place closes on the days (both inclusive) on which it opens; one query."""
    found = select(Opening.place_id, Opening.day, func.max(Opening.ends)).where(
        Opening.programme_id == programme_id, Opening.day.between(first, last), Opening.status.in_(STANDING)
    )
    rows = db.session.execute(found.group_by(Opening.place_id, Opening.day))
    return {(place, day): ends for place, day, ends in rows}


def engaged_between(programme_id: int, first: date, last: date) -> list[Engaged]:
    """Everybody on the team on one of the days (both inclusive); four queries."""
    members = members_between(programme_id, first, last)
    terms, away = terms_of(members), away_between((one.person_id for one in members), first, last)
    return [
        Engaged(
            one.person_id, one.organisation_id, terms[one.id], one.valid_from, one.valid_to,
            tuple(away.get(one.person_id, ())),
        )
        for one in members
    ]  # fmt: skip


def names_of(person_ids: Iterable[int]) -> dict[int, str]:
    """People's names by id, in Danish order; one query."""
    found = select(Person.id, Person.name).where(Person.id.in_(set(person_ids)))
    return {row.id: row.name for row in db.session.execute(found.order_by(Person.sort_key, Person.id))}


def organisation_names(programme_id: int) -> dict[int, str]:
    """The names of a programme's organisations by id; one query."""
    found = select(Organisation.id, Organisation.name).where(Organisation.programme_id == programme_id)
    return {row.id: row.name for row in db.session.execute(found.order_by(Organisation.id))}
