"""One shift that is there: change it, set another person on, cancel it, undo that.

Permission comes before fields, fields before the rules of actions/shifts.py. A stale save answers 409 with both
versions, everything else that is refused 422 with a sentence at its field.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from advice import late_forms, web
from advice.actions import shifts
from advice.actions.shifts import Busy, PastDay, Refused, Stale
from advice.database import LARGEST_ID
from advice.models.people import Membership
from advice.models.roster import Shift, holder_now, shift_of, shift_to_change
from advice.models.stand_ins import agreed_between
from advice.roster.blueprint import blueprint
from advice.roster.forms import PersonForm, StretchForm
from advice.roster.links import may_plan, week_url
from advice.roster.planning import Answer, by, lacking, offer, offer_people, plannable, saved, spot
from advice.roster.words import refusal_words, say, shift_words, span_words
from advice.rules.access import Action
from advice.web import needs

SHIFT = f"/vagtplan/vagt/<int(max={LARGEST_ID}):shift_id>"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two versions in words: what stands, and what the person wanted to save."""

    stands: str
    wanted: str
    busy: bool
    """Nobody need have changed this shift: the database gave one of two writers up."""


@blueprint.route(SHIFT, methods=["GET", "POST"])
@needs(Action.PLAN_ROSTER)
@late_forms.shows_old
def edit(shift_id: int) -> Answer:
    """One shift: change its time, day or place. The same page holds the forms for another person and for the end."""
    shift = shift_or_refuse(shift_id)
    if request.method != "POST":
        return shift_page(shift)
    form = StretchForm(web.today())
    places = offer(form, form.day.data or shift.day)
    if not form.validate():
        return shift_page(shift, form=form, code=422)
    stretch = form.stretch(places)
    before = lacking([(stretch.place_id, stretch.day), spot(shift)])
    try:
        changed = shifts.change(shift, version_seen(), stretch, by())
    except Stale as stale:
        place = next(one for one in places if one.id == stretch.place_id)
        wanted = span_words(shift.person.name, place.name, stretch)
        return shift_page(shift, form=form, stale=stale, wanted=wanted, code=409)
    except Refused as refused:
        say(refused, form.day, form.starts)
        return shift_page(shift, form=form, code=422)
    if not changed:
        flash(_("Der var ikke noget at ændre."), "info")
        return redirect(week_url(shift.day), 303)
    return saved(_("Ændret: %(shift)s.", shift=shift_words(shift)), before, shift)


@blueprint.post(f"{SHIFT}/anden")
@needs(Action.PLAN_ROSTER)
@late_forms.shows_old
def replace(shift_id: int) -> Answer:
    """Set another person on: this shift is cancelled, and a new one replaces it."""
    shift = shift_or_refuse(shift_id)
    form = PersonForm()
    chosen = offer_others(form, shift)
    if not form.validate():
        return shift_page(shift, others=form, code=422)
    old, before = shift.person.name, lacking([spot(shift)])
    try:
        new = shifts.replace(shift, version_seen(), int(form.membership.data), by())
    except Stale as stale:
        wanted = _("%(name)s på vagten", name=chosen[form.membership.data].person.name)
        return shift_page(shift, others=form, stale=stale, wanted=wanted, code=409)
    except Refused as refused:
        say(refused, form.membership, form.membership)
        return shift_page(shift, others=form, code=422)
    return saved(_("Gemt: %(shift)s, i stedet for %(old)s.", shift=shift_words(new), old=old), before, on=new)


@blueprint.post(f"{SHIFT}/aflys")
@needs(Action.PLAN_ROSTER)
def cancel(shift_id: int) -> Answer:
    """Cancel a shift; it stays in the calendars as cancelled."""
    shift = shift_or_refuse(shift_id)
    words, before = shift_words(shift), lacking([spot(shift)])
    try:
        shifts.cancel(shift, version_seen(), by())
    except Stale as stale:
        return shift_page(shift, stale=stale, wanted=_("Vagten aflyst"), code=409)
    except PastDay:
        return shift_page(shift, code=422)
    return saved(_("Aflyst: %(shift)s.", shift=words), before, undo=shift.id)


@blueprint.post(f"{SHIFT}/fortryd")
@needs(Action.PLAN_ROSTER)
def restore(shift_id: int) -> Answer:
    """Take the cancelling back: the shift is active again, in the calendars too."""
    shift = shift_or_refuse(shift_id)
    before = lacking([spot(shift)])
    try:
        shifts.restore(shift, version_seen(), by())
    except Stale as stale:
        return shift_page(shift, stale=stale, wanted=_("Vagten som før aflysningen"), code=409)
    except Refused as refused:
        return shift_page(shift, refusal=refusal_words(refused), code=422)
    return saved(_("Fortrudt. Vagten gælder igen: %(shift)s.", shift=shift_words(shift)), before, on=shift)


@blueprint.get(f"{SHIFT}/anden")
@blueprint.get(f"{SHIFT}/aflys")
@blueprint.get(f"{SHIFT}/fortryd")
@needs(Action.PLAN_ROSTER)
def back_to_shift(shift_id: int) -> Answer:
    """Whoever comes back from log-in, or reloads, gets the page with the forms."""
    return redirect(url_for("roster.edit", shift_id=shift_id))


def shift_or_refuse(shift_id: int) -> Shift:
    """The shift of the active programme, locked if it is a write; 404 elsewhere, 403 for another organisation's."""
    find = shift_to_change if request.method == "POST" else shift_of
    shift = find(web.user().actor, shift_id)
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
    stale: Stale | None = None,
    wanted: str = "",
    refusal: str = "",
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
        conflict=Conflict(shift_words(shift), wanted, isinstance(stale, Busy)) if stale else None,
        holder=holder_now(shift.id) if shift.status != "active" else None,
        refusal=refusal,
        fewer=agreed_between(shift.programme_id, shift.day, shift.day).get(shift.id),
        past=shift.day < web.today(),
        back=week_url(shift.day),
    )
    return page if code == 200 else (page, code)


def offer_others(form: PersonForm, shift: Shift) -> dict[str, Membership]:
    """Let the form choose among everybody who could take the shift but the one who has it."""
    members = [one for one in plannable(shift.day) if one.id != shift.membership_id]
    offer_people(form, members, shift.day)
    return {str(one.id): one for one in members}


def version_seen() -> int | None:
    """The version that the page showed."""
    return request.form.get("version", type=int)
