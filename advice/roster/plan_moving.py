"""A shift of a plan moved to another place or day of its week: what it would mean, and the move itself.

For the script of the board, as `moving` is for what is in force; without it, people change place and day on the page
of the shift in the plan.
"""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _

from advice.actions.drafts.reading import Laid, laid, over
from advice.actions.shifts import NotOnTeam, Refused, Stale, stretch_of
from advice.models.drafts import DraftChange
from advice.models.people import staff_of
from advice.roster.blueprint import blueprint
from advice.roster.moving import Target, boards, change_row, meant, said, stretch_at, target_of
from advice.roster.plan_edits import (
    before_edit,
    can_lay,
    change_words,
    clashing_words,
    edited,
    one_of,
    outside_words,
    put,
)
from advice.roster.plan_shifts import CHANGE, SHIFT, page_as_it_is
from advice.roster.planning import Answer
from advice.roster.plans import plan_to_change, read, stale
from advice.roster.words import refusal_words, skipped_words, span_words
from advice.rules.access import Action
from advice.rules.drafts import Deed
from advice.web import needs


@blueprint.get(f"{SHIFT}/flyt")
@blueprint.get(f"{CHANGE}/flyt")
@needs(Action.PLAN_ROSTER)
def plan_foresee(draft_id: int, shift_id: int = 0, change_id: int = 0) -> Answer:
    """What moving somebody in a plan to `sted` and `dag` would mean; JSON as `moving.foresee` gives it."""
    found = read(draft_id)
    one = one_of(found, shift_id=shift_id, change_id=change_id)
    target = target_in(found)
    if isinstance(target, str):
        return said(one.person.name, [("error", target)], code=422)
    shown = boards(one, target.day, found)
    stretch = stretch_at(one, target, shown)
    title = span_words(one.person.name, target.place.name, stretch)
    if stretch == stretch_of(one):
        return said(title, [("info", _("Her er vagten nu."))])
    if not can_lay(found.draft):
        return said(title, [("error", _("Planen kan ikke ændres nu."))])
    if isinstance(one, DraftChange) and one.deed == Deed.CANCEL:
        return said(title, [("error", _("Vagten udgår i planen."))])
    if not any(member.id == one.membership_id for member in staff_of(one.programme_id, target.day)):
        return said(title, [("error", refusal_words(NotOnTeam()))])
    if skip := skipped_words(stretch):
        return said(title, [("error", skip)])
    row = change_row(one, stretch, target.place)
    then = with_row(found, row)
    spots = [(row.place_id, row.day), (one.place_id, one.day)]
    clashing = [("warning", words) for words in clashing_words(then, row.day)]
    return said(title, [*clashing, *meant(row, spots, shown, then)], may=True)


@blueprint.post(f"{SHIFT}/flyt")
@blueprint.post(f"{CHANGE}/flyt")
@needs(Action.PLAN_ROSTER)
def plan_move(draft_id: int, shift_id: int = 0, change_id: int = 0) -> Answer:
    """Move somebody in a plan to `sted` and `dag`."""
    found = laid(plan_to_change(draft_id))
    one = one_of(found, shift_id=shift_id, change_id=change_id)
    target = target_in(found)
    if isinstance(target, str):
        return page_as_it_is(found, one, target)
    stretch = stretch_at(one, target, boards(one, target.day, found))
    if skip := skipped_words(stretch):
        return page_as_it_is(found, one, skip)
    before = before_edit(found, one, stretch)
    try:
        row, done = put(found, one, request.form.get("version", type=int) or 0, stretch)
    except Stale:
        return stale(found.draft)
    except Refused as refused:
        return page_as_it_is(found, one, refusal_words(refused))
    return edited(found.draft, _("Flyttet i planen: %(shift)s.", shift=change_words(row)), before, [done], row)


def target_in(found: Laid) -> Target | str:
    """The place and day asked for, or why nothing in the plan is moved there."""
    target = target_of()
    if isinstance(target, str):
        return target
    return outside_words(found.draft, target.day) or target


def with_row(found: Laid, row: DraftChange) -> Laid:
    """A plan with a change that is not stored, in the place of the one that it is made from."""
    return over(found.draft, [row, *(one for one in found.rows if one.id != row.id)])
