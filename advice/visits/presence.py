"""Mødt and Gået on one's own day: a tap each, and one that takes the last back."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from advice import web
from advice.actions import presence
from advice.actions.presence import Deed, Elsewhere, NotHers, Panel, Tap
from advice.actions.shifts import Stale
from advice.database import db
from advice.models.presence import Presence, of_day
from advice.models.roster import Shift
from advice.models.weeks import places_between
from advice.rules.access import Action
from advice.rules.presence import State
from advice.visits.blueprint import blueprint
from advice.visits.day import Day


@blueprint.get("/i-dag/fremmoede")
@web.needs(Action.MARK_PRESENCE)
def back_to_day() -> Response:
    """Whoever comes back from log-in, or reloads, gets the page with the buttons."""
    return redirect(url_for("visits.day"), 303)


@blueprint.post("/i-dag/fremmoede")
@web.needs(Action.MARK_PRESENCE)
def mark() -> Response:
    """Note that she has met or left, by the server's clock; nothing is noted before this has answered."""
    places = places_between(web.member().programme_id, web.today(), web.today())
    slug, said = request.form.get("sted"), request.form.get("tryk")
    place = next((one for one in places if one.slug == slug), None) or abort(404)
    deed = next((one for one in Deed if one == said), None) or abort(404)
    tap = Tap(web.member(), place.id, web.local_now())
    try:
        shift, seen, version = (request.form.get(name, type=int) for name in ("vagt", "raekke", "version"))
        row = presence.tap(deed, tap, shift, seen, version)
        db.session.commit()
        flash(told(deed, row), "success")
    except Elsewhere as refused:
        flash(elsewhere_words(refused.row), "warning")
    except (NotHers, Stale):
        flash(_("Det er ændret, siden siden blev vist. Se, hvad der står nu, og prøv igen."), "warning")
    return redirect(url_for("visits.day", sted=place.slug), 303)


def told(deed: Deed, row: Presence) -> str:
    """What stands now, after a tap."""
    if deed is Deed.UNDO:
        return str(_("Fortrudt. Du står igen som mødt.") if row.came else _("Fortrudt. Du står ikke som mødt."))
    if row.gone is not None:
        return str(_("Du er gået kl. %(time)s.", time=web.clock_long(row.gone)))
    return str(_("Du er mødt kl. %(time)s.", time=web.clock_long(row.came))) if row.came else ""


def elsewhere_words(row: Presence) -> str:
    """Where she is marked as here; another programme's place stays its own."""
    inside = row.programme_id == web.member().programme_id
    where = row.place.name if inside else _("en anden helhedsplan")
    return str(_("Du står som mødt i %(where)s. Tryk Gået dér først.", where=where))


@dataclass(frozen=True, slots=True)
class Marks:
    """What is marked at a house today."""

    panel: Panel
    states: dict[int, State]
    """Where each shift stands, by its id."""
    helping: list[Presence]
    """Those who are here without a shift."""


def marks_at(here: Day) -> Marks:
    """What she can tap at this house, and where the others stand; one query."""
    rows = of_day(web.member().programme_id, here.local.date())
    shifts: list[Shift] = [one.shift for one in here.on_duty]
    panel = presence.panel(web.member().person_id, here.place.id, here.local, shifts, rows)
    planned = {one.id for one in shifts}
    helping = [row for row in rows if row.shift_id not in planned and row.mark.state is State.HERE]
    return Marks(
        panel,
        {row.shift_id: row.mark.state for row in rows if row.shift_id},
        [row for row in helping if row.place_id == here.place.id],
    )
