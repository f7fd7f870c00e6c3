"""Swaps as advisers see them: offer one's own shift, take a colleague's, think better of it.

What is done to a swap goes to its own address, by a button that says what. A swap that is asked of one colleague is
hers and the offerer's to see; the others are everybody's in the programme.
"""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from advice import late_forms, web
from advice.actions.shifts import Refused, Stale
from advice.actions.swaps import offering, stepping
from advice.actions.swaps.lapsing import begun, lapses
from advice.actions.swaps.offering import NotYours, Offered
from advice.actions.swaps.stepping import Lapsed
from advice.database import LARGEST_ID, begin_write, db
from advice.models.people import Membership, staff_of
from advice.models.roster import Shift, shift_of, shifts_between
from advice.models.swaps import Swap, living_of, lock_swap, swap_of
from advice.roster import swap_letters
from advice.roster.blueprint import blueprint
from advice.roster.planning import Answer
from advice.roster.sick_words import where
from advice.roster.swap_forms import GIVE, TRADE, OfferForm, TakeForm
from advice.roster.swap_page import giveable, swap_page
from advice.roster.swap_words import here, refused_words, stands
from advice.roster.words import on_duty
from advice.rules.access import Action
from advice.rules.swaps import State
from advice.web import needs

OFFER = f"/mine-vagter/byt/<int(max={LARGEST_ID}):shift_id>"
SWAP = f"/mine-vagter/bytte/<int(max={LARGEST_ID}):swap_id>"
YES, NO, BACK_OUT, WITHDRAW = "ja", "nej", "fortryd", "behold"


@blueprint.route(OFFER, methods=["GET", "POST"])
@needs(Action.SEE_OWN_SHIFTS)
@late_forms.shows_old
def offer_swap(shift_id: int) -> Answer:
    """Offer one's own shift that has not begun: away or for another one, to everybody or to one."""
    shift = own_shift(shift_id)
    if shift.status != "active" or begun(shift, here()):
        flash(_("Vagten kan ikke byttes mere."), "info")
        return redirect(url_for("roster.own"), 303)
    standing = living_of(shift.id)
    if request.method == "GET" and standing is not None and not lapses([standing], here()):
        return redirect(url_for("roster.swap", swap_id=standing.id), 303)
    colleagues = [one for one in staff_of(shift.programme_id, shift.day) if one.person_id != shift.person_id]
    form = OfferForm(data=None if request.method == "POST" else {"kind": GIVE})
    form.offer(colleagues, on_duty(shifts_between(shift.programme_id, shift.day, shift.day)))
    code, refusal = 200, ""
    if form.is_submitted():
        code = 422
        if form.validate():
            try:
                return offered(shift, form, form.chosen(colleagues))
            except Offered as refused:
                db.session.rollback()
                flash(refused_words(refused, web.member().person_id), "info")
                return redirect(url_for("roster.own"), 303)
            except Stale:
                code, refusal = 409, _("Vagten er ændret, siden du åbnede siden. Ingen er spurgt endnu.")
            except Refused as refused:
                refusal = refused_words(refused, web.member().person_id)
    page = render_template("roster/swap_offer.html", form=form, shift=shift, where=where, refusal=refusal)
    return (page, code) if code != 200 else page


@blueprint.get(SWAP)
@needs(Action.SEE_OWN_SHIFTS)
def swap(swap_id: int) -> Answer:
    """One swap, and what one can do about it."""
    return swap_page(visible(swap_of(web.member().programme_id, swap_id)))


@blueprint.post(SWAP)
@needs(Action.SEE_OWN_SHIFTS)
def step_swap(swap_id: int) -> Answer:
    """Do what the button says, once; the swap is locked, so that of several who take it one gets it."""
    one = visible(lock_swap(web.member().programme_id, swap_id))
    deeds = {YES: take, NO: say_no, BACK_OUT: back_out, WITHDRAW: withdraw}
    deed = deeds.get(request.form.get("svar", ""))
    if deed is None:
        flash(_("Vælg, hvad du vil."), "info")
        return redirect(url_for("roster.swap", swap_id=swap_id), 303)
    try:
        answer = deed(one)
    except Lapsed as refused:
        return lapsed(swap_id, refused)
    except NotYours:
        db.session.rollback()
        abort(403)
    except Refused as refused:
        return too_late(swap_id, refused)
    return answer


def take(one: Swap) -> Answer:
    """Say yes; for a trade with one of one's own shifts."""
    given: int | None = None
    if one.is_trade and one.state == State.OFFERED:
        form = TakeForm()
        form.offer(giveable(one))
        if not form.validate():
            return swap_page(one, form=form, code=422)
        given = int(form.given.data)
    outcome = stepping.take(one, own_membership(), given, here())
    swap_letters.tell(outcome)
    db.session.commit()
    if outcome.new:
        flash(_("Vagten er din: %(where)s.", where=where(outcome.new[0])), "success")
    else:
        flash(_("Du har sagt ja. Vagten er din, når lederen også siger ja."), "success")
    return redirect(url_for("roster.own"), 303)


def say_no(one: Swap) -> Answer:
    """The colleague who was asked cannot."""
    stepping.decline(one, here())
    swap_letters.tell_offerer(one)
    return done(_("Du har sagt nej. %(name)s får besked.", name=one.shift.person.name))


def back_out(one: Swap) -> Answer:
    """Take one's yes back, as long as the leaders have not said theirs."""
    stepping.back_out(one, here())
    swap_letters.tell_offerer(one)
    return done(_("Du tager ikke vagten. %(name)s får besked.", name=one.shift.person.name))


def withdraw(one: Swap) -> Answer:
    """Keep one's shift after all."""
    swap_letters.tell_withdrawn(one)
    stepping.withdraw(one, here())
    return done(_("Tilbuddet er trukket tilbage. Du beholder vagten."))


def done(words: str) -> Answer:
    """Commit, say so, and go back to one's shifts."""
    db.session.commit()
    flash(words, "success")
    return redirect(url_for("roster.own"), 303)


def offered(shift: Shift, form: OfferForm, asked: Membership | None) -> Answer:
    """Store the offer and ask. Raises Refused."""
    version = request.form.get("version", type=int)
    before = living_of(shift.id)
    why = lapses([before], here()).get(before.id) if before is not None and before.state == State.TAKEN else None
    one = offering.offer(shift.id, version, asked, here(), is_trade=form.kind.data == TRADE)
    if before is not None and why is not None:
        swap_letters.tell_lapsed(before, why, web.settings(), besides=shift.person_id)
    told = swap_letters.ask(one)
    db.session.commit()
    if asked is not None:
        words = _("%(name)s er spurgt.", name=asked.person.name)
    else:
        words = ngettext("%(num)s kollega er spurgt.", "%(num)s kolleger er spurgt.", told)
    flash(_("%(asked)s Vagten er din, til en anden har taget den.", asked=words), "success")
    return redirect(url_for("roster.own"), 303)


def lapsed(swap_id: int, refused: Lapsed, back: str = "roster.own") -> Answer:
    """End a swap that can no longer be, and say why on the page to go back to."""
    db.session.rollback()
    begin_write()
    one = lock_swap(web.member().programme_id, swap_id)
    was_taken = one is not None and one.state == State.TAKEN
    why = offering.let_lapse(one, here()) if one is not None else None
    if one is not None and why is not None and was_taken:
        swap_letters.tell_lapsed(one, why, web.settings(), besides=web.member().person_id)
    db.session.commit()
    flash(_("Byttet er faldet bort. %(why)s", why=refused_words(refused, web.member().person_id)), "warning")
    return redirect(url_for(back), 303)


def too_late(swap_id: int, refused: Refused) -> Answer:
    """Somebody was first, or one of the two is on duty: the page as it is now, with why."""
    db.session.rollback()
    one = visible(swap_of(web.member().programme_id, swap_id))
    words = "" if type(refused) is Stale else refused_words(refused, web.member().person_id)
    if not words:
        still = State(one.state) is State.OFFERED
        words = _("Vagten, du ville give, kan ikke byttes mere.") if still else stands(one, web.member().person_id, "")
    return swap_page(one, refusal=words, code=409)


def own_shift(shift_id: int) -> Shift:
    """One's own shift in the active programme; 404 for any other."""
    shift = shift_of(web.user().actor, shift_id)
    return shift if shift is not None and shift.person_id == web.member().person_id else abort(404)


def visible(one: Swap | None) -> Swap:
    """The swap, if it is asked of everybody, or she has a part in it; else 404."""
    me = web.member().person_id
    if one is None:
        abort(404)
    parts = {one.shift.person_id, *(each.person_id for each in (one.asked, one.taker) if each)}
    return one if one.asked is None or me in parts else abort(404)


def own_membership() -> Membership:
    """The membership that is active in the session, as a row."""
    return db.session.get_one(Membership, web.member().id)
