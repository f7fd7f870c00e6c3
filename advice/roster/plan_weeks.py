"""A week of a plan: the board with the plan laid over it, and single changes put in and taken out."""

from __future__ import annotations

from datetime import date, timedelta

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from advice import late_forms, web
from advice.actions.drafts import laying
from advice.actions.drafts.reading import Laid, laid
from advice.actions.shifts import PastDay, Refused, Stale, Stretch
from advice.database import LARGEST_ID, db
from advice.models.drafts import Draft, DraftChange
from advice.models.weeks import OnDuty
from advice.roster import objections
from advice.roster.blueprint import blueprint
from advice.roster.board import Cell, board, is_changed
from advice.roster.forms import AddForm, StretchForm
from advice.roster.links import may_plan, plan_week_url
from advice.roster.plan_words import mark_of
from advice.roster.planning import Answer, by, offer, offer_people, plannable
from advice.roster.plans import PLAN, plan_to_change, read, stale
from advice.roster.words import day_words, outside_tag, say, span_words
from advice.rules.access import Action
from advice.rules.drafts import Deed, State
from advice.rules.weeks import monday_of
from advice.web import needs

WEEK = f"{PLAN}/<int(fixed_digits=4):year>-<int(fixed_digits=2):number>"
SHIFT = f"{PLAN}/vagt/<int(max={LARGEST_ID}):shift_id>"
CHANGE = f"{PLAN}/aendring/<int(max={LARGEST_ID}):change_id>"
OFF, OUT = "aflys", "fjern"
"""What the second button of a shift's page says: a shift in force is cancelled, a change of the plan taken out."""


@blueprint.get(WEEK)
@needs(Action.PLAN_ROSTER)
def plan_week(draft_id: int, year: int, number: int) -> str:
    """A week with the plan over it."""
    found, monday = read(draft_id), monday_of(year, number)
    if monday is None:
        abort(404)
    draft = found.draft
    shown = board(draft.programme_id, monday, monday + timedelta(days=6), found)
    neighbours = [monday + timedelta(weeks=step) for step in (-1, 1)]
    earlier, later = (one if one + timedelta(days=6) >= draft.first_day and one <= draft.last_day else None
                      for one in neighbours)  # fmt: skip
    return render_template(
        "roster/plan_week.html",
        draft=draft,
        board=shown,
        monday=monday,
        sunday=monday + timedelta(days=6),
        number=number,
        today=web.today(),
        is_changed=is_changed,
        outside_tag=outside_tag,
        url=plan_week_url,
        link=lambda one: link_of(draft, one),
        mark=mark_of,
        add_link=lambda cell: add_link(draft, cell),
        earlier=earlier,
        later=later,
    )


@blueprint.route(f"{PLAN}/ny", methods=["GET", "POST"])
@needs(Action.PLAN_ROSTER)
@late_forms.shows_old
def plan_add(draft_id: int) -> Answer:
    """A new shift in a plan; `sted` and `dag` say where and when the planner came from."""
    draft = open_plan(draft_id)
    day = asked_day(draft)
    form = AddForm(web.today(), data=suggested(draft, day) if request.method == "GET" else None)
    day = form.day.data or day
    places = offer(form, day)
    offer_people(form, plannable(day), day)
    if form.validate_on_submit():
        try:
            row = laying.add(draft, int(form.membership.data), form.stretch(places), by())
        except Stale:
            return stale(draft)
        except Refused as refused:
            tell_refused(refused, draft, form)
        else:
            return changed(draft, row.day, _("Lagt i planen: %(shift)s.", shift=change_words(row)), row)
    page = render_template("roster/plan_add.html", form=form, draft=draft, back=plan_week_url(draft, day))
    return (page, 422) if form.is_submitted() else page


@blueprint.route(SHIFT, methods=["GET", "POST"])
@needs(Action.PLAN_ROSTER)
@late_forms.shows_old
def plan_shift(draft_id: int, shift_id: int) -> Answer:
    """A shift in force, changed or cancelled by the plan."""
    draft = open_plan(draft_id)
    shift = laid(draft).shifts.get(shift_id)
    if shift is None:
        abort(404)
    if not may_plan(shift.organisation_id):
        abort(403)
    form = stretch_form(shift)
    places = offer(form, form.day.data or shift.day)
    if request.method == "POST":
        version = request.form.get("version", type=int) or 0
        try:
            if OFF in request.form:
                row = laying.change(draft, shift, version, None, by())
                return changed(draft, shift.day, _("Aflyses i planen: %(shift)s.", shift=change_words(row)))
            if form.validate():
                row = laying.change(draft, shift, version, form.stretch(places), by())
                return changed(draft, row.day, _("Ændres i planen: %(shift)s.", shift=change_words(row)), row)
        except Stale:
            return stale(draft)
        except Refused as refused:
            tell_refused(refused, draft, form)
    return shift_page(draft, shift, form, OFF)


@blueprint.route(CHANGE, methods=["GET", "POST"])
@needs(Action.PLAN_ROSTER)
@late_forms.shows_old
def plan_change(draft_id: int, change_id: int) -> Answer:
    """A change of the plan, changed or taken out again."""
    draft = open_plan(draft_id)
    row = next((one for one in laid(draft).rows if one.id == change_id), None)
    if row is None:
        abort(404)
    if not may_plan(row.organisation_id):
        abort(403)
    form = stretch_form(row)
    places = offer(form, form.day.data or row.day)
    if request.method == "POST":
        version = request.form.get("version", type=int) or 0
        try:
            if OUT in request.form:
                words = change_words(row)
                laying.take_out(draft, row, version)
                return changed(draft, row.day, _("Taget ud af planen: %(shift)s.", shift=words))
            if form.validate():
                laying.alter(draft, row, version, form.stretch(places), by())
                return changed(draft, row.day, _("Ændret i planen: %(shift)s.", shift=change_words(row)), row)
        except Stale:
            return stale(draft)
        except Refused as refused:
            tell_refused(refused, draft, form)
    return shift_page(draft, row, form, OUT)


def open_plan(draft_id: int) -> Draft:
    """The plan to lay on, locked if it is a write; saving to one that is sent or over answers 409 with its page."""
    if request.method == "POST":
        return plan_to_change(draft_id)
    found = read(draft_id)
    if not may_plan(found.draft.organisation_id):
        abort(403)
    return found.draft


def can_lay(draft: Draft) -> bool:
    """Whether whoever is logged in can lay on the plan now."""
    return draft.state == State.OPEN and may_plan(draft.organisation_id)


def changed(draft: Draft, day: date, sentence: str, row: DraftChange | None = None) -> Response:
    """Commit, say what the plan says now, what it means for the place and day, and what speaks against somebody who
    will be on duty by a `row` of it; back to the week."""
    db.session.commit()
    flash(sentence, "success")
    found = laid(draft)
    if row is not None:
        objections.tell(row, found)
    for a, b in found.clashes:
        if day in (a.turn.day, b.turn.day):
            flash(_("%(name)s er sat på to steder på en gang %(day)s.", name=name_of(found, a.turn.person),
                    day=day_words(a.turn.day)), "warning")  # fmt: skip
    return redirect(plan_week_url(draft, day), 303)


def name_of(found: Laid, person_id: int) -> str:
    """The name of somebody on duty in a plan."""
    everybody: list[OnDuty] = [*found.rows, *found.shifts.values()]
    return next(row.person.name for row in everybody if row.person_id == person_id)


def tell_refused(refused: Refused, draft: Draft, form: StretchForm) -> None:
    """Put the sentence for a refusal at its field; a day outside the plan has its own."""
    day = form.day.data
    if isinstance(refused, PastDay) and not draft.first_day <= day <= draft.last_day:
        span = _("%(first)s – %(last)s", first=day_words(draft.first_day), last=day_words(draft.last_day))
        form.day.errors = [*form.day.errors, _("Dagen ligger uden for planen (%(span)s).", span=span)]
        return
    say(refused, form.day, getattr(form, "membership", form.starts))


def stretch_form(row: OnDuty) -> StretchForm:
    """Where and when somebody is on duty, to be changed."""
    if request.method == "POST":
        return StretchForm(web.today())
    span = {"place": row.place.slug, "day": row.day, "starts": row.starts, "ends": row.ends}
    return StretchForm(web.today(), formdata=None, data=span)


def shift_page(draft: Draft, row: OnDuty, form: StretchForm, second: str) -> Answer:
    """The page of somebody on duty in a plan."""
    page = render_template(
        "roster/plan_shift.html",
        draft=draft,
        shift=row,
        form=form,
        second=second,
        fixed=isinstance(row, DraftChange) and row.deed == Deed.CANCEL,
        back=plan_week_url(draft, row.day),
    )
    return (page, 422) if request.method == "POST" else page


def suggested(draft: Draft, day: date) -> dict[str, object]:
    """What the form for a new shift begins with: where the planner came from, and when people are on duty there."""
    slug = request.args.get("sted")
    rows = board(draft.programme_id, day, day).rows
    cell = next((row.cells[0] for row in rows if row.place.slug == slug and row.cells), None)
    hours = {"starts": cell.manned[0].starts, "ends": cell.manned[0].ends} if cell and cell.manned else {}
    return {"place": slug, "day": day, **hours}


def asked_day(draft: Draft) -> date:
    """The day of the address, else the plan's first; 404 for what is no day."""
    typed = request.args.get("dag")
    try:
        return date.fromisoformat(typed) if typed else draft.first_day
    except ValueError:
        abort(404)


def link_of(draft: Draft, one: OnDuty) -> str | None:
    """Where somebody on duty is changed in the plan; None where nobody may."""
    if not can_lay(draft) or not may_plan(one.organisation_id) or one.day < web.today():
        return None
    if isinstance(one, DraftChange):
        return url_for("roster.plan_change", draft_id=draft.id, change_id=one.id)
    return url_for("roster.plan_shift", draft_id=draft.id, shift_id=one.id)


def add_link(draft: Draft, cell: Cell) -> str | None:
    """Where a shift is added to a place and day of the plan; None where nobody may."""
    if not can_lay(draft) or not max(draft.first_day, web.today()) <= cell.day <= draft.last_day:
        return None
    return url_for("roster.plan_add", draft_id=draft.id, sted=cell.place.slug, dag=cell.day.isoformat())


def change_words(row: DraftChange) -> str:
    """ "Bo Birk, Ringparken mandag 23. november kl. 12–17"."""
    db.session.flush()
    db.session.refresh(row, ["person", "place"])
    return span_words(row.person.name, row.place.name, Stretch(row.place_id, row.day, row.starts, row.ends))
