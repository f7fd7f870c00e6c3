"""Importing a programme file: what is new is made, what differs is changed, what is left out ends."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask, has_app_context
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from advice.actions.programmes import export_programme
from advice.config import ROOT
from advice.database import begin_write, db
from advice.models.audit import AuditEntry
from advice.models.catalogue import Body, Topic
from advice.models.indicators import Reading
from advice.models.places import Closure, HoursChange, Opening, Place, WeeklyHours
from advice.models.programmes import Organisation, Programme
from advice.models.roster import NeedOrganisation, StaffingNeed
from tests import builders
from tests.program import Clock

TEXT = (ROOT / "tests/programmes/third.toml").read_text(encoding="utf-8")
YESTERDAY = date(2026, 11, 22)


class Console:
    """`flask programme …` on files of this test."""

    def __init__(self, app: Flask, folder: Path) -> None:
        self.app = app
        self.folder = folder

    def __call__(self, *arguments: str) -> Result:
        if has_app_context():
            db.session.rollback()  # the command runs in the context of the test, and in a transaction of its own
        return self.app.test_cli_runner().invoke(args=["programme", *arguments])

    def bring(self, text: str, *options: str) -> list[str]:
        """Import a text, which must work; gives the lines printed."""
        result = self.faulty(text, *options)
        assert result.exit_code == 0, result.output
        return result.output.splitlines()

    def faulty(self, text: str, *options: str) -> Result:
        path = self.folder / "programme.toml"
        path.write_text(text, encoding="utf-8")
        return self("import", str(path), *options)


@pytest.fixture
def console(app: Flask, tmp_path: Path) -> Console:
    return Console(app, tmp_path)


@pytest.fixture
def there(console: Console) -> Console:
    """A console on a database that holds the third programme."""
    console.bring(TEXT)
    return console


Rows = scoped_session[Session]


def without(text: str, start: str) -> str:
    """The text without the table that holds this line."""
    tables = text.split("\n\n")
    kept = [table for table in tables if start not in table.splitlines()]
    assert len(kept) == len(tables) - 1, start
    return "\n\n".join(kept)


def changed(old: str, new: str, text: str = TEXT) -> str:
    assert text.count(old) == 1, old
    return text.replace(old, new)


def openings_ahead(session: Rows, slug: str) -> list[str]:
    """The statuses of a place's openings ahead, in order of time."""
    query = select(Opening.status).join(Place, Opening.place_id == Place.id).where(Place.slug == slug)
    return list(session.scalars(query.where(Opening.day > YESTERDAY).order_by(Opening.day)))


def test_a_new_programme_is_made_with_its_openings_and_its_rows_are_counted(console: Console, session: Rows) -> None:
    printed = console.bring(TEXT)
    assert printed[0] == "fjordbyen: made"
    assert "  topics: 4" in printed
    programme = session.scalars(select(Programme)).one()
    assert programme.contact["phone"] == "00 00 01 00"
    assert programme.openings_until == date(2027, 12, 28)
    assert openings_ahead(session, "vaskehuset").count("open") > 50
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "programme_imported")).one()
    assert entry.details["added"] == 1 + sum(int(line.split(": ")[1]) for line in printed[1:])


def test_the_same_file_again_makes_no_difference(there: Console) -> None:
    assert there.bring(TEXT) == ["fjordbyen: no differences"]


def test_a_changed_field_is_shown_with_both_values(there: Console, session: Rows) -> None:
    text = changed('room = "Bussen på torvet"', 'room = "Den røde bus"')
    printed = there.bring(text)
    assert printed == ['~ places bogbussen: room "Bussen på torvet" -> "Den røde bus"', "fjordbyen: 1 differences"]
    assert session.scalars(select(Place.room).where(Place.slug == "bogbussen")).one() == "Den røde bus"


def test_a_new_row_is_shown_and_stands_where_the_file_has_it(there: Console, session: Rows) -> None:
    row = '[[topic_groups.topics]]\ncode = "breve-ny"\nlabels = { da = "Nyt" }\n\n'
    text = changed(
        '[[topic_groups.topics]]\ncode = "breve-stroem"', row + '[[topic_groups.topics]]\ncode = "breve-stroem"'
    )
    assert there.bring(text)[:-1] == ["+ topics breve-ny"]
    order = list(session.scalars(select(Topic.code).order_by(Topic.position)))
    assert order == ["breve-kommune", "breve-ny", "breve-stroem", "hus-cykel", "hus-resten"]


def test_rows_in_another_order_are_one_line(there: Console, session: Rows) -> None:
    first = 'code = "sammen"\nlabels = { da = "Gjorde det sammen" }'
    second = 'code = "viste"\nlabels = { da = "Viste hvordan" }'
    text = TEXT.replace(first, "?").replace(second, first).replace("?", second)
    assert there.bring(text)[:-1] == ["~ help_forms: order"]
    assert there.bring(text) == ["fjordbyen: no differences"]


def test_a_row_left_out_ends_yesterday_and_comes_back_when_the_file_has_it_again(there: Console, session: Rows) -> None:
    assert there.bring(without(TEXT, 'code = "elvaerket"'))[:-1] == ["- bodies elvaerket: ends 2026-11-22"]
    assert there.bring(without(TEXT, 'code = "elvaerket"')) == ["fjordbyen: no differences"]
    assert session.scalars(select(Body.valid_to).where(Body.code == "elvaerket")).one() == YESTERDAY
    assert there.bring(TEXT)[:-1] == ['~ bodies elvaerket: valid_to "2026-11-22" -> null']


def test_hours_left_out_end_and_their_openings_are_cancelled(there: Console, session: Rows) -> None:
    row = session.scalars(select(WeeklyHours).where(WeeklyHours.weekday == 5)).one()
    need = '[[needs]]\nplace = "vaskehuset"'
    text = TEXT[: TEXT.index(need)] + TEXT[TEXT.index("[[agreements]]") :]
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


def test_what_an_agreement_says_stays_though_the_file_leaves_it_out(there: Console, session: Rows) -> None:
    text = changed('  { as_of = 2024-12-31, value = 33, source = "Spørgeskema", invented = true },\n', "")
    printed = there.bring(without(text, 'code = "kaffesnakke"'))
    assert printed == [
        "= indicators fjordaftalen snak kaffesnakke: not in the file, stays",
        "= readings fjordaftalen snak naboer 2024-12-31: not in the file, stays",
        "fjordbyen: no differences",
    ]
    assert len(session.scalars(select(Reading)).all()) == 2


def test_a_corrected_reading_keeps_who_entered_it(there: Console, app: Flask, session: Rows) -> None:
    begin_write()
    somebody = builders.person("Mona Måler")
    reading = session.scalars(select(Reading).where(Reading.value == 33)).one()
    reading.entered_by = somebody.id
    key, who = reading.id, somebody.id
    session.commit()
    assert there.bring(changed("value = 33,", "value = 34,"))[:-1] == [
        "~ readings fjordaftalen snak naboer 2024-12-31: value 33.0 -> 34.0"
    ]
    session.expire_all()
    assert (session.get_one(Reading, key).value, session.get_one(Reading, key).entered_by) == (34, who)


def test_what_a_need_asks_for_can_change(there: Console, session: Rows) -> None:
    text = changed("organisations = { fjordhus = 1 }", "organisations = { fjordhus = 2 }")
    text = changed('competences = ["el", "polsk"]', 'competences = ["el"]', text)
    assert there.bring(text)[:-1] == [
        "~ needs pakhuset hverdagshjaelp mon 2024-01-01: "
        'organisations {"fjordhus": 1} -> {"fjordhus": 2}, competences ["el", "polsk"] -> ["el"]'
    ]
    assert session.scalars(select(NeedOrganisation.least)).one() == 2
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


def test_a_dry_run_shows_the_difference_and_changes_nothing(there: Console, session: Rows) -> None:
    text = changed('name = "Foreningen Fjordhus"', 'name = "Fjordhus og Venner"')
    for _ in range(2):
        assert there.bring(text, "--dry-run") == [
            '~ organisations fjordhus: name "Foreningen Fjordhus" -> "Fjordhus og Venner"',
            "fjordbyen: 1 differences; dry run, nothing was changed",
        ]
    assert session.scalars(select(Organisation.name)).one() == "Foreningen Fjordhus"


def test_a_dry_run_of_a_new_programme_makes_none(console: Console, session: Rows) -> None:
    assert console.bring(TEXT, "--dry-run")[0] == "fjordbyen: made; dry run, nothing was changed"
    assert session.scalars(select(Programme)).all() == []


def test_a_faulty_file_prints_every_fault_and_imports_nothing(console: Console, session: Rows) -> None:
    text = changed('weekday = "sat"\nstarts', 'weekday = "lør"\nstarts').replace("value = 36.5", "value = true")
    lines = text.splitlines()
    day = 1 + lines.index('weekday = "lør"')
    value = 1 + next(at for at, line in enumerate(lines) if "value = true" in line)
    result = console.faulty(text)
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        f"linje {day}, hours[2].weekday: skal være en ugedag: mon, tue, wed, thu, fri, sat, sun",
        f"linje {value}, agreements[0].objectives[0].indicators[1].readings[1].value: skal være et tal",
    ]
    assert session.scalars(select(Programme)).all() == []


def test_a_kind_of_visit_cannot_move_to_another_service(there: Console, session: Rows) -> None:
    service = '[[services]]\ncode = "lektiehjaelp"\nlabels = { da = "Lektier" }\norganisation = "fjordhus"\n\n'
    text = TEXT.replace('[[services]]\ncode = "hverdagshjaelp"', service + '[[services]]\ncode = "hverdagshjaelp"')
    text = changed(
        'code = "kaffesnak"\nservice = "hverdagshjaelp"', 'code = "kaffesnak"\nservice = "lektiehjaelp"', text
    )
    result = there.faulty(text)
    assert result.exit_code == 1
    line = text.splitlines().index('service = "lektiehjaelp"') + 1
    assert result.stderr.startswith(f"linje {line}, visit_kinds[0].service: kan ikke ændres")
    assert there.bring(TEXT) == ["fjordbyen: no differences"]


def test_check_says_whether_a_file_is_sound_without_a_database(console: Console, tmp_path: Path) -> None:
    assert console("check", str(ROOT / "tests/programmes/third.toml")).exit_code == 0
    bad = tmp_path / "bad.toml"
    bad.write_bytes(b"\x00\xff")
    result = console("check", str(bad))
    assert (result.exit_code, result.stderr) == (1, "linje 1: er ikke UTF-8; gem filen som UTF-8-tekst\n")


def test_export_writes_a_file_that_changes_nothing(there: Console, tmp_path: Path, session: Rows) -> None:
    path = tmp_path / "ud.toml"
    assert there("export", "fjordbyen", str(path)).exit_code == 0
    text = path.read_text(encoding="utf-8")
    assert there.bring(text) == ["fjordbyen: no differences"]
    assert export_programme("fjordbyen") == text


def test_what_has_ended_or_was_withdrawn_is_exported_too(there: Console, tmp_path: Path, session: Rows) -> None:
    there.bring(without(without(TEXT, 'code = "elvaerket"'), "day = 2026-12-07"))
    text = export_programme("fjordbyen")
    assert text is not None
    assert "valid_to = 2026-11-22" in text
    assert "withdrawn_at = 2026-11-23 12:30:00+00:00" in text
    assert there.bring(text) == ["fjordbyen: no differences"]


def test_a_programme_that_does_not_exist_cannot_be_exported(console: Console, tmp_path: Path) -> None:
    result = console("export", "ingen", str(tmp_path / "ud.toml"))
    assert result.exit_code == 1
    assert "There is no programme ingen" in result.output
    assert not (tmp_path / "ud.toml").exists()


def test_another_programme_is_left_alone(app: Flask, console: Console, session: Rows) -> None:
    builders.saved_world()
    before = export_programme("havnen")
    console.bring(TEXT)
    console.bring(without(TEXT, 'code = "elvaerket"'))
    assert export_programme("havnen") == before


def test_the_past_is_not_touched(there: Console, session: Rows, clock: Clock) -> None:
    before = [(row.id, row.status) for row in session.scalars(select(Opening).where(Opening.day < date(2027, 2, 1)))]
    clock.now = datetime(2027, 2, 1, 12, tzinfo=UTC)
    there.bring(TEXT.replace("valid_from = 2024-01-01", "valid_from = 2027-06-01"))
    db.session.expire_all()
    after = [(row.id, row.status) for row in session.scalars(select(Opening).where(Opening.day < date(2027, 2, 1)))]
    assert after == before
