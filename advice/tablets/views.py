"""The tiles of a shared tablet, the PIN behind each, and changing from one adviser to another."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from itertools import groupby
from typing import Concatenate, ParamSpec, TypeVar
from uuid import UUID

from flask import abort, flash, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import logout_user
from werkzeug.wrappers import Response

from advice import tablet_cookie, web
from advice.actions import tablets
from advice.database import begin_write, db
from advice.models import tablets as questions
from advice.models.tablet_questions import never_in
from advice.models.tablets import Enrolled, Tile
from advice.models.wall import wall_at
from advice.rules.access import Standing
from advice.rules.danish import sort_key
from advice.rules.presence import State
from advice.tablets import enrolment, presence, unlocking
from advice.tablets.blueprint import blueprint
from advice.tablets.forms import PinForm

__all__ = ["blueprint", "enrolment"]

Answer = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]
ALL_PLACES = "alle"
P = ParamSpec("P")
R = TypeVar("R")


def at_tablet(view: Callable[Concatenate[Enrolled, P], R]) -> Callable[P, R | Response]:
    """Decorator: an enrolled tablet asks, whoever is logged in. What has been one is told so; for others it is 404."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
        tablet = tablet_cookie.this_tablet(web.today())
        if tablet is not None:
            return view(tablet, *args, **kwargs)
        return redirect(url_for("tablets.tiles"), 303) if tablet_cookie.secret() else abort(404)

    return web.declare(guarded, Standing.TABLET)


@blueprint.get("/tablet")
@web.open_to_all
def tiles() -> Response:
    """Who may use this tablet; on a device that is none, or none any more, what to do.

    Whoever has never been in stands there only if she is on duty: her tile says how she gets in.
    """
    held = tablet_cookie.secret()
    tablet = tablet_cookie.this_tablet(web.today())
    if tablet is None or held is None:
        answer = make_response(render_template("tablets/none.html", ended=held is not None))
        if held is not None:
            tablet_cookie.forget(answer)
        return answer
    shown = questions.tiles(tablet, web.today())
    new = never_in({one.member.person_id for one in shown})
    panels = presence.panels(tablet, shown)
    here = [one for one in shown if one.on_duty or panels[one.member.person_id].state is State.HERE]
    others = [one for one in shown if one not in here and one.member.person_id not in new]
    page = render_template(
        "tablets/tiles.html",
        tablet=tablet,
        on_duty=here,
        panels=panels,
        others=[(letter, list(found)) for letter, found in groupby(others, key=initial)],
        new=new,
    )
    note_contact(tablet)
    answer = make_response(page)
    tablet_cookie.keep(answer, held)
    return answer


@blueprint.get("/tablet/vaeg")
@at_tablet
def wall(tablet: Enrolled) -> str:
    """A screen on the wall of a staff room: who is here and until when, without anybody's log-in, minute by minute.

    It shows what the tiles do, names of the staff, and when they are there; neither what the staff are told nor who is
    away, since whoever stands before a tablet can open it. The place it was enrolled for, or with `?sted=alle` every
    place.
    """
    web.unattended()
    every = request.args.get("sted") == ALL_PLACES or tablet.place_slug is None
    slug = None if every else tablet.place_slug
    found = wall_at(tablet.programme_id, web.local_now(), slug, for_staff=False) or abort(404)
    page = render_template(
        "_parts/wall.html",
        wall=found,
        address=lambda place: url_for("tablets.wall", sted=None if place else ALL_PLACES),
        places=[one for one in found.places if one.id == tablet.place_id],
        back=(url_for("tablets.tiles"), _("Hvem er du?")),
    )
    note_contact(tablet)
    return page


def initial(tile: Tile) -> str:
    """The letter a name is looked up under: "Ö" with "Ø", as it is sorted."""
    name = tile.member.person.name.strip()
    return {"{": "Æ", "|": "Ø", "}": "Å"}.get(sort_key(name)[:1], sort_key(name)[:1].upper() or "–")


def note_contact(tablet: Enrolled) -> None:
    """Remember that the tablet is in use, each minute at most; ends the transaction of what was read."""
    if web.now() - tablet.last_contact_at >= tablets.CONTACT_EVERY:
        db.session.rollback()
        begin_write()
        tablets.touch(tablet.id, web.now())
        db.session.commit()


@blueprint.get("/tablet/<uuid:person>")
@at_tablet
def pin(tablet: Enrolled, person: UUID) -> str:
    """Where she shows her PIN; without one, how to get one."""
    return pin_page(tile_of(tablet, person), PinForm(formdata=None))


@blueprint.post("/tablet/<uuid:person>")
@at_tablet
def come_in(tablet: Enrolled, person: UUID) -> Answer:
    """In with a tap if she has unlocked this tablet today, else with her right PIN."""
    tile = tile_of(tablet, person)
    form = PinForm()
    if tile.unlocked:
        return enter(tablet, person)
    pin_hash = tile.member.person.pin_hash
    if pin_hash is None or not form.validate():
        return pin_page(tile, form), 422
    wait = unlocking.seconds_to_wait(tablet, str(person))
    # Nobody's save waits for the slow hash: whatever transaction this request has begun ends here.
    db.session.rollback()
    if wait is None and unlocking.is_right(pin_hash, form.pin.data):
        return enter(tablet, person, pin_hash)
    if wait is not None:
        form.form_errors.append(web.closed_for(wait))
        return pin_page(tile_of(tablet, person), form), 429, {"Retry-After": str(wait)}
    begin_write()
    tile = tile_of(tablet, person)
    unlocking.record(tablet, str(person), tile.member.person_id, succeeded=False)
    db.session.commit()
    form.pin.errors = [_("Pinkoden passer ikke. Prøv igen.")]
    return pin_page(tile, form), 422


@blueprint.post("/tablet/<uuid:person>/fremmoede")
@at_tablet
def mark(tablet: Enrolled, person: UUID) -> Response:
    """Met or left in one tap on the tile, for whoever has shown her PIN on this tablet today; others show it first.

    A mark is no secret, but it must be hers: a locked tile is a name that whoever passes by can touch, and hours that
    somebody else can make up are worth nothing to her or to her leader. An unlocked tile lets in with a tap already.
    """
    db.session.rollback()
    begin_write()
    tile = tile_of(tablet, person)
    if not tile.unlocked or tablet.place_slug is None:
        db.session.rollback()
        return redirect(url_for("tablets.pin", person=person), 303)
    kind, words = presence.mark(tablet, tile.member)
    tablets.touch(tablet.id, web.now())
    db.session.commit()
    flash(words, kind)
    return redirect(url_for("tablets.tiles"), 303)


@blueprint.post("/tablet/skift")
@at_tablet
def change(_tablet: Enrolled) -> Response:
    """Back to the tiles: the session on this tablet ends, its adviser's unlock of today stays.

    Without Clear-Site-Data, unlike logging out. "storage" would take the visits that wait on the device to be sent,
    several advisers' among them, and "cookies" its enrolment. "cache" would take nothing of hers, since every staff
    page is sent with no-store, but the stylesheet, the fonts and the scripts, from a device on weak Wi-Fi whose next
    adviser has somebody waiting, many times a day.
    """
    db.session.rollback()
    begin_write()
    unlocking.leave()
    db.session.commit()
    logout_user()
    session.clear()
    return redirect(url_for("tablets.tiles"), 303)


def enter(tablet: Enrolled, person: UUID, shown: str | None = None) -> Response:
    """Let her in, in a write transaction of its own, which this commits. shown: the hash of the PIN she has just shown.

    Her unlock or PIN may be gone by now (she chose another, or was logged out everywhere): then the tile asks again.
    """
    db.session.rollback()
    begin_write()
    member = tile_of(tablet, person).member
    db.session.refresh(member.person, with_for_update=True)
    tile = tile_of(tablet, person)
    if not (tile.unlocked if shown is None else member.person.pin_hash == shown):
        db.session.rollback()
        return redirect(url_for("tablets.pin", person=person), 303)
    if shown is not None:
        unlocking.record(tablet, str(person), member.person_id, succeeded=True)
        tablets.unlock(web.now(), web.today(), tablet.id, member)
    tablets.touch(tablet.id, web.now())
    unlocking.let_in(tablet, member, request.headers.get("User-Agent", ""))
    return redirect(url_for("visits.day", sted=tablet.place_slug), 303)


def tile_of(tablet: Enrolled, person: UUID) -> Tile:
    """Somebody whom the tablet may let in; 404 for anybody else."""
    found = questions.tiles(tablet, web.today())
    return next((one for one in found if one.member.person.public_id == person), None) or abort(404)


def pin_page(tile: Tile, form: PinForm) -> str:
    """The page of one tile."""
    person = tile.member.person
    new = bool(never_in({person.id}))
    return render_template("tablets/pin.html", person=person, has_pin=person.pin_hash is not None, new=new, form=form)
