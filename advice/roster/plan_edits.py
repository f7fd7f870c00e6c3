"""What edits of a plan share: who may make them, and what is said after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import abort, flash, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from advice.actions.drafts import laying
from advice.actions.drafts.reading import Laid, laid
from advice.actions.drafts.undoing import Step, step, stood
from advice.actions.shifts import PastDay, Refused, Stretch, stretch_of
from advice.database import db
from advice.models.drafts import Draft, DraftChange
from advice.models.weeks import OnDuty
from advice.roster import objections
from advice.roster.forms import StretchForm
from advice.roster.links import may_plan, plan_week_url
from advice.roster.plan_memory import remember
from advice.roster.plan_words import twice_lines
from advice.roster.planning import Before, by, lacking, tell_consequences
from advice.roster.plans import plan_to_change, read
from advice.roster.words import day_words, say, span_words
from advice.rules.drafts import State, may_lay_on


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


def one_of(found: Laid, *, shift_id: int = 0, change_id: int = 0) -> OnDuty:
    """Somebody on duty in a plan, by the shift in force or by the change; 404, 403 for another organisation's."""
    one: OnDuty | None = found.shifts.get(shift_id)
    if change_id:
        one = next((row for row in found.rows if row.id == change_id), None)
    if one is None:
        abort(404)
    if not may_plan(one.organisation_id):
        abort(403)
    return one


def before_edit(found: Laid, one: OnDuty | None = None, stretch: Stretch | None = None) -> Before:
    """What is lacking now where somebody is on duty, by the plan and in force, and where she will be."""
    spots = [(stretch.place_id, stretch.day)] if stretch else []
    if one is not None:
        spots.append((one.place_id, one.day))
    if isinstance(one, DraftChange) and (shift := found.shifts.get(one.shift_id or 0)):
        spots.append((shift.place_id, shift.day))
    return lacking(spots, found)


def put(found: Laid, one: OnDuty, version: int, stretch: Stretch) -> tuple[DraftChange, Step]:
    """Another time, day or place for somebody on duty in a plan: the change, and what was done. Raises as laying
    does."""
    if isinstance(one, DraftChange):
        was = stood(one)
        laying.alter(found.draft, one, version, stretch, by())
        return one, step(one, was)
    row = laying.change(found.draft, one, version, stretch, by())
    return row, step(row, None)


def edited(
    draft: Draft, sentence: str, before: Before, steps: Sequence[Step], row: DraftChange | None = None
) -> Response:
    """Commit, say what the plan says now, what it means for places and days, and what speaks against somebody who will
    be on duty by a `row` of it; back to the week, which offers to take the steps back."""
    day = row.day if row is not None else next(iter(before))[1]
    remember(draft, day, steps)
    db.session.commit()
    flash(sentence, "success")
    found = laid(draft)
    if row is not None:
        objections.tell(row, found)
    tell_consequences(before, row, found)
    for words in clashing_words(found, day):
        flash(words, "warning")
    return redirect(plan_week_url(draft, day), 303)


def clashing_words(found: Laid, day: date) -> list[str]:
    """Who would be on duty twice at once on a day."""
    return [f"{words}." for words, when in twice_lines(found) if when == day]


def tell_refused(refused: Refused, draft: Draft, form: StretchForm) -> None:
    """Put the sentence for a refusal at its field; a day outside the plan has its own."""
    if isinstance(refused, PastDay) and form.day.data and (words := outside_words(draft, form.day.data)):
        form.day.errors = [*form.day.errors, words]
        return
    say(refused, form.day, getattr(form, "membership", form.starts))


def outside_words(draft: Draft, day: date) -> str:
    """That a day is not one of the plan's; empty if it is, be it past."""
    if may_lay_on(draft.first_day, draft.last_day, day):
        return ""
    span = _("%(first)s – %(last)s", first=day_words(draft.first_day), last=day_words(draft.last_day))
    return str(_("Dagen ligger uden for planen (%(span)s).", span=span))


def change_words(row: DraftChange) -> str:
    """ "Bo Birk, Ringparken mandag 23. november kl. 12–17"."""
    db.session.flush()
    db.session.refresh(row, ["person", "place"])
    return span_words(row.person.name, row.place.name, stretch_of(row))
