"""What a change does to the days ahead, asked before it is stored; and what is said when it is."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup, escape

from advice import hours_letters, web
from advice.actions.programmes.editing import Data, Document, Done
from advice.actions.programmes.reach import Reach
from advice.hours_words import parts, told_words, warnings
from advice.models.weeks import places_between
from advice.rules.access import Action
from advice.rules.hours_effects import digest
from advice.rules.weeks import monday_of, week_of
from advice.settings.sections.leaves import Names
from advice.settings.sections.lines import first_day, row_title
from advice.settings.sections.words import Section

LONGEST_TITLE = 120
CONFIRMED = "row_confirmed"
"""The field that carries the sign of what was shown."""
NOTICES, THEME = "notices", "theme"
LINK = Markup('<a href="{}">{}</a>.')
Fields = dict[str, list[str]]
Asked = tuple[str, int]
"""A page, and the status it is sent with."""


def asked_first(
    section: Section, title: str, reach: Reach | None, action: str, back_url: str, fields: Fields
) -> Asked | None:
    """The page that shows what a change does to the days ahead, until what it does has been seen; None: go on.

    title: the row in a few words. Made while what it shows is there: the caller rolls back after.
    """
    if reach is None:
        return None
    sign, seen = sign_of(reach), request.form.get(CONFIRMED)
    if seen == sign:
        return None
    what = reach.preview
    page = render_template(
        "settings/confirm.html", section=section, title=title, parts=parts(reach.found, what),
        warnings=warnings(reach.found, what.together), touched=bool(what.effects.shifts), sign=sign,
        stale=bool(seen), action=action, back_url=back_url, fields=fields,
    )  # fmt: skip
    return page, 409 if seen else 200


def sign_of(reach: Reach) -> str:
    """What a change is known by: one that does something else to the days ahead has another sign."""
    return digest(reach.preview)


def tell(done: Done) -> int:
    """Put the mails to those whose shifts an edit touches into the outbox, before the commit; gives how many."""
    return hours_letters.tell(done.reach.found, done.reach.preview.effects) if done.reach else 0


def saved_words(section: Section, doc: Document, row: Data, done: Done, told: int) -> str:
    """What to say when a row is stored: which, who is told, and where to see what came of it."""
    if not done.changed:
        return str(_("Der var ikke noget at ændre."))
    return _with_link(_("Gemt: %(what)s.", what=short_title(section, doc, row)), section, row, done, told)


def withdrawn_words(section: Section, doc: Document, row: Data, done: Done, told: int) -> str:
    """What to say when a row is withdrawn."""
    return _with_link(_("Trukket tilbage: %(what)s.", what=short_title(section, doc, row)), section, row, done, told)


def short_title(section: Section, doc: Document, row: Data) -> str:
    """A row in a few words, within a sentence; short enough for the cookie that holds it until the next page."""
    words = row_title(section, row, Names(doc, web.today())).rstrip(".")
    return words if len(words) <= LONGEST_TITLE else f"{words[:LONGEST_TITLE]} …"


def _with_link(words: str, section: Section, row: Data, done: Done, told: int) -> str:
    """A sentence; after it how many are told, and links to where it can be seen."""
    said = [words, told_words(told), *(_on_resident_pages(row, done) if section.name == NOTICES else _week(row, done))]
    return Markup(" ").join(part for part in said if part)


def _week(row: Data, done: Done) -> list[Markup]:
    """A link to the week in the vagtplan that a row, or what it did, concerns."""
    day = first_day(row) or (done.reach.first if done.reach else None)
    year, week = week_of(day) if day else (0, 0)
    if monday_of(year, week) is None or not web.may(Action.SEE_ROSTER):
        return []
    words = _("Se uge %(week)s i vagtplanen", week=week)
    return [LINK.format(url_for("roster.week", year=year, number=week), words)]


def _on_resident_pages(row: Data, done: Done) -> list[Markup]:
    """From when residents see a notice, and where; for a theme its poster, once it can be printed."""
    programme, today = web.member().programme, web.today()
    if row.get("withdrawn_at") or row["last_date"] < today:
        return []
    place: str | None = row.get("place")
    page = url_for("public.place" if place else "public.programme", programme=programme.slug, place=place)
    links = [LINK.format(page, _("Se beboernes side"))]
    if row["first_date"] > today:
        return [escape(_("Beboerne ser det fra %(day)s.", day=web.day_long(row["first_date"]))), *links]
    where = place or next((one.slug for one in places_between(programme.id, today, today)), None)
    if row["kind"] == THEME and where:
        poster = url_for("public.poster", programme=programme.slug, place=where, tema=done.row_id)
        links.append(LINK.format(poster, _("Se plakaten")))
    return links
