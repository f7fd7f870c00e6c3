"""Sentences about plans: what was left out and why, what holds one up, who is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from flask_babel import gettext as _

from advice.actions.drafts.enforcing import Held
from advice.actions.drafts.reading import Laid
from advice.actions.shifts import Busy, Clash, NotOnTeam, PastDay, Refused, Stale, Stretch
from advice.models.drafts import Draft, DraftChange
from advice.models.people import Membership
from advice.models.places import Place
from advice.models.weeks import OnDuty
from advice.roster.words import clash_words, day_words, span_words
from advice.rules.drafts import Deed
from advice.rules.repeating import Skip
from advice.rules.weeks import quarter_of


def quarter_name(first: date) -> str:
    """What a plan from a day is called until somebody says otherwise: "1. kvartal 2027"."""
    year, number = quarter_of(first)
    return str(_("%(number)s. kvartal %(year)s", number=number, year=year))


def skip_words(why: str) -> str:
    """Why shifts were not repeated."""
    words = {
        Skip.PAST: _("Dagen er gået"),
        Skip.CLOSED: _("Der er lukket"),
        Skip.NOT_ON_TEAM: _("Ikke på holdet den dag"),
        Skip.AWAY: _("Væk"),
        Skip.THERE: _("Vagten står der allerede"),
        Skip.BUSY: _("Har vagt et andet sted"),
    }
    return str(words[Skip(why)])


def left_out_words(
    draft: Draft, members: Iterable[Membership], places: Mapping[int, Place]
) -> list[tuple[str, list[str]]]:
    """What repeating left out, by why: "Bo Birk, Ringparken 1. december" and so on."""
    names = {row.id: row.person.name for row in members}
    found = []
    for why, rows in draft.left_out.items():
        lines = [
            _(
                "%(name)s, %(place)s %(day)s",
                name=names.get(member, _("en, der er holdt op")),
                place=places[place].name,
                day=day_words(date.fromisoformat(day)),
            )
            for member, place, day in rows
        ]
        found.append((skip_words(why), lines))
    return found


def held_words(held: Held) -> list[tuple[int, str]]:
    """What keeps a plan from coming in force: each change, by its key, and why."""
    return [
        (
            row.id,
            f"{span_words(row.person.name, row.place.name, Stretch(row.place_id, row.day, row.starts, row.ends))}: "
            f"{why_words(why)}",
        )
        for row, why in held.why
    ]


def why_words(why: Refused) -> str:
    """Why one change cannot be."""
    if isinstance(why, Clash):
        return clash_words(why.existing)
    if isinstance(why, Busy):
        return str(_("En anden gemte i samme øjeblik. Prøv igen."))
    if isinstance(why, Stale):
        return str(_("Vagten er ændret, siden planen blev lagt."))
    if isinstance(why, PastDay):
        return str(_("Dagen er gået."))
    if isinstance(why, NotOnTeam):
        return str(_("Personen er ikke på holdet den dag."))
    raise why


def mark_of(one: OnDuty) -> str:
    """What the plan does to somebody on duty, as a word; empty where it does nothing."""
    if not isinstance(one, DraftChange):
        return ""
    return str(_("ny") if one.deed == Deed.ADD else _("ændret"))


def mark_of_change(one: OnDuty) -> str:
    """The same where a whole plan is shown, nearly all of which is new: only what is in force and changes."""
    return "" if isinstance(one, DraftChange) and one.deed == Deed.ADD else mark_of(one)


def twice_lines(found: Laid) -> list[tuple[str, date]]:
    """Who would be on duty twice at once by a plan, in words, with the day; each person and day once."""
    everybody: list[OnDuty] = [*found.rows, *found.shifts.values()]
    names = {one.person_id: one.person.name for one in everybody}
    twice = dict.fromkeys((a.turn.person, a.turn.day) for a, _b in found.clashes)
    return [(_("%(name)s er sat på to gange %(day)s", name=names[who], day=day_words(day)), day) for who, day in twice]
