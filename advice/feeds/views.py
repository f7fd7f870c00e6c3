"""The addresses of the feeds: who may read, what has changed since last time, and the answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, time, timedelta

from flask import Blueprint, Response, abort, request
from flask_babel import get_locale, gettext
from werkzeug.http import quote_etag

from advice import kept, web
from advice.actions.feeds import person_of_token
from advice.feeds import items
from advice.formats import hours_json, ical
from advice.models import feeds, programmes
from advice.models.feeds import Since
from advice.models.places import place_by_slug
from advice.rules.doors import holds_until

blueprint = Blueprint("feeds", __name__)

DAYS_BACK = 30
JSON_DAYS = 60
OWN_REFRESH = timedelta(hours=1)
HOURS_REFRESH = timedelta(hours=6)
FOR_ANYONE = "public, no-cache"
FOR_OWNER = "private, no-cache"


@blueprint.get("/kalender/<token>.ics")
@web.secret_address
def own(token: str) -> Response:
    """A person's own shifts; 404 for an address that opens nothing (any more)."""
    person = person_of_token(token, web.today()) or abort(404)
    since = days_back(DAYS_BACK)
    state = feeds.own_shifts_state(person.id, since)
    tag = etag(ical.REVISION, person.id, since.day, state)

    def body() -> bytes:
        shifts = items.of_shifts(feeds.own_shifts(person.id, since))
        return ical.calendar(gettext("Mine vagter · Åben Rådgivning"), shifts, OWN_REFRESH)

    return answer(tag, FOR_OWNER, ical.MEDIA_TYPE, "mine-vagter.ics", body)


@blueprint.get("/<programme>/aabningstider.ics")
@web.open_to_all
def programme_hours(programme: str) -> Response:
    """The openings of every place of a programme."""
    return hours_calendar(programme, None)


@blueprint.get("/<programme>/<place>/aabningstider.ics")
@web.open_to_all
def place_hours(programme: str, place: str) -> Response:
    """The openings of one place."""
    return hours_calendar(programme, place)


@blueprint.get("/<programme>/aabningstider.json")
@web.open_to_all
def hours_data(programme: str) -> Response:
    """The openings of the next 60 days, today the first of them; closed ones stand there, cancelled ones do not."""
    owner = programmes.by_slug(programme) or abort(404)
    since = days_back(0)
    until = since.day + timedelta(days=JSON_DAYS - 1)
    # Every kept tombstone is younger than the lines' last change, so the state covers them; it shows none.
    state = feeds.openings_state(owner.id, None, since)
    tag = etag(hours_json.REVISION, owner.id, since.day, state)

    def body() -> bytes:
        lines = feeds.openings(owner.id, None, since, until)
        told = [line for line in lines if line.status != "cancelled"]
        return hours_json.document(told, web.settings().timezone)

    kept.hold(holds_until((), web.local_now()))
    return answer(tag, FOR_ANYONE, hours_json.MEDIA_TYPE, f"aabningstider-{owner.slug}.json", body)


def hours_calendar(programme: str, place: str | None) -> Response:
    """The openings of a programme, or of one place of it, as a calendar."""
    owner = programmes.by_slug(programme) or abort(404)
    chosen = (place_by_slug(owner.id, place) or abort(404)) if place is not None else None
    since = days_back(DAYS_BACK)
    place_id = chosen.id if chosen else None
    title = gettext("Åbningstider: %(name)s", name=chosen.name if chosen else owner.name)
    state = feeds.openings_state(owner.id, place_id, since)
    tag = etag(ical.REVISION, owner.id, place_id, title, since.day, state)

    def body() -> bytes:
        openings = items.of_openings(feeds.openings(owner.id, place_id, since))
        return ical.calendar(title, openings, HOURS_REFRESH)

    kept.hold(holds_until((), web.local_now()))
    filename = f"aabningstider-{chosen.slug if chosen else owner.slug}.ics"
    return answer(tag, FOR_ANYONE, ical.MEDIA_TYPE, filename, body)


def days_back(days: int) -> Since:
    """So many days back, from midnight at the place: whole days, so that an ETag holds all day."""
    first = web.today() - timedelta(days=days)
    return Since(first, datetime.combine(first, time(), web.settings().timezone))


def etag(*parts: object) -> str:
    """A strong ETag of everything an answer depends on, the reader's language included."""
    return hashlib.sha256(repr((str(get_locale()), *parts)).encode("utf-8", "replace")).hexdigest()[:32]


def answer(tag: str, cache: str, media_type: str, filename: str, body: Callable[[], bytes]) -> Response:
    """304 without a body for a reader who has it already, else the body; the same headers on both."""
    if request.if_none_match.contains_weak(tag):
        response = Response(status=304)
    else:
        response = Response(body(), content_type=media_type)
        response.headers["Content-Disposition"] = f'inline; filename="{filename}"'
    response.headers["ETag"] = quote_etag(tag)
    response.headers["Cache-Control"] = cache
    return response


@blueprint.after_request
def keep_addresses_secret(response: Response) -> Response:
    """An address with a token in it is told to nobody and kept by no shared cache; a wrong one neither."""
    if request.endpoint == f"{blueprint.name}.own":
        response.headers["Cache-Control"] = FOR_OWNER
        response.headers["Referrer-Policy"] = "no-referrer"
    return response
