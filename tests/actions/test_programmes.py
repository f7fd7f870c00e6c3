"""Importing a programme file: what is new is made, what differs is changed; and writing it back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from advice.actions.programmes.exchange import export_programme
from advice.config import ROOT
from advice.database import begin_write, db
from advice.models.audit import AuditEntry
from advice.models.catalogue import Topic
from advice.models.hours import Opening
from advice.models.indicators import Reading
from advice.models.places import Place
from advice.models.programmes import Organisation, Programme
from advice.models.roster import NeedOrganisation
from tests import builders
from tests.program import Clock
from tests.programme_console import TEXT, Console, Rows, changed, openings_ahead, without


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


def test_weeks_over_the_new_year_close_both_ends_of_it(there: Console, session: Rows) -> None:
    text = changed("first_week = 29\nlast_week = 29", "first_week = 52\nlast_week = 1")
    text = changed("valid_from = 2025-12-01", "valid_from = 2025-12-01\nvalid_to = 2025-12-31", text)
    there.bring(text)
    query = select(Opening.day).join(Place, Opening.place_id == Place.id).where(Place.slug == "roklubben")
    closed = session.scalars(query.where(Opening.status == "closed", Opening.day < date(2027, 2, 1)))
    assert sorted(closed) == [date(2026, 12, 25), date(2027, 1, 1), date(2027, 1, 8)]
    assert export_programme("fjordbyen") is not None


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


@pytest.mark.parametrize("start", ['code = "breve-kommune"', 'code = "kaffesnakke"'])
def test_what_ended_inside_another_row_keeps_its_place_there_in_an_export(
    there: Console, session: Rows, start: str
) -> None:
    there.bring(without(TEXT, start))
    text = export_programme("fjordbyen") or ""
    assert there.bring(text) == ["fjordbyen: no differences"]
    assert export_programme("fjordbyen") == text


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
