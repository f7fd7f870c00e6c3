"""One shift that is there: change it, set another person on, cancel it, undo that.

Permission comes before fields, fields before the rules of actions/shifts.py. A stale save answers 409 with both
versions, everything else that is refused 422 with a sentence at its field.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from advice import late_forms, web
from advice.actions.drafts.reading import laid
from advice.actions.edits import editing, splitting, undoing
from advice.actions.edits.history import last_edit
from advice.actions.edits.ways import Waits, way_of_shift
from advice.actions.shifts import Busy, PastDay, Refused, Stale, stretch_of
from advice.database import LARGEST_ID
from advice.models.drafts import waiting_for
from advice.models.people import Membership
from advice.models.roster import Shift, holder_now, shift_of, shift_to_change
from advice.models.stand_ins import agreed_between
from advice.roster.blueprint import blueprint
from advice.roster.forms import PersonForm, SplitForm, StretchForm
from advice.roster.links import may_plan, week_url
from advice.roster.near import may_undo, others_words, settle, since_midnight, undoable
from advice.roster.near_words import lines_of
from advice.roster.planning import Answer, by, lacking, offer, offer_people, places_on, plannable, spot, standing_form
from advice.roster.words import listed, refusal_words, say, shift_words, span_words
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
        made = editing.change(shift, version_seen(), stretch, by())
    except Stale as stale:
        place = next(one for one in places if one.id == stretch.place_id)
        wanted = span_words(shift.person.name, place.name, stretch)
        return shift_page(shift, form=form, stale=stale, wanted=wanted, code=409)
    except Waits as refused:
        return shift_page(shift, form=form, refusal=refusal_words(refused), code=422)
    except Refused as refused:
        say(refused, form.day, form.starts)
        return shift_page(shift, form=form, code=422)
    if made is None:
        flash(_("Der var ikke noget at ændre."), "info")
        return redirect(week_url(shift.day), 303)
    return settle(made, _("Ændret: %(shift)s.", shift=shift_words(shift)), before, made.shift)


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
        made = editing.replace(shift, version_seen(), int(form.membership.data), by())
    except Stale as stale:
        wanted = _("%(name)s på vagten", name=chosen[form.membership.data].person.name)
        return shift_page(shift, others=form, stale=stale, wanted=wanted, code=409)
    except Waits as refused:
        return shift_page(shift, others=form, refusal=refusal_words(refused), code=422)
    except Refused as refused:
        say(refused, form.membership, form.membership)
        return shift_page(shift, others=form, code=422)
    new = shift_words(made.shift) if made.shift else ""
    return settle(made, _("Gemt: %(shift)s, i stedet for %(old)s.", shift=new, old=old), before, on=made.shift)


@blueprint.post(f"{SHIFT}/aflys")
@needs(Action.PLAN_ROSTER)
def cancel(shift_id: int) -> Answer:
    """Cancel a shift; it stays in the calendars as cancelled."""
    shift = shift_or_refuse(shift_id)
    words, before = shift_words(shift), lacking([spot(shift)])
    try:
        made = editing.cancel(shift, version_seen(), by())
    except Stale as stale:
        return shift_page(shift, stale=stale, wanted=_("Vagten aflyst"), code=409)
    except PastDay:
        return shift_page(shift, code=422)
    except Refused as refused:
        return shift_page(shift, refusal=refusal_words(refused), code=422)
    return settle(made, _("Aflyst: %(shift)s.", shift=words), before)


@blueprint.post(f"{SHIFT}/del")
@needs(Action.PLAN_ROSTER)
@late_forms.shows_old
def split(shift_id: int) -> Answer:
    """One shift becomes two; the second may be at another place, and can then be given to somebody else."""
    shift = shift_or_refuse(shift_id)
    places = places_on(shift.day)
    form = SplitForm(stretch_of(shift), places)
    if not form.validate():
        return shift_page(shift, parts=form, code=422)
    assert form.at.data is not None
    place_id = form.place_id(places)
    before = lacking([(place_id, shift.day), spot(shift)])
    try:
        made = splitting.split(shift, version_seen(), form.at.data, place_id, by())
    except Stale as stale:
        wanted = _("Vagten delt kl. %(at)s", at=web.clock_long(form.at.data))
        return shift_page(shift, parts=form, stale=stale, wanted=wanted, code=409)
    except Refused as refused:
        return shift_page(shift, parts=form, refusal=refusal_words(refused), code=422)
    parts = listed(shift_words(one) for one in (made.shift, made.second) if one)
    return settle(made, _("Delt: %(parts)s.", parts=parts), before, made.second)


@blueprint.post(f"{SHIFT}/fortryd")
@needs(Action.PLAN_ROSTER)
def undo(shift_id: int) -> Answer:
    """Take back what was done last to a shift; a cancelled one is active again, in the calendars too."""
    shift = shift_or_refuse(shift_id)
    active, words = shift.status == "active", shift_words(shift)
    edit = last_edit(shift, since_midnight()) if active else None
    if edit is not None and edit.old is not None and not may_undo(edit):
        words = _("Kun den, der lægger vagtplan for %(name)s, kan give vagten tilbage.", name=edit.old.person.name)
        return shift_page(shift, refusal=words, code=422)
    was = edit.before if edit else None
    before = lacking([*([(was.place_id, was.day)] if was else []), spot(shift)])
    try:
        made = undoing.undo(shift, version_seen(), since_midnight(), by())
    except Stale as stale:
        wanted = _("Det sidste, der blev gjort, taget tilbage") if active else _("Vagten som før aflysningen")
        return shift_page(shift, stale=stale, wanted=wanted, code=409)
    except Refused as refused:
        return shift_page(shift, refusal=refusal_words(refused), code=422)
    if made.shift is not None and made.shift.status == "active":
        words = shift_words(made.shift)
        return settle(made, _("Fortrudt. Vagten gælder igen: %(shift)s.", shift=words), before, on=made.shift)
    return settle(made, _("Fortrudt. Vagten er aflyst: %(shift)s.", shift=words), before)


@blueprint.get(f"{SHIFT}/anden")
@blueprint.get(f"{SHIFT}/aflys")
@blueprint.get(f"{SHIFT}/del")
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
    parts: SplitForm | None = None,
    stale: Stale | None = None,
    wanted: str = "",
    refusal: str = "",
    code: int = 200,
) -> Answer:
    """The page of one shift, with the form that was sent as it was sent, and with both versions if there are two."""
    typed = bool(form or others or parts)
    if form is None:
        form = standing_form(shift)
        offer(form, shift.day)
    if others is None:
        others = PersonForm(formdata=None)
        offer_others(others, shift)
    if parts is None:
        half = {"second_place": shift.place.slug}
        parts = SplitForm(stretch_of(shift), places_on(shift.day), formdata=None, data=half)
    page = render_template(
        "roster/shift.html",
        shift=shift,
        form=form,
        others=others,
        parts=parts,
        failed=next((one for one in (form, others, parts) if one.errors), None),
        conflict=Conflict(shift_words(shift), wanted, isinstance(stale, Busy)) if stale else None,
        holder=holder_now(shift.id) if shift.status != "active" else None,
        refusal=refusal,
        typed=typed,
        fewer=agreed_between(shift.programme_id, shift.day, shift.day).get(shift.id),
        past=shift.day < web.today(),
        **standing_of(shift),
        back=week_url(shift.day),
    )
    return page if code == 200 else (page, code)


def standing_of(shift: Shift) -> dict[str, object]:
    """What the page says of a shift besides: what was done last, what waits, and whose yes an edit would need."""
    way = way_of_shift(shift, by())
    waits = waiting_for(shift)
    found = laid(waits) if waits else None
    return {
        "latest": undoable(shift),
        "waits": waits,
        "waiting": lines_of(found.rows, found.shifts) if found else [],
        "must_ask": "" if way.at_once else others_words(way.others, way.names),
    }


def offer_others(form: PersonForm, shift: Shift) -> dict[str, Membership]:
    """Let the form choose among everybody who could take the shift but the one who has it."""
    members = [one for one in plannable(shift.day) if one.id != shift.membership_id]
    offer_people(form, members, shift.day)
    return {str(one.id): one for one in members}


def version_seen() -> int | None:
    """The version that the page showed."""
    return request.form.get("version", type=int)
