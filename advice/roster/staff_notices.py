"""Notices to the staff ("printeren virker ikke"): what is told today and ahead, writing, changing, taking away.

Shown where people look anyway: the tablet's day, the week, the screen on the wall, one's own shifts; never on paper
that hangs on a door. Whoever plans writes for every place, an adviser where and when she is on duty; whose it is
changes it, and whoever plans. 30 days after its last day it is gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from advice import late_forms, web
from advice.actions import staff_notices
from advice.actions.shifts import PastDay, Stale
from advice.actions.staff_notices import Told, told_by
from advice.database import LARGEST_ID, db
from advice.models.places import Place
from advice.models.staff_notices import StaffNotice, days_on_duty, notice_of, notice_to_change, notices_between
from advice.models.weeks import every_place, in_order, places_between
from advice.roster.blueprint import blueprint
from advice.roster.planning import Answer, by
from advice.roster.staff_notice_forms import ALL, StaffNoticeForm
from advice.roster.words import day_words
from advice.rules.access import Action
from advice.rules.staff_notices import LONGEST, Writer, may_change
from advice.web import needs

LIST = "/vagtplan/beskeder"
ONE = f"{LIST}/<int(max={LARGEST_ID}):notice_id>"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two versions in words: what stands, and what the person wanted to save."""

    stands: str
    wanted: str


@blueprint.route(LIST, methods=["GET", "POST"])
@needs(Action.SEE_ROSTER)
@late_forms.shows_old
def notices() -> Answer:
    """What is told, and one more; `?sted=` and `?dag=` fill in place and day."""
    who = writer()
    places = places_for(who)
    form = StaffNoticeForm() if request.method == "POST" else StaffNoticeForm(formdata=None, data=begun(who, places))
    form.offer(places, who)
    if form.validate_on_submit():
        row = staff_notices.write(web.member().programme_id, form.told(), by())
        return saved(_("Gemt: %(notice)s.", notice=words(told_by(row))))
    return list_page(form, who)


@blueprint.route(ONE, methods=["GET", "POST"])
@needs(Action.SEE_ROSTER)
@late_forms.shows_old
def notice(notice_id: int) -> Answer:
    """One notice: change it."""
    row, who = notice_or_refuse(notice_id)
    if request.method != "POST":
        return notice_page(row, who)
    form = StaffNoticeForm()
    form.offer(places_for(who, row), who)
    if not form.validate():
        return notice_page(row, who, form, code=422)
    try:
        changed = staff_notices.change(row, version_seen(), form.told(), by())
    except Stale:
        return notice_page(row, who, form, wanted=words(form.told()), code=409)
    if not changed:
        flash(_("Der var ikke noget at ændre."), "info")
        return redirect(url_for("roster.notices"), 303)
    return saved(_("Ændret: %(notice)s.", notice=words(told_by(row))))


@blueprint.post(f"{ONE}/fjern")
@needs(Action.SEE_ROSTER)
def take_away(notice_id: int) -> Answer:
    """Take a notice away before its time."""
    row, who = notice_or_refuse(notice_id)
    try:
        staff_notices.take_away(row, version_seen(), by())
    except Stale:
        return notice_page(row, who, wanted=_("Beskeden taget ned"), code=409)
    return saved(_("Taget ned: %(notice)s.", notice=words(told_by(row))), row)


@blueprint.post(f"{ONE}/fortryd")
@needs(Action.SEE_ROSTER)
def put_back(notice_id: int) -> Answer:
    """Put a notice back that was taken away by mistake."""
    row, who = notice_or_refuse(notice_id)
    try:
        staff_notices.put_back(row, version_seen(), by())
    except Stale:
        return notice_page(row, who, wanted=_("Beskeden sat op igen"), code=409)
    except PastDay:
        flash(_("Beskedens sidste dag er gået."), "info")
        return redirect(url_for("roster.notices"), 303)
    return saved(_("Fortrudt. Beskeden er sat op igen: %(notice)s.", notice=words(told_by(row))))


@blueprint.get(f"{ONE}/fjern")
@blueprint.get(f"{ONE}/fortryd")
@needs(Action.SEE_ROSTER)
def back_to_notices(notice_id: int) -> Answer:
    """Whoever comes back from log-in, or reloads, gets the list."""
    return redirect(url_for("roster.notices"))


def writer() -> Writer:
    """The person logged in, as the rule sees her."""
    active = web.member()
    plans = web.may(Action.PLAN_ROSTER)
    return Writer(plans, () if plans else days_on_duty(active.person_id, active.programme_id, web.today()))


def places_for(who: Writer, row: StaffNotice | None = None) -> list[Place]:
    """The places that she may write for, and the one that a notice is at already."""
    key, today = web.member().programme_id, web.today()
    there = places_between(key, today, today + LONGEST)
    if not who.plans:
        on_duty = {place_id for place_id, _day in who.on_duty}
        there = [one for one in there if one.id in on_duty]
    if row is not None and row.place_id is not None and row.place_id not in {one.id for one in there}:
        there = in_order([*there, every_place(key)[row.place_id]])
    return there


def begun(who: Writer, places: list[Place]) -> dict[str, object]:
    """What a new form begins with: what the address names, else the first shift of hers, else all places today."""
    slug = request.args.get("sted")
    asked = next((one.id for one in places if one.slug == slug), None)
    first = min(who.on_duty, key=lambda one: (one[1], one[0]), default=None)
    if first is not None and asked is None:
        return {"place": str(first[0]), "first": first[1]}
    return {"place": str(asked or ALL), "first": request.args.get("dag", web.today(), date.fromisoformat)}


def notice_or_refuse(notice_id: int) -> tuple[StaffNotice, Writer]:
    """The notice, locked if it is a write, and who asks; 404 for another programme's, 403 if it is not hers."""
    find = notice_to_change if request.method == "POST" else notice_of
    row = find(web.user().actor, notice_id)
    if row is None:
        abort(404)
    who = writer()
    if not may_change(who, row.person_id == web.member().person_id):
        abort(403)
    return row, who


def list_page(form: StaffNoticeForm, who: Writer) -> Answer:
    """The list with the form of a new one."""
    key, today = web.member().programme_id, web.today()
    rows = notices_between(key, today, None)
    taken = request.args.get("taget", type=int)
    undo = notice_of(web.user().actor, taken) if taken is not None and 0 < taken <= LARGEST_ID else None
    page = render_template(
        "roster/staff_notices.html",
        form=form,
        writer=who,
        now=[one for one in rows if one.first_day <= today],
        later=[one for one in rows if one.first_day > today],
        undo=undo if undo and undo.withdrawn_at and undo.last_day >= today and mine(undo, who) else None,
        days=days_text,
        mine=lambda one: mine(one, who),
    )
    return (page, 422) if request.method == "POST" else page


def notice_page(
    row: StaffNotice, who: Writer, form: StaffNoticeForm | None = None, *, wanted: str = "", code: int = 200
) -> Answer:
    """The page of one notice, with the form as it was sent, and with both versions if there are two."""
    if form is None:
        told = {"text": row.text, "place": str(row.place_id or ALL), "first": row.first_day, "last": row.last_day}
        form = StaffNoticeForm(formdata=None, data=told)
        form.offer(places_for(who, row), who)
    stands = words(told_by(row))
    if row.withdrawn_at is not None:
        stands = _("%(notice)s (taget ned)", notice=stands)
    page = render_template(
        "roster/staff_notice.html",
        row=row,
        form=form,
        conflict=Conflict(stands, wanted) if wanted else None,
    )
    return page if code == 200 else (page, code)


def mine(row: StaffNotice, who: Writer) -> bool:
    """Whether the person logged in may change a notice."""
    return may_change(who, row.person_id == web.member().person_id)


def saved(sentence: str, taken: StaffNotice | None = None) -> Response:
    """Commit, say what happened, and go to the list, which offers to undo what was taken away."""
    key = taken.id if taken else None
    db.session.commit()
    flash(sentence, "success")
    return redirect(url_for("roster.notices", taget=key), 303)


def words(told: Told) -> str:
    """ "Skuret, mandag 23. november: Printeren virker ikke"."""
    place = every_place(web.member().programme_id)[told.place_id].name if told.place_id else _("Alle steder")
    return f"{place}, {days_text(told.first, told.last)}: {told.text.rstrip('.')}"


def days_text(first: date, last: date) -> str:
    """ "mandag 23. november", or two of them."""
    return day_words(first) if first == last else f"{day_words(first)} – {day_words(last)}"


def version_seen() -> int | None:
    """The version that the page showed."""
    return request.form.get("version", type=int)
