"""The three programme files, imported: what a place's page tells other programs is what is stored, for a year."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from advice.models import published
from advice.models.places import Place
from advice.models.programmes import Programme
from advice.public.machine import machine
from tests import imported
from tests.hours_readers import jsonld_hours, osm_hours, told_hours
from tests.imported import TODAY, stored
from tests.judges import opening_hours_stretches
from tests.programme_console import Console, changed

pytestmark = pytest.mark.both_engines

LAST = TODAY + timedelta(days=400)


settings = imported.settings
programmes = imported.programmes


def places(programme: Programme) -> list[Place]:
    return list(published.places(programme.id, TODAY).values())


def test_json_ld_and_the_osm_line_of_every_place_are_its_stored_openings(programmes: list[Programme]) -> None:
    closed = 0
    for programme in programmes:
        assert programme.openings_until == LAST
        for place in places(programme):
            told = machine(programme, place, TODAY)
            expected = told_hours(stored(place))
            assert expected, place.slug
            assert jsonld_hours(told.jsonld, TODAY, LAST) == expected, place.slug
            assert osm_hours(told.opening_hours, TODAY, LAST) == expected, told.opening_hours
            special = told.jsonld["specialOpeningHoursSpecification"]
            closed += sum(each["opens"] == each["closes"] == "00:00" for each in special)
    assert closed > 20


def test_opening_hours_js_reads_the_same_hours_of_every_place(programmes: list[Programme]) -> None:
    every = [(programme, place) for programme in programmes for place in places(programme)]
    lines = [(machine(programme, place, TODAY).opening_hours, TODAY, LAST) for programme, place in every]
    assert opening_hours_stretches(lines) == [told_hours(stored(place)) for _programme, place in every]


def test_a_place_says_where_it_is_and_whose(programmes: list[Programme]) -> None:
    programme = next(one for one in programmes if one.slug == "fjordbyen")
    found = {place.slug: machine(programme, place, TODAY).jsonld for place in places(programme)}
    house = found["pakhuset"]
    assert {name: value for name, value in house.items() if not name.endswith("Specification")} == {
        "@context": "https://schema.org",
        "@type": "LocalBusiness",
        "@id": f"{imported.BASE}/fjordbyen/pakhuset",
        "url": f"{imported.BASE}/fjordbyen/pakhuset",
        "name": "Pakhuset",
        "description": "Salen på første sal",
        "parentOrganization": {
            "@type": "Organization",
            "name": "Sammen om Fjordbyen",
            "url": f"{imported.BASE}/fjordbyen/",
        },
        "address": {
            "@type": "PostalAddress",
            "streetAddress": "Molevej 3",
            "postalCode": "0000",
            "addressLocality": "Prøvekøbing",
            "addressCountry": "DK",
        },
        "geo": {"@type": "GeoCoordinates", "latitude": 55.5, "longitude": 10.25},
        "telephone": "00 00 01 01",
    }
    assert "address" not in found["bogbussen"]
    assert found["bogbussen"]["telephone"] == "00 00 01 00"  # the programme's own


def test_a_place_that_closes_for_good_tells_no_week_after_that(app: Flask, tmp_path: Path) -> None:
    text = changed('slug = "vaskehuset"', 'slug = "vaskehuset"\nvalid_to = 2027-02-28')
    Console(app, tmp_path).bring(text)
    with app.test_request_context("/"):
        (programme,) = published.programmes(TODAY)
        place = next(one for one in places(programme) if one.slug == "vaskehuset")
        told = machine(programme, place, TODAY)
    week, *rest = told.opening_hours.split("; ")
    assert week == "2026 Nov 23-2027 Feb 28 Sa 10:00-13:00"
    assert not [rule for rule in rest if "2027 Mar" in rule]
    assert [each["validThrough"] for each in told.jsonld["openingHoursSpecification"]] == ["2027-02-28"]


def test_the_data_block_cannot_be_ended_from_within(app: Flask) -> None:
    data = {"name": "</script><script>alert(1)</script> & ' \u2028 <!-- æ"}
    with app.test_request_context("/"):
        macros: Any = app.jinja_env.get_template("public/_machine.html").module
        block = str(macros.data_block({"jsonld": data})).strip()
    opening, closing = '<script type="application/ld+json">', "</script>"
    assert block.startswith(opening) and block.endswith(closing)
    text = block[len(opening) : -len(closing)]
    assert json.loads(text) == data
    assert not set("<>&'\u2028") & set(text)
