"""Opening hours as other people's programs read them: JSON-LD by rdflib, OpenStreetMap's line by opening-hours-py,
HSDS schedules by dateutil's RRULE. None of them knows our rules.
"""

from __future__ import annotations

import json
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from dateutil.rrule import WEEKLY, rrule, weekday
from opening_hours import OpeningHours, State
from rdflib import RDF, Graph, Namespace
from rdflib.term import Node

from advice.rules.openings import STANDING, Opening

DayStretches = dict[date, list[tuple[time, time]]]
SCHEMA = Namespace("https://schema.org/")
DAY = timedelta(days=1)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class _Spec(NamedTuple):
    opens: time
    closes: time
    weekdays: set[str]
    first: date
    last: date

    def covers(self, day: date) -> bool:
        on_weekday = not self.weekdays or WEEKDAYS[day.weekday()] in self.weekdays
        return on_weekday and self.first <= day <= self.last


def graph_of(data: dict[str, Any]) -> Graph:
    """JSON-LD as triples. schema.org's own context would be fetched from the net; its vocabulary is all we need."""
    assert data["@context"] == "https://schema.org"
    text = json.dumps(data | {"@context": {"@vocab": str(SCHEMA)}})
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "ConjunctiveGraph is deprecated", DeprecationWarning)  # rdflib's own
        return Graph().parse(data=text, format="json-ld")


def jsonld_hours(data: dict[str, Any], first: date, last: date) -> DayStretches:
    """The days on which it is open, as schema.org says: special hours replace the general ones of their days."""
    graph = graph_of(data)
    general = list(_specs(graph, SCHEMA.openingHoursSpecification))
    special = list(_specs(graph, SCHEMA.specialOpeningHoursSpecification))
    found: DayStretches = {}
    for day in _days(first, last):
        specs = [spec for spec in special if spec.covers(day)] or [spec for spec in general if spec.covers(day)]
        held = sorted((spec.opens, spec.closes) for spec in specs if (spec.opens, spec.closes) != (time(0), time(0)))
        assert len(held) in (0, len(specs)), f"{day}: closed and open at once"
        if held:
            found[day] = held
    return found


def osm_hours(line: str, first: date, last: date) -> DayStretches:
    """The days on which it is open, by OpenStreetMap's rules and Danish public holidays."""
    begin, end = datetime.combine(first, time()), datetime.combine(last + DAY, time())
    parsed = OpeningHours(line, country="DK")
    assert parsed.warnings == []
    found: DayStretches = defaultdict(list)
    for starts, ends, state, _comments in parsed.intervals(begin, end):
        if state == State.OPEN:
            assert starts.date() == ends.date()
            found[starts.date()].append((starts.time(), ends.time()))
    return dict(found)


def hsds_instants(schedule: dict[str, Any]) -> list[tuple[datetime, datetime]]:
    """Beginnings and ends of a schedule's openings, in UTC."""
    opens, closes = time.fromisoformat(schedule["opens_at"]), time.fromisoformat(schedule["closes_at"])
    assert schedule["freq"] == "WEEKLY"
    recurrence = rrule(
        WEEKLY,
        dtstart=datetime.fromisoformat(schedule["dtstart"]),
        interval=schedule["interval"],
        wkst=weekday(["MO", "TU", "WE", "TH", "FR", "SA", "SU"].index(schedule["wkst"])),
        byweekday=[weekday(["MO", "TU", "WE", "TH", "FR", "SA", "SU"].index(schedule["byday"]))],
        until=datetime.fromisoformat(schedule["until"]),
    )
    return [
        (datetime.combine(day, opens).astimezone(UTC), datetime.combine(day, closes).astimezone(UTC))
        for day in recurrence
    ]


def told_hours(openings: Iterable[Opening]) -> DayStretches:
    """What any of them must read: every minute of the day in which one of these openings stands, as stretches."""
    minutes: dict[date, set[int]] = defaultdict(set)
    for opening in openings:
        if opening.status in STANDING:
            minutes[opening.date].update(range(_minute(opening.starts), _minute(opening.ends)))
    return {day: list(_stretches(held)) for day, held in minutes.items()}


def _stretches(minutes: set[int]) -> Iterator[tuple[time, time]]:
    for begin in sorted(minute for minute in minutes if minute - 1 not in minutes):
        end = begin
        while end in minutes:
            end += 1
        yield time(*divmod(begin, 60)), time(*divmod(end, 60))


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def _specs(graph: Graph, name: Node) -> Iterator[_Spec]:
    for spec in graph.objects(None, name):
        assert (spec, RDF.type, SCHEMA.OpeningHoursSpecification) in graph
        values = {key: [str(value) for value in graph.objects(spec, SCHEMA[key])] for key in _FIELDS}
        first, last = (values[key] or [open_end] for key, open_end in (_FROM, _THROUGH))
        yield _Spec(
            time.fromisoformat(values["opens"][0]),
            time.fromisoformat(values["closes"][0]),
            set(values["dayOfWeek"]),
            date.fromisoformat(first[0]),
            date.fromisoformat(last[0]),
        )


_FIELDS = ("opens", "closes", "dayOfWeek", "validFrom", "validThrough")
_FROM = ("validFrom", "0001-01-01")
_THROUGH = ("validThrough", "9999-12-31")


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY
