"""What a new shift and a changed one share: whom and where the forms offer, and what a save means for place and day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import flash, redirect
from werkzeug.wrappers import Response

from advice import web
from advice.actions.drafts.reading import Laid
from advice.actions.shifts import By
from advice.database import db
from advice.models.people import Membership, staff_to_plan
from advice.models.places import Place
from advice.models.roster import Shift, shifts_between
from advice.models.weeks import OnDuty, competences_of, places_between
from advice.roster import objections
from advice.roster.board import Lack, board
from advice.roster.forms import PersonForm, StretchForm
from advice.roster.links import week_url
from advice.roster.sick_filled import still_asked
from advice.roster.words import consequence, on_duty, outside_hours

Answer = str | Response | tuple[str, int]
Spot = tuple[int, date]
"""A place and a day."""


@dataclass(frozen=True, slots=True)
class Before:
    """What was so at some places and days before something is changed; the first is where the shift will be."""

    lacking: Mapping[Spot, Sequence[Lack]]
    """What was lacking there, without what was agreed."""
    asked: Sequence[Shift] = ()
    """The called-off shifts there that colleagues were asked by mail to take, and nobody had."""

    def __iter__(self) -> Iterator[Spot]:
        """The places and days."""
        return iter(self.lacking)


def offer(form: StretchForm, day: date) -> list[Place]:
    """Let the form choose among the places in force that day."""
    places = places_on(day)
    form.offer_places(places)
    return places


def places_on(day: date) -> list[Place]:
    """The places in force that day."""
    return places_between(web.member().programme_id, day, day)


def offer_people(form: PersonForm, members: list[Membership], day: date) -> None:
    """Let the form choose among these, with what they can, who has a shift that day already, and who cannot then."""
    programme_id = web.member().programme_id
    taken, can = on_duty(shifts_between(programme_id, day, day)), competences_of(programme_id, day)
    form.offer_people(members, taken, can, objections.not_that_day(members, day))


def standing_form(one: OnDuty) -> StretchForm:
    """Where and when somebody is on duty, as it stands, to be changed."""
    span = {"place": one.place.slug, "day": one.day, "starts": one.starts, "ends": one.ends}
    return StretchForm(web.today(), formdata=None, data=span)


def new_shift(slug: str | None, day: date) -> dict[str, object]:
    """What a form for a new shift begins with at a place and day: when people are on duty there, the first stretch if
    the house opens twice."""
    rows = board(web.member().programme_id, day, day).rows
    cell = next((row.cells[0] for row in rows if row.place.slug == slug and row.cells), None)
    hours = {"starts": cell.manned[0].starts, "ends": cell.manned[0].ends} if cell and cell.manned else {}
    return {"place": slug, "day": day, **hours}


def plannable(day: date) -> list[Membership]:
    """Those whom the person logged in may put on the vagtplan that day."""
    return staff_to_plan(web.user().actor, day)


def by() -> By:
    """The person logged in, now."""
    active = web.member()
    return By(active.person_id, active.organisation_id, web.now(), web.today())


def spot(shift: Shift) -> Spot:
    """The place and day of a shift."""
    return shift.place_id, shift.day


def lacking(spots: list[Spot], plan: Laid | None = None) -> Before:
    """What is lacking at these places and days, by what is in force or by a plan, and who waits there."""
    programme_id = web.member().programme_id
    cells = {spot: board(programme_id, spot[1], spot[1], plan).cell(*spot) for spot in spots}
    asked = [] if plan is not None else still_asked(programme_id, spots)
    return Before({spot: list(cell.alarms) if cell else [] for spot, cell in cells.items()}, asked)


def saved(
    sentence: str, before: Before, shift: Shift | None = None, undo: int | None = None, on: Shift | None = None
) -> Response:
    """Commit, say what happened and what it means for each place and day (and of a `shift` whose time was chosen
    if it lies outside the opening hours), and go to the week. undo: the shift whose edit the week offers to undo; on:
    the one that somebody has now whose time nobody chose. What speaks against her having it is told, too."""
    db.session.commit()
    flash(sentence, "success")
    if taken := shift or on:
        objections.tell(taken)
    tell_consequences(before, shift)
    _place, day = next(iter(before))
    return redirect(week_url(day, undo), 303)


def tell_consequences(before: Before, shift: OnDuty | None = None, plan: Laid | None = None) -> None:
    """Flash what a change means for each place and day, by what is in force or by a plan; of a `shift` whose time was
    chosen also whether it lies outside the opening hours of the first."""
    programme_id = web.member().programme_id
    for index, ((place_id, day), lacked) in enumerate(before.lacking.items()):
        cell = board(programme_id, day, day, plan).cell(place_id, day)
        if cell is None:
            continue
        if index == 0 and shift is not None and (warning := outside_hours(cell, shift.starts, shift.ends)):
            flash(warning, "warning")
        if told := consequence(cell, lacked):
            flash(told[1], told[0])
