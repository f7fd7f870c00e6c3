"""Calendars as other people's programs read them: icalendar, ical.js (Thunderbird) and libical."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advice.formats import ical
from advice.formats.ical import CalendarItem, EventStatus
from tests.calendars import events, icalendar_instants, name_of, property_of
from tests.judges import Instants, icaljs_instants, libical_errors

HOUR = timedelta(hours=1)
CHANGED = datetime(2026, 11, 1, 8, 30, tzinfo=UTC)
HOSTILE = (
    "a lone return\rBEGIN:VALARM",
    "a line of its own\r\nATTENDEE:mailto:x@example.org\r\nEND:VEVENT",
    "NUL \x00 escape \x1b[31m delete \x7f next line \x85 separator \u2028 paragraph \u2029",
    r"back\slash, comma; semicolon: colon \n \, \;",
    "familie 👨‍👩‍👧‍👦 og flag 🇩🇰 " * 12,
    "æøåÆØÅ" * 60,
    "مركز المساعدة \u202e\u200f",
    "\ud800 half a pair",
    "",
    " \t ",
    "BEGIN:VEVENT",
    "x" * 100_000,
)
ZONE_RULES = [
    # the last Sundays of March and October, by hand: local time, UTC
    (date(2026, 3, 28), time(12), datetime(2026, 3, 28, 11, tzinfo=UTC)),
    (date(2026, 3, 29), time(1, 30), datetime(2026, 3, 29, 0, 30, tzinfo=UTC)),
    (date(2026, 3, 29), time(3, 30), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
    (date(2026, 3, 30), time(12), datetime(2026, 3, 30, 10, tzinfo=UTC)),
    (date(2026, 10, 24), time(12), datetime(2026, 10, 24, 10, tzinfo=UTC)),
    (date(2026, 10, 25), time(1, 30), datetime(2026, 10, 24, 23, 30, tzinfo=UTC)),
    (date(2026, 10, 25), time(3, 30), datetime(2026, 10, 25, 2, 30, tzinfo=UTC)),
    (date(2026, 10, 26), time(12), datetime(2026, 10, 26, 11, tzinfo=UTC)),
    (date(2041, 7, 1), time(9), datetime(2041, 7, 1, 7, tzinfo=UTC)),
]


def item(uid: str = "one", day: date = date(2026, 11, 23), **fields: object) -> CalendarItem:
    """An event on a Monday, 12 to 17, unless told otherwise."""
    values: dict[str, object] = {
        "starts": time(12), "ends": time(17), "summary": "Vagt", "location": "Huset", "description": "Plan",
        "sequence": 0, "status": EventStatus.CONFIRMED, "changed_at": CHANGED, "transparent": False,
    }  # fmt: skip
    return CalendarItem(uid=uid, day=day, **{**values, **fields})  # type: ignore[arg-type]


def three_thousand() -> list[CalendarItem]:
    """Shifts of nine years, every second one within two days of a clock change."""
    numbers = random.Random(18)
    copenhagen = ZoneInfo("Europe/Copenhagen")
    days = [date(2025, 1, 1) + timedelta(days=n) for n in range(9 * 365)]
    noons = [datetime.combine(day, time(12), copenhagen).utcoffset() for day in days]
    changes = [day for day, now, then in zip(days, noons, [None, *noons], strict=False) if then and now != then]
    assert len(changes) == 18
    found = []
    for number in range(3000):
        near = numbers.choice(changes) + timedelta(days=numbers.randint(-2, 2))
        starts = numbers.randrange(5 * 60, 21 * 60)
        found.append(
            item(
                f"uid-{number}",
                near if number % 2 else numbers.choice(days),
                starts=time(starts // 60, starts % 60),
                ends=time(*divmod(numbers.randrange(starts + 1, 24 * 60), 60)),
            )
        )
    return found


@pytest.mark.t18
@pytest.mark.usefixtures("process_timezone")
def test_three_thousand_shifts_are_the_same_instants_to_every_parser() -> None:
    items = three_thousand()
    ics = ical.calendar("Vagter", items, HOUR)
    zone = ZoneInfo("Europe/Copenhagen")
    meant = [
        Instants(
            i.uid,
            datetime.combine(i.day, i.starts, zone).astimezone(UTC),
            datetime.combine(i.day, i.ends, zone).astimezone(UTC),
        )
        for i in items
    ]
    assert icalendar_instants(ics) == meant
    assert icaljs_instants(ics) == meant


@pytest.mark.t18
@pytest.mark.parametrize(("day", "starts", "instant"), ZONE_RULES)
def test_both_sides_of_a_clock_change_are_where_the_rules_put_them(day: date, starts: time, instant: datetime) -> None:
    ics = ical.calendar("Vagter", [item(day=day, starts=starts, ends=time(20))], HOUR)
    assert icalendar_instants(ics)[0].starts == instant
    assert icaljs_instants(ics)[0].starts == instant


@pytest.mark.t18
def test_libical_has_no_objection() -> None:
    cancelled = item("two", status=EventStatus.CANCELLED, transparent=True, sequence=4)
    hostile = [item(f"h{n}", summary=text, location=text, description=text) for n, text in enumerate(HOSTILE)]
    assert libical_errors(ical.calendar("Vagter", [item(), cancelled, *hostile], HOUR)) == []
    assert libical_errors(ical.calendar("Ingen vagter", [], HOUR)) == []


@pytest.mark.t18
@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_breaks_out_of_its_property(text: str) -> None:
    check_text(text)


@pytest.mark.t18
@given(st.text(st.characters() | st.sampled_from("\r\n\x00\\,;: \u2028\x85😀")))
def test_no_made_up_text_breaks_out_of_its_property(text: str) -> None:
    check_text(text)


def check_text(text: str) -> None:
    """A calendar with this text everywhere holds one event with known properties, in short lines."""
    ics = ical.calendar(text, [item(summary=text, location=text, description=text)], HOUR)
    assert ics.endswith(b"END:VCALENDAR\r\n")
    lines = ics.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert not any(set(line) & {10, 13, *range(9), *range(14, 32), 127} for line in lines)
    (event,) = events(ics)
    fixed = {"UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "DTSTART", "DTEND", "STATUS", "TRANSP"}
    assert set(event.keys()) - {"SUMMARY", "LOCATION", "DESCRIPTION"} == fixed
    assert not event.subcomponents
    for key, words in (("SUMMARY", ical.one_line(text)), ("DESCRIPTION", ical.several_lines(text))):
        assert str(event.get(key, "")) == words
    assert name_of(ics) == ical.one_line(text)


def test_a_text_keeps_what_people_write() -> None:
    assert ical.one_line("  Åben\nrådgivning, 👨‍👩‍👧 \\ 100 %; مرحبا ") == "Åben rådgivning, 👨‍👩‍👧 \\ 100 %; مرحبا"
    assert ical.several_lines("Ændret.\r\n\r\nGratis.\u2028") == "Ændret.\nGratis."


@pytest.mark.t18
def test_the_calendar_says_how_often_and_nothing_that_confuses_its_readers() -> None:
    ics = ical.calendar("Mine, vagter", [item(), item("two")], HOUR)
    found = icalendar.Calendar.from_ical(ics)
    assert name_of(ics) == "Mine, vagter"
    assert found["X-PUBLISHED-TTL"] == "PT1H"
    assert b"\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in ics
    assert not {"UID", "METHOD"} & set(found.keys())
    assert [part.name for part in found.subcomponents] == ["VTIMEZONE", "VEVENT", "VEVENT"]
    assert [str(event["UID"]) for event in found.events] == ["one", "two"]


def test_an_event_says_what_its_item_says() -> None:
    (event,) = events(ical.calendar("x", [item(sequence=3, status=EventStatus.CANCELLED, transparent=True)], HOUR))
    assert property_of(event, "DTSTART") == ("20261123T120000", "Europe/Copenhagen")
    assert property_of(event, "DTEND") == ("20261123T170000", "Europe/Copenhagen")
    assert property_of(event, "DTSTAMP") == property_of(event, "LAST-MODIFIED") == ("20261101T083000Z", None)
    assert (event["SEQUENCE"], event["STATUS"], event["TRANSP"]) == (3, "CANCELLED", "TRANSPARENT")
    assert (event["SUMMARY"], event["LOCATION"], event["DESCRIPTION"]) == ("Vagt", "Huset", "Plan")


@pytest.mark.usefixtures("process_timezone")
def test_the_bytes_are_the_same_whenever_and_wherever_they_are_written() -> None:
    items = [item(f"uid-{n}", date(2026, 3, 1) + timedelta(days=n)) for n in range(60)]
    ical.event.cache_clear()
    first = ical.calendar("Vagter", items, HOUR)
    assert ical.calendar("Vagter", items, HOUR) == first
    assert ical.event.cache_info().hits == len(items)
    assert first.count(b"DTSTART;TZID=Europe/Copenhagen:") == len(items)


def test_a_change_is_written_anew() -> None:
    before = ical.calendar("Vagter", [item()], HOUR)
    after = ical.calendar("Vagter", [item(sequence=1, starts=time(13))], HOUR)
    assert b"T130000" in after and b"T130000" not in before
