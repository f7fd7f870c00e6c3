"""The week, for everybody on the staff; planners find the way to changing it here."""

from __future__ import annotations

from datetime import date, timedelta

from flask import abort, redirect, render_template, request
from werkzeug.wrappers import Response

from advice.models.roster import Shift
from advice.roster import adding, changing, own
from advice.roster.blueprint import blueprint
from advice.roster.board import Board, board, is_changed
from advice.roster.links import may_plan, week_url
from advice.roster.words import outside_tag
from advice.rules.access import Action
from advice.rules.weeks import monday_of, week_of
from advice.web import may, member, needs, today

__all__ = ["adding", "blueprint", "changing", "own"]


@blueprint.get("/vagtplan")
@needs(Action.SEE_ROSTER)
def this_week() -> Response:
    """To the week of today."""
    return redirect(week_url(today()))


@blueprint.get("/vagtplan/<int(fixed_digits=4):year>-<int(fixed_digits=2):number>")
@needs(Action.SEE_ROSTER)
def week(year: int, number: int) -> str:
    """One ISO week: places down, days across."""
    monday = monday_of(year, number)
    if monday is None:
        abort(404)
    active = member()
    found = board(active.programme_id, monday, monday + timedelta(days=6))
    return render_template(
        "roster/week.html",
        board=found,
        monday=monday,
        sunday=monday + timedelta(days=6),
        number=number,
        year=year,
        today=today(),
        is_changed=is_changed,
        outside_tag=outside_tag,
        planner=may_plan(active.organisation_id),
        may_set_up=may(Action.EDIT_SETTINGS),
        can_change=can_change,
        undo=undoable(found),
        previous=neighbour(monday, -1),
        following=neighbour(monday, 1),
    )


def neighbour(monday: date, weeks: int) -> date | None:
    """The Monday so many weeks away, or None where the addresses end."""
    return monday_of(*week_of(monday + timedelta(weeks=weeks)))


def can_change(shift: Shift) -> bool:
    """Whether the person logged in may change this shift now."""
    return shift.status == "active" and shift.day >= today() and may_plan(shift.organisation_id)


def undoable(found: Board) -> Shift | None:
    """The shift that has just been cancelled, as the address says, if the person may still undo that."""
    asked = request.args.get("aflyst", type=int)
    shift = next((one for one in found.cancelled if one.id == asked), None)
    if shift is None or shift.id in found.replaced_by or shift.day < today() or not may_plan(shift.organisation_id):
        return None
    return shift


@blueprint.app_template_global("week_url")
def _week_url(day: date) -> str:
    return week_url(day)
