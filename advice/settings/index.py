"""The page that lists the settings, each for those who may; on a new programme, what is still lacking comes first."""

from __future__ import annotations

from typing import NamedTuple

from flask import render_template, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from advice import web
from advice.actions.programmes.editing import PROGRAMME
from advice.models.first_steps import lacking
from advice.rules.access import Action
from advice.settings import closing, day_needs, log, log_in_services, outbox, people, person, terms
from advice.settings.blueprint import blueprint
from advice.settings.sections import views as section_views
from advice.settings.sections.words import ON_HOURS_PAGE, SECTIONS

__all__ = [
    "blueprint",
    "closing",
    "day_needs",
    "log",
    "log_in_services",
    "outbox",
    "people",
    "person",
    "section_views",
    "terms",
]


class Page(NamedTuple):
    """A page of the settings."""

    action: Action
    endpoint: str
    label: LazyString
    help: LazyString


PAGES = (
    Page(
        Action.EDIT_SETTINGS, "hours.index", _("Åbningstider"),
        _("Luk, flyt en dag, nye faste tider, ekstra åbninger. Du ser, hvad det rammer, før det bliver gemt."),
    ),
    Page(
        Action.MANAGE_PEOPLE, "settings.people", _("Personer"),
        _("Invitér kolleger, giv dem en anden rolle, og afslut dem, der stopper."),
    ),
    Page(
        Action.ENROL_TABLET, "tablets.index", _("Tablets"), _("De fælles tablets, og hvornår de sidst var i brug."),
    ),
    Page(
        Action.EDIT_SETTINGS, "settings.log_in_service_list", _("Log ind med arbejdskonto"),
        _("Lad folk logge ind med den konto, deres organisation har givet dem."),
    ),
    Page(Action.SEE_OUTBOX, "settings.outbox", _("Udbakke"), _("Mails, der venter på at blive sendt.")),
    Page(Action.SEE_AUDIT, "settings.log", _("Log"), _("Hvem der har gjort hvad i jeres organisation.")),
    Page(
        Action.EDIT_SETTINGS, "settings.close", _("Luk helhedsplanen"), _("Giv helhedsplanen en sidste dag."),
    ),
)  # fmt: skip
"""The pages beside those of a programme's own sections."""
NEW, LIST = "settings.new_row", "settings.section"
FIRST_STEPS = {
    "programme": (
        "settings.programme", "", _("Giv helhedsplanen navn og kommune"),
        _("Nu hedder den efter sin adresse på nettet. Beboerne ser navnet."),
    ),
    "organisation": (
        LIST, "organisationer", _("Giv organisationen navn og slags"), _("Nu hedder den efter sin kode."),
    ),
    "places": (NEW, "steder", _("Et sted"), _("Huset og lokalet, hvor I giver råd.")),
    "services": (NEW, "tilbud", _("Et tilbud"), _("Det, beboerne kan komme til.")),
    "hours": ("hours.begin", "", _("En åbningstid"), _("Dag og klokkeslæt, hvor der er åbent.")),
    "people": ("settings.invite", "", _("Personer"), _("Invitér den første kollega.")),
    "topic_groups": (NEW, "emnegrupper", _("En emnegruppe"), _("Overskriften over de første emner.")),
    "topics": (NEW, "emner", _("Et emne"), _("Det, en henvendelse kan handle om. Uden emner kan ingen registreres.")),
}  # fmt: skip
"""What a new programme lacks (models/first_steps): where it is made, of which section, its name, and what it is."""


@blueprint.get("/indstillinger")
@web.needs(Action.MANAGE_PEOPLE)
def index() -> str:
    """What there is to set."""
    edits = web.may(Action.EDIT_SETTINGS)
    sections = [one for one in SECTIONS if one.name not in ON_HOURS_PAGE] if edits else []
    steps = [FIRST_STEPS[name] for name in lacking(web.member().programme_id, web.today())] if edits else []
    return render_template(
        "settings/index.html",
        pages=[page for page in PAGES if web.may(page.action)],
        sections=[(address(one.slug, one.name), one) for one in sections],
        steps=[(url_for(to, section=slug or None), label, words) for to, slug, label, words in steps],
    )


def address(slug: str, name: str) -> str:
    """Where a section is."""
    return url_for("settings.programme") if name == PROGRAMME else url_for("settings.section", section=slug)
