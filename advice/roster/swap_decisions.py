"""Swaps that wait for a leader: who would have which shift, what it would mean, and yes or no in one tap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from advice import web
from advice.actions.shifts import Refused, Stale
from advice.actions.swaps import stepping
from advice.actions.swaps.lapsing import lapses
from advice.actions.swaps.offering import NotYours
from advice.actions.swaps.sides import Handing, around, shortfalls
from advice.actions.swaps.stepping import Lapsed
from advice.actions.whose_yes import leading
from advice.database import LARGEST_ID, db
from advice.models.people import Membership
from advice.models.swaps import Swap, approvals_of, lock_swap, swap_of, taken_swaps
from advice.roster import swap_letters
from advice.roster.blueprint import blueprint
from advice.roster.links import may_plan
from advice.roster.planning import Answer
from advice.roster.sick_words import where
from advice.roster.swap_page import names
from advice.roster.swap_words import Theirs, handings, here, objections_to, refused_words, shortfall_words, theirs
from advice.roster.swaps import lapsed
from advice.rules.access import Action
from advice.web import needs

SWAPS = "/vagtplan/bytter"
YES, NO = "ja", "nej"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A swap that waits for whoever is logged in."""

    swap: Swap
    lacking: Sequence[str]
    """What would be lacking by it and is not lacking now."""
    objections: Sequence[tuple[str, str]]
    """Name and what speaks against her getting the shift, for people whom she plans for."""
    others: str
    """Who else has to say yes, in words."""


@blueprint.get(SWAPS)
@needs(Action.PLAN_ROSTER)
def swaps() -> str:
    """The swaps that wait for one's yes, each with what it would mean."""
    return render_template("roster/swaps.html", waiting=weighed(awaiting()), where=where, today=web.today())


@blueprint.post(f"{SWAPS}/<int(max={LARGEST_ID}):swap_id>")
@needs(Action.PLAN_ROSTER)
def decide_swap(swap_id: int) -> Answer:
    """Yes or no to the swap as it was shown."""
    one = lock_swap(web.member().programme_id, swap_id)
    if one is None:
        abort(404)
    version, me = request.form.get("version", type=int), db.session.get_one(Membership, web.member().id)
    deed = {YES: yes, NO: no}.get(request.form.get("svar", ""))
    if not any(may_plan(organisation_id) for organisation_id in organisations(one)):
        abort(403)
    if deed is None:
        flash(_("Vælg, hvad du vil."), "info")
        return redirect(url_for("roster.swaps"), 303)
    try:
        kind, words = deed(one, version, me)
    except Lapsed as refused:
        return lapsed(swap_id, refused, "roster.swaps")
    except NotYours:
        db.session.rollback()
        abort(403)
    except Stale:
        db.session.rollback()
        flash(_("Byttet er ikke, som du så det. Se, hvad der venter nu."), "warning")
        return redirect(url_for("roster.swaps"), 303)
    except Refused as refused:
        db.session.rollback()
        flash(refused_words(refused, web.member().person_id), "warning")
        return redirect(url_for("roster.swaps"), 303)
    db.session.commit()
    flash(words, kind)
    return redirect(url_for("roster.swaps"), 303)


@blueprint.get(f"{SWAPS}/<int(max={LARGEST_ID}):swap_id>")
@needs(Action.PLAN_ROSTER)
def back_to_swaps(swap_id: int) -> Answer:
    """Whoever comes back from log-in gets the list."""
    if swap_of(web.member().programme_id, swap_id) is None:
        abort(404)
    return redirect(url_for("roster.swaps"), 303)


def yes(one: Swap, version: int | None, me: Membership) -> tuple[str, str]:
    """Say yes for the sides one answers for."""
    outcome = stepping.approve(one, version, me, here())
    swap_letters.tell(outcome)
    if not outcome.new:
        return "success", _(
            "Du har sagt ja. Nu mangler %(who)s.", who=names(outcome.waiting, leading(one.programme_id, web.today()))
        )
    return "success", _("Byttet gælder nu: %(name)s har vagten %(where)s.", name=outcome.new[0].person.name,
                        where=where(one.shift))  # fmt: skip


def no(one: Swap, version: int | None, me: Membership) -> tuple[str, str]:
    """Say no: both keep their shifts."""
    stepping.refuse(one, version, me, here())
    swap_letters.tell_refused(one)
    return "info", _("Du har sagt nej. De får begge besked.")


def awaiting() -> list[Swap]:
    """The swaps that wait for whoever is logged in, by day; four queries, or one where none waits for anybody."""
    found = taken_swaps(web.member().programme_id, web.today())
    if not found:
        return []
    over, sides = lapses(found, here()), approvals_of(one.id for one in found)
    lead = leading(web.member().programme_id, web.today())
    hers = lead.sides_of(web.member())
    return [
        one
        for one in found
        if one.id not in over
        and lead.answering(row.organisation_id for row in sides.get(one.id, ()) if row.at is None) & hers
    ]


def weighed(swaps: Sequence[Swap]) -> list[Waiting]:
    """Swaps with what each would mean; as many queries for twenty as for one."""
    if not swaps:
        return []
    given = {one.id: handings(one) for one in swaps}
    every = [each for found in given.values() for each in found]
    there, known, waits_for = around(every), theirs(every), others(swaps)
    return [
        Waiting(
            one,
            [shortfall_words(each) for each in shortfalls(given[one.id], there)],
            against(given[one.id], known),
            waits_for[one.id],
        )
        for one in swaps
    ]


def against(found: Sequence[Handing], known: Theirs) -> list[tuple[str, str]]:
    """Who gets a shift of a swap, and what speaks against it; of those whom whoever is logged in plans for."""
    gone = [each.shift.id for each in found]
    mine = (each for each in found if may_plan(each.to.organisation_id))
    return [(each.to.person.name, words) for each in mine for words in objections_to(each, gone, known)]


def others(swaps: Sequence[Swap]) -> dict[int, str]:
    """Who else has to say yes to each, in words; empty for nobody."""
    lead, sides = leading(web.member().programme_id, web.today()), approvals_of(one.id for one in swaps)
    hers = lead.sides_of(web.member())
    missing = {one.id: [row.organisation_id for row in sides.get(one.id, ()) if row.at is None] for one in swaps}
    return {
        key: names([each for each in rows if not lead.answering([each]) & hers], lead) for key, rows in missing.items()
    }


def organisations(one: Swap) -> set[int]:
    """The organisations that a swap asks or touches."""
    asked = {row.organisation_id for row in approvals_of([one.id]).get(one.id, [])}
    return asked | {one.shift.organisation_id} | ({one.taker.organisation_id} if one.taker else set())
