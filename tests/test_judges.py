"""The judges judge: each is shown something right and something wrong, so that silence means something."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from tests.judges import Instants, html_errors, icaljs_instants, libical_errors, opening_hours_stretches

ZONE = b"""BEGIN:VTIMEZONE\r
TZID:Europe/Copenhagen\r
BEGIN:DAYLIGHT\r
DTSTART:19810329T020000\r
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r
TZOFFSETFROM:+0100\r
TZOFFSETTO:+0200\r
TZNAME:CEST\r
END:DAYLIGHT\r
BEGIN:STANDARD\r
DTSTART:19961027T030000\r
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r
TZOFFSETFROM:+0200\r
TZOFFSETTO:+0100\r
TZNAME:CET\r
END:STANDARD\r
END:VTIMEZONE\r
"""
PAGE = '<!DOCTYPE html><html lang="da"><head><meta charset="utf-8"><title>Vagtplan</title></head>{body}</html>'


def calendar(*events: bytes, head: bytes = b"") -> bytes:
    """A VCALENDAR with a zone and the given VEVENTs; `head` is put among its own properties."""
    return (
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//da\r\n"
        + head
        + ZONE
        + b"".join(events)
        + b"END:VCALENDAR\r\n"
    )


def event(uid: str, day: str, extra: bytes = b"") -> bytes:
    """A VEVENT from 13 to 16 on the wall in Copenhagen, on a day written yyyymmdd."""
    return (
        f"BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20261101T000000Z\r\n"
        f"DTSTART;TZID=Europe/Copenhagen:{day}T130000\r\nDTEND;TZID=Europe/Copenhagen:{day}T160000\r\n"
    ).encode() + (extra + b"SUMMARY:Vagt\r\nEND:VEVENT\r\n")


def test_libical_accepts_a_calendar_without_a_fault() -> None:
    assert libical_errors(calendar(event("a@test", "20261123"))) == []


@pytest.mark.parametrize(
    "faulty",
    [
        pytest.param(calendar(event("a@test", "20261123"), head=b"METHOD:PUBLISH\r\n"), id="publish_without_organizer"),
        pytest.param(calendar(event("a@test", "20261123", b"CREATED:soon\r\n")), id="a_word_for_an_instant"),
        pytest.param(b"BEGIN:NOTHING", id="no_calendar"),
    ],
)
def test_libical_objects_to_a_faulty_calendar(faulty: bytes) -> None:
    assert libical_errors(faulty)


def test_icaljs_reads_wall_clock_times_on_both_sides_of_a_clock_change() -> None:
    read = icaljs_instants(calendar(event("summer@test", "20261023"), event("winter@test", "20261026")))
    assert read == [
        Instants("summer@test", datetime(2026, 10, 23, 11, tzinfo=UTC), datetime(2026, 10, 23, 14, tzinfo=UTC)),
        Instants("winter@test", datetime(2026, 10, 26, 12, tzinfo=UTC), datetime(2026, 10, 26, 15, tzinfo=UTC)),
    ]


def test_opening_hours_js_knows_danish_holidays_and_later_rules() -> None:
    easter_monday = date(2027, 3, 29)
    read = opening_hours_stretches(
        [
            ("Mo 12:00-17:00; PH off", date(2027, 3, 22), easter_monday),
            ("Mo 12:00-17:00; PH off; 2027 Mar 29 09:30-10:00", easter_monday, easter_monday),
        ]
    )
    assert read == [{date(2027, 3, 22): [(time(12), time(17))]}, {easter_monday: [(time(9, 30), time(10))]}]


@pytest.mark.parametrize(("faulty", "said"), [("Mo tolv til fem", "cannot read"), ("Mo 12-17", "remarks")])
def test_opening_hours_js_objects_to_a_faulty_line(faulty: str, said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        opening_hours_stretches([(faulty, date(2027, 3, 22), date(2027, 3, 29))])


def test_the_html_validator_names_the_page_with_the_fault() -> None:
    sound = PAGE.format(body="<body><h1>Uge 48</h1></body>")
    faulty = PAGE.format(body='<body><h1>Uge 48</h1><ul><p>nej</p></ul><b id="x"></b><i id="x"></i></body>')
    messages = html_errors({"sound": sound, "faulty": faulty})
    assert messages
    assert all(message.startswith("faulty:") for message in messages), messages
