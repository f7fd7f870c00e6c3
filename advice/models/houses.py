"""Who is where on a day, house by house: what is open, who has a shift, and when she is there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, time

from sqlalchemy import select

from advice.database import db
from advice.models.absences import away_between
from advice.models.hours import Opening
from advice.models.places import Place
from advice.models.programmes import valid_on
from advice.models.roster import Competence, MembershipCompetence, Shift, shifts_between
from advice.models.staff_notices import StaffNotice
from advice.models.weeks import in_order, openings_between, places_between
from advice.rules.openings import STANDING
from advice.rules.parts_of_day import parts_there
from advice.rules.spans import Span


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody with a shift at a house that day, and the parts of it that no absence covers."""

    shift: Shift
    parts: tuple[Span, ...]


@dataclass
class House:
    """A place on a day."""

    place: Place
    open: list[Opening] = field(default_factory=list)
    closed: list[Opening] = field(default_factory=list)
    present: list[Present] = field(default_factory=list)
    """Everybody with a shift, by start and name."""
    notices: list[StaffNotice] = field(default_factory=list)
    """Those to the staff of this place alone."""

    @property
    def in_use(self) -> bool:
        """Whether anything is to be said of it that day."""
        return bool(self.open or self.closed or self.present or self.notices)

    def open_now(self, at: time) -> Opening | None:
        """The opening that goes on; of several the one that ends last."""
        found = [one for one in self.open if one.starts <= at < one.ends]
        return max(found, key=lambda one: one.ends, default=None)

    def opens(self, at: time) -> Opening | None:
        """The next opening of the day."""
        return next((one for one in self.open if one.starts > at), None)


def houses_on(programme_id: int, day: date, notices: Iterable[StaffNotice] = ()) -> list[House]:
    """The places of a programme on a day, with what their staff are told; four queries, however many there are.

    Also one that has ended, for as long as somebody has a shift there.
    """
    openings = openings_between(programme_id, day, day)
    shifts = [one for one in shifts_between(programme_id, day, day) if one.status == "active"]
    away = away_between((one.person_id for one in shifts), day, day)
    places = in_order({*places_between(programme_id, day, day), *(one.place for one in shifts)})
    found = {place.id: House(place) for place in places}
    for opening in openings:
        if house := found.get(opening.place_id):
            (house.open if opening.status in STANDING else house.closed).append(opening)
    for one in shifts:
        parts = parts_there(Span(one.starts, one.ends), day, away.get(one.person_id, ()))
        found[one.place_id].present.append(Present(one, parts))
    for notice in notices:
        if notice.place_id in found:
            found[notice.place_id].notices.append(notice)
    return list(found.values())


def languages_of(programme_id: int, day: date) -> dict[int, list[str]]:
    """Codes of the languages that each member speaks, by membership, in alphabetical order; one query."""
    rows = (
        select(MembershipCompetence.membership_id, Competence.language)
        .join(Competence, Competence.id == MembershipCompetence.competence_id)
        .where(MembershipCompetence.programme_id == programme_id, valid_on(Competence, day))
        .where(Competence.kind == "language", Competence.language.is_not(None))
    )
    found: defaultdict[int, set[str]] = defaultdict(set)
    for membership_id, code in db.session.execute(rows):
        found[membership_id].add(code or "")
    return {membership_id: sorted(codes) for membership_id, codes in found.items()}
