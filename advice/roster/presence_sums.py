"""Worked hours beside planned and promised ones: of each organisation, and of oneself to oneself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from advice import web
from advice.actions.presence import to_the_minute
from advice.models.people import Membership, leaders_of
from advice.models.people_questions import organisations_of
from advice.models.presence import Presence, held_between, of_day, own_of_days
from advice.rules.access import Action, Subject
from advice.rules.presence import LEAST_BEHIND, Held, Mark, Worked, is_theirs, tally
from advice.rules.weeks import quarter_of, weeks_of_quarter


def worked_by_organisation(first: date, last: date, own: int) -> Mapping[int, Worked]:
    """What the shifts of the days (both inclusive) that are over came to, by organisation.

    Empty where nobody has tapped; without another organisation's with so few behind it that it would be a report on
    somebody.
    """
    found = _held(first, last)
    if not any(one.mark for one in found):
        return {}
    sums = {key: tally(one for one in found if one.organisation == key) for key in {one.organisation for one in found}}
    return {key: one for key, one in sums.items() if key == own or one.people >= LEAST_BEHIND}


def own_marks(member: Membership, since: date) -> tuple[Worked | None, list[Presence]]:
    """For herself to read: what the quarter's shifts that are over came to in her own organisation, and what is marked
    from `since` on, newest first. One query, and two more for who has marks; None for who has none this quarter."""
    today = web.today()
    quarter = weeks_of_quarter(*quarter_of(today))
    first = quarter[0] if quarter else since
    rows = [row for row in own_of_days(member.person_id, min(first, since), today) if row.mark != Mark()]
    own = [row for row in rows if row.day >= first and row.organisation_id == member.organisation_id]
    found = _held(first, today, member.person_id) if own else []
    worked = tally(one for one in found if one.organisation == member.organisation_id) if own else None
    return worked, [row for row in reversed(rows) if row.day >= since]


def present_today(days: Collection[date]) -> Mapping[int, Presence]:
    """Who has come today, by shift, if today is one of the days: of the organisations whose marks whoever asks puts
    right."""
    today = web.today()
    if today not in days:
        return {}
    rows = [row for row in of_day(web.member().programme_id, today) if row.shift_id and row.came]
    theirs = organisations() if rows else set()
    return {row.shift_id: row for row in rows if row.shift_id and row.organisation_id in theirs}


def organisations() -> set[int]:
    """Those whose marks the person logged in puts right today."""
    active, today = web.member(), web.today()
    led = {one.organisation_id for one in leaders_of(active.programme_id, today)}
    return {one for one in of_programme(active.programme_id, today) if is_theirs(one, active.organisation_id, led)}


def of_programme(programme_id: int, today: date) -> Iterable[int]:
    """Its organisations that the person's role reaches."""
    for one in organisations_of(programme_id, today):
        if web.may(Action.CORRECT_PRESENCE, Subject(programme_id, one.id)):
            yield one.id


def _held(first: date, last: date, person_id: int | None = None) -> list[Held]:
    now = web.today(), to_the_minute(web.local_now())
    return [held for _day, held in held_between(web.member().programme_id, first, last, now, person_id)]
