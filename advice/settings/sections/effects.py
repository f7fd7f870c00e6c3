"""What a change does to the days ahead, asked before it is stored; and what is said when it is."""

from __future__ import annotations

from flask import render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from advice import web
from advice.actions.programmes.editing import Data, Document, Done
from advice.actions.programmes.reach import Reach
from advice.rules.access import Action
from advice.rules.weeks import monday_of, week_of
from advice.settings.sections.leaves import Names
from advice.settings.sections.lines import first_day, row_title
from advice.settings.sections.words import Section

LONGEST_TITLE = 120


def confirm_page(section: Section, reach: Reach, action: str, back_url: str, fields: dict[str, list[str]]) -> str:
    """What a change does to the days ahead, before it is stored."""
    return render_template(
        "settings/confirm.html", section=section, lines=reach_lines(reach), action=action, back_url=back_url,
        fields=fields,
    )  # fmt: skip


def reach_lines(reach: Reach) -> list[str]:
    """What a change does to the days ahead, in sentences."""
    found: list[str] = []
    if reach.come:
        found.append(_("Åbninger, der kommer til: %(number)s.", number=web.number(reach.come)))
    if reach.go:
        found.append(_("Åbninger, der lukker: %(number)s.", number=web.number(reach.go)))
    if reach.other_hours:
        found.append(_("Åbninger, der får andre tider: %(number)s.", number=web.number(reach.other_hours)))
    if reach.first:
        found.append(_("Den første dag er %(day)s.", day=web.day_long(reach.first)))
    if reach.shifts:
        found.append(
            _(
                "Vagter på de dage: %(number)s. De bliver stående, indtil nogen ændrer dem i vagtplanen.",
                number=web.number(reach.shifts),
            )
        )
    return found


def saved_words(section: Section, doc: Document, row: Data, done: Done) -> str:
    """What to say when a row is stored: which, and where to see the week it concerns."""
    if not done.changed:
        return str(_("Der var ikke noget at ændre."))
    return with_week(_("Gemt: %(what)s.", what=short_title(section, doc, row)), row, done)


def withdrawn_words(section: Section, doc: Document, row: Data, done: Done) -> str:
    """What to say when a row is withdrawn."""
    return with_week(_("Trukket tilbage: %(what)s.", what=short_title(section, doc, row)), row, done)


def short_title(section: Section, doc: Document, row: Data) -> str:
    """A row in a few words, within a sentence; short enough for the cookie that holds it until the next page."""
    words = row_title(section, row, Names(doc, web.today())).rstrip(".")
    return words if len(words) <= LONGEST_TITLE else f"{words[:LONGEST_TITLE]} …"


def with_week(words: str, row: Data, done: Done) -> str:
    """A sentence, and after it a link to the week in the vagtplan that the row, or what it did, concerns."""
    day = first_day(row) or done.reach.first
    year, week = week_of(day) if day else (0, 0)
    if monday_of(year, week) is None or not web.may(Action.SEE_ROSTER):
        return words
    link = Markup('<a href="{}">{}</a>').format(
        url_for("roster.week", year=year, number=week), _("Se uge %(week)s i vagtplanen", week=week)
    )
    return Markup("{} {}").format(words, link)
