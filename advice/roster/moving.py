"""A shift moved to another place or day of the board: what it would mean, and the move itself.

For the script of the board (static/roster.js): without it, people change place and day on the shift's page. Both ask
the same rules as the rest of the vagtplan; what a move would mean is read from a draft of one change, which is never
stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, flash, jsonify, redirect, request
from flask_babel import gettext as _
from sqlalchemy.orm.attributes import set_committed_value

from advice import web
from advice.actions.drafts.reading import Laid, over
from advice.actions.edits import editing
from advice.actions.edits.ways import changed, way_of
from advice.actions.shifts import NotOnTeam, Refused, Stale, Stretch, stretch_of
from advice.models.drafts import Draft, DraftChange, waiting_for
from advice.models.people import staff_of
from advice.models.places import Place
from advice.models.roster import Shift, shift_in_the_way
from advice.models.weeks import OnDuty
from advice.roster import objections
from advice.roster.blueprint import blueprint
from advice.roster.board import Board, board
from advice.roster.changing import SHIFT, shift_or_refuse, shift_page, version_seen
from advice.roster.forms import LAST_DAY
from advice.roster.links import week_url
from advice.roster.near import others_words, settle
from advice.roster.planning import Answer, Spot, by, lacking, places_on, spot
from advice.roster.words import (
    clash_words,
    consequence,
    outside_tag,
    refusal_words,
    shift_words,
    skipped_words,
    span_words,
)
from advice.rules import moves
from advice.rules.access import Action
from advice.rules.drafts import Deed
from advice.rules.spans import Span
from advice.rules.weeks import week_of
from advice.web import needs


@dataclass(frozen=True)
class Target:
    """Where a shift is to be moved, as the address or the form says."""

    place: Place
    day: date


@blueprint.get(f"{SHIFT}/flyt")
@needs(Action.PLAN_ROSTER)
def foresee(shift_id: int) -> Answer:
    """What moving a shift to `sted` and `dag` would mean, as JSON: {"title", "says": [[kind, sentence]], "may"}."""
    shift, target = shift_or_refuse(shift_id), target_of()
    if isinstance(target, str):
        return said(shift.person.name, [("error", target)], code=422)
    shown = boards(shift, target.day)
    stretch = stretch_at(shift, target, shown)
    title = span_words(shift.person.name, target.place.name, stretch)
    if stretch == stretch_of(shift):
        return said(title, [("info", _("Her er vagten nu."))])
    if why := refused_words(shift, stretch):
        return said(title, [("error", why)])
    return said(title, foreseen(shift, stretch, target.place, shown), may=True)


@blueprint.post(f"{SHIFT}/flyt")
@needs(Action.PLAN_ROSTER)
def move(shift_id: int) -> Answer:
    """Move a shift to `sted` and `dag`; over the whole of an opening here, it is over the whole of the one there."""
    shift, target = shift_or_refuse(shift_id), target_of()
    if isinstance(target, str):
        return shift_page(shift, refusal=target, code=422)
    stretch = stretch_at(shift, target, boards(shift, target.day))
    if why := skipped_words(stretch):
        return shift_page(shift, refusal=why, code=422)
    before = lacking([(target.place.id, target.day), spot(shift)])
    try:
        made = editing.change(shift, version_seen(), stretch, by())
    except Stale as stale:
        wanted = span_words(shift.person.name, target.place.name, stretch)
        return shift_page(shift, stale=stale, wanted=wanted, code=409)
    except Refused as refused:
        return shift_page(shift, refusal=refusal_words(refused), code=422)
    if made is None:
        flash(_("Der var ikke noget at ændre."), "info")
        return redirect(week_url(shift.day), 303)
    return settle(made, _("Flyttet: %(shift)s.", shift=shift_words(shift)), before, made.shift)


def said(title: str, says: list[tuple[str, str]], *, may: bool = False, code: int = 200) -> Response:
    """What the script shows of a move. may: whether it can be made."""
    answer = jsonify(title=title, says=says, may=may)
    answer.status_code = code
    return answer


def refused_words(shift: Shift, stretch: Stretch) -> str:
    """Why a shift cannot be moved there; empty if it can."""
    if shift.status != "active":
        return str(_("Vagten er aflyst."))
    if min(shift.day, stretch.day) < web.today():
        return str(_("Dagen er gået."))
    if not any(one.id == shift.membership_id for one in staff_of(shift.programme_id, stretch.day)):
        return refusal_words(NotOnTeam())
    if why := skipped_words(stretch):
        return why
    existing = shift_in_the_way(shift.person_id, stretch.day, stretch.starts, stretch.ends, shift.id)
    if existing is not None:
        return clash_words(existing)
    way = way_of(shift.programme_id, [changed(shift, stretch)], [shift.day], by())
    if not way.at_once and waiting_for(shift) is not None:
        return str(_("En ændring af vagten venter på ja."))
    return ""


def target_of() -> Target | str:
    """The place and day asked for; else why nothing is moved there: the day has gone, or the place is not in use."""
    try:
        day = date.fromisoformat(request.values.get("dag", ""))
    except ValueError:
        day = date.max
    if day < web.today():
        return str(_("Dagen er gået."))
    slug = request.values.get("sted", "")
    place = next((one for one in places_on(day) if one.slug == slug), None) if day <= LAST_DAY else None
    return Target(place, day) if place else str(_("Stedet er ikke i brug den dag."))


def boards(one: OnDuty, day: date, plan: Laid | None = None) -> dict[date, Board]:
    """The board of the day somebody is on duty and of the one she may be moved to; by a plan, if she is in one."""
    return {each: board(one.programme_id, each, each, plan) for each in {one.day, day}}


def stretch_at(one: OnDuty, target: Target, shown: dict[date, Board]) -> Stretch:
    """Where and when somebody will be after a move."""
    here = shown[one.day].cell(one.place_id, one.day)
    there = shown[target.day].cell(target.place.id, target.day)
    span = moves.moved(
        Span(one.starts, one.ends), here.manned if here else [], there.manned if there and there.open else []
    )
    return Stretch(target.place.id, target.day, span.starts, span.ends)


def foreseen(shift: Shift, stretch: Stretch, place: Place, shown: dict[date, Board]) -> list[tuple[str, str]]:
    """What would be true of both places and of her after a move. shown: the boards of both days as they are."""
    way = way_of(shift.programme_id, [changed(shift, stretch)], [shift.day], by())
    others = others_words(way.others, way.names)
    says = [] if way.at_once else [("info", _("Gælder først, når %(others)s har sagt ja.", others=others))]
    row = change_row(shift, stretch, place)
    first, last = min(shown), max(shown)
    draft = Draft(programme_id=shift.programme_id, first_day=first, last_day=last)
    return [*says, *meant(row, [(stretch.place_id, stretch.day), spot(shift)], shown, over(draft, [row]))]


def meant(row: DraftChange, spots: list[Spot], shown: dict[date, Board], then: Laid) -> list[tuple[str, str]]:
    """What would be lacking at the places and days, how many hours she would have, and what speaks against it."""
    after = {day: board(row.programme_id, day, day, then) for day in shown}
    says = []
    for place_id, day in dict.fromkeys(spots):
        was, cell = (found[day].cell(place_id, day) for found in (shown, after))
        if cell is None:
            continue
        if (place_id, day) == (row.place_id, row.day) and (outside := outside_tag(cell, row)):
            says.append(("warning", _("Vagten er %(outside)s.", outside=outside)))
        if told := consequence(cell, was.alarms if was else []):
            says.append(told)
    week = [*objections.week_besides(row, then), Span(row.starts, row.ends)]
    hours = objections.hours_words(sum(span.minutes for span in week))
    number = week_of(row.day)[1]
    says.append(("info", _("%(name)s har så %(hours)s timer i uge %(week)s.",
                           name=row.person.name, hours=hours, week=number)))  # fmt: skip
    _found, words = objections.objections(row, then)
    return [*says, *(("warning", f"{row.person.name}: {one}.") for one in words)]


def change_row(one: OnDuty, stretch: Stretch, place: Place) -> DraftChange:
    """A change that is never stored: somebody on duty, elsewhere. Of a change it has the key, so that it can take the
    place of that one."""
    if isinstance(one, DraftChange):
        key, deed, made_from = one.id, one.deed, (one.shift_id, one.shift_version)
    else:
        key, deed, made_from = 0, Deed.CHANGE.value, (one.id, one.version)
    row = DraftChange(
        id=key, programme_id=one.programme_id, deed=deed, shift_id=made_from[0], shift_version=made_from[1],
        membership_id=one.membership_id, person_id=one.person_id, organisation_id=one.organisation_id,
        place_id=stretch.place_id, day=stretch.day, starts=stretch.starts, ends=stretch.ends,
    )  # fmt: skip
    kept: dict[str, Any] = {"person": one.person, "organisation": one.organisation, "place": place}
    for name, value in kept.items():
        set_committed_value(row, name, value)
    return row
