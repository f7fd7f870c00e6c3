"""Closings that many accept: the customary days whose switch is off, and the school holidays of the municipality."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from advice import web
from advice.actions import hours
from advice.actions.hours import State
from advice.hours.day_forms import EVERYWHERE
from advice.hours.forms import OWN
from advice.hours_words import Part, parts
from advice.models.notices import school_holidays
from advice.rules.closures import Closure, Labels
from advice.rules.hours_edits import close
from advice.rules.openings import STANDING

CUSTOMARY = {
    (5, 1): "Arbejdernes kampdag",
    (6, 5): "Grundlovsdag",
    (12, 24): "Juleaftensdag",
    (12, 31): "Nytårsaften",
}
"""Days on which much is closed without being public holidays, by month and day, in the words of rules/reasons."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A closing to accept with one tap: what, when, what it does, and the fields that the close form is sent."""

    title: str
    first: date
    last: date
    parts: list[Part]
    fields: Mapping[str, str]


def suggestions(found: State, languages: list[str]) -> list[Suggestion]:
    """Those that would close something, in order of their days. languages: in which own words can be stored."""
    standing = {row.opening.date for row in found.stored if row.opening.status in STANDING}
    made = []
    for first, last, labels in sorted(_closings(found), key=lambda one: one[:2]):
        if not any(first <= day <= last for day in standing):
            continue
        kept = {code: words for code, words in labels.items() if code in languages}
        patch = close(found.book, [Closure(first, last, kept)])
        preview = hours.preview(found, patch)
        if preview.effects.gone:
            fields = {
                "first": first.isoformat(), "last": last.isoformat(), "places": EVERYWHERE, "service": "",
                "reason": OWN, "seen": hours.signed(found, patch, preview),
                **{f"own_{code}": words for code, words in kept.items()},
            }  # fmt: skip
            made.append(Suggestion(web.label(labels), first, last, parts(found, preview), fields))
    return made


def _closings(found: State) -> Iterator[tuple[date, date, Labels]]:
    """First day, last day and reason of all that could be closed from today on."""
    for year in range(found.today.year, found.until.year + 1):
        for (month, day), name in CUSTOMARY.items():
            one = date(year, month, day)
            if found.today <= one <= found.until:
                yield one, one, {"da": name}
    for holiday in school_holidays(found.programme.id, found.today, found.until):
        labels = holiday.labels or {"da": _("Skoleferie")}
        yield max(holiday.first_date, found.today), holiday.last_date, labels
