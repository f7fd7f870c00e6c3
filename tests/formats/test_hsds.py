"""`flask hsds export`: Open Referral HSDS 3.0, field by field, and its schedules against what is stored."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from advice.config import ROOT
from advice.database import db
from advice.models.places import Place
from advice.models.programmes import Programme
from tests import imported
from tests.hours_readers import hsds_instants
from tests.imported import BASE, stored

pytestmark = pytest.mark.both_engines

ZONE = ZoneInfo("Europe/Copenhagen")
SCHEMAS = Path(os.environ.get("HSDS_SCHEMAS") or ROOT.parent / "shared/standards/hsds-3.0")
"""The schemas of the standard, used where they are."""

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


def test_the_export_is_hsds_field_by_field(exported: list[dict[str, Any]]) -> None:
    assert [service["name"] for service in exported if "/fjordbyen/" in service["url"]] == ["Hverdagshjælp"]
    service = next(service for service in exported if "/fjordbyen/" in service["url"])
    at = next(at for at in service["service_at_locations"] if at["location"]["name"] == "Pakhuset")
    location, schedule = at["location"], at["schedules"][0]
    ids = {key: service.pop(key) for key in ("id", "organization_id", "program_id")}
    assert service.pop("organization") == {
        "id": ids["organization_id"],
        "name": "Foreningen Fjordhus",
        "description": "Foreningen Fjordhus, Sammen om Fjordbyen",
    }
    assert service.pop("program")["id"] == ids["program_id"]
    (phone,) = service.pop("phones")
    assert (phone["service_id"], phone["number"]) == (ids["id"], "00 00 01 00")
    del service["service_at_locations"]
    assert service == {
        "name": "Hverdagshjælp",
        "url": f"{BASE}/fjordbyen/",
        "email": "fjord@example.org",
        "status": "active",
        "eligibility_description": "Alle, der bor ved fjorden",
    }
    assert (at["service_id"], at["location_id"]) == (ids["id"], location["id"])
    assert location["location_type"] == "physical"
    assert (location["latitude"], location["longitude"]) == (55.5, 10.25)
    (address,) = location["addresses"]
    assert [address[name] for name in ("address_1", "postal_code", "city", "country", "address_type")] == [
        "Molevej 3", "0000", "Prøvekøbing", "DK", "physical",
    ]  # fmt: skip
    links = {"service_id": ids["id"], "location_id": location["id"], "service_at_location_id": at["id"]}
    UUID(schedule.pop("id"))
    assert schedule == links | {
        "schedule_link": f"{BASE}/fjordbyen/pakhuset",
        "valid_from": "2026-11-23", "valid_to": "2026-11-30", "dtstart": "2026-11-23", "until": "2026-11-30",
        "timezone": 1, "wkst": "MO", "freq": "WEEKLY", "interval": 1, "byday": "MO",
        "opens_at": "09:30+01:00", "closes_at": "12:00+01:00",
    }  # fmt: skip


def test_the_export_fits_the_schema_of_hsds_3(exported: list[dict[str, Any]]) -> None:
    ids = [
        schedule["id"] for service in exported for at in service["service_at_locations"] for schedule in at["schedules"]
    ]
    assert len(ids) == len(set(ids)) > 50
    for service in exported:
        assert {"id", "name", "status"} <= set(service)
        assert {"id", "name", "description"} <= set(service["organization"])
    if SCHEMAS.is_dir():
        schema = json.loads((SCHEMAS / "service.json").read_text(encoding="utf-8"))
        alone = json.loads((SCHEMAS / "schedule.json").read_text(encoding="utf-8"))
        for service in exported:
            assert list(misfits(service, schema, "service")) == []
            for at in service["service_at_locations"]:
                assert [fault for each in at["schedules"] for fault in misfits(each, alone, "schedule")] == []


KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,), "number": (int, float), "array": (list,), "object": (dict,),
}  # fmt: skip


def misfits(value: Any, schema: dict[str, Any], where: str) -> Iterator[str]:
    """What does not fit a schema of HSDS: kind, missing and unknown fields, words of a list, form of ids and links."""
    fits: bool = isinstance(value, KINDS[schema["type"]])
    if not fits:
        yield f"{where}: {value!r} is no {schema['type']}"
    elif schema["type"] == "object":
        yield from (f"{where}: no {name}" for name in schema.get("required", ()) if name not in value)
        for name, each in value.items():
            if name not in schema["properties"]:
                yield f"{where}: {name} is no field"
            else:
                yield from misfits(each, schema["properties"][name], f"{where}.{name}")
    elif schema["type"] == "array":
        for each in value:
            yield from misfits(each, schema["items"], where)
    else:
        if value not in schema.get("enum", [value]):
            yield f"{where}: {value!r} is none of {schema['enum']}"
        if schema.get("format") == "uuid":
            UUID(value)
        if schema.get("format") == "uri" and not urlsplit(value).scheme:
            yield f"{where}: {value!r} is no address"


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
