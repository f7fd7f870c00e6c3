"""Sentences about shifts: what was saved, why something was refused, what a place and day lack now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

from flask_babel import gettext, ngettext
from wtforms import Field

from advice import web
from advice.actions.drafts.laying import LaidAlready
from advice.actions.edits.undoing import TooLate
from advice.actions.edits.ways import AskedAlready, TooFar, Waits
from advice.actions.shifts import Busy, Clash, NotOnTeam, PastDay, Refused, Stretch, stretch_of
from advice.hours_words import skipped
from advice.models.absences import Absence
from advice.models.roster import Shift
from advice.models.stand_ins import Agreed
from advice.models.weeks import OnDuty
from advice.roster.board import Cell, Lack
from advice.rules import staffing
from advice.rules.danish import hours_text
from advice.rules.spans import Span, clock_text
from advice.rules.staffing import Since


def _(text: str, **values: object) -> str:
    return str(gettext(text, **values))


def say(refused: Refused, day: Field, clash: Field) -> None:
    """Put the sentence for a refusal at its field."""
    field = clash if isinstance(refused, Clash | Busy | AskedAlready | LaidAlready) else day
    field.errors = [*field.errors, refusal_words(refused)]


def refusal_words(refused: Refused) -> str:
    """Why the shift stays as it was; what has a page of its own (Stale) is raised again."""
    if isinstance(refused, Clash):
        return clash_words(refused.existing)
    if isinstance(refused, PastDay):
        return _("Dagen er gået. Vagtplanen kan kun ændres fra i dag og frem.")
    if isinstance(refused, NotOnTeam):
        return _("Personen er ikke på holdet den dag. Vælg en anden dag eller en anden person.")
    if isinstance(refused, Waits):
        return _("En ændring af vagten venter på ja. Træk den tilbage først, eller vent på svaret.")
    if isinstance(refused, AskedAlready):
        return _("Der er allerede spurgt om en vagt til personen på det tidspunkt. Se den i ugen.")
    if isinstance(refused, LaidAlready):
        return _("Den vagt ligger allerede i planen.")
    if isinstance(refused, TooLate):
        return _("Det kan ikke fortrydes med knappen mere. Ret vagten i stedet.")
    if isinstance(refused, TooFar):
        return _("Så langt kan vagten ikke flyttes.")
    if isinstance(refused, Busy):
        return _("En anden gemte i samme øjeblik. Intet er gemt. Prøv igen.")
    raise refused


def clash_words(existing: Shift | None) -> str:
    """Whom and where: "Bo Birk har allerede vagt i Ringparken kl. 12–17". Another programme's place stays its own."""
    if existing is None:
        return _("Personen har allerede en vagt på det tidspunkt.")
    inside = existing.programme_id == web.member().programme_id
    where = existing.place.name if inside else _("en anden helhedsplan")
    span = hours_text(existing.starts, existing.ends)
    return _("%(name)s har allerede vagt i %(where)s kl. %(span)s.", name=existing.person.name, where=where, span=span)


def shift_words(shift: Shift) -> str:
    """ "Bo Birk, Ringparken mandag 23. november kl. 12–17"."""
    words = span_words(shift.person.name, shift.place.name, stretch_of(shift))
    return words if shift.status == "active" else _("%(shift)s (aflyst)", shift=words)


def span_words(name: str, place: str, stretch: Stretch) -> str:
    """A shift as it is, or as somebody wants it."""
    day, span = day_words(stretch.day), hours_text(stretch.starts, stretch.ends)
    return _("%(name)s, %(place)s %(day)s kl. %(span)s", name=name, place=place, day=day, span=span)


def skipped_words(stretch: Stretch) -> str:
    """That it begins or ends at a time that the clocks jump over that day; empty otherwise."""
    return skipped(stretch.day, stretch.starts) or skipped(stretch.day, stretch.ends)


def day_words(day: date) -> str:
    """ "mandag 23. november", and the year with it unless it is this one."""
    return web.day_plain(day) if day.year == web.today().year else web.day_long(day)


def absence_words(row: Absence) -> str:
    """When somebody is away: "mandag 7. – fredag 11. december", with the hours if it is not all day."""
    days = day_words(row.first_day)
    if row.last_day != row.first_day:
        days = f"{days} – {day_words(row.last_day)}"
    if row.starts is None or row.ends is None:
        return days
    return _("%(days)s kl. %(span)s", days=days, span=hours_text(row.starts, row.ends))


def on_duty(shifts: Iterable[Shift]) -> dict[int, str]:
    """Who has a shift already, in words by person: "vagt i Ringparken kl. 12–17"."""
    found: dict[int, str] = {}
    for shift in shifts:
        if shift.status == "active":
            span = hours_text(shift.starts, shift.ends)
            where = _("vagt i %(place)s kl. %(span)s", place=shift.place.name, span=span)
            found[shift.person_id] = f"{found[shift.person_id]}, {where}" if shift.person_id in found else where
    return found


def agreed_words(openings: int) -> str:
    """How many openings run with fewer people, as was agreed."""
    return str(
        ngettext("%(num)s åbning åbner med færre (aftalt).", "%(num)s åbninger åbner med færre (aftalt).", openings)
    )


def with_fewer_words(shift: Shift) -> str:
    """Without whom and when a place is open, as was agreed: on paper, where nobody can ask who said so."""
    span = hours_text(shift.starts, shift.ends)
    return _("Åbner med færre (aftalt): uden %(name)s %(span)s", name=shift.person.name, span=span)


def said_when(said: Agreed) -> str:
    """When somebody said so, in words."""
    return when_words(said.at)


def when_words(instant: datetime) -> str:
    """An instant on the clocks of the places: "onsdag 25. november kl. 8.10"."""
    at = instant.astimezone(web.settings().timezone)
    return _("%(day)s kl. %(clock)s", day=day_words(at.date()), clock=clock_text(at.time()))


def consequence(cell: Cell, before: Sequence[Lack]) -> tuple[str, str] | None:
    """What is true of a place and day now, as a flash category and a sentence; None where nothing is to be said.

    before: what was lacking there that nobody had agreed to. What has got no worse "mangler stadig", and is no
    warning; nor is what is missing by agreement.
    """
    where = f"{cell.place.name} {day_words(cell.day)}"
    if cell.alarms:
        told = [(lack, lack.since(before)) for lack in cell.alarms]
        kind = "warning" if any(since is Since.NOW for _lack, since in told) else "info"
        return kind, f"{where} {listed(str(lack.words(since)) for lack, since in told)}."
    if cell.gaps:
        return "info", _("%(where)s åbner med færre (aftalt).", where=where)
    return ("info", _("%(where)s er dækket.", where=where)) if cell.covered else None


def outside_hours(cell: Cell, starts: time, ends: time) -> str | None:
    """The warning for a shift that reaches outside the opening hours of its place and day, or None."""
    if not staffing.outside(starts, ends, cell.manned):
        return None
    where = f"{cell.place.name} {day_words(cell.day)}"
    if not cell.open:
        reason = next((web.label(one.reason) for one in cell.closed if one.reason), "")
        if reason:
            return _("Vagten er gemt, men der er lukket: %(where)s (%(reason)s).", where=where, reason=reason)
        return _("Vagten er gemt, men der er ikke åbent: %(where)s.", where=where)
    hours = spans_words(staffing.stretches(Span(one.starts, one.ends) for one in cell.open))
    return _(
        "Vagten er gemt, men ligger uden for åbningstiden (%(where)s: kl. %(hours)s).",
        where=where,
        hours=hours,
    )


def outside_tag(cell: Cell, shift: OnDuty) -> str | None:
    """The mark on a shift of the week that reaches outside the hours; which part of it, unless it is all. Or None.

    A place that is not in use says so itself, once.
    """
    parts = staffing.outside(shift.starts, shift.ends, cell.manned)
    if not parts or not cell.in_use:
        return None
    if parts == [Span(shift.starts, shift.ends)]:
        return _("uden for åbningstid")
    return _("uden for åbningstid kl. %(spans)s", spans=spans_words(parts))


def spans_words(spans: Iterable[Span]) -> str:
    """ "9–12 og 13–15"."""
    return listed(hours_text(one.starts, one.ends) for one in spans)


def listed(parts: Iterable[str]) -> str:
    """ "a, b og c"."""
    *most, last = list(parts)
    return _("%(most)s og %(last)s", most=", ".join(most), last=last) if most else last
