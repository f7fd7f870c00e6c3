"""Somebody is ill or away, now: one screen takes her off every shift that it touches, several people at once."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for

from advice import late_forms, web
from advice.actions import stand_ins
from advice.actions.shifts import Refused
from advice.database import db
from advice.models.people import staff_to_plan
from advice.models.roster import shifts_between
from advice.roster import sick_letters
from advice.roster.blueprint import blueprint
from advice.roster.links import may_plan
from advice.roster.planning import Answer, by
from advice.roster.sick_forms import SickForm
from advice.roster.sick_words import fallen_words, left_words
from advice.roster.words import on_duty, refusal_words
from advice.rules.access import Action
from advice.web import needs


@blueprint.route("/vagtplan/syg", methods=["GET", "POST"])
@needs(Action.PLAN_ROSTER)
@late_forms.shows_old
def sick() -> Answer:
    """Who is away, from when until when; then on to the holes that it makes."""
    today = web.today()
    form = SickForm(data={"first": today})
    members = staff_to_plan(web.user().actor, today)
    form.offer(members, on_duty(shifts_between(web.member().programme_id, today, today)))
    if form.is_submitted() and form.check(members):
        try:
            fallen = stand_ins.call_off(form.chosen(members), form.days(), may_plan, by())
        except Refused as refused:
            form.first.errors = [*form.first.errors, refusal_words(refused)]
        else:
            sick_letters.tell_the_sick(fallen)
            sick_letters.tell_leaders(fallen)
            db.session.commit()
            flash(fallen_words(fallen), "success")
            if left := left_words(fallen):
                flash(left, "warning")
            return redirect(url_for("roster.holes", fra=ahead(form)), 303)
    page = render_template("roster/sick.html", form=form)
    return (page, 422) if form.is_submitted() else page


def ahead(form: SickForm) -> str | None:
    """From which day the holes are to be shown, where that is not today."""
    return form.first.data.isoformat() if form.first.data > web.today() else None
