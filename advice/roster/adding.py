"""A new shift: the form, and what it begins with."""

from __future__ import annotations

from datetime import date, timedelta

from flask import abort, render_template, request
from flask_babel import gettext as _

from advice import late_forms, web
from advice.actions.edits import editing
from advice.actions.shifts import Refused
from advice.models.weeks import places_between
from advice.roster.blueprint import blueprint
from advice.roster.board import first_open
from advice.roster.forms import LAST_DAY, AddForm
from advice.roster.links import week_url
from advice.roster.near import settle
from advice.roster.planning import Answer, by, lacking, new_shift, offer, offer_people, plannable
from advice.roster.words import say, shift_words
from advice.rules.access import Action
from advice.web import needs


@blueprint.route("/vagtplan/ny", methods=["GET", "POST"])
@needs(Action.PLAN_ROSTER)
@late_forms.shows_old
def add() -> Answer:
    """A new shift; `sted` and `dag` in the address say where and when the planner came from, `fra` only from when."""
    form = AddForm(web.today(), data=None if request.method == "POST" else suggested())
    day = form.day.data or day_of("fra") or web.today()
    places = offer(form, day)
    offer_people(form, plannable(day), day)
    if form.validate_on_submit():
        stretch = form.stretch(places)
        before = lacking([(stretch.place_id, stretch.day)])
        try:
            made = editing.add(web.member().programme_id, int(form.membership.data), stretch, by())
        except Refused as refused:
            say(refused, form.day, form.membership)
        else:
            words = _("Gemt: %(shift)s.", shift=shift_words(made.shift)) if made.shift else ""
            return settle(made, words, before, made.shift)
    page = render_template(
        "roster/add.html",
        form=form,
        back=week_url(day),
        places=places or form.is_submitted(),
        may_set_up=web.may(Action.EDIT_SETTINGS),
    )
    return (page, 422) if form.is_submitted() else page


def suggested() -> dict[str, object]:
    """What the form for a new shift begins with: place and day of the address, and when people are on duty there that
    day (the first stretch, if the house opens twice).

    Without a day it is the first open one from `fra` (at the place, if one is said) until the end of its week; nothing
    where all is closed, since a shift on a closed day is seldom what is meant.
    """
    slug, day, programme_id = request.args.get("sted"), day_of("dag"), web.member().programme_id
    first = day or max(day_of("fra") or web.today(), web.today())
    if first > LAST_DAY:
        abort(404)
    last = day or first + timedelta(days=6 - first.weekday())
    if slug and slug not in {one.slug for one in places_between(programme_id, first, last)}:
        abort(404)
    if day is None:
        opening = first_open(programme_id, first, last, slug)
        if opening is None:
            return {"place": slug}
        day, slug = opening.day, opening.place.slug
    return new_shift(slug, day)


def day_of(name: str) -> date | None:
    """A day of the address, or None if it holds none; 404 for what is no day."""
    typed = request.args.get(name)
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        abort(404)
