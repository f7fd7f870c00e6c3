"""The last edit of a plan, taken back by a button on its week.

Nobody else has seen a plan that is being laid, so nothing is written down of its edits: the session of whoever laid it
remembers how the changes were before the last one. What somebody has touched since is not taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from typing import Any

from flask import abort, flash, redirect, session, url_for
from flask_babel import gettext as _

from advice.actions.drafts.reading import laid
from advice.actions.drafts.undoing import Step, Stood, undo
from advice.actions.shifts import Refused, Stale, Stretch
from advice.database import db
from advice.models.drafts import Draft
from advice.roster.blueprint import blueprint
from advice.roster.links import may_plan, plan_week_url
from advice.roster.planning import Answer, by
from advice.roster.plans import PLAN, plan_to_change, stale
from advice.roster.words import refusal_words
from advice.rules.access import Action
from advice.rules.drafts import Deed
from advice.web import needs

LAST_EDIT = "last_edit_of_plan"
"""Session key: {"plan": its id, "day": of the week to go back to, "steps": as `packed` has them}. No words."""


@blueprint.post(f"{PLAN}/fortryd")
@needs(Action.PLAN_ROSTER)
def plan_undo(draft_id: int) -> Answer:
    """Take back what whoever is logged in did last to a plan that is being laid."""
    draft = plan_to_change(draft_id)
    steps, back = last_edit(draft), session.pop(LAST_EDIT, None)
    if not steps or back is None:
        flash(_("Der er ikke noget at fortryde."), "info")
        return redirect(url_for("roster.plan", draft_id=draft.id), 303)
    if not all(may_plan(step.organisation) for step in steps):
        abort(403)
    found, week = laid(draft), plan_week_url(draft, date.fromisoformat(back["day"]))
    try:
        for step in steps:
            undo(found, step, by())
    except Stale:
        return stale(draft)
    except Refused as refused:
        db.session.rollback()
        flash(refusal_words(refused), "error")
        return redirect(week, 303)
    db.session.commit()
    flash(_("Fortrudt. Planen er, som den var før."), "success")
    return redirect(week, 303)


def remember(draft: Draft, day: date, steps: Sequence[Step]) -> None:
    """Let the week of a day offer to take these steps back, until the next edit."""
    session[LAST_EDIT] = {"plan": draft.id, "day": day.isoformat(), "steps": [packed(one) for one in steps]}


def last_edit(draft: Draft) -> list[Step]:
    """The steps of what whoever is logged in did last, if it was to this plan."""
    kept = session.get(LAST_EDIT)
    return [unpacked(one) for one in kept["steps"]] if kept and kept["plan"] == draft.id else []


def packed(step: Step) -> dict[str, Any]:
    """A step as the session keeps it."""
    was = step.before
    return {"organisation": step.organisation, "now": step.now, "before": was and {
        "deed": was.deed, "membership": was.membership, "shift": was.shift, "version": was.version,
        "place": was.stretch.place_id, "day": was.stretch.day.isoformat(),
        "starts": was.stretch.starts.isoformat(), "ends": was.stretch.ends.isoformat(),
    }}  # fmt: skip


def unpacked(kept: dict[str, Any]) -> Step:
    """The same, back again."""
    was, now = kept["before"], kept["now"]
    stood = was and Stood(
        Deed(was["deed"]), was["membership"],
        Stretch(was["place"], date.fromisoformat(was["day"]),
                time.fromisoformat(was["starts"]), time.fromisoformat(was["ends"])),
        was["shift"], was["version"],
    )  # fmt: skip
    return Step(kept["organisation"], now and (now[0], now[1]), stood)
