"""The tablet's day and the own organisation's visits: what is asked, what is answered."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _

from advice import late_forms, web
from advice.actions.visit_entries import Adviser, Refused, VisitEntry
from advice.actions.visits import revise, store
from advice.database import db
from advice.models import visit_questions as questions
from advice.models.visit_questions import Logged
from advice.rules.access import Action
from advice.rules.visits import Decision
from advice.visits import presence
from advice.visits.blueprint import blueprint
from advice.visits.choices import with_service_of_kind
from advice.visits.day import the_day
from advice.visits.forms import CorrectionForm, NewVisitForm
from advice.visits.results import ANSWERED, ANSWERS, answer_of, answered_with, just_answered, remember
from advice.visits.screens import (
    SAVED,
    Answer,
    after_this,
    by_day,
    monday_of,
    show_conflict,
    show_correction,
    show_day,
    standing_form,
    week,
)

__all__ = ["blueprint", "presence"]

MOST_AWAITING = 20
"""Bridged visits to ask about at a time; the rest follow as these are answered."""
AWAITING_SHOWN = 5
"""So many of them stand open above the week; the others lie closed behind a count."""


@blueprint.get("/i-dag")
@web.needs(Action.SEE_DAY)
def day() -> Answer:
    """Who is on duty at this house, and the form that logs a visit."""
    wanted = request.args.get("sted")
    here = the_day(web.member(), web.local_now(), wanted)
    if here is None:
        if wanted is not None:
            abort(404)
        return render_template("visits/day.html", here=None, may_set_up=web.may(Action.EDIT_SETTINGS))
    return show_day(here, None)


@blueprint.post("/i-dag")
@web.needs(Action.LOG_VISIT)
@late_forms.shows_old
def log() -> Answer:
    """Log one visit; sending the same form again stores it once."""
    form = NewVisitForm()
    entry = form.entry(web.local_now())
    entry = entry and with_service_of_kind(entry, web.member().programme_id, web.today())
    decision = _store(form, entry) if entry else None
    if entry and decision in (Decision.STORED, Decision.ALREADY):
        db.session.commit()
        session[SAVED] = str(entry.id)
        return redirect(url_for("visits.day", sted=entry.place), 303)
    if entry and decision is Decision.CONFLICT:
        standing = questions.own_visit(web.user().actor, entry.id)
        if standing:
            return show_conflict(standing, CorrectionForm())
        form.renew_id()
    member, local = web.member(), web.local_now()
    here = the_day(member, local, form.place.data) or the_day(member, local, None)
    return (show_day(here, form), 422) if here else abort(404)


@blueprint.get("/henvendelser")
@web.needs(Action.SEE_VISITS)
def index() -> Answer:
    """A week of the own organisation's visits; in the present week first what came of bridging."""
    actor, today = web.user().actor, web.today()
    monday = monday_of(request.args.get("uge"), today)
    visits = questions.of_days(actor, monday, monday + timedelta(days=6))
    present = monday <= today < monday + timedelta(days=7)
    return render_template(
        "visits/index.html",
        monday=monday,
        today=today,
        this_week=week(monday),
        days=by_day(visits),
        present=present,
        awaiting=questions.awaiting_result(actor, MOST_AWAITING) if present else [],
        awaiting_shown=AWAITING_SHOWN,
        answered=just_answered(),
        awaiting_count=questions.count_awaiting_result(actor) if present else 0,
        timezone=web.settings().timezone,
        previous_url=url_for("visits.index", uge=week(monday - timedelta(days=7))),
        next_url=None if present or monday > today else url_for("visits.index", uge=week(monday + timedelta(days=7))),
    )


@blueprint.get("/henvendelser/<uuid:visit_id>")
@web.needs(Action.SEE_VISITS)
def correct(visit_id: UUID) -> Answer:
    """One visit, to be corrected."""
    found = _own(visit_id)
    return show_correction(found, standing_form(found))


@blueprint.post("/henvendelser/<uuid:visit_id>")
@web.needs(Action.CORRECT_VISIT)
@late_forms.shows_old
def save(visit_id: UUID) -> Answer:
    """Store a correction as the next revision; on top of a version not looked at: 409 and both versions."""
    found = _own(visit_id)
    form = CorrectionForm()
    if form.based_on not in (found.visit.revision, found.visit.revision - 1):
        return show_conflict(found, form)
    entry = form.entry(found, web.local_now(), web.settings().timezone)
    typed = entry and entry.service
    if entry and (form.based_on < found.visit.revision or typed == found.visit.service.code):
        entry = with_service_of_kind(entry, found.visit.programme_id, found.visit.local_date)
    decision = _store(form, entry) if entry else None
    if decision is Decision.CONFLICT:
        return show_conflict(_own(visit_id), form)
    if decision is None:
        return show_correction(found, form), 422
    db.session.commit()
    _tell_saved(_own(visit_id), service_taken=bool(entry and entry.service != typed))
    return redirect(after_this(), 303)


@blueprint.post("/henvendelser/<uuid:visit_id>/fortryd")
@web.needs(Action.CORRECT_VISIT)
@late_forms.shows_old
def undo(visit_id: UUID) -> Answer:
    """Undo a visit: it stays in the history and counts nowhere; correcting it brings it back."""
    found = _own(visit_id)
    if late_forms.is_old():
        return show_correction(found, standing_form(found)), 422
    if not found.visit.undone:
        if not _revised(found, undone=True):
            return show_conflict(_own(visit_id), None)
        db.session.commit()
    flash(_("Henvendelsen er fortrudt og tæller ikke med."), "success")
    return redirect(after_this(), 303)


@blueprint.post("/henvendelser/<uuid:visit_id>/resultat")
@web.needs(Action.CORRECT_VISIT)
@late_forms.shows_old
def result(visit_id: UUID) -> Answer:
    """Say whether the result of bridging to one body is known, or take that back."""
    found = _own(visit_id)
    if late_forms.is_old():
        return show_correction(found, standing_form(found)), 422
    body, answer = request.form.get("body", ""), request.form.get("known", "")
    if body not in found.codes("bodies") or answer not in ANSWERS:
        abort(404)
    before = answer_of(found, body)
    if before != answer:
        if not _revised(found, results=answered_with(found, body, answer)):
            return show_conflict(_own(visit_id), None)
        db.session.commit()
        remember(found, body, before)
    elif ANSWERED not in session:
        flash(_("Resultatet er noteret."), "success")
    return redirect(after_this(), 303)


def _tell_saved(saved: Logged, *, service_taken: bool) -> None:
    """Say that a correction is saved, and under which service if the kind has decided that."""
    sentence = _("Rettelsen er gemt.")
    if service_taken and saved.kind:
        kind, service = web.label(saved.kind.labels), web.label(saved.visit.service.labels)
        sentence = _("Rettelsen er gemt under %(service)s: dertil hører %(kind)s.", kind=kind, service=service)
    flash(sentence, "success")


def _store(form: NewVisitForm | CorrectionForm, entry: VisitEntry) -> Decision | None:
    """What became of the entry; None with sentences in the form if it cannot be stored."""
    try:
        return store(entry, Adviser.of(web.member()), web.now(), web.settings().timezone)
    except Refused as refused:
        form.explain(refused.faults)
        return None


def _revised(found: Logged, **changes: object) -> bool:
    """Store the visit with the changes, unless the page that asks for it showed another revision."""
    if request.form.get("revision") != str(found.visit.revision):
        return False
    decision = revise(found, Adviser.of(web.member()), web.now(), web.settings().timezone, **changes)
    return decision is not Decision.CONFLICT


def _own(visit_id: UUID) -> Logged:
    """The own organisation's visit; another's does not exist."""
    return questions.own_visit(web.user().actor, visit_id) or abort(404)
