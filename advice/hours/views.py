"""The addresses of the edits: each a form, a preview and a saving."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _

from advice import late_forms, web
from advice.actions import hours
from advice.hours.blueprint import blueprint
from advice.hours.day_forms import CloseForm, ExtraForm, MoveForm, OtherTimeForm
from advice.hours.editing import Answer, Kind, confirmed, edited, here, past_words, saved_already
from advice.hours.forms import with_own_words
from advice.hours.weekly_forms import BeginForm, EndForm
from advice.hours_words import line
from advice.rules.access import Action
from advice.rules.hours_book import Book, Sort, taken_over
from advice.rules.hours_undo import take_back
from advice.web_fields import parse_clock

ROOT = "/indstillinger/aabningstider"


@blueprint.route(f"{ROOT}/luk", methods=["GET", "POST"])
@web.needs(Action.EDIT_HOURS)
@late_forms.shows_old
def close() -> Answer:
    """Close some days."""
    words = _("Vælg dage eller uger, hvor der er lukket. Du ser, hvad det ændrer, før noget bliver gemt.")
    return edited(Kind("hours.close", _("Luk"), words), with_own_words(CloseForm, here(), data=asked()))


@blueprint.route(f"{ROOT}/flyt", methods=["GET", "POST"])
@web.needs(Action.EDIT_HOURS)
@late_forms.shows_old
def move() -> Answer:
    """Move a day."""
    words = _("Den ene dag bliver lukket, og den anden bliver åben. Lad tiderne stå tomme, hvis de er de samme.")
    return edited(Kind("hours.move", _("Flyt en dag"), words), with_own_words(MoveForm, here(), data=asked()))


@blueprint.route(f"{ROOT}/ekstra", methods=["GET", "POST"])
@web.needs(Action.EDIT_HOURS)
@late_forms.shows_old
def extra() -> Answer:
    """An extra opening."""
    words = _("Åbent på en dag, hvor der ellers ikke er åbent. Det gælder også på en lukkedag.")
    return edited(Kind("hours.extra", _("Ekstra åbning"), words), with_own_words(ExtraForm, here(), data=asked()))


@blueprint.route(f"{ROOT}/anden-tid", methods=["GET", "POST"])
@web.needs(Action.EDIT_HOURS)
@late_forms.shows_old
def other_time() -> Answer:
    """Other hours on one day."""
    words = _("Kortere eller andre tider på én dag, i stedet for dem, der ellers gælder.")
    kind = Kind("hours.other_time", _("Anden tid én dag"), words)
    return edited(kind, with_own_words(OtherTimeForm, here(), data=asked()))


@blueprint.route(f"{ROOT}/nye-tider", methods=["GET", "POST"])
@web.needs(Action.EDIT_HOURS)
@late_forms.shows_old
def begin() -> Answer:
    """New weekly hours."""
    found = here()
    words = _("Fra den dag, du vælger. De gamle tider slutter dagen før.")
    values, old = asked(), chosen(found.book)
    if old is not None:
        row = found.book.weekly[old]
        values = {
            "old": str(old), "place": str(row.place), "service": str(row.service), "weekday": str(row.weekday),
            "starts": row.starts, "ends": row.ends, "every_weeks": row.every_weeks,
        }  # fmt: skip
    return edited(Kind("hours.begin", _("Nye faste tider"), words), BeginForm(found, data=values))


@blueprint.route(f"{ROOT}/stop", methods=["GET", "POST"])
@web.needs(Action.EDIT_HOURS)
@late_forms.shows_old
def end() -> Answer:
    """A last day for weekly hours."""
    found = here()
    old = chosen(found.book)
    words = _("Efter den sidste dag er der ikke åbent på det tidspunkt mere. Uden en sidste dag går tiden videre.")
    values = {"old": str(old), "last": found.book.weekly[old].valid_to} if old is not None else {}
    return edited(Kind("hours.end", _("Stop en fast tid"), words), EndForm(found, data=values))


@blueprint.post(f"{ROOT}/fortryd")
@web.needs(Action.EDIT_HOURS)
def undo() -> Answer:
    """Take a row back: first what that does is shown."""
    found = here()
    if done := saved_already(found):
        return done
    sort, _dash, key = request.form.get("what", "").partition("-")
    rows = rows_to_undo(found.book, found.today).get(sort, {})
    if len(key) > 18 or not key.isdecimal() or int(key) not in rows:
        flash(_("Der var ikke noget at trække tilbage. Måske har en anden gjort det."), "info")
        return redirect(url_for("hours.index"), 303)
    patch = take_back(found.book, Sort(sort), int(key))
    preview = hours.preview(found, patch)
    kind = Kind("hours.undo", _("Træk tilbage"), _("Det bliver, som det ellers ville være."))
    words = past_words(found, preview)
    if preview.doubled:
        a, b = preview.doubled[0]
        words = _("Det kan ikke trækkes tilbage: %(a)s og %(b)s ville overlappe.", a=line(found, a), b=line(found, b))
    if words:
        flash(words, "error")
        return redirect(url_for("hours.index"), 303)
    return confirmed(kind, found, patch, preview)


def rows_to_undo(book: Book, today: date) -> dict[str, dict[int, Any]]:
    """By sort and key, the rows that lie ahead, or reach there."""
    return {
        Sort.WEEKLY: {
            key: row for key, row in book.weekly.items() if row.valid_from >= today and not taken_over(book, key)
        },
        Sort.CLOSURE: dict(book.closures),
        Sort.CHANGE: {key: row for key, row in book.changes.items() if row.date >= today},
        Sort.EXTRA: {key: row for key, row in book.extras.items() if row.date >= today},
    }


def chosen(book: Book) -> int | None:
    """The weekly hours named in the address; 404 where there are none."""
    found = request.args.get("afloeser", type=int)
    return found if found is None or found in book.weekly else abort(404)


def asked() -> dict[str, object]:
    """What the address fills in: place, day, hours. What is no such thing is left out."""
    readers = {"sted": ("place", str), "tilbud": ("service", str), "dag": ("day", date.fromisoformat),
               "fra": ("starts", parse_clock), "til": ("ends", parse_clock)}  # fmt: skip
    values: dict[str, object] = {}
    for name, (field, read) in readers.items():
        try:
            values[field] = read(request.args[name])  # type: ignore[operator]
        except (KeyError, ValueError):
            continue
    if "place" in values:
        values["places"] = [values["place"]]
    if "day" in values:
        values["first"] = values["day"]
    return values
