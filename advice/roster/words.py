"""Sentences about shifts: what was saved, why something was refused, what a place and day lack now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time

from flask_babel import gettext
from wtforms import Field

from advice import web
from advice.actions.shifts import Clash, NotOnTeam, PastDay, Refused, Stretch, stretch_of
from advice.models.roster import Shift
from advice.roster.board import Cell
from advice.rules.spans import span_text


def _(text: str, **values: object) -> str:
    return str(gettext(text, **values))


def say(refused: Refused, day: Field, clash: Field) -> None:
    """Put the sentence for a refusal at its field."""
    if isinstance(refused, Clash):
        clash.errors = [*clash.errors, clash_words(refused.existing)]
    elif isinstance(refused, PastDay):
        day.errors = [*day.errors, _("Dagen er gået. Vagtplanen kan kun ændres fra i dag og frem.")]
    elif isinstance(refused, NotOnTeam):
        day.errors = [*day.errors, _("Personen er ikke på holdet den dag. Vælg en anden dag eller en anden person.")]
    else:
        raise refused


def clash_words(existing: Shift | None) -> str:
    """Whom and where: "Bo Birk har allerede vagt i Ringparken kl. 12-17". Another programme's place stays its own."""
    if existing is None:
        return _("Personen har allerede en vagt på det tidspunkt.")
    inside = existing.programme_id == web.member().programme_id
    where = existing.place.name if inside else _("en anden helhedsplan")
    span = span_text(existing.starts, existing.ends)
    return _("%(name)s har allerede vagt i %(where)s kl. %(span)s.", name=existing.person.name, where=where, span=span)


def shift_words(shift: Shift) -> str:
    """ "Bo Birk, Ringparken mandag 23. november kl. 12-17"."""
    words = span_words(shift.person.name, shift.place.name, stretch_of(shift))
    return words if shift.status == "active" else _("%(shift)s (aflyst)", shift=words)


def span_words(name: str, place: str, stretch: Stretch) -> str:
    """A shift as it is, or as somebody wants it."""
    day, span = web.day_plain(stretch.day), span_text(stretch.starts, stretch.ends)
    return _("%(name)s, %(place)s %(day)s kl. %(span)s", name=name, place=place, day=day, span=span)


def on_duty(shifts: Iterable[Shift]) -> dict[int, str]:
    """Who has a shift already, in words by person: "vagt i Ringparken kl. 12-17"."""
    found: dict[int, str] = {}
    for shift in shifts:
        if shift.status == "active":
            span = span_text(shift.starts, shift.ends)
            where = _("vagt i %(place)s kl. %(span)s", place=shift.place.name, span=span)
            found[shift.person_id] = f"{found[shift.person_id]}, {where}" if shift.person_id in found else where
    return found


def consequence(cell: Cell) -> tuple[str, str] | None:
    """What is true of a place and day now, as a flash category and a sentence; None where nothing is to be said."""
    where = f"{cell.place.name} {web.day_plain(cell.day)}"
    if cell.gaps:
        return "warning", f"{where} {_and(now_missing(line) for line in cell.gaps)}."
    return ("info", _("%(where)s er dækket.", where=where)) if cell.covered else None


def now_missing(line: str) -> str:
    """A gap's words as the rest of a sentence: "mangler nu 1 kl. 15-17", "har nu ingen i huset kl. 12-17"."""
    verb, _space, rest = line.partition(" ")
    return _("mangler nu %(rest)s", rest=rest) if verb == "mangler" else _("har nu %(rest)s", rest=line)


def outside_hours(cell: Cell, starts: time, ends: time) -> str | None:
    """The warning for a shift that reaches outside the opening hours of its place and day, or None."""
    where = f"{cell.place.name} {web.day_plain(cell.day)}"
    if not cell.open:
        reason = next((web.label(one.reason) for one in cell.closed if one.reason), "")
        if reason:
            return _("Vagten er gemt, men der er lukket: %(where)s (%(reason)s).", where=where, reason=reason)
        return _("Vagten er gemt, men der er ikke åbent: %(where)s.", where=where)
    if min(one.starts for one in cell.open) <= starts and ends <= max(one.ends for one in cell.open):
        return None
    hours = _and(span_text(one.starts, one.ends) for one in cell.open)
    return _(
        "Vagten er gemt, men ligger uden for åbningstiden (%(where)s: kl. %(hours)s).",
        where=where,
        hours=hours,
    )


def _and(parts: Iterable[str]) -> str:
    """ "a, b og c"."""
    *most, last = list(parts)
    return _("%(most)s og %(last)s", most=", ".join(most), last=last) if most else last
