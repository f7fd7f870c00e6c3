"""What is printed: a week of all places on a lying A4, and the sheet of a day for the door of a house.

Both pages show on the screen what comes out of the printer. The sheet hangs where residents read it: who is there, for
whom, when, and which languages she speaks; no telephone, no reason why anybody is away, no notice to the staff.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from flask import abort, render_template, request, url_for

from advice import web
from advice.models.houses import House, houses_on, languages_of
from advice.models.people import Person
from advice.models.places import Place
from advice.roster.blueprint import blueprint
from advice.roster.board import WEEKDAYS, Board, Cell, board, is_changed
from advice.roster.links import week_url
from advice.roster.words import outside_tag, with_fewer_words
from advice.rules.access import Action
from advice.rules.danish import hours_text
from advice.rules.fitting import DOOR_POINTS, WEEK_POINTS, door_size, week_size
from advice.rules.languages import DANISH, direction, own_name
from advice.rules.spans import Span
from advice.rules.weeks import YEARS, monday_of, week_of
from advice.web import needs

NARROW = 0.25
"""How wide the column of a day without anything is printed, against the others."""
FIRST_NAMES = "fornavn"


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody on the sheet of a door."""

    name: str
    organisation: str
    parts: tuple[Span, ...]
    languages: list[str]
    """Codes, Danish first."""


@blueprint.get("/vagtplan/<int(fixed_digits=4):year>-<int(fixed_digits=2):number>/print")
@needs(Action.SEE_ROSTER)
def week_paper(year: int, number: int) -> str:
    """One week as it is printed."""
    monday = monday_of(year, number)
    if monday is None:
        abort(404)
    sunday = monday + timedelta(days=6)
    found = board(web.member().programme_id, monday, sunday)
    return render_template(
        "roster/week_paper.html",
        board=found,
        size=week_points(found),
        monday=monday,
        sunday=sunday,
        number=number,
        year=year,
        printed=web.local_now(),
        is_changed=is_changed,
        outside_tag=outside_tag,
        with_fewer_words=with_fewer_words,
    )


@blueprint.get("/vagtplan/dag/<day>/<place>")
@needs(Action.SEE_ROSTER)
def door_paper(day: str, place: str) -> str:
    """The sheet of a day for the door of a house."""
    when = day_of(day)
    house = next((one for one in houses_on(web.member().programme_id, when) if one.place.slug == place), None)
    if house is None:
        abort(404)
    first_names = request.args.get("navne") == FIRST_NAMES
    people = list(people_there(house, when, first_names=first_names))
    return render_template(
        "roster/door_paper.html",
        house=house,
        day=when,
        people=people,
        size=int(DOOR_POINTS[door_size(list(door_texts(house, people)))]),
        first_names=first_names,
        several=len({one.service_id for one in house.open}) > 1,
        own_name=own_name,
        direction=direction,
        back=week_url(when),
        previous=neighbour(when, -1),
        following=neighbour(when, 1),
        door_url=door_url,
    )


def day_of(text: str) -> date:
    """The day that an address names as 2026-11-23; 404 for one that no calendar has, or that no week shows."""
    written = re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text)
    try:
        found = date.fromisoformat(text) if written else None
    except ValueError:
        found = None
    if found is None or week_of(found)[0] not in YEARS:
        abort(404)
    return found


def neighbour(day: date, days: int) -> date | None:
    """The day so many days away; None where the addresses end."""
    other = day + timedelta(days=days)
    return other if week_of(other)[0] in YEARS else None


def door_url(place: Place, day: date) -> str:
    """The address of the sheet of a place and day."""
    return url_for("roster.door_paper", day=day.isoformat(), place=place.slug)


def people_there(house: House, day: date, *, first_names: bool) -> Iterator[Line]:
    """Those who are there at a moment of the day, by start and name; who is away all of it stands on no door."""
    spoken = languages_of(house.place.programme_id, day)
    for one in house.present:
        if one.parts:
            codes = [code for code in spoken.get(one.shift.membership_id, ()) if code != DANISH]
            name = shown_name(one.shift.person, first_names=first_names)
            yield Line(name, one.shift.organisation.short_name, one.parts, [DANISH, *codes] if codes else [])


def shown_name(person: Person, *, first_names: bool) -> str:
    """The name as it stands in the program, or the first of it."""
    return person.name.split()[0] if first_names and person.name.split() else person.name


def door_texts(house: House, people: Iterable[Line]) -> Iterator[int]:
    """How long each line of the sheet is, as rules/fitting.py asks; what is set larger counts as longer."""
    yield from (2 * len(house.place.name), 30, 0, 0)
    for opening in (*house.open, *house.closed):
        yield 30 + len(web.label(opening.reason)) + len(web.label(opening.service.labels))
    for one in people:
        times = sum(len(hours_text(part.starts, part.ends)) + 5 for part in one.parts)
        yield from (round(1.4 * (len(one.name) + times)), len(one.organisation) + 9 * len(one.languages), 0)


def week_points(found: Board) -> str:
    """The size of the type of a printed week, as the stylesheet calls it."""
    narrow = sum(day in found.empty for day in found.days)
    columns = max(len(found.days), WEEKDAYS) - narrow * (1 - NARROW)
    rows = [[cell_texts(cell) for cell in row.cells] for row in found.rows]
    words = [max(map(len, re.split(r"[\s/]", row.place.name))) for row in found.rows]
    number = week_size(rows, columns, words)
    return str(int(WEEK_POINTS[number]))


def cell_texts(cell: Cell) -> list[int]:
    """How long each line of a cell is."""
    found = [len(hours_text(one.starts, one.ends)) + 10 + cell.several * 20 for one in cell.open]
    found += [8 + len(web.label(one.reason)) for one in cell.closed]
    for one in cell.shifts:
        tag = outside_tag(cell, one) if cell.in_use else None
        line = one.person.name, hours_text(one.starts, one.ends), one.organisation.short_name, tag or ""
        found.append(sum(map(len, line)) + 4 + 5 * (one.person_id in cell.away))
    for words in (lack.words() for lack in cell.alarms):
        found += [len(words.what) + 2, len(words.when) + len(words.service) + 2]
    return found + [len(with_fewer_words(shift)) for shift, _said in cell.agreed]
