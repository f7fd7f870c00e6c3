"""The holes: shifts that were called off and that nobody has yet, each with the colleagues to ask, in order.

What is done to one goes to its own address, by a button that says what: she said yes, or no, in the telephone; ask
these by mail; open with fewer; look again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from advice import web
from advice.actions import stand_ins
from advice.actions.shifts import Refused, Stale, Taken
from advice.database import LARGEST_ID, db
from advice.models.people import Membership
from advice.models.roster import Shift, shift_of, shift_to_change
from advice.models.stand_ins import asks_of, called_off
from advice.roster import sick_filled, sick_letters
from advice.roster.adding import day_of
from advice.roster.blueprint import blueprint
from advice.roster.board import board
from advice.roster.forms import LAST_DAY
from advice.roster.links import may_plan, week_url
from advice.roster.planning import Answer, by, plannable
from advice.roster.sick_board import Open
from advice.roster.sick_board import holes as holes_between
from advice.roster.sick_filled import filled
from advice.roster.sick_forms import AskForm
from advice.roster.sick_words import refused_words, where, why
from advice.rules.access import Action
from advice.web import needs

HOLES = "/vagtplan/huller"
DAYS = 14
"""How many days are shown at once."""
AHEAD = timedelta(days=400)
YES, NO, ASK, FEWER, AGAIN = "ja", "nej", "spoerg", "faerre", "alligevel"
WEEK = "uge"


@blueprint.get(HOLES)
@needs(Action.PLAN_ROSTER)
def holes() -> str:
    """Two weeks of holes, from today or from the day in the address; those behind them by a link."""
    first = max(day_of("fra") or web.today(), web.today())
    if first > LAST_DAY:
        abort(404)
    last = first + timedelta(days=DAYS - 1)
    found = holes_between(web.member().programme_id, first, last)
    later = called_off(web.member().programme_id, last + timedelta(days=1), last + AHEAD)
    return render_template(
        "roster/sick_holes.html",
        found=found,
        looked_for=[one for one in found.open if not one.fewer],
        left=[one for one in found.open if one.fewer],
        forms={one.shift.id: ask_form(one, found.members) for one in found.open},
        first=first,
        last=last,
        today=web.today(),
        later=next((one.day for one in later if may_plan(one.organisation_id)), None),
        where=where,
        why=lambda one, day: why(found, one, day),
        hours_links=hours_links,
    )


@blueprint.post(f"{HOLES}/<int(max={LARGEST_ID}):shift_id>")
@needs(Action.PLAN_ROSTER)
def fill(shift_id: int) -> Answer:
    """Do what the button says, once; the shift is locked, so that of several one gets it."""
    shift = own_or_refuse(shift_to_change(web.user().actor, shift_id))
    deeds = {YES: said_yes, NO: said_no, ASK: asked, FEWER: fewer, AGAIN: again}
    deed = deeds.get(request.form.get("svar", ""))
    if deed is None:
        flash(_("Vælg, hvad du vil."), "info")
        return back(shift)
    try:
        kind, words = deed(shift)
    except Refused as refused:
        db.session.rollback()
        flash(refused_words(refused), "info" if isinstance(refused, Taken) else "warning")
        return back(shift)
    db.session.commit()
    flash(words, kind)
    return back(shift)


@blueprint.get(f"{HOLES}/<int(max={LARGEST_ID}):shift_id>")
@needs(Action.PLAN_ROSTER)
def back_to_holes(shift_id: int) -> Answer:
    """Whoever comes back from log-in gets the list."""
    return back(own_or_refuse(shift_of(web.user().actor, shift_id)))


def said_yes(shift: Shift) -> tuple[str, str]:
    """A colleague took it in the telephone. Raises Stale if nobody is missed there any more, as her link would."""
    member = chosen(shift)
    stand_ins.refuse_unless_open(shift, by())
    if filled(shift):
        raise Stale
    others = sick_filled.beside(shift.id)
    new = stand_ins.say_yes(shift, member, by())
    sick_letters.tell_found(shift, new, asks_of([shift.id]).get(shift.id, []), web.member().person_id)
    sick_filled.tell(others, [new], web.member().person_id)
    said = _("%(name)s har nu vagten: %(where)s.", name=new.person.name, where=where(new))
    cell = board(shift.programme_id, shift.day, shift.day).cell(shift.place_id, shift.day)
    if cell is not None and cell.covered:
        said = f"{said} {_('Åbningen er dækket, så der mangler ikke flere der.')}"
    return "success", said


def said_no(shift: Shift) -> tuple[str, str]:
    """A colleague could not."""
    member = chosen(shift)
    stand_ins.say_no(shift, member, by())
    return "info", _("%(name)s sagde nej.", name=member.person.name)


def asked(shift: Shift) -> tuple[str, str]:
    """Ask some by mail."""
    keys = set(request.form.getlist("members"))
    members = [one for one in plannable(shift.day) if str(one.id) in keys and one.person_id != shift.person_id]
    if not members:
        return "warning", _("Vælg, hvem du vil spørge.")
    found = stand_ins.ask(shift, members, by())
    sick_letters.ask(shift, found)
    return "success", ngettext("%(num)s er spurgt på mail.", "%(num)s er spurgt på mail.", len(found))


def fewer(shift: Shift) -> tuple[str, str]:
    """Open with fewer people."""
    stand_ins.leave_open(shift, by())
    return "success", _("Der holdes åbent med færre: %(where)s.", where=where(shift))


def again(shift: Shift) -> tuple[str, str]:
    """Look for somebody after all."""
    stand_ins.look_again(shift, by())
    return "success", _("Der mangler igen nogen: %(where)s.", where=where(shift))


def chosen(shift: Shift) -> Membership:
    """The colleague a button is about; 403 for anybody whom the planner may not put on the vagtplan that day."""
    key = request.form.get("membership", "")
    found = next((one for one in plannable(shift.day) if str(one.id) == key), None)
    return found or abort(403)


def own_or_refuse(shift: Shift | None) -> Shift:
    """404 for another programme's, 403 for another organisation's where she may plan only her own."""
    if shift is None:
        abort(404)
    if not may_plan(shift.organisation_id):
        abort(403)
    return shift


def back(shift: Shift) -> Answer:
    """To the list, where the hole stands if it does; to the week, if that is where the button was."""
    if request.form.get("tilbage") == WEEK:
        return redirect(week_url(shift.day), 303)
    start = shift.day.isoformat() if shift.day >= web.today() + timedelta(days=DAYS) else None
    return redirect(url_for("roster.holes", fra=start, _anchor=f"hul-{shift.id}"), 303)


def ask_form(one: Open, members: Mapping[int, Membership]) -> AskForm:
    """Whom to ask by mail: everybody who can, has not said no, and has not been asked."""
    form = AskForm(formdata=None, prefix="")
    free = [who.colleague.member for who in one.stand_ins if one.ask(who.colleague.member) is None]
    form.offer([(key, members[key].person.name) for key in free])
    for field in form:
        field.id = f"{field.id}-{one.shift.id}"
    return form


def hours_links(one: Open) -> Mapping[str, str] | None:
    """Where the house is closed or closes earlier that day, with place and day filled in; None if she may not."""
    if not web.may(Action.EDIT_HOURS):
        return None
    shift = one.shift
    place, day = shift.place_id, shift.day.isoformat()
    return {
        "close": url_for("hours.close", sted=place, dag=day),
        "shorter": url_for("hours.other_time", sted=place, dag=day),
    }
