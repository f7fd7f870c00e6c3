"""The residents' pages. No log-in, no cookie, nothing stored."""

from __future__ import annotations

from datetime import date
from operator import attrgetter
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from advice import kept, languages, web
from advice.models import openings
from advice.models.busyness import visits_by_hour
from advice.models.notices import notices_on
from advice.models.openings import Houses, Offer
from advice.models.programmes import Programme
from advice.public import offline, signs, words
from advice.public import poster as posters
from advice.public.machine import machine
from advice.public.signs import Door
from advice.rules import busyness
from advice.rules.danish import RESERVED_SLUGS, is_slug
from advice.rules.doors import holds_until
from advice.rules.languages import DANISH, NAMES, direction, own_name
from advice.security import outward

blueprint = Blueprint("public", __name__)
offline.install(blueprint)

SOONEST = attrgetter("order")
blueprint.app_template_filter("listed")(words.listed)
FOR_ANYBODY = frozenset({"static", "robots.txt", "favicon.ico"})
ROBOTS = "\n".join(
    [
        "User-agent: *",
        # A rule holds for everything that begins so: "/tid" alone would hide a programme called "tidligt".
        *(f"Disallow: /{word}{end}" for word in sorted(RESERVED_SLUGS - FOR_ANYBODY) for end in ("$", "/", "?")),
        "",
    ]
)
"""What search engines may read (RFC 9309): the residents' pages, and none of the program's own addresses."""


@blueprint.get("/")
@web.open_to_all
def front() -> str:
    """Every programme with its places, open now or next; the only programme's page if there is one."""
    found = openings.houses(web.today())
    if len(found) == 1:
        return programme_page(found[0])
    languages.speak(code for house in found for code in house.programme.languages)
    at = web.local_now()
    stored = openings.openings_of([house.programme.id for house in found], *signs.window(at.date()))
    kept.hold(holds_until(stored, at))
    sections = [(house.programme, sorted(signs.doors(house, stored, at), key=SOONEST)) for house in found]
    promise = words.promise(*(house.programme for house in found))
    return render_template("public/front.html", sections=sections, promise=promise)


@blueprint.get("/robots.txt")
@web.open_to_all
def robots() -> Response:
    """What search engines leave alone."""
    return Response(ROBOTS, content_type="text/plain; charset=utf-8")


@blueprint.get("/favicon.ico")
@web.open_to_all
def favicon() -> Response:
    """The sign, for those who ask without having read a page."""
    return current_app.send_static_file("favicon.svg")


@blueprint.get("/<programme>/")
@web.open_to_all
def programme(programme: str) -> str:
    """One programme's places. 404 for an unknown address."""
    return programme_page(house_at(programme))


@blueprint.get("/<programme>/<place>/")
@web.open_to_all
def place_with_slash(programme: str, place: str) -> BaseResponse:
    """The place's address as people type it; what it asks for (a language) is kept."""
    if not any(one.slug == place for one in house_at(programme).places):
        abort(404)
    asked = request.query_string.decode("latin-1")
    return redirect(f"{url_for('public.place', programme=programme, place=place)}{asked and '?'}{asked}", 308)


@blueprint.get("/<programme>/<place>")
@web.open_to_all
def place(programme: str, place: str) -> str:
    """One place. 404 for an unknown programme or place, and for a place that has ended."""
    house = house_at(programme)
    languages.speak(house.programme.languages)
    if has_ended(house):
        return ended_page(house.programme)
    chosen, doors, today = door_at(house, place)
    key = house.programme.id
    offers = offers_at(chosen, today)
    return render_template(
        "public/place.html",
        programme=house.programme,
        promise=words.promise(house.programme),
        door=chosen,
        others=signs.others(chosen, doors),
        weeks=signs.weeks([chosen], today),
        ahead=signs.ahead([chosen], today),
        offers=offers,
        shut=signs.shut(chosen, offers),
        topic_groups=openings.topic_groups(key, today),
        notices=notices_on(key, today, chosen.place.id),
        today=today,
        usual=words.usual,
        calendar=calendar_links(url_for("feeds.place_hours", programme=house.programme.slug, place=place)),
        machine=machine(house.programme, chosen.place, today),
        **next_time(chosen, today),
    )


@blueprint.get("/<programme>/<place>/plakat")
@web.open_to_all
def poster(programme: str, place: str) -> BaseResponse:
    """A place's poster: `sprog` chooses languages, `papir` its size, `tema` a theme; 404 for one not shown today."""
    house = house_at(programme)
    languages.speak(house.programme.languages)
    if has_ended(house):
        return current_app.make_response(ended_page(house.programme))
    chosen, _doors, today = door_at(house, place)
    told = notices_on(house.programme.id, today, chosen.place.id)
    themes = {str(one.id): one for one in told if one.kind == "theme"}
    asked = request.args.get("tema") or None
    if asked is not None and asked not in themes:
        abort(404)
    codes = posters.chosen_languages(request.args.getlist("sprog"), house.programme.languages, languages.current())
    too_many = len(codes) > posters.MOST_LANGUAGES
    address = outward(url_for("public.place", programme=programme, place=place))
    theme = themes.get(asked or "")
    paper = request.args.get("papir", "")
    sides = posters.sides(codes[: posters.MOST_LANGUAGES], house.programme, chosen, offers_at(chosen, today), theme)
    page = render_template(
        "public/poster.html",
        programme=house.programme,
        place=chosen.place,
        sides=sides,
        size=posters.size(sides),
        theme=theme,
        themes=themes,
        chosen=codes,
        offered=[(code, name) for code, name in NAMES.items() if code == DANISH or code in house.programme.languages],
        too_many=too_many,
        paper=paper if paper in posters.PAPERS else posters.PAPERS[0],
        address=address,
        qr=posters.qr(address),
        call=chosen.place.phone or house.programme.contact.get("phone"),
    )
    return current_app.make_response((page, 422 if too_many else 200))


def programme_page(house: Houses) -> str:
    """A programme's page, or the sentence that it has ended."""
    languages.speak(house.programme.languages)
    if has_ended(house):
        return ended_page(house.programme)
    doors, today = doors_of(house)
    return render_template(
        "public/programme.html",
        programme=house.programme,
        promise=words.promise(house.programme),
        doors=[(door, signs.others(door, doors)) for door in sorted(doors, key=SOONEST)],
        weeks=signs.weeks(doors, today),
        ahead=signs.ahead(doors, today),
        notices=notices_on(house.programme.id, today),
        places={one.id: one for one in house.places},
        today=today,
        calendar=calendar_links(url_for("feeds.programme_hours", programme=house.programme.slug)),
    )


def ended_page(programme: Programme) -> str:
    """The sentence that a programme has ended."""
    kept.hold(holds_until((), web.local_now()))
    return render_template("public/ended.html", programme=programme)


def doors_of(house: Houses) -> tuple[list[Door], date]:
    """The programme's doors now, and today; the answer may be kept until one of them changes by itself."""
    at = web.local_now()
    stored = openings.openings_of([house.programme.id], *signs.window(at.date()))
    kept.hold(holds_until(stored, at))
    return signs.doors(house, stored, at), at.date()


def door_at(house: Houses, slug: str) -> tuple[Door, list[Door], date]:
    """The door of the place with the slug, all doors of the programme, and today; 404 if there is no such place."""
    if not any(one.slug == slug for one in house.places):
        abort(404)
    doors, today = doors_of(house)
    return next(door for door in doors if door.place.slug == slug), doors, today


def next_time(door: Door, today: date) -> dict[str, Any]:
    """What is known of the time one can come: the languages of those on duty, and whether it tends to be busy."""
    opening = door.coming
    if opening is None:
        return {}
    days = visits_by_hour(door.place.programme_id, door.place.id, opening.date, today, busyness.DAYS)
    spoken = [DANISH, *(code for code in openings.languages_on_duty(opening) if code != DANISH)]
    return {
        "busy": [(one, words.busy(one.band)) for one in busyness.stretches(days, opening.starts, opening.ends)],
        "spoken": [languages.Link(code, own_name(code), direction(code), "", False) for code in spoken],
        "next_day": words.capital(words.dated(opening, today)),
    }


def house_at(slug: str) -> Houses:
    """The programme at the address, ended or not; 404 if there is none."""
    found = openings.houses(web.today(), slug) if is_slug(slug) else []
    return found[0] if found else abort(404)


def has_ended(house: Houses) -> bool:
    """Whether the programme's last day is past."""
    ends = house.programme.valid_to
    return ends is not None and ends < web.today()


def offers_at(door: Door, today: date) -> list[Offer]:
    """The services one meets at the place; all of the programme's as long as nobody has said which."""
    every = openings.offers(door.place.programme_id, door.place.id, today)
    there = {opening.service for opening in door.openings}
    return [offer for offer in every if offer.hours or offer.service.id in there] or every


def calendar_links(path: str) -> dict[str, str]:
    """The calendar's address to open in a calendar program, and to copy."""
    whole = outward(path)
    return {"webcal": urlunsplit(("webcal", *urlsplit(whole)[1:])), "plain": whole}
