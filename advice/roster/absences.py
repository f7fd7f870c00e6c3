"""Absence: one's own, everybody's for planners, and the round that asks for it before a plan is laid.

Why somebody is away is her own organisation's; the others see "væk".
"""

from __future__ import annotations

from datetime import timedelta

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from advice import late_forms, web
from advice.actions import absences
from advice.actions.absences import TwiceAway
from advice.actions.shifts import Refused, Stale
from advice.database import LARGEST_ID, db
from advice.models.absences import Absence, AbsenceRound, absence_of, absences_between, absences_of
from advice.models.drafts import laid_for
from advice.models.people import Membership, members_between, staff_to_plan
from advice.roster import absence_letters
from advice.roster.absence_forms import KINDS, AbsenceForm, OthersAbsenceForm, RoundForm
from advice.roster.blueprint import blueprint
from advice.roster.links import may_plan
from advice.roster.plan_forms import next_quarter
from advice.roster.planning import Answer, by
from advice.roster.words import absence_words, day_words, listed, refusal_words
from advice.rules.access import Action
from advice.web import needs

OWN = "/mine-vagter/fravaer"
ALL = "/vagtplan/fravaer"
AHEAD = timedelta(days=400)
"""How far ahead planners see absence: as far as openings are stored."""
TIME_TO_ANSWER = timedelta(days=14)


@blueprint.route(OWN, methods=["GET", "POST"])
@needs(Action.SEE_OWN_SHIFTS)
@late_forms.shows_old
def own_absence() -> Answer:
    """One's own absence: what is told, and more of it."""
    form = AbsenceForm()
    if form.validate_on_submit():
        try:
            row = absences.enter(own_membership(), form.kind.data, form.days(), by())
        except Refused as refused:
            refuse(form, refused)
        else:
            return entered(row, url_for("roster.own_absence"))
    asked = absences.round_now(web.member().programme_id)
    page = render_template(
        "roster/own_absence.html",
        form=form,
        rows=absences_of(web.member().person_id, web.today()),
        kinds=KINDS,
        words=absence_words,
        asked=asked,
        answered=asked is not None and own_membership().id in absences.answered(asked),
    )
    return (page, 422) if form.is_submitted() else page


@blueprint.post(f"{OWN}/faerdig")
@needs(Action.SEE_OWN_SHIFTS)
def answer_round() -> Answer:
    """I have told all there is."""
    asked = absences.round_now(web.member().programme_id)
    if asked is None:
        flash(_("Der bliver ikke spurgt om fravær lige nu."), "info")
    else:
        absences.answer(asked, own_membership(), web.now())
        db.session.commit()
        flash(_("Tak. Planlæggeren ved nu, at du har meldt alt."), "success")
    return redirect(url_for("roster.own_absence"), 303)


@blueprint.post(f"{OWN}/<int(max={LARGEST_ID}):absence_id>/traek-tilbage")
@needs(Action.SEE_OWN_SHIFTS)
def withdraw_own(absence_id: int) -> Answer:
    """Take one's own absence back."""
    row = absence_of(absence_id)
    if row is None or row.person_id != web.member().person_id:
        abort(404)
    return withdrawn(row, url_for("roster.own_absence"))


@blueprint.route(ALL, methods=["GET", "POST"])
@needs(Action.PLAN_ROSTER)
@late_forms.shows_old
def absence() -> Answer:
    """Everybody's absence ahead, for planners; and entering somebody's."""
    members = staff_to_plan(web.user().actor, web.today())
    form = OthersAbsenceForm()
    form.offer(members)
    if form.validate_on_submit():
        member = next(one for one in members if str(one.id) == form.membership.data)
        try:
            row = absences.enter(member, form.kind.data, form.days(), by())
        except Refused as refused:
            refuse(form, refused)
        else:
            return entered(row, url_for("roster.absence"))
    return absence_page(form, None)


@blueprint.post(f"{ALL}/<int(max={LARGEST_ID}):absence_id>/traek-tilbage")
@needs(Action.PLAN_ROSTER)
def withdraw_others(absence_id: int) -> Answer:
    """Take somebody's absence back."""
    row = absence_of(absence_id)
    if row is None or row.programme_id != web.member().programme_id:
        abort(404)
    if not may_plan(row.organisation_id):
        abort(403)
    return withdrawn(row, url_for("roster.absence"))


@blueprint.post(f"{ALL}/spoerg")
@needs(Action.PLAN_ROSTER)
def ask_for_absence() -> Answer:
    """Ask everybody on the team for the absence of some days."""
    form = RoundForm()
    if not form.validate():
        others = OthersAbsenceForm(formdata=None)
        others.offer(staff_to_plan(web.user().actor, web.today()))
        return absence_page(others, form)
    asked = absences.ask(web.member().programme_id, form.begins.data, form.until.data, form.answer_by.data, by())
    told = absence_letters.ask(asked, team(asked.programme_id))
    db.session.commit()
    flash(_("%(number)s er spurgt.", number=told), "success")
    return redirect(url_for("roster.absence"), 303)


@blueprint.post(f"{ALL}/mind")
@needs(Action.PLAN_ROSTER)
def remind_of_absence() -> Answer:
    """Remind those who have not answered, once."""
    asked = absences.round_now(web.member().programme_id)
    missing = waited_for(asked) if asked else []
    if asked is None or asked.reminded_at is not None or not missing:
        flash(_("Der er ingen at minde om det."), "info")
    else:
        asked.reminded_at = web.now()
        told = absence_letters.ask(asked, missing)
        db.session.commit()
        flash(_("%(number)s er mindet om det.", number=told), "success")
    return redirect(url_for("roster.absence"), 303)


def absence_page(form: OthersAbsenceForm, asking: RoundForm | None) -> Answer:
    """The planners' page."""
    key, today = web.member().programme_id, web.today()
    asked = absences.round_now(key)
    missing = [one.person.name for one in waited_for(asked)] if asked else []
    first, last = next_quarter(today, None)
    suggested = {"begins": first, "until": last, "answer_by": min(today + TIME_TO_ANSWER, last)}
    page = render_template(
        "roster/absence.html",
        form=form,
        asking=asking or RoundForm(formdata=None, data=suggested),
        failed=next((one for one in (form, asking) if one is not None and one.errors), None),
        rows=absences_between(key, today, today + AHEAD),
        kinds=KINDS,
        words=absence_words,
        own=web.member().organisation_id,
        may_plan=may_plan,
        asked=asked,
        answered=len(absences.answered(asked)) if asked else 0,
        missing=listed(missing) if missing else "",
    )
    return (page, 422) if request.method == "POST" else page


def entered(row: Absence, back: str) -> Answer:
    """Commit, say which shifts an absence touches, and tell those who plan for her if there are any."""
    touched = absences.shifts_touched(row, web.today())
    absence_letters.tell(row, touched)
    db.session.commit()
    flash(_("Gemt: %(absence)s.", absence=absence_words(row)), "success")
    if touched:
        days = listed([f"{day_words(one.day)} ({one.place.name})" for one in touched])
        flash(_("Der er vagter i de dage: %(days)s. De, der planlægger, har fået besked.", days=days), "warning")
    if may_plan(row.organisation_id):
        tell_planned(row)
    return redirect(back, 303)


def tell_planned(row: Absence) -> None:
    """Say which plans that are being laid have her on duty in those days."""
    planned: dict[str, list[str]] = {}
    for draft, one in laid_for(row.programme_id, row.person_id, row.first_day, row.last_day):
        planned.setdefault(draft.name, []).append(f"{day_words(one.day)} ({one.place.name})")
    for plan, days in planned.items():
        flash(_("Planen %(plan)s har vagter i de dage: %(days)s.", plan=plan, days=listed(days)), "warning")


def withdrawn(row: Absence, back: str) -> Answer:
    """Take an absence back, and say so."""
    words = absence_words(row)
    try:
        absences.withdraw(row, request.form.get("version", type=int), by())
    except Stale:
        flash(_("Fraværet er ændret, siden du åbnede siden. Se efter, hvad der står nu."), "warning")
        return redirect(back, 303)
    except Refused as refused:
        flash(refusal_words(refused), "warning")
        return redirect(back, 303)
    db.session.commit()
    flash(_("Trukket tilbage: %(absence)s.", absence=words), "success")
    return redirect(back, 303)


def refuse(form: AbsenceForm, refused: Refused) -> None:
    """Put the sentence for a refusal at its field."""
    if isinstance(refused, TwiceAway):
        form.first.errors = [*form.first.errors, _("Det er meldt allerede: %(absence)s.",
                                                   absence=absence_words(refused.existing))]  # fmt: skip
    else:
        form.first.errors = [*form.first.errors, refusal_words(refused)]


def own_membership() -> Membership:
    """The membership that is active in the session, as a row."""
    return db.session.get_one(Membership, web.member().id)


def waited_for(asked: AbsenceRound) -> list[Membership]:
    """Those on the team who have not answered a round."""
    done = absences.answered(asked)
    return [one for one in team(asked.programme_id) if one.id not in done]


def team(programme_id: int) -> list[Membership]:
    """Everybody on the team today."""
    return members_between(programme_id, web.today(), web.today())
