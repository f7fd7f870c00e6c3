"""The three programme files in a database: nothing is lost on the way in, out and in again, on either engine."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from advice.actions.openings import computed
from advice.actions.programmes.exchange import export_programme, import_programme
from advice.actions.programmes.tables import TABLES
from advice.actions.programmes.words import Report
from advice.config import ROOT
from advice.database import begin_write, db
from advice.formats.programme_file.document import read, write
from advice.models.catalogue import Outcome
from advice.models.hours import Opening
from advice.models.indicator_counts import CODED, NOBODY, codes_of, filter_of
from advice.models.indicators import Indicator
from advice.models.places import Place, Service
from advice.models.programmes import Programme, by_slug
from tests import builders

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Copenhagen")
TODAY = date(2026, 11, 23)
FILES = (
    ROOT / "advice/demo/aktiv.toml",
    ROOT / "advice/demo/en-faelles-indsats.toml",
    ROOT / "tests/programmes/third.toml",
)
every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
Rows = scoped_session[Session]


def brought_in(content: bytes) -> Report:
    """Import a file and commit."""
    begin_write()
    report = import_programme(read(content, TODAY), NOW, ZONE)
    db.session.commit()
    return report


def stored(slug: str) -> Programme:
    found = by_slug(slug)
    assert found is not None
    return found


def row_counts() -> dict[str, int]:
    return {table.section: db.session.scalar(select(func.count()).select_from(table.model)) or 0 for table in TABLES}


@every_file
def test_a_file_comes_out_of_the_database_as_it_went_in(session: Rows, path: Path) -> None:
    file = read(path.read_bytes(), TODAY).file
    report = brought_in(path.read_bytes())
    assert report.created
    assert {name: count for name, count in row_counts().items() if count} == report.counts
    text = export_programme(file.programme.slug)
    assert text is not None
    assert read(text.encode(), TODAY).file == file
    assert text == write(file)


@every_file
def test_importing_what_was_exported_changes_nothing_at_all(session: Rows, path: Path) -> None:
    slug = brought_in(path.read_bytes()).slug
    text = export_programme(slug)
    assert text is not None
    before = (row_counts(), openings_of(slug))
    session.rollback()
    report = brought_in(text.encode())
    assert (report.created, report.lines) == (False, [])
    assert (row_counts(), openings_of(slug)) == before
    assert export_programme(slug) == text


def openings_of(slug: str) -> list[tuple[object, ...]]:
    key = stored(slug).id
    columns = (Opening.day, Opening.starts, Opening.ends, Opening.status, Opening.sequence, Opening.uid)
    return [tuple(row) for row in db.session.execute(select(*columns).filter_by(programme_id=key).order_by(Opening.id))]


def test_all_three_live_beside_one_another_without_a_difference(session: Rows) -> None:
    for path in FILES:
        brought_in(path.read_bytes())
    texts = [export_programme(slug) for slug in ("aktiv", "en-faelles-indsats", "fjordbyen")]
    session.rollback()
    for text in texts:
        assert text is not None
        assert brought_in(text.encode()).lines == []
    assert texts == [export_programme(slug) for slug in ("aktiv", "en-faelles-indsats", "fjordbyen")]


def test_a_programme_that_no_file_made_can_be_exported_and_imported(session: Rows) -> None:
    builders.saved_world()
    text = export_programme("havnen")
    session.rollback()
    assert text is not None
    assert [line for line in brought_in(text.encode()).changes if "order" not in line] == []
    assert export_programme("havnen") == text


def test_meanings_are_flags_on_the_rows(session: Rows) -> None:
    for path in FILES:
        brought_in(path.read_bytes())
    for flag in ("solves", "self_help", "bridges", "recruits", "not_reached"):
        found = session.scalars(select(Outcome).where(getattr(Outcome, flag))).all()
        assert len({row.programme_id for row in found}) == len(FILES), flag
        assert len({row.code for row in found}) > 1, flag


def test_the_responsible_organisation_and_the_target_group_stand_in_the_agreements_words(session: Rows) -> None:
    brought_in(FILES[1].read_bytes())
    service = session.scalars(select(Service)).one()
    assert service.min_age == 18
    assert service.target_group["da"].startswith("Alle beboere over 18 år")


@pytest.mark.parametrize(("year", "expected"), [(2025, (46, 47, 44)), (2026, (46, 48, 45)), (2027, (46, 48, 45))])
def test_the_first_file_is_open_as_often_as_the_calendar_allows(
    session: Rows, year: int, expected: tuple[int, int, int]
) -> None:
    brought_in(FILES[0].read_bytes())
    found = computed(stored("aktiv"), date(year, 1, 1), date(year, 12, 31))
    days = Counter(opening.date.weekday() for opening in found if opening.status == "open")
    assert (days[0], days[1], days[3]) == expected


def test_the_third_file_opens_on_saturdays_and_every_second_wednesday(session: Rows) -> None:
    brought_in(FILES[2].read_bytes())
    query = select(Place.slug, Opening.day, Opening.status).join(Opening, Opening.place_id == Place.id)
    found = [
        tuple(row) for row in session.execute(query.where(Opening.day <= date(2026, 12, 21)).order_by(Opening.day))
    ]
    saturdays = [day for slug, day, _ in found if slug == "vaskehuset"]
    assert saturdays == [date(2026, 11, 28), date(2026, 12, 5), date(2026, 12, 12), date(2026, 12, 19)]
    bus = [(day, status) for slug, day, status in found if slug == "bogbussen"]
    assert bus == [(date(2026, 12, 2), "open"), (date(2026, 12, 12), "extra"), (date(2026, 12, 16), "open")]
    assert [status for slug, day, status in found if (slug, day) == ("pakhuset", date(2026, 12, 7))] == ["changed"]


@every_file
def test_every_filter_of_an_indicator_finds_the_rows_it_names(session: Rows, path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace(
        "{ any_outcome = true }", "{ any_outcome = true, places = [PLACE] }"
    )
    place = read(path.read_bytes(), TODAY).file.places[-1].slug
    slug = brought_in(text.replace("PLACE", f'"{place}"').encode()).slug
    codes = codes_of(stored(slug).id)
    filters = [part for row in session.scalars(select(Indicator)) for part in (row.counts, row.of) if part]
    assert any("places" in part for part in filters)
    for part in filters:
        found = filter_of(part, codes)
        assert NOBODY not in {row for name in CODED for row in getattr(found, name)}
