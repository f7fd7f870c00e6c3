"""`flask hsds export`: Open Referral HSDS 3.0, whole programmes, against the standard and against what is stored."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from advice.database import db
from advice.models.places import Place
from advice.models.programmes import Programme
from tests import imported
from tests.hours_readers import hsds_instants
from tests.hsds_schemas import schema_faults
from tests.imported import stored

pytestmark = pytest.mark.both_engines

ZONE = ZoneInfo("Europe/Copenhagen")

settings = imported.settings
programmes = imported.programmes


@pytest.fixture
def exported(app: Flask, programmes: list[Programme], tmp_path: Path) -> list[dict[str, Any]]:
    """The services of the file that the command writes."""
    path = tmp_path / "hsds.json"
    path.write_text("what stood there before")
    db.session.rollback()
    result = app.test_cli_runner().invoke(args=["hsds", "export", str(path)])
    assert result.exit_code == 0, result.output
    assert [each.name for each in tmp_path.iterdir() if each.suffix == ".part"] == []
    document = json.loads(path.read_text(encoding="utf-8"))
    services: list[dict[str, Any]] = document.pop("contents")
    count = len(services)
    assert f"{count} services" in result.output
    assert document == {
        "total_items": count, "total_pages": 1, "page_number": 1, "size": count,
        "first_page": True, "last_page": True, "empty": False,
    }  # fmt: skip
    return services


def test_the_schedules_of_the_export_are_the_stored_openings(exported: list[dict[str, Any]]) -> None:
    found, expected = 0, 0
    for place in db.session.scalars(select(Place)):
        told = []
        for at in (at for service in exported for at in service["service_at_locations"]):
            if at["location"]["url"].endswith(f"/{place.slug}"):
                told += [instants for schedule in at["schedules"] for instants in hsds_instants(schedule)]
        instants = {
            (
                datetime.combine(opening.date, opening.starts, ZONE).astimezone(UTC),
                datetime.combine(opening.date, opening.ends, ZONE).astimezone(UTC),
            )
            for opening in stored(place)
        }
        assert set(told) == instants, place.slug
        found, expected = found + len(told), expected + len(stored(place))
    assert found == expected > 300


def test_the_export_fits_the_schema_of_hsds_3(exported: list[dict[str, Any]]) -> None:
    ids = [
        schedule["id"] for service in exported for at in service["service_at_locations"] for schedule in at["schedules"]
    ]
    assert len(ids) == len(set(ids)) > 50
    for service in exported:
        assert {"id", "name", "status"} <= set(service)
        assert {"id", "name", "description"} <= set(service["organization"])
        assert schema_faults(service) == []


def test_an_export_that_cannot_be_written_ends_with_a_sentence(app: Flask, tmp_path: Path) -> None:
    result = app.test_cli_runner().invoke(args=["hsds", "export", str(tmp_path / "nowhere" / "hsds.json")])
    assert result.exit_code == 1
    assert "hsds.json: No such file or directory" in result.output


def test_an_empty_database_exports_an_empty_page(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "hsds.json"
    result = app.test_cli_runner().invoke(args=["hsds", "export", str(path)])
    assert result.exit_code == 0, result.output
    document = json.loads(path.read_text(encoding="utf-8"))
    assert (document["contents"], document["empty"], document["total_items"]) == ([], True, 0)
