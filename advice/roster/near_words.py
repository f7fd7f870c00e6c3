"""Sentences about single edits of the board: what one that waits will do, and what was done last to a shift."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext

from advice import web
from advice.actions.edits.history import Edit, Kind
from advice.actions.shifts import Stretch, stretch_of
from advice.models.drafts import DraftChange
from advice.models.roster import Shift
from advice.models.weeks import every_place
from advice.roster.words import day_words, span_words
from advice.rules.danish import hours_text
from advice.rules.drafts import Deed


def _(text: str, **values: object) -> str:
    return str(gettext(text, **values))


@dataclass(frozen=True)
class Done:
    """What was done last to a shift: a sentence, and what the button that takes it back says besides "Fortryd"."""

    words: str
    about: str


def lines_of(rows: Sequence[DraftChange], shifts: Mapping[int, Shift]) -> list[str]:
    """What a small draft does, a line an edit: "Bent Bøje, Kajen onsdag 9. december kl. 9–12 lægges til"."""
    handed_on = {row.replaces_id for row in rows if row.replaces_id is not None}
    offs = {row.shift_id: row for row in rows if row.deed == Deed.CANCEL}
    lines = []
    for row in rows:
        if row.deed == Deed.CANCEL:
            if row.shift_id not in handed_on:
                lines.append(_("%(shift)s aflyses", shift=row_words(row)))
        elif row.deed == Deed.CHANGE:
            shift = shifts.get(row.shift_id or 0)
            lines.append(_("%(old)s ændres til %(new)s", old=_who_was(row, shift), new=_where(row, shift)))
        elif row.replaces_id in offs:
            old = offs[row.replaces_id].person.name
            lines.append(_("%(shift)s i stedet for %(old)s", shift=row_words(row), old=old))
        else:
            lines.append(_("%(shift)s lægges til", shift=row_words(row)))
    return lines


def row_words(row: DraftChange) -> str:
    """ "Bent Bøje, Kajen onsdag 9. december kl. 9–12"."""
    return span_words(row.person.name, row.place.name, Stretch(row.place_id, row.day, row.starts, row.ends))


def _who_was(row: DraftChange, shift: Shift | None) -> str:
    if shift is None:
        return _("Vagten for %(name)s", name=row.person.name)
    return span_words(shift.person.name, shift.place.name, stretch_of(shift))


def _where(row: DraftChange, shift: Shift | None) -> str:
    """Only what differs: "kl. 10–12", "Skuret kl. 9–12", "Kajen onsdag 9. december kl. 9–12"."""
    span = hours_text(row.starts, row.ends)
    if shift is not None and row.day == shift.day:
        if row.place_id == shift.place_id:
            return _("kl. %(span)s", span=span)
        return _("%(place)s kl. %(span)s", place=row.place.name, span=span)
    return _("%(place)s %(day)s kl. %(span)s", place=row.place.name, day=day_words(row.day), span=span)


def waiting_mark(row: DraftChange, shift: Shift) -> str:
    """What is to become of a shift once there is a yes, as a word on it."""
    if row.deed == Deed.CANCEL:
        return _("aflyses, når der er sagt ja")
    if (row.place_id, row.day) == (shift.place_id, shift.day):
        return _("ændres, når der er sagt ja")
    return _("flyttes, når der er sagt ja")


def done_words(edit: Edit, shift: Shift) -> Done:
    """What was done last to a shift, today, and by whom."""
    when = web.clock_long(edit.at.astimezone(web.settings().timezone).time())
    who = edit.who.name if edit.who else _("Programmet")
    name = shift.person.name
    if edit.kind is Kind.CHANGED and edit.before is not None:
        place = every_place(shift.programme_id)[edit.before.place_id].name
        before = span_words(name, place, edit.before)
        return Done(_("%(who)s ændrede vagten i dag kl. %(when)s. Før: %(before)s.", who=who, when=when, before=before),
                    _("ændringen af vagten for %(name)s", name=name))  # fmt: skip
    if edit.kind is Kind.REPLACED and edit.old is not None:
        old = edit.old.person.name
        return Done(_("%(who)s gav %(name)s vagten i stedet for %(old)s i dag kl. %(when)s.",
                      who=who, name=name, old=old, when=when),
                    _("skiftet fra %(old)s til %(name)s", old=old, name=name))  # fmt: skip
    if edit.kind is Kind.SPLIT and edit.before is not None:
        span = hours_text(edit.before.starts, edit.before.ends)
        return Done(_("%(who)s delte vagten i dag kl. %(when)s. Før: kl. %(span)s.", who=who, when=when, span=span),
                    _("delingen af vagten for %(name)s", name=name))  # fmt: skip
    if edit.kind is Kind.CANCELLED:
        return Done(_("%(who)s aflyste vagten i dag kl. %(when)s.", who=who, when=when),
                    _("aflysningen af vagten for %(name)s", name=name))  # fmt: skip
    return Done(_("%(who)s lagde vagten i dag kl. %(when)s.", who=who, when=when),
                _("den nye vagt for %(name)s", name=name))  # fmt: skip
