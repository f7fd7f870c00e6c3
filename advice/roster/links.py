"""Where the pages of the vagtplan are, and who may plan: asked by views and planning alike."""

from __future__ import annotations

from datetime import date

from flask import url_for

from advice import web
from advice.rules.access import Action, Subject


def week_url(day: date) -> str:
    """The address of the ISO week that a day lies in."""
    year, number, _weekday = day.isocalendar()
    return url_for("roster.week", year=year, number=number)


def may_plan(organisation_id: int) -> bool:
    """Whether the person logged in may plan the shifts of an organisation of the active programme."""
    return web.may(Action.PLAN_ROSTER, Subject(web.member().programme_id, organisation_id))
