"""The sentences on a door, in words. Times are kept left to right, also where the page runs the other way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time

from flask_babel import format_date
from flask_babel import gettext as _
from markupsafe import Markup

from advice import languages, web
from advice.models.hours import WeeklyHours
from advice.models.programmes import Programme
from advice.rules.busyness import Band
from advice.rules.closures import Labels
from advice.rules.doors import Notice, Sign
from advice.rules.languages import DANISH, direction
from advice.rules.openings import Opening, Status
from advice.rules.reasons import N_

PROMISE = N_("Gratis. Kom uden aftale. Du behøver ikke sige dit navn.")
"""The usual promise. It is said only where a programme has it: its coordinator agrees on the words with the others."""
TAGS = {Status.CHANGED: "info", Status.EXTRA: "good", Status.CLOSED: "plain"}
CLOCK = Markup('<bdi class="nowrap" dir="ltr"><time datetime="{0:%H:%M}">{1}</time></bdi>')
SPAN = Markup(
    '<bdi class="nowrap" dir="ltr"><time datetime="{0:%H:%M}">{1}</time>–<time datetime="{2:%H:%M}">{3}</time></bdi>'
)


def clock(value: time) -> Markup:
    """12 or 12.30, for the machine too."""
    return CLOCK.format(value, languages.clock(value))


def span(starts: time, ends: time) -> Markup:
    """12–17."""
    return SPAN.format(starts, languages.clock(starts), ends, languages.clock(ends))


def day(value: date, today: date) -> str:
    """ "i dag", "i morgen", "torsdag" within a week, else "torsdag 3. december", with the year if it is another."""
    away = (value - today).days
    if away == 0:
        return str(_("i dag"))
    if away == 1:
        return str(_("i morgen"))
    if 0 < away < 7:
        return str(format_date(value, "EEEE"))
    return _written(value, today)


def weekday_and_date(value: date) -> tuple[str, str]:
    """ "mandag" and "16. nov."."""
    return str(format_date(value, "EEEE")), languages.day(value, languages.DATE_ONLY)


def week(number: int, *, begun: bool) -> str:
    """What a week is called, counted from this one; `begun`: days of it are gone, and left out."""
    if number == 0:
        return str(_("Resten af ugen") if begun else _("Denne uge"))
    return str(_("Næste uge") if number == 1 else _("Ugen efter"))


def sentence(sign: Sign, today: date) -> tuple[Markup, Markup]:
    """What matters first, and what belongs to it: ("Åbent nu", "til kl. 17"), ("Åbner torsdag kl. 12", "")."""
    nothing = Markup("")
    if sign.open_until is not None:
        return Markup(_("Åbent nu")), Markup(_("til kl. %(clock)s")) % {"clock": clock(sign.open_until)}
    if sign.closed_today is not None:
        return Markup(_("Lukket i dag")), because(sign.closed_today.reason)
    if sign.ahead is not None:
        when = {"day": day(sign.ahead.date, today), "clock": clock(sign.ahead.starts)}
        return Markup(_("Åbner %(day)s kl. %(clock)s")) % when, nothing
    if sign.closed_ahead is not None:
        return Markup(_("Lukket")), because(sign.closed_ahead.reason)
    return Markup(_("Ingen åbningstider lige nu")), nothing


def on_paper(closed: Opening | None, ahead: Opening | None, today: date) -> list[Markup]:
    """What paper says of a place without usual hours: ["Lukket (Ombygning)", "Åbner mandag 7. juni 2027 kl. 13"].

    closed: the next closed opening, if it is closed till then; ahead: the next one that people can come to.
    """
    said = []
    if closed is not None:
        said.append(Markup("{} {}").format(_("Lukket"), because(closed.reason)))
    if ahead is not None:
        when = {"day": _written(ahead.date, today), "clock": clock(ahead.starts)}
        said.append(Markup(_("Åbner %(day)s kl. %(clock)s")) % when)
    return said


def next_time(sign: Sign, today: date) -> Markup:
    """When to come, in short: "åbent nu til kl. 17", "torsdag kl. 12–17"; empty when nothing is ahead."""
    if sign.open_until is not None:
        return Markup(_("åbent nu til kl. %(clock)s")) % {"clock": clock(sign.open_until)}
    return dated(sign.ahead, today) if sign.ahead is not None else Markup("")


def dated(opening: Opening, today: date) -> Markup:
    """ "torsdag kl. 12–17"."""
    when = {"day": day(opening.date, today), "span": span(opening.starts, opening.ends)}
    return Markup(_("%(day)s kl. %(span)s")) % when


def because(reason: Labels | None) -> Markup:
    """The reason in brackets, or nothing."""
    words = languages.label_html(reason)
    return Markup("({})").format(words) if words else Markup("")


def kind(status: Status) -> str:
    """The word beside an opening that is not as usual; empty for one that is."""
    words = {
        Status.CHANGED: _("ændret tid"),
        Status.EXTRA: _("ekstra åbent"),
        Status.CLOSED: _("lukket"),
    }
    return str(words.get(status, ""))


def busy(band: Band) -> str:
    """How it often is at the place."""
    words = {Band.CALM: _("ofte roligt"), Band.SOME: _("nogle venter"), Band.BUSY: _("ofte travlt")}
    return str(words[band])


def capital(words: Markup) -> Markup:
    """The words as the beginning of a line."""
    return words[:1].upper() + words[1:]


def promise(*programmes: Programme | None) -> Markup:
    """What makes a person dare come, if all the programmes say the same; empty for one that promises nothing."""
    said = {_promised(programme.texts.get("promise") if programme else None) for programme in programmes}
    return said.pop() if len(said) == 1 else Markup("")


def _promised(labels: Labels | None) -> Markup:
    """The programme's own words in the page's language; the usual sentence is in the catalogues."""
    usual = labels is not None and labels.get(DANISH) == PROMISE and not labels.get(languages.current())
    return Markup.escape(_(PROMISE)) if usual else languages.label_html(labels)


def listed(words: Iterable[str]) -> Markup:
    """Words in a row, with the comma of the page's script."""
    return Markup("، " if direction(languages.current()) == "rtl" else ", ").join(words)


def days_of(notice: Notice, today: date) -> str:
    """The days of a closure: "Torsdag 24. december", "Mandag 28. december – tirsdag 5. januar 2027", "Fra …"."""
    if notice.goes_on:
        return str(_("Fra %(day)s og indtil videre", day=_written(notice.first, today)))
    days = _written(notice.first, today)
    if notice.first != notice.last:
        days += f" – {_written(notice.last, today)}"
    return days[:1].upper() + days[1:]


def _written(value: date, today: date) -> str:
    """A day on paper and in lists: with the year if it is another."""
    return web.day_plain(value) if value.year == today.year else web.day_long(value)


def usual(hours: WeeklyHours, today: date) -> Markup:
    """Weekly hours as people say them: "Hver mandag kl. 12–17", and from and until when if that lies ahead."""
    weekday = languages.weekday(hours.weekday)
    if hours.every_weeks == 1:
        often = Markup(_("Hver %(weekday)s kl. %(span)s"))
    elif hours.every_weeks == 2:
        often = Markup(_("Hver anden %(weekday)s kl. %(span)s"))
    else:
        often = Markup(_("Hver %(number)s. %(weekday)s kl. %(span)s"))
    said = often % {"weekday": weekday, "number": hours.every_weeks, "span": span(hours.starts, hours.ends)}
    if hours.valid_from > today:
        said += Markup(_(", fra %(date)s")) % {"date": web.day_long(hours.valid_from)}
    if hours.valid_to is not None:
        said += Markup(_(", til og med %(date)s")) % {"date": web.day_long(hours.valid_to)}
    return said
