"""What a change of opening hours does, in words: openings that go, come or get other times, and whose shifts.

For every screen that changes hours, and that a day does not have an hour for those of shifts too; the sentences of one
screen stand with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from advice import web
from advice.actions.hours import Pair, Preview, State
from advice.rules.hours_edits import is_skipped
from advice.rules.hours_effects import Effects, Fate, over
from advice.rules.openings import Opening
from advice.rules.spans import clock_text

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


def line(found: State, opening: Opening) -> str:
    """An opening in a list."""
    place = next(one.name for one in found.places if one.id == opening.place)
    words = f"{web.day_long(opening.date)} {span(opening.starts, opening.ends)}, {place}"
    if len(found.services) == 1:
        return words
    return f"{words} ({web.label(next(one.labels for one in found.services if one.id == opening.service))})"


def past_words(found: State, what: Effects) -> str:
    """That an opening of today has ended and stays as it was; "" where the change touches none."""
    ended = over(what, found.today, web.local_now().time())
    if not ended:
        return ""
    return str(
        _("%(opening)s er slut. Det, der har været, bliver stående, som det var.", opening=line(found, ended[0]))
    )


def told_words(told: int) -> str:
    """That mails go to those whose shifts it touches, "" where to nobody."""
    return str(_("Der går mail til %(number)s, hvis vagter det rammer.", number=told)) if told else ""


def span(starts: time, ends: time) -> str:
    """ "kl. 12–17.30"."""
    return f"kl. {clock_text(starts)}–{clock_text(ends)}"


def skipped(day: date, at: time) -> str:
    """That the clocks of the places jump over a time that day; empty where the day has it."""
    if not is_skipped(day, at, web.settings().timezone):
        return ""
    return str(_("Den %(day)s går uret frem, og %(at)s findes ikke.", day=web.date_digits(day), at=web.clock_long(at)))
