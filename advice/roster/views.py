"""The week, for everybody on the staff; planners find the way to changing it here."""

from __future__ import annotations

from datetime import date, timedelta

from flask import abort, redirect, render_template
from werkzeug.wrappers import Response

from advice.models.roster import Shift
from advice.roster import own, planning
from advice.roster.blueprint import blueprint
from advice.roster.board import board, is_changed
from advice.roster.links import may_plan, week_url
from advice.rules.access import Action
from advice.web import member, needs, today

__all__ = ["blueprint", "own", "planning"]

FIRST_YEAR, LAST_YEAR = 2000, 2100


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
        planner=may_plan(active.organisation_id),
        can_change=can_change,
        previous=neighbour(monday, -1),
        following=neighbour(monday, 1),
    )


def monday_of(year: int, number: int) -> date:
    """The Monday of an ISO week; 404 for a week that no calendar has, or beyond 2000-2100."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        abort(404)
    try:
        return date.fromisocalendar(year, number, 1)
    except ValueError:
        abort(404)


def neighbour(monday: date, weeks: int) -> date | None:
    """The Monday so many weeks away, or None where the addresses end."""
    found = monday + timedelta(weeks=weeks)
    return found if FIRST_YEAR <= found.isocalendar().year <= LAST_YEAR else None


def can_change(shift: Shift) -> bool:
    """Whether the person logged in may change this shift now."""
    return shift.status == "active" and shift.day >= today() and may_plan(shift.organisation_id)


@blueprint.app_template_global("week_url")
def _week_url(day: date) -> str:
    return week_url(day)
