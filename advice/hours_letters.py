"""The mail to those whose shifts a change of opening hours touches: one a person, through the outbox."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from advice import web
from advice.actions import hours, outbox
from advice.actions.hours import State
from advice.hours_words import FATES, span
from advice.rules.hours_effects import Effects
from advice.rules.weeks import week_of
from advice.security import outward

HOURS_CHANGED = "hours_changed"
"""The kind of the mail."""
MOST_LINES = 40


def tell(found: State, what: Effects) -> int:
    """Put the mails into the outbox, in the transaction of the edit; gives how many."""
    told = hours.people_told(found, what, besides=web.member().person_id)
    for person, touched in told.items():
        lines = []
        for duty, fate in touched[:MOST_LINES]:
            row = found.shifts[duty.key]
            when = f"{web.day_long(row.day)} {span(row.starts, row.ends)}"
            lines.append(f"- {when}, {row.place.name}: {_('vagten')} {FATES[fate]}")
        if len(touched) > MOST_LINES:
            lines.append(_("Og %(number)s vagter til.", number=len(touched) - MOST_LINES))
        year, week = week_of(touched[0][0].date)
        words = _(
            "Hej %(name)s\n\n%(who)s har ændret åbningstiderne i %(programme)s. Det rammer dine vagter:\n\n"
            "%(lines)s\n\nVagterne er ikke ændret. Tal med den, der planlægger.\n\nSe vagtplanen:\n%(address)s",
            name=person.name,
            who=web.user().person.name,
            programme=found.programme.short_name,
            lines="\n".join(lines),
            address=outward(url_for("roster.week", year=year, number=week)),
        )
        subject = _("Åbningstiderne er ændret på dine vagter")
        outbox.put(
            web.now(), HOURS_CHANGED, person.email, subject, words, programme_id=found.programme.id,
            person_id=person.id,
        )  # fmt: skip
    return len(told)
