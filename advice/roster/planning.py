"""What planners do with the vagtplan: add a shift, change it, set another person on, cancel it.

Permission comes before fields, fields before the rules of actions/shifts.py. A stale save answers 409 with both
versions, everything else that is refused 422 with a sentence at its field.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from advice import web
from advice.actions import shifts
from advice.actions.shifts import By, PastDay, Refused, Stale
from advice.database import db
from advice.models.people import Membership, staff_of
from advice.models.places import Place
from advice.models.roster import Shift, shift_to_change, shifts_between
from advice.models.weeks import places_between
from advice.roster.blueprint import blueprint
from advice.roster.board import board
from advice.roster.forms import AddForm, PersonForm, StretchForm
from advice.roster.links import may_plan, week_url
from advice.roster.words import consequence, on_duty, outside_hours, say, shift_words, span_words
from advice.rules.access import Action
from advice.web import needs

Answer = str | Response | tuple[str, int]
Spot = tuple[int, date]
"""A place and a day."""

BIGGEST_ID = 2**31 - 1
SHIFT = f"/vagtplan/vagt/<int(max={BIGGEST_ID}):shift_id>"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two versions in words: what stands, and what the person wanted to save."""

    stands: str
    wanted: str


@blueprint.route("/vagtplan/ny", methods=["GET", "POST"])
@needs(Action.PLAN_ROSTER)
def add() -> Answer:
    """A new shift; `sted` and `dag` in the address say where and when the planner came from."""
    form = AddForm(web.today(), data=None if request.method == "POST" else suggested())
    day = form.day.data or web.today()
    places = offer(form, day)
    form.offer_people(plannable(day), on_duty(shifts_between(web.member().programme_id, day, day)))
    if form.validate_on_submit():
        stretch = form.stretch(places)
        try:
            shift = shifts.add(web.member().programme_id, int(form.membership.data), stretch, by())
        except Refused as refused:
            say(refused, form.day, form.membership)
        else:
            return saved(_("Gemt: %(shift)s.", shift=shift_words(shift)), [spot(shift)], shift)
    page = render_template("roster/add.html", form=form, back=week_url(day))
    return (page, 422) if form.is_submitted() else page


@blueprint.route(SHIFT, methods=["GET", "POST"])
@needs(Action.PLAN_ROSTER)
def edit(shift_id: int) -> Answer:
    """One shift: change its time, day or place. The same page holds the forms for another person and for the end."""
    shift = shift_or_refuse(shift_id)
    if request.method != "POST":
        return shift_page(shift)
    form = StretchForm(web.today())
    places = offer(form, form.day.data or shift.day)
    if not form.validate():
        return shift_page(shift, form=form, code=422)
    stretch, before = form.stretch(places), spot(shift)
    try:
        changed = shifts.change(shift, version_seen(), stretch, by())
    except Stale:
        place = next(one for one in places if one.id == stretch.place_id)
        wanted = span_words(shift.person.name, place.name, stretch)
        return shift_page(shift, form=form, wanted=wanted, code=409)
    except Refused as refused:
        say(refused, form.day, form.starts)
        return shift_page(shift, form=form, code=422)
    if not changed:
        flash(_("Der var ikke noget at ændre."), "info")
        return redirect(week_url(shift.day), 303)
    return saved(_("Ændret: %(shift)s.", shift=shift_words(shift)), [spot(shift), before], shift)


@blueprint.post(f"{SHIFT}/anden")
@needs(Action.PLAN_ROSTER)
def replace(shift_id: int) -> Answer:
    """Set another person on: this shift is cancelled, and a new one replaces it."""
    shift = shift_or_refuse(shift_id)
    form = PersonForm()
    chosen = offer_others(form, shift)
    if not form.validate():
        return shift_page(shift, others=form, code=422)
    old = shift.person.name
    try:
        new = shifts.replace(shift, version_seen(), int(form.membership.data), by())
    except Stale:
        wanted = _("%(name)s på vagten", name=chosen[form.membership.data].person.name)
        return shift_page(shift, others=form, wanted=wanted, code=409)
    except Refused as refused:
        say(refused, form.membership, form.membership)
        return shift_page(shift, others=form, code=422)
    return saved(_("Gemt: %(shift)s, i stedet for %(old)s.", shift=shift_words(new), old=old), [spot(new)])


@blueprint.post(f"{SHIFT}/aflys")
@needs(Action.PLAN_ROSTER)
def cancel(shift_id: int) -> Answer:
    """Cancel a shift; it stays in the calendars as cancelled."""
    shift = shift_or_refuse(shift_id)
    words = shift_words(shift)
    try:
        shifts.cancel(shift, version_seen(), by())
    except Stale:
        return shift_page(shift, wanted=_("Vagten aflyst"), code=409)
    except PastDay:
        return shift_page(shift, code=422)
    return saved(_("Aflyst: %(shift)s.", shift=words), [spot(shift)])


@blueprint.get(f"{SHIFT}/anden")
@blueprint.get(f"{SHIFT}/aflys")
@needs(Action.PLAN_ROSTER)
def back_to_shift(shift_id: int) -> Answer:
    """Whoever comes back from log-in, or reloads, gets the page with the forms."""
    return redirect(url_for("roster.edit", shift_id=shift_id))


def shift_or_refuse(shift_id: int) -> Shift:
    """The shift of the active programme, locked for a write; 404 elsewhere, 403 for another organisation's."""
    shift = shift_to_change(web.member().programme_id, shift_id)
    if shift is None:
        abort(404)
    if not may_plan(shift.organisation_id):
        abort(403)
    return shift


def shift_page(
    shift: Shift,
    *,
    form: StretchForm | None = None,
    others: PersonForm | None = None,
    wanted: str | None = None,
    code: int = 200,
) -> Answer:
    """The page of one shift, with the form that was sent as it was sent, and with both versions if there are two."""
    if form is None:
        span = {"place": shift.place.slug, "day": shift.day, "starts": shift.starts, "ends": shift.ends}
        form = StretchForm(web.today(), formdata=None, data=span)
        offer(form, shift.day)
    if others is None:
        others = PersonForm(formdata=None)
        offer_others(others, shift)
    page = render_template(
        "roster/shift.html",
        shift=shift,
        form=form,
        others=others,
        failed=next((one for one in (form, others) if one.errors), None),
        conflict=Conflict(shift_words(shift), wanted) if wanted else None,
        past=shift.day < web.today(),
        back=week_url(shift.day),
    )
    return page if code == 200 else (page, code)


def suggested() -> dict[str, object]:
    """What the form for a new shift begins with: place and day of the address, and that day's opening hours there."""
    slug, typed = request.args.get("sted"), request.args.get("dag")
    try:
        day = date.fromisoformat(typed) if typed else web.today()
    except ValueError:
        abort(404)
    found: dict[str, object] = {"day": day}
    if slug:
        cells = [row.cells for row in board(web.member().programme_id, day, day).rows if row.place.slug == slug]
        if not cells:
            abort(404)
        opening = next((cell.open for cell in cells[0]), [])
        found["place"] = slug
        if opening:
            found |= {"starts": min(one.starts for one in opening), "ends": max(one.ends for one in opening)}
    return found


def offer(form: StretchForm, day: date) -> list[Place]:
    """Let the form choose among the places in force that day."""
    places = places_between(web.member().programme_id, day, day)
    form.offer_places(places)
    return places


def offer_others(form: PersonForm, shift: Shift) -> dict[str, Membership]:
    """Let the form choose among everybody who could take the shift but the one who has it."""
    members = [one for one in plannable(shift.day) if one.id != shift.membership_id]
    form.offer_people(members, on_duty(shifts_between(shift.programme_id, shift.day, shift.day)))
    return {str(one.id): one for one in members}


def plannable(day: date) -> list[Membership]:
    """Those whom the person logged in may put on the vagtplan that day."""
    return [one for one in staff_of(web.member().programme_id, day) if may_plan(one.organisation_id)]


def version_seen() -> int | None:
    """The version that the page showed."""
    return request.form.get("version", type=int)


def by() -> By:
    """The person logged in, now."""
    active = web.member()
    return By(active.person_id, active.organisation_id, web.now(), web.today())


def spot(shift: Shift) -> Spot:
    """The place and day of a shift."""
    return shift.place_id, shift.day


def saved(sentence: str, spots: list[Spot], shift: Shift | None = None) -> Response:
    """Commit, say what happened and what it means for each place and day, and go to the week.

    `shift` is given where its time was chosen: then it is told if it lies outside the opening hours.
    """
    db.session.commit()
    flash(sentence, "success")
    programme_id = web.member().programme_id
    for index, (place_id, day) in enumerate(dict.fromkeys(spots)):
        cell = board(programme_id, day, day).cell(place_id, day)
        if cell is None:
            continue
        if index == 0 and shift is not None and (warning := outside_hours(cell, shift.starts, shift.ends)):
            flash(warning, "warning")
        if told := consequence(cell):
            flash(told[1], told[0])
    return redirect(week_url(spots[0][1]), 303)
