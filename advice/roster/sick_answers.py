"""The link in a mail that asks for a stand-in: a page with two buttons. Whoever has the address may answer by it.

It logs nobody in and shows no more than the mail did. Opening it changes nothing, since mail programs open links by
themselves. It opens nothing once somebody has the shift or nobody is missed there any more, its day has gone, or the
person is shut out or has left.
"""

from __future__ import annotations

from flask import Response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from advice import web
from advice.actions import stand_ins
from advice.actions.shifts import By, Clash, NotOnTeam, Refused, Stale, Taken
from advice.database import begin_write, db
from advice.models.roster import Shift
from advice.models.stand_ins import StandInAsk, asks_of
from advice.roster import sick_filled, sick_letters
from advice.roster.blueprint import blueprint
from advice.roster.planning import Answer
from advice.roster.sick_filled import filled
from advice.roster.sick_words import refused_words, where
from advice.web import secret_address

YES, NO = "ja", "nej"


@blueprint.route("/vagtplan/svar/<token>", methods=["GET", "POST"])
@secret_address
def stand_in_answer(token: str) -> Answer:
    """Can she? The answer is hers to change for as long as nobody has the shift."""
    if request.method == "POST" and request.form.get("svar") in (YES, NO):
        return answered(token, request.form["svar"] == YES)
    asked = stand_ins.find(token)
    if asked is None:
        return unknown()
    shift = db.session.get_one(Shift, asked.shift_id)
    try:
        stand_ins.refuse_unless_living(asked, shift, by_of(asked))
    except Refused as refused:
        return closed(asked, shift, refused)
    return closed(asked, shift, Stale()) if filled(shift) else page_of(asked, shift)


def answered(token: str, yes: bool) -> Answer:
    """Store the answer, tell everybody it concerns, and say what came of it."""
    db.session.rollback()
    begin_write()
    asked = stand_ins.find(token)
    try:
        if yes and asked is not None and filled(db.session.get_one(Shift, asked.shift_id)):
            raise Stale
        others = sick_filled.beside(asked.shift_id) if yes and asked is not None else []
        done = stand_ins.answer(token, yes=yes, at=web.now(), today=web.today())
    except Refused as refused:
        db.session.rollback()
        asked = stand_ins.find(token)
        return closed(asked, db.session.get_one(Shift, asked.shift_id), refused) if asked else unknown()
    if done is None:
        db.session.rollback()
        return unknown()
    if done.new is not None:
        asks = asks_of([done.cancelled.id]).get(done.cancelled.id, [])
        sick_letters.tell_found(done.cancelled, done.new, asks, None)
        sick_filled.tell(others, [done.new], None)
    db.session.commit()
    return redirect(url_for("roster.stand_in_answer", token=token), 303)


def page_of(asked: StandInAsk, shift: Shift) -> str:
    """The question, with what she has said to it before."""
    return render_template("roster/sick_answer.html", shift=shift, where=where(shift), said=asked.answer)


def closed(asked: StandInAsk, shift: Shift, refused: Refused) -> Answer:
    """There is nothing to answer any more, and why. Who got the shift herself is told that she has it."""
    mine = isinstance(refused, Taken) and refused.holder.person_id == asked.membership.person_id
    if mine and isinstance(refused, Taken) and refused.holder.status == "active":
        return render_template("roster/sick_answer.html", shift=shift, where=where(shift), said="yes")
    if isinstance(refused, NotOnTeam):
        words, code = _("Linket gælder ikke mere."), 410
    else:
        words, code = refused_words(refused, mine=True), 409 if isinstance(refused, Clash) else 410
    page = render_template("roster/sick_answer.html", shift=shift, where=where(shift), said=None, refusal=words)
    return page, code


def unknown() -> Answer:
    """A secret that is nobody's, or that a newer mail has replaced."""
    words = _("Linket gælder ikke mere. Er du spurgt igen, så brug linket i den nyeste mail.")
    return render_template("roster/sick_answer.html", shift=None, where="", said=None, refusal=words), 404


def by_of(asked: StandInAsk) -> By:
    """Whoever was asked, now."""
    return By(asked.membership.person_id, asked.membership.organisation_id, web.now(), web.today())


@blueprint.after_request
def keep_secret(response: Response) -> Response:
    """The address is told to no other site and its page kept by nobody; the origin alone proves that forms are ours."""
    if request.endpoint == "roster.stand_in_answer":
        response.headers["Referrer-Policy"] = "strict-origin"
        response.headers["Cache-Control"] = "no-store"
    return response
