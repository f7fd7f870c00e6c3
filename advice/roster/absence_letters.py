"""The mails about absence: everybody is asked, reminded once; who plans hears when it touches shifts. Never why."""

from __future__ import annotations

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _

from advice import web
from advice.models.absences import Absence, AbsenceRound
from advice.models.people import Membership, leaders_of
from advice.models.roster import Shift
from advice.roster.letters import put
from advice.roster.links import week_url
from advice.roster.words import day_words
from advice.rules.danish import hours_text
from advice.security import outward

ASKED, TOUCHED = "absence_asked", "absence_touches_shifts"
"""The kinds of the mails."""
MOST_LINES = 40


def ask(asked: AbsenceRound, team: Sequence[Membership]) -> int:
    """Ask everybody; gives how many."""
    for member in team:
        words = _(
            "Hej %(name)s\n\n%(who)s lægger vagtplan for %(first)s – %(last)s.\n\nMeld din ferie og dit andet fravær "
            "senest %(by)s. Har du intet, så sig også det:\n%(address)s",
            name=member.person.name,
            who=web.user().person.name,
            first=day_words(asked.first_day),
            last=day_words(asked.last_day),
            by=day_words(asked.answer_by),
            address=outward(url_for("roster.own_absence")),
        )
        subject = _("Meld dit fravær senest %(by)s", by=day_words(asked.answer_by))
        put(ASKED, member.person, subject, words, member.programme_id)
    return len(team)


def tell(row: Absence, touched: Sequence[Shift]) -> int:
    """Tell the leaders who plan for her which shifts an absence touches; not whoever entered it. Gives how many."""
    here = [one for one in touched if one.programme_id == row.programme_id]
    if not here:
        return 0
    lines = [
        f"- {day_words(one.day)} kl. {hours_text(one.starts, one.ends)}, {one.place.name}" for one in here[:MOST_LINES]
    ]
    if len(here) > MOST_LINES:
        lines.append(_("Og %(number)s vagter til.", number=len(here) - MOST_LINES))
    leaders = [
        one
        for one in leaders_of(row.programme_id, web.today())
        if (one.organisation_id == row.organisation_id or one.role == "coordinator")
        and one.person_id != web.member().person_id
    ]
    for leader in leaders:
        words = _(
            "Hej %(name)s\n\n%(who)s er væk på dage med vagt:\n\n%(lines)s\n\nVagterne er ikke ændret. Find en anden:\n"
            "%(address)s",
            name=leader.person.name,
            who=row.person.name,
            lines="\n".join(lines),
            address=outward(week_url(here[0].day)),
        )
        put(TOUCHED, leader.person, _("Væk på dage med vagt: %(who)s", who=row.person.name), words, leader.programme_id)
    return len(leaders)
