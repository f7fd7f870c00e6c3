"""The last edit of a plan, taken back by a button on its week.

What somebody has touched since is not taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from flask import abort, flash, redirect, url_for
from flask_babel import gettext as _

from advice.actions.drafts.reading import Laid, laid
from advice.actions.drafts.undoing import Step, take_back
from advice.actions.shifts import Refused, Stale, stretch_of
from advice.database import db
from advice.models.people import Membership
from advice.models.places import Place
from advice.roster.blueprint import blueprint
from advice.roster.links import may_plan, plan_week_url
from advice.roster.plan_edits import clashing_words
from advice.roster.plan_memory import forget, last_edit
from advice.roster.planning import Answer, Spot, by, lacking, tell_consequences
from advice.roster.plans import PLAN, plan_to_change, stale
from advice.roster.words import listed, refusal_words, span_words
from advice.rules.access import Action
from advice.web import needs


@blueprint.post(f"{PLAN}/fortryd")
@needs(Action.PLAN_ROSTER)
def plan_undo(draft_id: int) -> Answer:
    """Take back what whoever is logged in did last to a plan that is being laid."""
    draft = plan_to_change(draft_id)
    kept = last_edit(draft)
    if kept is None:
        flash(_("Der er ikke noget at fortryde."), "info")
        return redirect(url_for("roster.plan", draft_id=draft.id), 303)
    day, steps = kept
    if not all(may_plan(step.organisation) for step in steps):
        abort(403)
    forget(draft)
    found, week = laid(draft), plan_week_url(draft, day)
    before = lacking(list(dict.fromkeys(spots_of(found, steps))), found)
    try:
        take_back(found, steps, by())
    except Stale:
        return stale(draft)
    except Refused as refused:
        db.session.rollback()
        flash(refusal_words(refused), "error")
        return redirect(week, 303)
    db.session.commit()
    flash(_("Fortrudt."), "success")
    now = laid(draft)
    tell_consequences(before, plan=now)
    for words in dict.fromkeys(words for _place, one in before for words in clashing_words(now, one)):
        flash(words, "warning")
    return redirect(week, 303)


@blueprint.get(f"{PLAN}/fortryd")
@needs(Action.PLAN_ROSTER)
def back_to_plan(draft_id: int) -> Answer:
    """Whoever comes back from log-in, or reloads, gets the plan."""
    return redirect(url_for("roster.plan", draft_id=draft_id))


def spots_of(found: Laid, steps: Sequence[Step]) -> list[Spot]:
    """The places and days that taking the steps back touches."""
    rows = {row.id: row for row in found.rows}
    now = [(row.place_id, row.day) for step in steps if step.now and (row := rows.get(step.now[0]))]
    then = [(step.before.stretch.place_id, step.before.stretch.day) for step in steps if step.before]
    made_from = [row.shift_id for row in rows.values()] + [step.before.shift for step in steps if step.before]
    shifts = [(one.place_id, one.day) for key in made_from if (one := found.shifts.get(key or 0))]
    touched = {day for _place, day in [*now, *then]}
    return [*now, *then, *(spot for spot in shifts if spot[1] in touched)]


def undo_words(found: Laid, monday: date) -> str:
    """What the button on the week that begins on `monday` takes back, in words; empty if it takes nothing back."""
    kept = last_edit(found.draft)
    if kept is None or not monday <= kept[0] < monday + timedelta(days=7):
        return ""
    rows = {row.id: row for row in found.rows}
    said = []
    for step in kept[1]:
        row = rows.get(step.now[0]) if step.now else None
        if row is not None:
            said.append(span_words(row.person.name, row.place.name, stretch_of(row)))
        elif step.before is not None:
            member = db.session.get_one(Membership, step.before.membership)
            place = db.session.get_one(Place, step.before.stretch.place_id)
            said.append(span_words(member.person.name, place.name, step.before.stretch))
    return listed(said)
