"""What leaders do: enrol the device they stand with, see each tablet, end an enrolment."""

from __future__ import annotations

from urllib.parse import urlsplit

import segno
from flask import abort, flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_login import logout_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from advice import late_forms, tablet_cookie, web
from advice.actions import tablets
from advice.config import LOOPBACK
from advice.database import LARGEST_ID, db
from advice.models.people_questions import without_say
from advice.models.places import Place
from advice.models.tablets import Tablet, living_tablet, living_tablets
from advice.models.weeks import places_between
from advice.rules.access import Action, Subject
from advice.security import outward
from advice.tablets import unlocking
from advice.tablets.blueprint import blueprint
from advice.tablets.forms import EnrolForm

Answer = str | Response | tuple[str, int]


@blueprint.route("/tablet/tilmeld", methods=["GET", "POST"])
@web.needs(Action.ENROL_TABLET, proved=True)
@late_forms.shows_old
def enrol() -> Answer:
    """Make this device a shared tablet of a place; the leader is logged out here, and the tiles show."""
    form, places = EnrolForm(), offered()
    form.offer(places)
    if form.validate_on_submit():
        place = next(one for one in places if one.slug == form.place.data)
        before, minutes = tablet_cookie.secret(), int(form.idle_minutes.data)
        token = tablets.enrol(web.now(), web.member(), place.id, form.name.data, minutes, before=before)
        unlocking.leave()
        db.session.commit()
        logout_user()
        session.clear()
        flash(_("Tabletten er tilmeldt. Du er logget ud på den."), "success")
        answer = redirect(url_for("tablets.tiles"), 303)
        tablet_cookie.keep(answer, token)
        return answer
    already = tablet_cookie.this_tablet(web.today())
    page = render_template("tablets/enrol.html", form=form, places=places, already=already)
    return (page, 422) if form.is_submitted() else page


def offered() -> list[Place]:
    """The places of the leader's programme in force today."""
    return places_between(web.member().programme_id, web.today(), web.today())


@blueprint.get("/indstillinger/tablets")
@web.needs(Action.ENROL_TABLET)
def index() -> str:
    """The tablets she may end: a coordinator's whole programme's, a team leader's own organisation's.

    And the address to open on one more: to read aloud and type, or as a picture for its camera.
    """
    found = [one for one in living_tablets(web.member().programme_id) if web.may(Action.ENROL_TABLET, subject(one))]
    gone = without_say(web.member().programme_id, {one.enrolled_by for one in found}, web.today())
    address = outward(url_for("tablets.enrol"))
    return render_template(
        "tablets/index.html",
        tablets=found,
        gone=gone,
        zone=web.settings().timezone,
        address=address,
        only_here=urlsplit(address).hostname in {name.strip("[]") for name in LOOPBACK},
        picture=Markup(segno.make(address, error="m").svg_inline(omitsize=True, dark="#000", light="#fff")),
    )


@blueprint.post(f"/indstillinger/tablets/<int(max={LARGEST_ID}):tablet>/afslut")
@web.needs(Action.ENROL_TABLET)
def end(tablet: int) -> Response:
    """End an enrolment at once, with every session on the device."""
    found = living_tablet(web.member().programme_id, tablet) or abort(404)
    web.refuse_unless(Action.ENROL_TABLET, subject(found))
    name = found.name
    tablets.end(web.now(), found.id, web.user().person.id)
    db.session.commit()
    flash(_("%(name)s er ikke tilmeldt længere. Alle er logget ud på den.", name=name), "success")
    return redirect(url_for("tablets.index"), 303)


def subject(tablet: Tablet) -> Subject:
    """A tablet as rules/access.py sees it."""
    return Subject(tablet.programme_id, tablet.organisation_id)
