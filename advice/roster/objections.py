"""What speaks against a shift, in words: told wherever one is added, changed, handed on or planned, never refused.

The one place for these words; what speaks against it is for rules/terms.py to say. Why somebody is away is told nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from flask import flash
from flask_babel import gettext, lazy_gettext

from advice import web
from advice.actions.drafts.reading import Laid
from advice.database import db
from advice.models.absences import away_between, terms_of
from advice.models.people import Membership
from advice.models.roster import shifts_between
from advice.models.weeks import OnDuty
from advice.roster.board import on_duty_with
from advice.roster.words import spans_words
from advice.rules.danish import hours_text
from advice.rules.spans import Span
from advice.rules.terms import Against, Terms, against, bound_on, windows_on
from advice.rules.weeks import week_of

WEEKDAYS = (
    lazy_gettext("mandag"), lazy_gettext("tirsdag"), lazy_gettext("onsdag"), lazy_gettext("torsdag"),
    lazy_gettext("fredag"), lazy_gettext("lørdag"), lazy_gettext("søndag"),
)  # fmt: skip


def _(text: str, **values: object) -> str:
    return str(gettext(text, **values))


def tell(row: OnDuty, plan: Laid | None = None) -> None:
    """Flash what speaks against somebody who is on duty now, or will be by a plan; nothing if nothing does."""
    found, words = objections(row, plan)
    if words:
        kind = "warning" if Against.AWAY in found else "info"
        flash(f"{row.person.name}: {'; '.join(words)}.", kind)


def objections(row: OnDuty, plan: Laid | None = None) -> tuple[Sequence[Against], list[str]]:
    """What speaks against it, and the same in words; four queries."""
    member = db.session.get_one(Membership, row.membership_id)
    terms, span = terms_of([member])[member.id], Span(row.starts, row.ends)
    week = week_besides(row, plan)
    away = away_between([row.person_id], row.day, row.day).get(row.person_id, ())
    found = against(row.place_id, row.day, span, terms, away, week)
    return found, [against_words(one, row, terms, [*week, span]) for one in found]


def week_besides(row: OnDuty, plan: Laid | None) -> list[Span]:
    """Her other shifts of that ISO week in the programme, with a plan over what is in force."""
    monday = row.day - timedelta(days=row.day.weekday())
    sunday = monday + timedelta(days=6)
    active = [one for one in shifts_between(row.programme_id, monday, sunday) if one.status == "active"]
    standing, _ending = on_duty_with(plan, active, monday, sunday)
    return [
        Span(one.starts, one.ends)
        for one in standing
        if one.person_id == row.person_id and (type(one), one.id) != (type(row), row.id)
    ]


def against_words(one: Against, row: OnDuty, terms: Terms, week: Sequence[Span]) -> str:
    """One thing that speaks against it, as the rest of a sentence about her. week: her shifts with this one."""
    number = week_of(row.day)[1]
    if one is Against.AWAY:
        return _("er væk den dag")
    if one in (Against.NOT_THAT_DAY, Against.NOT_ALL):
        return cannot_words(terms, row.day)
    if one is Against.MOST_SHIFTS:
        return _("har nu %(count)s vagter i uge %(week)s, aftalt er højst %(most)s",
                 count=len(week), week=number, most=terms.most_shifts)  # fmt: skip
    if one is Against.MOST_HOURS:
        hours = hours_words(sum(span.minutes for span in week))
        every = hours_words(terms.week_minutes)
        return _("har nu %(hours)s af %(all)s timer i uge %(week)s", hours=hours, all=every, week=number)
    return _("vil helst ikke være i %(place)s", place=row.place.name)


def cannot_words(terms: Terms, day: date) -> str:
    """What she can of a weekday on which she cannot at any time."""
    weekday, windows = WEEKDAYS[day.weekday()], windows_on(terms, day)
    if not windows:
        return _("kan normalt ikke %(weekday)s", weekday=weekday)
    return _("kan normalt kun %(weekday)s kl. %(spans)s", weekday=weekday, spans=spans_words(windows))


def hours_words(minutes: int) -> str:
    """Minutes as hours: "14,8"."""
    return web.number(round(minutes / 60, 1))


def not_that_day(members: Iterable[Membership], day: date) -> Mapping[int, str]:
    """Who is away or cannot at all that day, in words by membership; three queries."""
    rows = list(members)
    terms, away = terms_of(rows), away_between((one.person_id for one in rows), day, day)
    found: dict[int, str] = {}
    for one in rows:
        if absent := away.get(one.person_id):
            spans = [each.span for each in absent]
            whole = None in spans
            hours = ", ".join(hours_text(span.starts, span.ends) for span in spans if span)
            found[one.id] = _("væk den dag") if whole else _("væk kl. %(spans)s", spans=hours)
        elif bound_on(terms[one.id], day) and not windows_on(terms[one.id], day):
            found[one.id] = cannot_words(terms[one.id], day)
    return found
