"""The residents' pages. No log-in, no cookie, nothing stored."""

from __future__ import annotations

from datetime import date
from operator import attrgetter
from urllib.parse import urlsplit, urlunsplit

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from advice import web
from advice.models import openings
from advice.models.openings import Houses, Offer
from advice.public import signs, words
from advice.public.signs import Door
from advice.rules.danish import RESERVED_SLUGS, is_slug

blueprint = Blueprint("public", __name__)

SOONEST = attrgetter("order")
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
    at = web.local_now()
    stored = openings.openings_of([house.programme.id for house in found], *signs.window(at.date()))
    sections = [(house.programme, sorted(signs.doors(house, stored, at), key=SOONEST)) for house in found]
    return render_template("public/front.html", sections=sections)


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
    """The place's address as people type it."""
    if not any(one.slug == place for one in house_at(programme).places):
        abort(404)
    return redirect(url_for("public.place", programme=programme, place=place), 308)


@blueprint.get("/<programme>/<place>")
@web.open_to_all
def place(programme: str, place: str) -> str:
    """One place. 404 for an unknown programme or place, and for a place that has ended."""
    house = house_at(programme)
    if has_ended(house):
        return render_template("public/ended.html", programme=house.programme)
    if not any(one.slug == place for one in house.places):
        abort(404)
    at = web.local_now()
    doors = signs.doors(house, openings.openings_of([house.programme.id], *signs.window(at.date())), at)
    chosen = next(door for door in doors if door.place.slug == place)
    return render_template(
        "public/place.html",
        programme=house.programme,
        door=chosen,
        others=signs.others(chosen, doors),
        weeks=signs.weeks([chosen], at.date()),
        ahead=signs.ahead([chosen], at.date()),
        offers=offers_at(chosen, at.date()),
        topic_groups=openings.topic_groups(house.programme.id, at.date()),
        today=at.date(),
        usual=words.usual,
        calendar=calendar_links(url_for("feeds.place_hours", programme=house.programme.slug, place=place)),
    )


def programme_page(house: Houses) -> str:
    """A programme's page, or the sentence that it has ended."""
    if has_ended(house):
        return render_template("public/ended.html", programme=house.programme)
    at = web.local_now()
    doors = signs.doors(house, openings.openings_of([house.programme.id], *signs.window(at.date())), at)
    return render_template(
        "public/programme.html",
        programme=house.programme,
        doors=[(door, signs.others(door, doors)) for door in sorted(doors, key=SOONEST)],
        weeks=signs.weeks(doors, at.date()),
        ahead=signs.ahead(doors, at.date()),
        today=at.date(),
        calendar=calendar_links(url_for("feeds.programme_hours", programme=house.programme.slug)),
    )


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
    base = web.settings().base_url or request.host_url.rstrip("/")
    whole = f"{base}{path}"
    return {"webcal": urlunsplit(("webcal", *urlsplit(whole)[1:])), "plain": whole}
