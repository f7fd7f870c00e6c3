"""Sentences about edits of opening hours: what one does, whom it touches, and what is said when it is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from advice import web
from advice.actions.hours import Pair, Preview, State
from advice.hours.weekly_forms import WEEKDAYS
from advice.rules.access import Action
from advice.rules.closures import Closure, YearlyDates, YearlyWeeks
from advice.rules.hours import DayHours, WeeklyHours
from advice.rules.hours_edits import Patch, Sort
from advice.rules.hours_effects import Effects, Fate
from advice.rules.openings import Opening
from advice.rules.spans import clock_text
from advice.rules.weeks import monday_of, week_of

WEEKS_LINKED = 3
FATES = {
    Fate.OUTSIDE: _l("står uden for åbningstiden"),
    Fate.PARTLY: _l("står delvis uden for åbningstiden"),
    Fate.BACK: _l("står igen i åbningstiden"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a preview: how many of what, and each of them in a line."""

    title: str
    lines: Sequence[str]


def parts(found: State, preview: Preview) -> list[Part]:
    """What an edit does, in parts that are not empty."""
    what = preview.effects
    shifts = []
    for duty, fate in what.shifts:
        row = found.shifts[duty.key]
        at = f"{web.day_plain(row.day)} {span(row.starts, row.ends)}, {row.place.name}"
        shifts.append(f"{row.person.name}, {at}: {FATES[fate]}")
    made = [
        Part(_("Åbninger, der lukker: %(number)s", number=len(what.gone)), [line(found, one) for one in what.gone]),
        Part(_("Åbninger, der kommer til: %(number)s", number=len(what.come)), [line(found, one) for one in what.come]),
        Part(
            _("Åbninger, der får andre tider: %(number)s", number=len(what.other)),
            [f"{line(found, before)} → {span(after.starts, after.ends)}" for before, after in what.other],
        ),
        Part(_("Vagter, det rammer: %(number)s", number=len(what.shifts)), shifts),
    ]
    return [one for one in made if one.lines]


def warnings(found: State, pairs: Sequence[Pair]) -> list[str]:
    """That two places will be open at the same time."""
    return [f"{line(found, a)} – {line(found, b)}" for a, b in pairs]


def asked(found: State, patch: Patch) -> list[str]:
    """What is about to be stored, in people's words."""
    book, names = found.book, {Sort.CLOSURE: found.book.closures, Sort.CHANGE: found.book.changes}
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
    for sort, key in patch.withdrawn:
        row = names.get(sort, book.extras)[key]
        said = day_words(found, row) if isinstance(row, DayHours) else closure_words(found, row)
        lines.append(f"{_('Bortfalder')}: {said}")
    return lines


def closure_words(found: State, row: Closure | YearlyDates | YearlyWeeks) -> str:
    """A closure: when, where and why."""
    return f"{period(row)}, {where(found, row.place, row.service)} ({web.label(row.reason)})"


def day_words(found: State, row: DayHours) -> str:
    """Hours of one day: when and where."""
    return f"{web.day_long(row.date)} {span(row.starts, row.ends)}, {where(found, row.place, row.service)}"


def weekly_words(found: State, row: WeeklyHours) -> str:
    """Weekly hours: which day, when and where."""
    return f"{WEEKDAYS[row.weekday]} {span(row.starts, row.ends)}, {where(found, row.place, row.service)}"


def line(found: State, opening: Opening) -> str:
    """An opening in a list."""
    place = next(one.name for one in found.places if one.id == opening.place)
    words = f"{web.day_long(opening.date)} {span(opening.starts, opening.ends)}, {place}"
    if len(found.services) == 1:
        return words
    return f"{words} ({web.label(next(one.labels for one in found.services if one.id == opening.service))})"


def span(starts: object, ends: object) -> str:
    """ "kl. 12–17.30"."""
    return f"kl. {clock_text(starts)}–{clock_text(ends)}"  # type: ignore[arg-type]


def done_words(what: Effects, told: int) -> str:
    """What to say when an edit is stored: how many openings, who was told, and links to the weeks."""
    counts = [
        _("%(number)s lukker", number=len(what.gone)) if what.gone else "",
        _("%(number)s kommer til", number=len(what.come)) if what.come else "",
        _("%(number)s får andre tider", number=len(what.other)) if what.other else "",
    ]
    said = ", ".join(filter(None, counts))
    words = _("Gemt. Åbninger: %(said)s.", said=said) if said else _("Gemt. Ingen åbninger bliver anderledes.")
    if told:
        words = f"{words} {_('Der går mail til %(number)s, hvis vagter det rammer.', number=told)}"
    return Markup("{} {}").format(words, Markup(" ").join(week_links(what.days)))


def week_links(days: Sequence[date]) -> list[Markup]:
    """Links to the first weeks of the vagtplan that the days lie in."""
    weeks = list(dict.fromkeys(week_of(day) for day in days))[:WEEKS_LINKED]
    if not web.may(Action.SEE_ROSTER):
        return []
    return [
        Markup('<a href="{}">{}</a>').format(
            url_for("roster.week", year=year, number=week), _("Se uge %(week)s i vagtplanen", week=week)
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
