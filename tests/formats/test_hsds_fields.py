"""Every field of the HSDS export, whole dicts as somebody would write them by hand from the programme file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest
from flask import Flask

from tests import imported
from tests.hsds_schemas import schema_faults
from tests.imported import BASE
from tests.programme_console import TEXT, Console, changed, without

pytestmark = pytest.mark.both_engines
settings = imported.settings

HOME = f"{BASE}/fjordbyen"
RICH = changed(
    'labels = { da = "Hverdagshjælp", pl = "Pomoc" }',
    'labels = { da = "Hverdagshjælp", pl = "Pomoc", en = "Everyday help" }\nmin_age = 16',
    changed('municipality = "Prøvekøbing"', 'municipality = "Fjordkommunen"'),
)
BARE = """
[[services]]
code = "stille"
labels = { da = "Stille læsning", pl = "Czytanie" }
organisation = "fjordhus"
"""
SERVICE = 'code = "hverdagshjaelp"\n'
ALL_CLOSED = """
[[closures]]
kind = "once"
first_date = 2026-11-01
last_date = 2028-12-31
reason = { da = "Vandskade" }
"""
WEEKS_ONLY = without(without(TEXT, "[[extra_openings]]"), "[[hours_changes]]")
ONE_CLOSED = ALL_CLOSED + 'place = "pakhuset"\n'


def key(*parts: str) -> str:
    """The id of a thing, which other programs remember: it may never change."""
    return str(uuid5(NAMESPACE_URL, f"{HOME}#{'/'.join(parts)}"))


def exported(app: Flask, folder: Path, text: str) -> dict[str, dict[str, Any]]:
    """The services of a programme file by name, as the command writes them."""
    Console(app, folder).bring(text)
    path = folder / "hsds.json"
    result = app.test_cli_runner().invoke(args=["hsds", "export", str(path)])
    assert result.exit_code == 0, result.output
    services = json.loads(path.read_text(encoding="utf-8"))["contents"]
    for service in services:
        assert schema_faults(service) == []
    return {service["name"]: service for service in services}


def test_a_service_says_all_that_its_programme_says(app: Flask, tmp_path: Path) -> None:
    service = exported(app, tmp_path, RICH)["Hverdagshjælp"]
    assert [at["location"]["name"] for at in service.pop("service_at_locations")] == [
        "Pakhuset", "Vaskehuset", "Bogbussen", "Roklubben",
    ]  # fmt: skip
    assert service == {
        "id": key("service", "hverdagshjaelp"),
        "organization_id": key("organization", "fjordhus"),
        "program_id": key("program"),
        "name": "Hverdagshjælp",
        "alternate_name": "Everyday help",
        "url": f"{HOME}/",
        "email": "fjord@example.org",
        "status": "active",
        "eligibility_description": "Alle, der bor ved fjorden",
        "minimum_age": 16,
        "organization": {
            "id": key("organization", "fjordhus"),
            "name": "Foreningen Fjordhus",
            "description": "Foreningen Fjordhus, Sammen om Fjordbyen",
        },
        "program": {
            "id": key("program"),
            "name": "Sammen om Fjordbyen",
            "alternate_name": "Fjordbyen",
            "description": "Sammen om Fjordbyen, Fjordkommunen",
        },
        "phones": [
            {
                "id": key("phone", "service", "hverdagshjaelp"),
                "service_id": key("service", "hverdagshjaelp"),
                "number": "00 00 01 00",
            }
        ],
    }


def test_what_is_unknown_of_a_service_is_left_out(app: Flask, tmp_path: Path) -> None:
    contact = 'contact = { name = "Fjordsekretariatet", phone = "00 00 01 00", email = "fjord@example.org", address'
    text = changed(contact, 'contact = { name = "Fjordsekretariatet", address') + BARE
    service = exported(app, tmp_path, text)["Stille læsning"]
    told = {"organization": service.pop("organization")["id"], "program": service.pop("program")["id"]}
    assert told == {"organization": key("organization", "fjordhus"), "program": key("program")}
    assert service == {
        "id": key("service", "stille"),
        "organization_id": key("organization", "fjordhus"),
        "program_id": key("program"),
        "name": "Stille læsning",
        "url": f"{HOME}/",
        "status": "active",
        "service_at_locations": [],
    }


def test_a_place_says_all_that_is_known_of_it_and_when_it_is_open(app: Flask, tmp_path: Path) -> None:
    pakhuset = exported(app, tmp_path, RICH)["Hverdagshjælp"]["service_at_locations"][0]
    links = {"service_id": key("service", "hverdagshjaelp"), "location_id": key("location", "pakhuset")}
    at = key("service_at_location", "hverdagshjaelp", "pakhuset")
    schedules = pakhuset.pop("schedules")
    assert pakhuset == links | {
        "id": at,
        "location": {
            "id": key("location", "pakhuset"),
            "location_type": "physical",
            "url": f"{HOME}/pakhuset",
            "name": "Pakhuset",
            "alternate_name": "Salen på første sal",
            "description": "Molevej 3, 0000 Prøvekøbing",
            "latitude": 55.5,
            "longitude": 10.25,
            "addresses": [
                {
                    "id": key("address", "pakhuset"),
                    "location_id": key("location", "pakhuset"),
                    "address_1": "Molevej 3",
                    "city": "Prøvekøbing",
                    "state_province": "Fjordkommunen",
                    "postal_code": "0000",
                    "country": "DK",
                    "address_type": "physical",
                }
            ],
            "phones": [
                {
                    "id": key("phone", "location", "pakhuset"),
                    "location_id": key("location", "pakhuset"),
                    "number": "00 00 01 01",
                }
            ],
        },
    }
    assert schedules[0] == links | {
        "id": key("schedule", "hverdagshjaelp", "pakhuset", "2026-11-23", "09:30+01:00", "12:00+01:00"),
        "service_at_location_id": at,
        "schedule_link": f"{HOME}/pakhuset",
        "valid_from": "2026-11-23", "valid_to": "2026-11-30", "dtstart": "2026-11-23", "until": "2026-11-30",
        "timezone": 1, "wkst": "MO", "freq": "WEEKLY", "interval": 1, "byday": "MO",
        "opens_at": "09:30+01:00", "closes_at": "12:00+01:00",
    }  # fmt: skip


def test_what_is_unknown_of_a_place_is_left_out_and_every_second_week_is_said(app: Flask, tmp_path: Path) -> None:
    bus = exported(app, tmp_path, RICH)["Hverdagshjælp"]["service_at_locations"][2]
    assert bus["location"] == {
        "id": key("location", "bogbussen"),
        "location_type": "physical",
        "url": f"{HOME}/bogbussen",
        "name": "Bogbussen",
        "alternate_name": "Bussen på torvet",
    }
    said = ("dtstart", "until", "interval", "byday", "timezone", "opens_at", "closes_at")
    summer = next(each for each in bus["schedules"] if each["timezone"] == 2)
    assert [summer[name] for name in said] == [
        "2027-04-07", "2027-10-20", 2, "WE", 2, "15:00+02:00", "18:00+02:00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "status"),
    [
        pytest.param(TEXT, "active", id="open"),
        pytest.param(TEXT + ONE_CLOSED, "active", id="one_place_closed"),
        pytest.param(TEXT + ALL_CLOSED, "active", id="closed_but_for_an_extra_day"),
        pytest.param(WEEKS_ONLY + ALL_CLOSED, "temporarily closed", id="all_closed"),
        pytest.param(changed(SERVICE, f"{SERVICE}valid_from = 2026-11-24\n"), "inactive", id="begins_tomorrow"),
        pytest.param(changed(SERVICE, f"{SERVICE}valid_from = 2026-11-23\n"), "active", id="begins_today"),
    ],
)
def test_a_service_has_the_status_of_its_days(app: Flask, tmp_path: Path, text: str, status: str) -> None:
    assert exported(app, tmp_path, text)["Hverdagshjælp"]["status"] == status
