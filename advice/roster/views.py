"""The week, for everybody on the staff; planners find the way to changing it here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from advice.database import LARGEST_ID
from advice.models.places import Service
from advice.models.roster import Shift, shift_of
from advice.models.staff_notices import StaffNotice, notices_between
from advice.models.stand_ins import Agreed
from advice.models.weeks import OnDuty
from advice.roster import (
    absences,
    adding,
    changing,
    coverage,
    moving,
    near,
    near_words,
    own,
    own_news,
    own_phone,
    papers,
    plan_answers,
    plan_moving,
    plan_shifts,
    plan_undo,
    plan_weeks,
    plans,
    presence,
    quarters,
    sick,
    sick_answers,
    sick_holes,
    staff_notices,
    swap_decisions,
    swaps,
    wall,
)
from advice.roster.blueprint import blueprint
from advice.roster.board import Cell, board, is_changed
from advice.roster.links import may_plan, week_url
from advice.roster.presence_sums import present_today
from advice.roster.words import agreed_words, outside_tag, said_when
from advice.rules.access import Action
from advice.rules.weeks import monday_of, quarter_of, week_of
from advice.web import may, member, needs, today, user

__all__ = [
    "absences",
    "adding",
    "blueprint",
    "changing",
    "coverage",
    "moving",
    "own",
    "own_news",
    "own_phone",
    "papers",
    "plan_answers",
    "plan_moving",
    "plan_shifts",
    "plan_undo",
    "plan_weeks",
    "plans",
    "presence",
    "quarters",
    "sick",
    "sick_answers",
    "sick_holes",
    "staff_notices",
    "swap_decisions",
    "swaps",
    "wall",
]


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
    planner = may_plan(active.organisation_id)
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
        planner=planner,
        yes_waiting=near.awaiting_our_yes(active.programme_id) if planner else [],
        swaps_waiting=len(swap_decisions.awaiting()) if planner else 0,
        present=present_today(found.days),
        may_set_up=may(Action.EDIT_SETTINGS),
        shift_link=shift_link,
        add_link=add_link,
        need_links=need_links,
        may_reopen=may_reopen,
        quarter_url=lambda day: quarters.quarter_url(*quarter_of(day)),
        undo=asked_to_undo(),
        waiting=near.waiting_edits(active.programme_id, monday, monday + timedelta(days=6)) if planner else None,
        unseen=len(own_news.items(active.person_id)),
        told_in=told_in(notices_between(active.programme_id, monday, monday + timedelta(days=6))),
        door_url=papers.door_url,
        previous=neighbour(monday, -1),
        following=neighbour(monday, 1),
    )


def told_in(notices: list[StaffNotice]) -> Callable[[Cell], list[StaffNotice]]:
    """What the staff of a place are told on a day; what all places are told only where something is on."""
    return lambda cell: [
        one
        for one in notices
        if one.on(cell.place.id, cell.day) and (one.place_id or cell.open or cell.closed or cell.shifts)
    ]


def neighbour(monday: date, weeks: int) -> date | None:
    """The Monday so many weeks away, or None where the addresses end."""
    return monday_of(*week_of(monday + timedelta(weeks=weeks)))


def shift_link(shift: OnDuty) -> str | None:
    """Where the shift is changed, if whoever is logged in may do that now."""
    if shift.day < today() or not may_plan(shift.organisation_id):
        return None
    return url_for("roster.edit", shift_id=shift.id)


def add_link(cell: Cell) -> str | None:
    """Where a shift is added to a place and day, if whoever is logged in may do that now."""
    if cell.day < today() or not may_plan(member().organisation_id):
        return None
    return url_for("roster.add", sted=cell.place.slug, dag=cell.day.isoformat())


def need_links(cell: Cell) -> list[tuple[str, Service]]:
    """Where it is said what each service needs there that day, if whoever is logged in may do that now."""
    if cell.day < today() or not may(Action.EDIT_SETTINGS):
        return []
    day, place = cell.day.isoformat(), cell.place.slug
    services = {one.service_id: one.service for one in cell.open}.values()
    return [(url_for("settings.day_need", day=day, place=place, service=one.code), one) for one in services]


def may_reopen(shift: Shift) -> bool:
    """Whether whoever is logged in may look again for somebody to take a cancelled shift."""
    return shift.day >= today() and may_plan(shift.organisation_id)


def asked_to_undo() -> tuple[Shift, near_words.Done] | None:
    """The shift that has just been edited, as the address says, and what was done, if the person may undo that."""
    asked = request.args.get("fortryd", type=int)
    shift = shift_of(user().actor, asked) if asked and 0 < asked <= LARGEST_ID else None
    done = near.undoable(shift) if shift else None
    return (shift, done) if shift and done else None


@blueprint.app_template_global("said_when")
def _said_when(said: Agreed) -> str:
    return said_when(said)


@blueprint.app_template_global("agreed_words")
def _agreed_words(openings: int) -> str:
    return agreed_words(openings)


@blueprint.app_template_global("week_url")
def _week_url(day: date) -> str:
    return week_url(day)
