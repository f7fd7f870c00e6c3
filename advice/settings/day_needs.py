"""What a service needs at a place on one day, beside what the weekday needs: set, looked at before, taken back.

The row is a row of the programme file, saved like any other (sections/saving); this page knows what the weekday's
need is and says what the day would lack.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from advice import late_forms, web
from advice.actions.programmes import editing
from advice.actions.programmes.editing import Data, Document, fingerprint
from advice.database import db
from advice.formats.programme_file.fields import WEEKDAYS as WEEKDAY_CODES
from advice.formats.programme_file.kinds import specs
from advice.models.places import Place, Service
from advice.rules.access import Action
from advice.rules.spans import in_force
from advice.rules.weeks import monday_of, week_of
from advice.settings import day_coverage
from advice.settings.blueprint import blueprint
from advice.settings.people import Answer
from advice.settings.sections.forms import form_of, read
from advice.settings.sections.leaves import Leaf, Names, leaves, model_of
from advice.settings.sections.lines import shown, value_words
from advice.settings.sections.pages import Sheet, boxes
from advice.settings.sections.saving import Sent, differences, editor, save
from advice.settings.sections.words import BY_NAME, WEEKDAYS

DAY_NEEDS, NEEDS = "day_needs", "needs"
WHERE = ("place", "service", "day")
ADDRESS = "/indstillinger/behov-paa-dage/<day>/<place>/<service>"
PREVIEW = "vis"
"""The button that shows what it would do, and stores nothing."""
USUAL_WORDS = ("staff", "organisations", "competences")


@dataclass(frozen=True, slots=True)
class Spot:
    """A service at a place on a day, in the programme as it stands. row_id, row: its own need, if it has one.

    usual: the weekday's need in force that day, as data.
    """

    doc: Document
    day: date
    place: Place
    service: Service
    row_id: int | None
    row: Data
    usual: Data

    @property
    def past(self) -> bool:
        """Whether the day has gone: what was needed then stays as it is."""
        return self.day < web.today()

    @property
    def words(self) -> str:
        """ "Ringparken onsdag 25. november"."""
        return f"{self.place.name} {web.day_plain(self.day)}"


def need_url(day: date, place: str, service: str) -> str:
    """The page of a day's need. place: a slug; service: a code."""
    return url_for("settings.day_need", day=day.isoformat(), place=place, service=service)


@blueprint.route(ADDRESS, methods=["GET", "POST"])
@web.needs(Action.EDIT_SETTINGS)
@late_forms.shows_old
def day_need(day: str, place: str, service: str) -> Answer:
    """The need of a day: what it usually is, what it shall be, and what the day lacks."""
    spot = spot_or_404(day, place, service)
    sheet = sheet_of(spot)
    if request.method != "POST":
        return page(spot, sheet)
    if spot.past:
        return page(spot, sheet), 422
    sent = taken_back_meanwhile(sheet) or save(sheet)
    if sent.done is None:
        db.session.rollback()
        return page(spot, sheet, stale=sent.stale), 422 if sent.stale is None else 409
    if PREVIEW in request.form:
        would = day_coverage.told(spot.place.id, spot.service.id, spot.day)
        db.session.rollback()
        return page(spot, sheet, would=would)
    if spot.row_id is None and numbers(sent.row) == numbers(spot.usual):
        db.session.rollback()
        flash(_("Det er det samme som ellers. Der er ikke gemt noget."), "info")
        return to_week(spot)
    changed = _("Gemt: behovet i %(where)s.", where=spot.words)
    return done(spot, changed if sent.done.changed else _("Der var ikke noget at ændre."))


@blueprint.post(f"{ADDRESS}/saedvanlig")
@web.needs(Action.EDIT_SETTINGS)
def usual_again(day: str, place: str, service: str) -> Answer:
    """Take the need of a day back: the weekday's holds again."""
    spot = spot_or_404(day, place, service)
    if spot.row_id is None:
        flash(_("%(where)s følger det sædvanlige behov.", where=spot.words), "info")
        return to_week(spot)
    if spot.past:
        return page(spot, sheet_of(spot, sent=False)), 422
    if request.form.get("row_seen") != fingerprint(spot.row):
        return page(spot, sheet_of(spot, sent=False), stale=()), 409
    by = editor()
    editing.save(spot.doc, editing.Edit(DAY_NEEDS, {**spot.row, "withdrawn_at": by.now}, spot.row_id), by)
    return done(spot, _("%(where)s følger det sædvanlige behov igen.", where=spot.words))


def done(spot: Spot, words: str) -> Answer:
    """Commit, say so and what the day lacks now, and go to its week."""
    coverage = day_coverage.told(spot.place.id, spot.service.id, spot.day)
    db.session.commit()
    flash(words, "success")
    if coverage.gaps:
        flash(f"{spot.words}: {', '.join(coverage.gaps)}.", "warning")
    elif coverage.agreed:
        flash(_("%(where)s åbner med færre (aftalt).", where=spot.words), "info")
    elif coverage.covered:
        flash(_("%(where)s er dækket.", where=spot.words), "info")
    return to_week(spot)


def to_week(spot: Spot) -> Answer:
    """To the week of the day; to the list where the addresses of weeks end."""
    year, number = week_of(spot.day)
    if monday_of(year, number) is None:
        return redirect(url_for("settings.section", section=BY_NAME[DAY_NEEDS].slug), 303)
    return redirect(url_for("roster.week", year=year, number=number), 303)


def spot_or_404(day: str, place: str, service: str) -> Spot:
    """What an address names, in the programme worked in; 404 for a day, place or service that there is not."""
    doc = editing.open_document(web.member().programme_id, to_change=request.method == "POST")
    found = next((row for row in doc.stored.objects["places"].values() if row.slug == place), None)
    offered = next((row for row in doc.stored.objects["services"].values() if row.code == service), None)
    when = day_of(day)
    if found is None or offered is None or when is None:
        abort(404)
    here = {"place": place, "service": service}
    that_day = {**here, "day": when}.items()
    own = (one for one in doc.rows(DAY_NEEDS).items() if that_day <= one[1].items() and "withdrawn_at" not in one[1])
    row_id, row = next(own, (None, {}))
    weekly = {**here, "weekday": WEEKDAY_CODES[when.weekday()]}.items()
    usual = [one for one in doc.rows(NEEDS).values() if weekly <= one.items()]
    usual = [one for one in usual if in_force(one["valid_from"], one.get("valid_to"), when)]
    newest = max(usual, key=lambda one: one["valid_from"], default={})
    return Spot(doc, when, found, offered, row_id, row, newest)


def day_of(text: str) -> date | None:
    """A day as an address has it: 2026-11-25."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.isoformat() == text else None


def numbers(row: Mapping[str, Any]) -> Data:
    """What a need asks, without where and when it holds."""
    names = {spec.name for spec in specs(model_of(DAY_NEEDS))} - {*WHERE, "withdrawn_at"}
    found = {name: value for name, value in row.items() if name in names}
    return {name: sorted(value) if isinstance(value, list) else value for name, value in found.items()}


def sheet_of(spot: Spot, *, sent: bool = True) -> Sheet:
    """The form of a day's need; of a day without one it begins with the usual. sent: filled with what was sent."""
    names = Names(spot.doc, web.today())
    where = {"place": spot.place.slug, "service": spot.service.code, "day": spot.day}
    base = spot.row or {**where, **numbers(spot.usual)}
    asked = [with_usual(leaf, spot, names) for leaf in leaves(DAY_NEEDS, base, names) if leaf.path[0] not in WHERE]
    form = form_of(asked, base, sent=sent)
    if request.method != "POST" or not sent:
        form.row_seen.data = fingerprint(spot.row) if spot.row_id is not None else ""
    return Sheet(BY_NAME[DAY_NEEDS], spot.doc, names, spot.row_id, spot.row, base, None, None, WHERE, asked, form)


def with_usual(leaf: Leaf, spot: Spot, names: Names) -> Leaf:
    """The field with what the weekday has there as its hint."""
    if not spot.usual:
        return leaf
    spec = next(one for one in specs(model_of(DAY_NEEDS)) if one.name == leaf.path[0])
    value = spot.usual.get(leaf.path[0], spec.default)
    if len(leaf.path) > 1:
        words = str((value or {}).get(leaf.path[1], "")) or _("ingen")
    else:
        words = value_words(spec, value, names) or _("ingen")
    return replace(leaf, hint=_("Ellers: %(usual)s.", usual=words))


def taken_back_meanwhile(sheet: Sheet) -> Sent | None:
    """What to show of a form that was opened on a need which has been taken back since; None where it has not."""
    if sheet.row_id is not None or not sheet.form.row_seen.data:
        return None
    sheet.form.validate()
    typed = read(sheet.form, sheet.leaves, sheet.base)
    sheet.form.row_seen.data = ""
    return Sent(stale=differences(replace(sheet, row=sheet.base), typed.row))


def page(spot: Spot, sheet: Sheet, stale: Any = None, would: day_coverage.Told | None = None) -> str:
    """The page of a day's need. would: what the day would lack with what was typed."""
    section = BY_NAME[NEEDS]
    usual = [shown(section, name, spot.usual, sheet.names) for name in USUAL_WORDS] if spot.usual else []
    return render_template(
        "settings/day_need.html",
        spot=spot,
        form=sheet.form,
        boxes=boxes(sheet),
        weekday=WEEKDAYS[spot.day.weekday()],
        usual=" · ".join(part for part in usual if part),
        now=day_coverage.told(spot.place.id, spot.service.id, spot.day),
        would=would,
        stale=stale,
        preview=PREVIEW,
        seen=fingerprint(spot.row) if spot.row_id is not None else None,
    )
