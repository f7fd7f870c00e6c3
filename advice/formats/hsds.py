"""Opening hours as Open Referral HSDS 3.0 JSON (docs.openreferral.org): one page of full `service` objects.

The document is what an HSDS API answers at /services, so a web server can serve the file as it stands. Each service
holds its organization, and for each place a service_at_location with its location and schedules.

A schedule of HSDS knows neither exceptions nor summer time. So schedules are made of the stored openings: a run of the
same weekday, hours and UTC offset without a gap is one RRULE (WEEKLY, every `interval` weeks, until its last day), and
what follows a closed day or a clock change is another. A changed or extra day is a run of one. Together they are
exactly the openings ahead; export again each night. Notes of the programme file are for staff and are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from advice.models.places import Place, Service
from advice.models.programmes import Organisation, Programme
from advice.rules.addresses import postal_address
from advice.rules.openings import STANDING, Opening
from advice.rules.recurrences import Run, clock_with_offset, runs

Data = dict[str, Any]

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
COUNTRY = "DK"
ALWAYS = frozenset({"service_at_locations"})
"""Fields that stand there even when they are empty."""


@dataclass(frozen=True, slots=True)
class Published:
    """A programme and what is told of it; `url` is the absolute address of its page, without a slash at the end."""

    programme: Programme
    places: dict[int, Place]
    services: Sequence[tuple[Service, Organisation]]
    openings: Sequence[Opening]
    url: str
    today: date
    timezone: ZoneInfo

    def id(self, kind: str, *parts: object) -> str:
        """The same id for the same thing in every export."""
        return str(uuid5(NAMESPACE_URL, "/".join((f"{self.url}#{kind}", *(str(part) for part in parts)))))

    def at(self, service: Service) -> dict[int, list[Opening]]:
        """The openings of a service by place, in the programme's order of places; closed ones too."""
        held: dict[int, list[Opening]] = {place_id: [] for place_id in self.places}
        for opening in self.openings:
            if opening.service == service.id and opening.place in held:
                held[opening.place].append(opening)
        return {place_id: openings for place_id, openings in held.items() if openings}


def document(published: Iterable[Published]) -> Data:
    """The services of all programmes, as one page."""
    found = [_service(one, service, organisation) for one in published for service, organisation in one.services]
    return {
        "total_items": len(found),
        "total_pages": 1,
        "page_number": 1,
        "size": len(found),
        "first_page": True,
        "last_page": True,
        "empty": not found,
        "contents": found,
    }


def _service(one: Published, service: Service, organisation: Organisation) -> Data:
    programme, held = one.programme, one.at(service)
    key = one.id("service", service.code)
    found = {
        "id": key,
        "organization_id": one.id("organization", organisation.code),
        "program_id": one.id("program"),
        "name": service.labels["da"],
        "alternate_name": service.labels.get("en"),
        "url": f"{one.url}/",
        "email": programme.contact.get("email"),
        "status": _status(one, service, held),
        "eligibility_description": service.target_group.get("da"),
        "minimum_age": service.min_age,
        "organization": _organization(one, organisation),
        "program": _program(one),
        "phones": _phones(one, programme.contact.get("phone"), "service", service.code),
        "service_at_locations": [_at_location(one, service, place, openings) for place, openings in held.items()],
    }
    return _said(found)


def _status(one: Published, service: Service, held: dict[int, list[Opening]]) -> str:
    if service.valid_from is not None and service.valid_from > one.today:
        return "inactive"
    statuses = {opening.status for openings in held.values() for opening in openings}
    return "temporarily closed" if statuses and not statuses & STANDING else "active"


def _organization(one: Published, organisation: Organisation) -> Data:
    return {
        "id": one.id("organization", organisation.code),
        "name": organisation.name,
        "description": f"{organisation.name}, {one.programme.name}",
    }


def _program(one: Published) -> Data:
    programme = one.programme
    return {
        "id": one.id("program"),
        "name": programme.name,
        "alternate_name": programme.short_name,
        "description": f"{programme.name}, {programme.municipality}",
    }


def _at_location(one: Published, service: Service, place_id: int, openings: list[Opening]) -> Data:
    place = one.places[place_id]
    codes = service.code, place.slug
    keys = {"service_id": one.id("service", service.code), "location_id": one.id("location", place.slug)}
    key = one.id("service_at_location", *codes)
    linked = keys | {"service_at_location_id": key, "schedule_link": _page(one, place)}
    schedules = []
    for run in runs(openings, one.timezone):
        said = linked | _schedule(run)
        schedules.append({"id": one.id("schedule", *codes, run.first, said["opens_at"], said["closes_at"])} | said)
    return {"id": key, **keys, "location": _location(one, place), "schedules": schedules}


def _schedule(run: Run) -> Data:
    """What RFC 5545 calls DTSTART, FREQ, INTERVAL, BYDAY, WKST and UNTIL; `timezone` is an offset in hours."""
    return {
        "valid_from": run.first.isoformat(),
        "valid_to": run.last.isoformat(),
        "dtstart": run.first.isoformat(),
        "timezone": (run.opens.utcoffset() or timedelta()) / timedelta(hours=1),
        "until": run.last.isoformat(),
        "wkst": "MO",
        "freq": "WEEKLY",
        "interval": run.every_weeks,
        "byday": WEEKDAYS[run.first.weekday()],
        "opens_at": clock_with_offset(run.opens),
        "closes_at": clock_with_offset(run.closes),
    }


def _location(one: Published, place: Place) -> Data:
    found = {
        "id": one.id("location", place.slug),
        "location_type": "physical",
        "url": _page(one, place),
        "name": place.name,
        "alternate_name": place.room,
        "description": place.address,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "addresses": _addresses(one, place),
        "phones": _phones(one, place.phone, "location", place.slug),
    }
    return _said(found)


def _addresses(one: Published, place: Place) -> list[Data]:
    """HSDS wants postcode and town of every address: one without them stands in the description only."""
    parts = postal_address(place.address)
    if parts is None:
        return []
    address = {
        "id": one.id("address", place.slug),
        "location_id": one.id("location", place.slug),
        "address_1": parts.street,
        "city": parts.town,
        "state_province": one.programme.municipality,
        "postal_code": parts.postcode,
        "country": COUNTRY,
        "address_type": "physical",
    }
    return [address]


def _phones(one: Published, number: str | None, kind: str, code: str) -> list[Data]:
    if not number:
        return []
    return [{"id": one.id("phone", kind, code), f"{kind}_id": one.id(kind, code), "number": number}]


def _page(one: Published, place: Place) -> str:
    return f"{one.url}/{place.slug}"


def _said(fields: Data) -> Data:
    """Without what is unknown: null is no string, and an empty list says nothing."""
    return {name: value for name, value in fields.items() if value not in (None, "", []) or name in ALWAYS}
