"""Mine vagter: a person's own shifts in every programme, and her calendar address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from advice import web
from advice.actions import feeds as addresses
from advice.database import db
from advice.models import feeds
from advice.models.feeds import ShiftLine, Since
from advice.models.staff_notices import notices_of_shifts
from advice.roster.blueprint import blueprint
from advice.roster.fairness import own_share
from advice.roster.objections import hours_words
from advice.roster.own_news import news_of
from advice.roster.presence_sums import own_marks
from advice.roster.sick_words import where
from advice.roster.swap_page import own_swaps
from advice.rules.access import Action
from advice.security import outward

WEEKS_BACK = 4
DAYS_CANCELLED_SHOWN = 30
MAKE, CLOSE = "ny", "luk"


@dataclass(frozen=True, slots=True)
class OwnShifts:
    """A person's shifts as the page shows them."""

    next: ShiftLine | None
    """The one going on, else the first ahead; never a cancelled one."""
    ahead: Sequence[ShiftLine]
    past: Sequence[ShiftLine]
    """Newest first, without cancelled ones."""


@dataclass(frozen=True, slots=True)
class Address:
    """A calendar address that was just made: shown this once."""

    https: str
    webcal: str


@blueprint.get("/mine-vagter")
@web.needs(Action.SEE_OWN_SHIFTS)
def own() -> Response:
    """Own shifts ahead, the past four weeks, and the calendar subscription."""
    return page()


@blueprint.post("/mine-vagter")
@web.needs(Action.SEE_OWN_SHIFTS)
def change_address() -> BaseResponse:
    """Make, replace or close the own calendar address; a new one is shown in the answer, and never again.

    The one POST that answers with a page: a redirect would have to carry the secret somewhere.
    """
    person, wanted = web.member().person_id, request.form.get("adresse")
    if wanted == MAKE:
        token = addresses.new_token(person, web.now())
        db.session.commit()
        return page(address=address_of(token))
    if wanted == CLOSE:
        closed = addresses.close_address(person, web.now())
        db.session.commit()
        done = gettext("Adressen er lukket. Din kalender får ikke flere ændringer.")
        flash(done if closed else gettext("Du havde ingen kalenderadresse."), "success" if closed else "info")
        return redirect(url_for("roster.own"), 303)
    return page(error=gettext("Vælg, om du vil lave en adresse eller lukke den."), status=422)


def page(address: Address | None = None, error: str | None = None, status: int = 200) -> Response:
    """The page, never kept by anyone: it may hold the address."""
    person = web.member().person_id
    shifts = own_shifts(person)
    living = feeds.living_address(person)
    made_on = living.created_at.astimezone(web.settings().timezone).date() if living else None
    worked, marked = own_marks(web.member(), web.today() - timedelta(weeks=WEEKS_BACK))
    html = render_template(
        "roster/own.html",
        shifts=shifts,
        news=news_of(person),
        today=web.today(),
        notices=notices_of_shifts(person, web.today()),
        address=address,
        made_on=made_on,
        error=error,
        several_programmes=len({line.programme_id for line in (*shifts.ahead, *shifts.past)}) > 1,
        share=own_share(web.member()),
        swaps=own_swaps(),
        where=where,
        worked=worked,
        marked=marked,
        hours=hours_words,
        serves_several=len({found.programme_id for found in web.user().memberships}) > 1,
    )
    response = make_response(html, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def own_shifts(person_id: int) -> OwnShifts:
    """The shifts of the past four weeks and ahead, split at this moment."""
    zone, local = web.settings().timezone, web.local_now()
    cancelled_since = web.today() - timedelta(days=DAYS_CANCELLED_SHOWN)
    since = Since(web.today() - timedelta(weeks=WEEKS_BACK), datetime.combine(cancelled_since, time(), zone))
    lines = feeds.own_shifts(person_id, since)
    moment = local.date(), local.time()
    ahead = [line for line in lines if (line.day, line.ends) > moment]
    past = [line for line in reversed(lines) if (line.day, line.ends) <= moment and not line.cancelled]
    return OwnShifts(next((line for line in ahead if not line.cancelled), None), ahead, past)


def address_of(token: str) -> Address:
    """The whole address for other programs; `webcal` makes phones and desktops subscribe instead of download."""
    address = outward(url_for("feeds.own", token=token))
    return Address(https=address, webcal="webcal://" + address.partition("://")[2])
