"""Single shifts of a plan: put in, changed, split, taken out."""

from __future__ import annotations

from typing import cast

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from advice import late_forms, web
from advice.actions.drafts import laying, splitting
from advice.actions.drafts.reading import Laid, laid
from advice.actions.drafts.undoing import Step, step, stood
from advice.actions.shifts import Refused, Stale, Stretch, stretch_of
from advice.database import LARGEST_ID, db
from advice.models.drafts import Draft, DraftChange
from advice.models.weeks import OnDuty
from advice.roster.adding import day_of
from advice.roster.blueprint import blueprint
from advice.roster.changing import Conflict
from advice.roster.forms import AddForm, SplitForm, StretchForm
from advice.roster.links import plan_week_url
from advice.roster.plan_edits import before_edit, can_lay, change_words, edited, one_of, open_plan, put, tell_refused
from advice.roster.planning import Answer, by, new_shift, offer, offer_people, places_on, plannable, standing_form
from advice.roster.plans import PLAN, read, stale
from advice.roster.words import listed, span_words
from advice.rules.access import Action
from advice.rules.drafts import Deed
from advice.web import needs

SHIFT = f"{PLAN}/vagt/<int(max={LARGEST_ID}):shift_id>"
CHANGE = f"{PLAN}/aendring/<int(max={LARGEST_ID}):change_id>"
OFF, OUT, SPLIT = "aflys", "fjern", "del"
"""What the other buttons of a shift's page say: a shift in force is cancelled, a change of the plan taken out, either
split."""


@blueprint.route(f"{PLAN}/ny", methods=["GET", "POST"])
@needs(Action.PLAN_ROSTER)
@late_forms.shows_old
def plan_add(draft_id: int) -> Answer:
    """A new shift in a plan; `sted` and `dag` say where and when the planner came from."""
    draft = open_plan(draft_id)
    day = day_of("dag") or draft.first_day
    form = AddForm(web.today(), data=new_shift(request.args.get("sted"), day) if request.method == "GET" else None)
    day = form.day.data or day
    places = offer(form, day)
    offer_people(form, plannable(day), day)
    if form.validate_on_submit():
        stretch = form.stretch(places)
        before = before_edit(laid(draft), None, stretch)
        try:
            row = laying.add(draft, int(form.membership.data), stretch, by())
        except Stale:
            return stale(draft)
        except Refused as refused:
            tell_refused(refused, draft, form)
        else:
            said = _("Lagt i planen: %(shift)s.", shift=change_words(row))
            return edited(draft, said, before, [step(row, None)], row)
    page = render_template("roster/plan_add.html", form=form, draft=draft, back=plan_week_url(draft, day))
    return (page, 422) if form.is_submitted() else page


@blueprint.route(SHIFT, methods=["GET", "POST"])
@needs(Action.PLAN_ROSTER)
@late_forms.shows_old
def plan_shift(draft_id: int, shift_id: int) -> Answer:
    """A shift in force, changed, split or cancelled by the plan."""
    draft = open_plan(draft_id)
    found = laid(draft)
    return page_of(found, one_of(found, shift_id=shift_id))


@blueprint.route(CHANGE, methods=["GET", "POST"])
@needs(Action.PLAN_ROSTER)
@late_forms.shows_old
def plan_change(draft_id: int, change_id: int) -> Answer:
    """A change of the plan, changed, split or taken out again."""
    draft = open_plan(draft_id)
    found = laid(draft)
    return page_of(found, one_of(found, change_id=change_id))


def page_of(found: Laid, one: OnDuty) -> Answer:
    """The page of somebody on duty in a plan, or what its buttons do."""
    form, parts = stretch_form(one), split_form(one)
    places = offer(form, form.day.data or one.day)
    if request.method == "GET":
        return shift_page(found.draft, one, form, parts)
    version = request.form.get("version", type=int) or 0
    try:
        if OFF in request.form or OUT in request.form:
            return take_off(found, one, version)
        if SPLIT in request.form:
            if parts.validate():
                return split(found, one, version, parts)
        elif form.validate():
            return change(found, one, version, form.stretch(places))
    except Stale:
        return both_versions(found, one, form, parts)
    except Refused as refused:
        tell_refused(refused, found.draft, form)
    return shift_page(found.draft, one, form, parts)


def both_versions(found: Laid, one: OnDuty, form: StretchForm, parts: SplitForm) -> Answer:
    """Somebody was here first: what stands now, and what was typed, to be saved on top of it. The plan's page where
    nothing is left of it, or nothing can be laid any more."""
    typed = span_typed(one, form)
    db.session.rollback()
    now = read(found.draft.id)
    mine = (
        {row.id: row for row in now.rows} if isinstance(one, DraftChange) else {row.shift_id: row for row in now.rows}
    )
    row = mine.get(one.id)
    if row is None or row.deed == Deed.CANCEL or not can_lay(now.draft):
        return stale(found.draft)
    offer(form, form.day.data or row.day)
    conflict = Conflict(span_words(row.person.name, row.place.name, stretch_of(row)), typed, False)
    page, _code = cast(tuple[str, int], shift_page(now.draft, row, form, parts, conflict))
    return page, 409


def span_typed(one: OnDuty, form: StretchForm) -> str:
    """What the form says, as far as it can be read."""
    if SPLIT in request.form:
        return str(_("Vagten delt i to"))
    if OFF in request.form or OUT in request.form:
        return str(_("Taget ud af planen"))
    day, starts, ends = form.day.data, form.starts.data, form.ends.data
    if not (day and starts and ends):
        return str(_("Noget, der ikke kunne læses"))
    place = next((choice.label for choice in form.place.iter_choices() if choice.selected), one.place.name)
    return span_words(one.person.name, str(place), Stretch(one.place_id, day, starts, ends))


def change(found: Laid, one: OnDuty, version: int, stretch: Stretch) -> Answer:
    """Another time, day or place."""
    if stretch == stretch_of(one):
        flash(_("Der var ikke noget at ændre."), "info")
        return redirect(plan_week_url(found.draft, one.day), 303)
    before = before_edit(found, one, stretch)
    row, done = put(found, one, version, stretch)
    return edited(found.draft, _("Ændret i planen: %(shift)s.", shift=change_words(row)), before, [done], row)


def take_off(found: Laid, one: OnDuty, version: int) -> Answer:
    """A shift in force is to be cancelled; a change of the plan is taken out of it."""
    draft, before = found.draft, before_edit(found, one)
    if isinstance(one, DraftChange):
        said, was = taken_out_words(found, one), stood(one)
        laying.take_out(draft, one, version, by())
        return edited(draft, said, before, [Step(one.organisation_id, None, was)])
    row = laying.change(draft, one, version, None, by())
    said = _("Aflyses i planen: %(shift)s.", shift=change_words(row))
    return edited(draft, said, before, [step(row, None)])


def taken_out_words(found: Laid, row: DraftChange) -> str:
    """What is true once a change is out of the plan: a shift in force stays as it is."""
    shift = found.shifts.get(row.shift_id or 0)
    if shift is None:
        return str(_("Taget ud af planen: %(shift)s.", shift=change_words(row)))
    words = span_words(shift.person.name, shift.place.name, stretch_of(shift))
    return str(_("Ændringen er taget ud af planen. Vagten er, som den var: %(shift)s.", shift=words))


def split(found: Laid, one: OnDuty, version: int, form: SplitForm) -> Answer:
    """Two of one; the second may be at another place."""
    assert form.at.data is not None
    draft, place_id = found.draft, form.place_id(places_on(one.day))
    before = before_edit(found, one, Stretch(place_id, one.day, form.at.data, one.ends))
    was = stood(one) if isinstance(one, DraftChange) else None
    first, second = splitting.split(draft, one, version, form.at.data, place_id, by())
    parts = listed(change_words(row) for row in (first, second))
    said = _("Delt i planen: %(parts)s.", parts=parts)
    return edited(draft, said, before, [step(first, was), step(second, None)], second)


def stretch_form(one: OnDuty) -> StretchForm:
    """Where and when somebody is on duty, to be changed; as it is where another button was pressed."""
    if request.method == "POST" and not {OFF, OUT, SPLIT} & set(request.form):
        return StretchForm(web.today())
    return standing_form(one)


def split_form(one: OnDuty) -> SplitForm:
    """When and where to somebody on duty is split."""
    whole, places = stretch_of(one), places_on(one.day)
    if SPLIT in request.form:
        return SplitForm(whole, places)
    return SplitForm(whole, places, formdata=None, data={"second_place": one.place.slug})


def shift_page(
    draft: Draft, one: OnDuty, form: StretchForm, parts: SplitForm, conflict: Conflict | None = None
) -> Answer:
    """The page of somebody on duty in a plan; with both versions where there are two."""
    page = render_template(
        "roster/plan_shift.html",
        draft=draft,
        shift=one,
        form=form,
        parts=parts,
        action=shift_url(draft, one),
        conflict=conflict,
        failed=next((each for each in (form, parts) if each.errors), None),
        second=OUT if isinstance(one, DraftChange) else OFF,
        fixed=isinstance(one, DraftChange) and one.deed == Deed.CANCEL,
        back=plan_week_url(draft, one.day),
    )
    return (page, 422) if request.method == "POST" else page


def shift_url(draft: Draft, one: OnDuty) -> str:
    """The address of somebody on duty in a plan."""
    if isinstance(one, DraftChange):
        return url_for("roster.plan_change", draft_id=draft.id, change_id=one.id)
    return url_for("roster.plan_shift", draft_id=draft.id, shift_id=one.id)


def page_as_it_is(found: Laid, one: OnDuty, refusal: str) -> Answer:
    """The same with why it was not moved."""
    form = standing_form(one)
    offer(form, one.day)
    form.day.errors = [refusal]
    return shift_page(found.draft, one, form, split_form(one))
