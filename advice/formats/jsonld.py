"""A place's hours for search engines: schema.org as JSON-LD (schema.org/openingHoursSpecification).

The type is LocalBusiness, "a physical branch of an organisation", the one that search engines read hours of. Its kind
GovernmentOffice would say who runs the place, and that differs: municipality, housing association, club.

The usual week stands with its validity; closed and changed days stand as special hours, each with its dates, closed
ones as 00:00-00:00 (as search engines ask for). Hours every n weeks cannot be said, so they stand by date. The data
is a plain dict: whoever puts it on a page writes it with Jinja's `tojson`, which escapes what could end the block.
"""

from __future__ import annotations

from datetime import date, time
from typing import Any

from advice.models.places import Place
from advice.rules.addresses import postal_address
from advice.rules.timetable import Timetable, Usual

Data = dict[str, Any]

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MIDNIGHT = time(0)
COUNTRY = "DK"


def place_data(place: Place, url: str, phone: str | None, owner: Data, table: Timetable) -> Data:
    """The data of a place's page at `url` (absolute); `phone` is the number to call, `owner` as `organisation` says."""
    found: Data = {"@context": "https://schema.org", "@type": "LocalBusiness", "@id": url, "url": url}
    found |= {"name": place.name, "description": place.room, "parentOrganization": owner}
    if place.address:
        found["address"] = _address(place.address)
    if place.latitude is not None and place.longitude is not None:
        found["geo"] = {"@type": "GeoCoordinates", "latitude": place.latitude, "longitude": place.longitude}
    if phone:
        found["telephone"] = phone
    return found | hours(table)


def organisation(name: str, url: str) -> Data:
    """Who runs the place, with the absolute address of its own page."""
    return {"@type": "Organization", "name": name, "url": url}


def hours(table: Timetable) -> Data:
    """The properties that say when it is open; a property without anything to say is left out."""
    usual = [spec for one in table.usual for spec in _usual(one)]
    special = [_dated(first, last, MIDNIGHT, MIDNIGHT) for first, last in table.closed_ranges()]
    special += [_dated(day, day, *stretch) for day, held in table.exceptions.items() for stretch in held]
    special.sort(key=lambda spec: (spec["validFrom"], spec["opens"]))
    found = {"openingHoursSpecification": usual, "specialOpeningHoursSpecification": special}
    return {name: specs for name, specs in found.items() if specs}


def _usual(usual: Usual) -> list[Data]:
    validity = {"validFrom": usual.first, "validThrough": usual.last}
    said = {name: day.isoformat() for name, day in validity.items() if day is not None}
    weekdays = [WEEKDAYS[weekday] for weekday in usual.weekdays]
    return [_spec(starts, ends) | {"dayOfWeek": weekdays} | said for starts, ends in usual.stretches]


def _dated(first: date, last: date, starts: time, ends: time) -> Data:
    return _spec(starts, ends) | {"validFrom": first.isoformat(), "validThrough": last.isoformat()}


def _spec(starts: time, ends: time) -> Data:
    return {"@type": "OpeningHoursSpecification", "opens": f"{starts:%H:%M}", "closes": f"{ends:%H:%M}"}


def _address(text: str) -> Data | str:
    parts = postal_address(text)
    if parts is None:
        return text
    return {
        "@type": "PostalAddress",
        "streetAddress": parts.street,
        "postalCode": parts.postcode,
        "addressLocality": parts.town,
        "addressCountry": COUNTRY,
    }
