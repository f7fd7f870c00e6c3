"""Sentences about edits of opening hours: what one does, whom it touches, and what is said when it is stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from advice import web
from advice.actions.hours import Preview, State
from advice.hours.weekly_forms import WEEKDAYS
from advice.hours_words import span, told_words
from advice.rules.access import Action
from advice.rules.closures import Closure, YearlyDates, YearlyWeeks
from advice.rules.hours import DayHours, WeeklyHours
from advice.rules.hours_book import Patch, RowKey, covers, row_of
from advice.rules.hours_effects import Effects
from advice.rules.openings import Opening, Status
from advice.rules.weeks import monday_of, week_of

WEEKS_LINKED = 3


def asked(found: State, patch: Patch) -> list[str]:
    """What is about to be stored, in people's words."""
    book = found.book
    lines = [f"{_('Lukket')} {closure_words(found, one)}" for one in patch.closures]
    lines += [f"{_('Åbent')} {day_words(found, one)}" for one in (*patch.changes, *patch.extras)]
    lines += [
        f"{_('Fast tid')}: {weekly_words(found, one)} {_('fra')} {web.date_digits(one.valid_from)}"
        for one in patch.weekly
    ]
    for key, last in patch.ends:
        until = _("sidste dag %(day)s", day=web.date_digits(last)) if last else _("uden sidste dag")
        lines.append(f"{weekly_words(found, book.weekly[key])}: {until}")
    lines += [f"{_('Bortfalder')}: {weekly_words(found, book.weekly[key])}" for key in patch.removed]
    lines += [f"{_('Bortfalder')}: {row_words(found, key)}" for key in patch.withdrawn]
    lines += [f"{_('Gælder igen')}: {row_words(found, key)}" for key in patch.revived]
    return lines


def row_words(found: State, key: RowKey) -> str:
    """A row that stands or that an edit withdrew: when and where."""
    row = row_of(found.book, key)
    return day_words(found, row) if isinstance(row, DayHours) else closure_words(found, row)


def closure_words(found: State, row: Closure | YearlyDates | YearlyWeeks) -> str:
    """A closure: when, where and why."""
    return f"{period(row)}, {where(found, row.place, row.service)} ({web.label(row.reason)})"


def day_words(found: State, row: DayHours) -> str:
    """Hours of one day: when and where."""
    return f"{web.day_long(row.date)} {span(row.starts, row.ends)}, {where(found, row.place, row.service)}"


def weekly_words(found: State, row: WeeklyHours) -> str:
    """Weekly hours: which day, when and where."""
    return f"{WEEKDAYS[row.weekday]} {span(row.starts, row.ends)}, {where(found, row.place, row.service)}"


def holds(found: State, patch: Patch, preview: Preview) -> list[str]:
    """What is worth knowing of the days: that they are closed already, or that it opens on a day that is closed."""
    lines = []
    for row in patch.extras:
        reason = found.closed_for(found.book, row)
        if reason is not None:
            day = web.day_long(row.date)
            lines.append(
                _(
                    "%(day)s er ellers lukket: %(reason)s. Der bliver åbent alligevel.",
                    day=day[:1].upper() + day[1:],
                    reason=web.label(reason),
                )
            )
    if patch.closures and not preview.effects.touches:
        shut = [one for one in shut_already(found, patch) if one.reason]
        reasons = list(dict.fromkeys(web.label(one.reason) for one in shut))
        if reasons:
            lines.append(_("Der er allerede lukket: %(reasons)s.", reasons=", ".join(reasons)))
    return lines


def shut_already(found: State, patch: Patch) -> list[Opening]:
    """The closed openings ahead in the days that a patch closes."""
    return [
        row.opening
        for row in found.stored
        if row.opening.status is Status.CLOSED
        and any(covers(one, row.opening.place, row.opening.service, row.opening.date) for one in patch.closures)
    ]


def done_words(what: Effects, told: int) -> str:
    """What to say when an edit is stored: how many openings, who was told, and links to the weeks."""
    counts = [
        _("%(number)s lukker", number=len(what.gone)) if what.gone else "",
        _("%(number)s kommer til", number=len(what.come)) if what.come else "",
        _("%(number)s får andre tider", number=len(what.other)) if what.other else "",
    ]
    said = ", ".join(filter(None, counts))
    words = _("Gemt. Åbninger: %(said)s.", said=said) if said else _("Gemt. Ingen åbninger bliver anderledes.")
    links = week_links(what.days)
    seen = Markup("{} {}.").format(_("Se i vagtplanen:"), Markup(", ").join(links)) if links else ""
    return Markup(" ").join(filter(None, (words, told_words(told), seen)))


def week_links(days: Sequence[date]) -> list[Markup]:
    """Links to the first weeks of the vagtplan that the days lie in."""
    weeks = list(dict.fromkeys(week_of(day) for day in days))[:WEEKS_LINKED]
    if not web.may(Action.SEE_ROSTER):
        return []
    return [
        Markup('<a href="{}">{}</a>').format(
            url_for("roster.week", year=year, number=week), _("uge %(week)s", week=week)
        )
        for year, week in weeks
        if monday_of(year, week) is not None
    ]


def period(row: Closure | YearlyDates | YearlyWeeks) -> str:
    """When it is closed, in words."""
    if isinstance(row, YearlyWeeks):
        if row.first_week == row.last_week:
            return str(_("uge %(week)s hvert år", week=row.first_week))
        return str(_("uge %(first)s-%(last)s hvert år", first=row.first_week, last=row.last_week))
    if isinstance(row, YearlyDates):
        first, last = (f"{day}/{month}" for month, day in (row.first, row.last))
        return str(_("%(first)s til %(last)s hvert år", first=first, last=last))
    if row.first == row.last:
        return web.day_long(row.first)
    return str(_("%(first)s til og med %(last)s", first=web.day_long(row.first), last=web.day_long(row.last)))


def where(found: State, place: int | None, service: int | None) -> str:
    """Place and service, as far as they say something."""
    name = _("alle steder") if place is None else next(one.name for one in found.places if one.id == place)
    return name if service is None or len(found.services) == 1 else f"{name} · {service_name(found, service)}"


def service_name(found: State, service: int) -> str:
    """What a service is called."""
    return web.label(next(one.labels for one in found.services if one.id == service))
