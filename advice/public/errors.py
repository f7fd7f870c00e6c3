"""Errors at residents' addresses: in the reader's language, and with a way on to the programme's places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from flask import Response, current_app, render_template, request
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError

from advice import languages, web
from advice.database import db
from advice.models import openings
from advice.models.openings import Houses
from advice.models.places import Place, place_by_slug
from advice.rules.danish import RESERVED_SLUGS, is_slug
from advice.rules.languages import NAMES

OURS = 500
"""From this status on it is our fault, and the database may be away: it is not asked."""


def is_here() -> bool:
    """Whether the address asked for is a resident's: the front page's, or none of the program's own first parts."""
    return request.path[1:].partition("/")[0] not in RESERVED_SLUGS


class Here(NamedTuple):
    """What an address leads to: the languages spoken there, the programme, and the place of it that has ended."""

    spoken: Sequence[str] = ()
    house: Houses | None = None
    former: Place | None = None


def error_page(code: int) -> Response:
    """The page of an HTTP error, as residents read it. It leads nowhere that the front page does not."""
    here = asked() if code < OURS else None
    languages.speak(NAMES if here is None else here.spoken)
    title, text = words_for(code)
    house = here.house if here else None
    page = render_template(
        "errors/resident.html",
        code=code,
        error_title=title,
        error_text=text,
        programme=house.programme if house else None,
        places=house.places if house else (),
        former=here.former if here else None,
        offline=None,
        # Where nobody can say which languages there are, she gets hers, and no choice.
        language_links=languages.links() if here else [],
    )
    return current_app.make_response((page, code))


def words_for(code: int) -> tuple[str, str]:
    """A title and what to do, for an HTTP status."""
    if code == 404:
        return _("Siden findes ikke"), _("Adressen er måske skrevet forkert.")
    return _("Noget gik galt"), _("Prøv igen om lidt.")


def asked() -> Here | None:
    """What the address asked for leads to; None when the database does not answer."""
    slug, _slash, rest = request.path[1:].partition("/")
    try:
        found = openings.houses(web.today())
        house = next((one for one in found if one.programme.slug == slug), None)
        former = former_place(house, rest.partition("/")[0]) if house else None
    except OperationalError:
        db.session.rollback()
        return None
    if house is None and len(found) == 1:
        house = found[0]  # the front page is its
    shown = [house] if house else found
    return Here([code for one in shown for code in one.programme.languages], house, former)


def former_place(house: Houses, slug: str) -> Place | None:
    """The place of the programme at a slug, if it has ended: an old poster leads there."""
    found = place_by_slug(house.programme.id, slug) if is_slug(slug) else None
    return None if found is None or any(one.id == found.id for one in house.places) else found
