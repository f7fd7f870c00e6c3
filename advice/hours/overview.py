"""The page before the edits: what is open every week, what differs in the days ahead, and what is suggested."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask import render_template
from flask_babel import format_date
from flask_babel import gettext as _

from advice import web
from advice.actions import hours
from advice.actions.closing_days import closing_days
from advice.actions.hours import State
from advice.hours.blueprint import blueprint
from advice.hours.day_forms import CloseForm
from advice.hours.forms import with_own_words
from advice.hours.suggestions import suggestions
from advice.hours.views import ROOT
from advice.hours.weekly_forms import WEEKDAYS
from advice.hours.words import period, service_name, where
from advice.hours_words import span
from advice.models.places import Place
from advice.rules.access import Action
from advice.rules.closures import Closure, YearlyDates, YearlyWeeks
from advice.rules.hours import DayHours, WeeklyHours
from advice.rules.hours_book import Sort, taken_over
from advice.rules.openings import STANDING, Status

__all__ = ["blueprint"]

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Line:
    """A row on the page: its key, what it says, the details, and whether it lies ahead altogether."""

    key: int
    title: str
    details: str
    ahead: bool = True
    what: str = ""
    yearly: bool = False


@dataclass(frozen=True, slots=True)
class Year:
    """A place through the months: open days and closed days of each."""

    place: Place
    months: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Holiday:
    """A public holiday on which a place would be open: the day, its name, and the hours to keep it open."""

    day: date
    name: str
    place: Place
    service_id: int
    starts: str
    ends: str


@blueprint.get(ROOT)
@web.needs(Action.EDIT_HOURS)
def index() -> str:
    """Everything at a glance."""
    found = hours.state(web.member().programme_id, web.today())
    form = with_own_words(CloseForm, found)
    months = month_starts(found.today)
    return render_template(
        "hours/index.html",
        places=[(place, weekly_lines(found, place)) for place in form.in_use],
        suggested=suggestions(found, form.languages()),
        closures=closure_lines(found),
        changes=[*day_lines(found, Sort.CHANGE), *day_lines(found, Sort.EXTRA)],
        holidays=holidays(found),
        months=[str(format_date(month, "MMM")) for month in months],
        years=[year_of(found, place, months) for place in form.in_use],
        today=found.today,
    )


def weekly_lines(found: State, place: Place) -> list[Line]:
    """The weekly hours of a place that have not ended, by weekday."""
    rows = [
        (row.weekday, row.starts, key, row)
        for key, row in found.book.weekly.items()
        if row.place == place.id and (row.valid_to is None or row.valid_to >= found.today)
    ]
    rows.sort(key=lambda one: one[:3])
    return [
        Line(
            key, f"{WEEKDAYS[row.weekday]} {span(row.starts, row.ends)}", weekly_details(found, row),
            row.valid_from >= found.today and not taken_over(found.book, key), f"{Sort.WEEKLY}-{key}",
            yearly=not taken_over(found.book, key),
        )
        for _weekday, _starts, key, row in rows
    ]  # fmt: skip


def weekly_details(found: State, row: WeeklyHours) -> str:
    """Service, how often, and since or until when."""
    facts = [service_name(found, row.service)] if len(found.services) > 1 else []
    if row.every_weeks > 1:
        facts.append(_("hver %(number)s. uge", number=row.every_weeks))
    if row.valid_from > found.today:
        facts.append(_("fra %(day)s", day=web.date_digits(row.valid_from)))
    if row.valid_to:
        facts.append(_("til og med %(day)s", day=web.date_digits(row.valid_to)))
    return " · ".join(facts)


def closure_lines(found: State) -> list[Line]:
    """Closures that are not over, dated ones first by day, then those of every year."""
    rows = [(key, row) for key, row in found.book.closures.items() if not is_over(row, found.today)]
    rows.sort(key=lambda one: (not isinstance(one[1], Closure), getattr(one[1], "first", ()), one[0]))
    return [
        Line(
            key, f"{web.label(row.reason)}: {period(row)}", where(found, row.place, row.service), True,
            f"{Sort.CLOSURE}-{key}", yearly=not isinstance(row, Closure),
        )
        for key, row in rows
    ]  # fmt: skip


def day_lines(found: State, sort: Sort) -> list[Line]:
    """Changed days, or extra openings, from today on, by day."""
    rows = found.book.changes if sort is Sort.CHANGE else found.book.extras
    ahead: Iterable[tuple[int, DayHours]] = ((key, row) for key, row in rows.items() if row.date >= found.today)
    name = _("anden tid") if sort is Sort.CHANGE else _("ekstra åbning")
    return [
        Line(
            key, f"{web.day_long(row.date)} {span(row.starts, row.ends)}",
            " · ".join(filter(None, (name, where(found, row.place, row.service), web.label(row.reason)))),
            True, f"{sort}-{key}",
        )
        for key, row in sorted(ahead, key=lambda one: (one[1].date, one[1].starts))
    ]  # fmt: skip


def holidays(found: State) -> list[Holiday]:
    """The public holidays and customary days that close a place; those that it is open on all the same are left out."""
    names = closing_days(found.today, found.until, found.programme.customary_closed)
    ahead = [row.opening for row in found.stored]
    opened = {(one.date, one.place, one.service) for one in ahead if one.status in STANDING}
    places = {one.id: one for one in found.places}
    return [
        Holiday(
            one.date, web.label(names[one.date]), places[one.place], one.service, one.starts.strftime("%H.%M"),
            one.ends.strftime("%H.%M"),
        )
        for one in sorted(ahead, key=lambda one: (one.date, one.starts, one.place))
        if one.status is Status.CLOSED and one.date in names and (one.date, one.place, one.service) not in opened
    ]  # fmt: skip


def month_starts(today: date) -> list[date]:
    """The first of this month and the eleven that follow."""
    numbers = range(today.year * 12 + today.month - 1, today.year * 12 + today.month - 1 + MONTHS)
    return [date(number // 12, number % 12 + 1, 1) for number in numbers]


def year_of(found: State, place: Place, months: list[date]) -> Year:
    """Open and closed days of a place a month, from today on."""
    open_days = {one.opening.date for one in found.stored if one.opening.place == place.id
                 and one.opening.status in STANDING}  # fmt: skip
    closed = {one.opening.date for one in found.stored if one.opening.place == place.id
              and one.opening.status is Status.CLOSED} - open_days  # fmt: skip
    opened, shut = (Counter(day.replace(day=1) for day in days) for days in (open_days, closed))
    return Year(place, [(opened[month], shut[month]) for month in months])


def is_over(row: Closure | YearlyDates | YearlyWeeks, today: date) -> bool:
    """Whether a closure closes no day from today on."""
    last = row.last if isinstance(row, Closure) else row.valid_to
    return last is not None and last < today
