"""What becomes of the rows that a programme file leaves out."""

from __future__ import annotations

from sqlalchemy import select

from advice.actions.programmes.exchange import export_programme
from advice.models.catalogue import Body
from advice.models.day_needs import DayNeed
from advice.models.hours import Closure, HoursChange, WeeklyHours
from advice.models.indicators import Indicator, Reading
from advice.models.places import Department, Place
from advice.models.programmes import FocusArea
from advice.models.roster import StaffingNeed
from tests.program import Clock
from tests.programme_console import TEXT, YESTERDAY, Console, Rows, changed, openings_ahead, without


def test_a_row_left_out_ends_yesterday_and_comes_back_when_the_file_has_it_again(there: Console, session: Rows) -> None:
    assert there.bring(without(TEXT, 'code = "elvaerket"'))[:-1] == ["- bodies elvaerket: ends 2026-11-22"]
    assert there.bring(without(TEXT, 'code = "elvaerket"')) == ["fjordbyen: no differences"]
    assert session.scalars(select(Body.valid_to).where(Body.code == "elvaerket")).one() == YESTERDAY
    assert there.bring(TEXT)[:-1] == ['~ bodies elvaerket: valid_to "2026-11-22" -> null']


def test_hours_left_out_end_and_their_openings_are_cancelled(there: Console, session: Rows) -> None:
    row = session.scalars(select(WeeklyHours).where(WeeklyHours.weekday == 5)).one()
    need = '[[needs]]\nplace = "vaskehuset"'
    text = TEXT[: TEXT.index(need)] + TEXT[TEXT.index("[[day_needs]]") :]
    printed = there.bring(without(text, 'weekday = "sat"'))
    assert printed[:-1] == [
        "- hours vaskehuset hverdagshjaelp sat 10:00 2024-01-01: ends 2026-11-22",
        "- needs vaskehuset hverdagshjaelp sat 2024-01-01: ends 2026-11-22",
    ]
    assert session.get_one(WeeklyHours, row.id).valid_to == YESTERDAY
    assert session.scalars(select(StaffingNeed.valid_to).where(StaffingNeed.weekday == 5)).one() == YESTERDAY
    assert set(openings_ahead(session, "vaskehuset")) == {"cancelled"}
    assert "open" in openings_ahead(session, "roklubben")


def test_hours_that_begin_later_and_are_left_out_leave_nothing_behind(there: Console, session: Rows) -> None:
    later = '[[hours]]\nplace = "bogbussen"\nservice = "hverdagshjaelp"\nweekday = "tue"\n'
    later += 'starts = "09:00"\nends = "10:00"\nvalid_from = 2027-01-05\n\n'
    there.bring(changed('[[closures]]\nkind = "weeks"', later + '[[closures]]\nkind = "weeks"'))
    printed = there.bring(TEXT)
    assert printed[:-1] == ["- hours bogbussen hverdagshjaelp tue 09:00 2027-01-05: had not begun, removed"]
    assert session.scalars(select(WeeklyHours).where(WeeklyHours.weekday == 1)).all() == []


def test_closures_and_changed_days_left_out_are_withdrawn_and_past_ones_are_left_alone(
    there: Console, session: Rows, clock: Clock
) -> None:
    text = without(without(TEXT, "day = 2026-12-07"), "first_week = 29")
    printed = there.bring(without(text, "first_date = 2026-10-12"))
    assert printed[:-1] == [
        "- closures weeks roklubben 29 29 1: withdrawn 2026-11-23",
        "- hours_changes pakhuset hverdagshjaelp 2026-12-07 09:30 1: withdrawn 2026-11-23",
    ]
    withdrawn = session.scalars(select(Closure.withdrawn_at).where(Closure.kind == "weeks")).one()
    assert withdrawn == clock.now == session.scalars(select(HoursChange.withdrawn_at)).one()
    assert session.scalars(select(Closure.withdrawn_at).where(Closure.kind == "once")).one() is None
    assert "changed" not in openings_ahead(session, "pakhuset")


def test_the_need_of_a_day_that_is_left_out_is_withdrawn_and_another_takes_its_place(
    there: Console, session: Rows, clock: Clock
) -> None:
    text = without(TEXT, "day = 2026-12-14")
    line = "day_needs pakhuset hverdagshjaelp 2026-12-14 1"
    assert there.bring(text)[:-1] == [f"- {line}: withdrawn 2026-11-23"]
    assert session.scalars(select(DayNeed.withdrawn_at)).one() == clock.now
    assert there.bring(text)[-1].endswith("no differences")
    assert there.bring(TEXT)[0].startswith(f"~ {line}: withdrawn_at")
    assert session.scalars(select(DayNeed.withdrawn_at)).one() is None
    old = changed("day = 2026-12-14", "day = 2026-12-14\nwithdrawn_at = 2026-11-01T12:00:00Z")
    new = '[[day_needs]]\nplace = "pakhuset"\nservice = "hverdagshjaelp"\nday = 2026-12-14\n'
    new += "never_fewer = 1\nleast = 1\nbest = 1\n\n"
    printed = there.bring(changed("[[agreements]]\n", f"{new}[[agreements]]\n", old))
    assert [one[:2] for one in printed[:-1]] == ["~ ", "+ "]
    assert session.scalars(select(DayNeed.best).where(DayNeed.withdrawn_at.is_(None))).one() == 1


def test_a_reading_stays_though_the_file_leaves_it_out(there: Console, session: Rows) -> None:
    text = changed('  { as_of = 2024-12-31, value = 33, source = "Spørgeskema", invented = true },\n', "")
    assert there.bring(text) == [
        "= readings fjordaftalen snak naboer 2024-12-31: not in the file, stays",
        "fjordbyen: no differences",
    ]
    assert len(session.scalars(select(Reading)).all()) == 2


def test_an_indicator_left_out_ends_and_comes_back_when_the_file_has_it_again(there: Console, session: Rows) -> None:
    text = without(TEXT, 'code = "kaffesnakke"')
    assert there.bring(text)[:-1] == ["- indicators fjordaftalen snak kaffesnakke: ends 2026-11-22"]
    ended = export_programme("fjordbyen")
    assert ended is not None and there.bring(ended) == ["fjordbyen: no differences"]
    assert there.bring(text) == ["fjordbyen: no differences"]
    found = {row.code: row.valid_to for row in session.scalars(select(Indicator))}
    assert found == {"kaffesnakke": YESTERDAY, "naboer": None, "egen-haand": None}
    key = "indicators fjordaftalen snak kaffesnakke"
    assert there.bring(TEXT)[:-1] == [f'~ {key}: valid_to "2026-11-22" -> null', "~ indicators: order"]


def test_an_objective_left_out_ends_with_its_indicators(there: Console, session: Rows) -> None:
    assert there.bring(TEXT[: TEXT.index('[[agreements.objectives]]\ncode = "forslag"')])[:-1] == [
        "- objectives fjordaftalen forslag: ends 2026-11-22",
        "- indicators fjordaftalen forslag egen-haand: ends 2026-11-22",
    ]


def test_an_agreement_left_out_stays_with_all_it_says(there: Console, session: Rows) -> None:
    printed = there.bring(TEXT[: TEXT.index("[[agreements]]")])
    assert printed[0] == "= agreements fjordaftalen: not in the file, stays"
    assert {line.split()[0] for line in printed[:-1]} == {"="}
    assert (len(printed), printed[-1]) == (1 + 2 + 3 + 2 + 1, "fjordbyen: no differences")


def test_focus_areas_and_departments_left_out_end(there: Console, session: Rows) -> None:
    text = without(TEXT.replace('focus_area = "naboskab"\n', ""), 'code = "naboskab"')
    printed = there.bring(without(text, 'code = "7"'))
    ended = ["- focus_areas naboskab: ends 2026-11-22", "- departments 7: ends 2026-11-22"]
    assert [line for line in printed if line.startswith("-")] == ended
    assert session.scalars(select(FocusArea.valid_to)).one() == session.scalars(select(Department.valid_to)).one()
    text = export_programme("fjordbyen") or ""
    assert text.count("valid_to = 2026-11-22") == 2
    assert there.bring(text) == ["fjordbyen: no differences"]


def test_a_place_that_has_not_begun_never_begins(there: Console, session: Rows) -> None:
    place = (
        '[[places]]\ncode = "P5"\nslug = "kajakken"\nname = "Kajakken"\nroom = "Skuret"\nvalid_from = 2027-03-01\n\n'
    )
    there.bring(changed("[[services]]", place + "[[services]]"))
    assert there.bring(TEXT)[:-1] == ["- places kajakken: ends 2026-11-22"]
    assert there.bring(TEXT) == ["fjordbyen: no differences"]
    place_row = session.scalars(select(Place).where(Place.slug == "kajakken")).one()
    assert place_row.valid_from == place_row.valid_to == YESTERDAY
