"""A week of a plan: the board with the plan laid over it."""

from __future__ import annotations

from datetime import timedelta

from flask import abort, render_template, url_for

from advice import web
from advice.models.drafts import Draft
from advice.models.weeks import OnDuty
from advice.roster.blueprint import blueprint
from advice.roster.board import Cell, board, is_changed
from advice.roster.links import may_plan, plan_week_url
from advice.roster.plan_edits import can_lay
from advice.roster.plan_shifts import shift_url
from advice.roster.plan_undo import undo_words
from advice.roster.plan_words import mark_of
from advice.roster.plans import PLAN, read
from advice.roster.words import outside_tag
from advice.rules.access import Action
from advice.rules.drafts import may_lay_on
from advice.rules.weeks import monday_of
from advice.web import needs


@blueprint.get(f"{PLAN}/<int(fixed_digits=4):year>-<int(fixed_digits=2):number>")
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
        may_lay=can_lay(draft),
        in_plan=lambda cell: is_laid(draft, cell),
        undo=undo_words(found, monday) if can_lay(draft) else "",
        change_of={row.shift_id: row for row in found.rows if row.shift_id}.get,
    )


def link_of(draft: Draft, one: OnDuty) -> str | None:
    """Where somebody on duty is changed in the plan; None where nobody may."""
    ahead = may_lay_on(draft.first_day, draft.last_day, one.day, web.today())
    if not can_lay(draft) or not may_plan(one.organisation_id) or not ahead:
        return None
    return shift_url(draft, one)


def add_link(draft: Draft, cell: Cell) -> str | None:
    """Where a shift is added to a place and day of the plan; None where nobody may."""
    if not can_lay(draft) or not is_laid(draft, cell):
        return None
    return url_for("roster.plan_add", draft_id=draft.id, sted=cell.place.slug, dag=cell.day.isoformat())


def is_laid(draft: Draft, cell: Cell) -> bool:
    """Whether shifts can be laid in a cell: its day is one of the plan's and has not gone, and the place is in use."""
    return cell.in_use and may_lay_on(draft.first_day, draft.last_day, cell.day, web.today())
