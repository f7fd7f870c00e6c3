"""Where the pages of the vagtplan are, and who may plan: asked by views and planning alike."""

from __future__ import annotations

from datetime import date

from flask import url_for

from advice import web
from advice.models.drafts import Draft
from advice.rules.access import Action, Subject
from advice.rules.weeks import week_of


def week_url(day: date, undo: int | None = None) -> str:
    """The address of the ISO week that a day lies in; undo: a shift whose last edit the page offers to undo."""
    year, number = week_of(day)
    return url_for("roster.week", year=year, number=number, fortryd=undo)


def may_plan(organisation_id: int) -> bool:
    """Whether the person logged in may plan the shifts of an organisation of the active programme."""
    return web.may(Action.PLAN_ROSTER, Subject(web.member().programme_id, organisation_id))


def plan_week_url(draft: Draft, day: date) -> str:
    """The address of the week of a plan that a day lies in."""
    year, number = week_of(day)
    return url_for("roster.plan_week", draft_id=draft.id, year=year, number=number)
