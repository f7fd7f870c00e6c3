"""A quarter at a glance: its whole weeks down, places across."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import abort, redirect, render_template, url_for
from werkzeug.wrappers import Response

from advice.roster.blueprint import blueprint
from advice.roster.board import Board, Cell, board
from advice.roster.kept_quarters import told
from advice.roster.words import agreed_words
from advice.rules.access import Action
from advice.rules.repeating import WEEK
from advice.rules.weeks import quarter_of, weeks_of_quarter
from advice.web import may, member, needs, today


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A week: for each place its days on which anything is open, closed or anybody on duty."""

    monday: date
    places: Sequence[Sequence[Cell]]

    @property
    def number(self) -> int:
        """The ISO week."""
        return self.monday.isocalendar().week

    @property
    def after(self) -> date:
        """The Monday after it."""
        return self.monday + WEEK


@blueprint.get("/vagtplan/kvartal")
@needs(Action.SEE_ROSTER)
def this_quarter() -> Response:
    """To the quarter of today."""
    return redirect(quarter_url(*quarter_of(today())))


@blueprint.get("/vagtplan/kvartal/<int(fixed_digits=4):year>-<int(min=1,max=4):number>")
@needs(Action.SEE_ROSTER)
def quarter(year: int, number: int) -> str:
    """The weeks of a quarter."""
    span = weeks_of_quarter(year, number)
    if span is None:
        abort(404)
    first, last = span
    whose = member()
    key = whose.programme_id, whose.person_id, first, today()
    return render_template(
        "roster/quarter.html",
        shown=told(key, lambda: tell(whose.programme_id, first, last)),
        first=first,
        last=last,
        year=year,
        number=number,
        today=today(),
        url=quarter_url,
        fair_url=url_for("roster.fair", year=year, number=number) if may(Action.PLAN_ROSTER) else None,
        earlier=neighbour(first - timedelta(days=1)),
        later=neighbour(last + timedelta(days=1)),
    )


def tell(programme_id: int, first: date, last: date) -> str:
    """The board of the quarter from first to last, in HTML."""
    found = board(programme_id, first, last)
    return render_template(
        "roster/_quarter.html",
        board=found,
        ahead=found.ahead(today()),
        weeks=week_rows(found, first, last),
        places=[row.place for row in found.rows],
        number=quarter_of(first)[1],
        today=today(),
        agreed_words=agreed_words,
    )


def week_rows(found: Board, first: date, last: date) -> list[WeekRow]:
    """The weeks from first to last, whole ones, with what is to be told of each place."""
    monday = first - timedelta(days=first.weekday())
    weeks: dict[date, list[list[Cell]]] = {}
    while monday <= last:
        weeks[monday] = [[] for _row in found.rows]
        monday += WEEK
    for index, row in enumerate(found.rows):
        for cell in row.cells:
            if cell.open or cell.closed or cell.shifts or cell.ending:
                weeks[cell.day - timedelta(days=cell.day.weekday())][index].append(cell)
    return [WeekRow(one, places) for one, places in weeks.items()]


def quarter_url(year: int, number: int) -> str:
    """The address of a quarter."""
    return url_for("roster.quarter", year=year, number=number)


def neighbour(day: date) -> tuple[int, int] | None:
    """The quarter that the week of a day belongs to, or None where the addresses end."""
    year, number = quarter_of(day)
    return (year, number) if weeks_of_quarter(year, number) else None
