"""What speaks against the shifts of a plan, all at once and person by person: told beside the plan, never refused.

One shift's is told when it is put in (objections.py); repeating weeks puts in many, and this is where they are read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from advice.actions.drafts.reading import Laid
from advice.models.absences import away_between, terms_of
from advice.models.drafts import DraftChange
from advice.models.people import with_ids
from advice.models.roster import shifts_between
from advice.models.weeks import OnDuty
from advice.roster.board import on_duty_with
from advice.roster.links import may_plan
from advice.roster.objections import cannot_words, hours_words
from advice.roster.words import day_words, listed
from advice.rules.danish import sort_key
from advice.rules.drafts import Deed
from advice.rules.spans import Span
from advice.rules.terms import Against, Terms, against
from advice.rules.weeks import week_of

Week = tuple[int, int]
"""An ISO year and week."""


@dataclass(frozen=True, slots=True)
class Objection:
    """One thing that speaks against one change of a plan."""

    what: Against
    row: DraftChange


def of_plan(found: Laid) -> list[tuple[str, list[str]]]:
    """Whom something speaks against, as Danes sort names, each with what, in words; six queries.

    Of the people whom whoever is logged in plans: what is agreed with the others is theirs.
    """
    rows = [row for row in found.rows if row.deed != Deed.CANCEL and may_plan(row.organisation_id)]
    if not rows:
        return []
    first, last = rows[0].day, rows[-1].day
    terms = terms_of(with_ids(row.membership_id for row in rows))
    away = away_between({row.person_id for row in rows}, first, last)
    weeks = by_week(found, first, last)
    objections: defaultdict[tuple[str, int], list[Objection]] = defaultdict(list)
    for row in rows:
        besides = [one for one in weeks[row.person_id, week_of(row.day)] if one is not row]
        spans = [Span(one.starts, one.ends) for one in besides]
        span = Span(row.starts, row.ends)
        for what in against(row.place_id, row.day, span, terms[row.membership_id], away.get(row.person_id, ()), spans):
            objections[row.person.name, row.membership_id].append(Objection(what, row))
    told = ((name, words(rows, terms[member])) for (name, member), rows in objections.items())
    return sorted(told, key=lambda one: sort_key(one[0]))


def by_week(found: Laid, first: date, last: date) -> Mapping[tuple[int, Week], list[OnDuty]]:
    """Everybody's shifts in the whole weeks of the days (both inclusive), with the plan over what is in force."""
    monday, sunday = first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday())
    active = [one for one in shifts_between(found.draft.programme_id, monday, sunday) if one.status == "active"]
    weeks: defaultdict[tuple[int, Week], list[OnDuty]] = defaultdict(list)
    for one in on_duty_with(found, active, monday, sunday)[0]:
        weeks[one.person_id, week_of(one.day)].append(one)
    return weeks


def words(objections: Iterable[Objection], terms: Terms) -> list[str]:
    """What speaks against somebody's shifts, each thing once with the days or weeks, the most serious first."""
    found: dict[tuple[Against, str], list[date]] = {}
    for one in objections:
        found.setdefault((one.what, thing(one, terms)), []).append(one.row.day)
    order = list(Against)
    sorted_rows = sorted(found.items(), key=lambda one: order.index(one[0][0]))
    return [f"{said}: {when(what, days)}" for (what, said), days in sorted_rows]


def thing(one: Objection, terms: Terms) -> str:
    """One thing that speaks against a shift, without when."""
    match one.what:
        case Against.AWAY:
            return str(_("er væk"))
        case Against.NOT_THAT_DAY | Against.NOT_ALL:
            return cannot_words(terms, one.row.day)
        case Against.MOST_SHIFTS:
            most = terms.most_shifts or 0
            return str(ngettext("mere end %(num)s vagt om ugen", "mere end %(num)s vagter om ugen", most))
        case Against.MOST_HOURS:
            return str(_("mere end %(hours)s timer om ugen", hours=hours_words(terms.week_minutes)))
        case Against.AVOIDS:
            return str(_("vil helst ikke være i %(place)s", place=one.row.place.name))


def when(what: Against, days: Sequence[date]) -> str:
    """The days, or of what counts by the week the weeks."""
    if what in (Against.MOST_SHIFTS, Against.MOST_HOURS):
        numbers = dict.fromkeys(str(week_of(day)[1]) for day in sorted(days))
        return str(_("uge %(weeks)s", weeks=listed(numbers)))
    return listed(dict.fromkeys(day_words(day) for day in sorted(days)))
