"""The mails of a programme that have not been sent."""

from __future__ import annotations

from flask import render_template
from flask_babel import lazy_gettext as _

from advice import web
from advice.models import outbox as mails
from advice.rules.access import Action
from advice.settings.blueprint import blueprint

ANSWERS = {
    "expired": _("linket i den er udløbet"),
    "restored": _("måske sendt før en gendannelse"),
}
"""What the program itself says of a mail it has given up; other answers are the mail server's own."""


@blueprint.get("/indstillinger/udbakke")
@web.needs(Action.SEE_OUTBOX)
def outbox() -> str:
    """What waits, and what was given up; never the words of a mail."""
    programme_id = web.member().programme_id
    return render_template(
        "settings/outbox.html",
        counts=mails.counts(programme_id),
        waiting=mails.waiting(programme_id),
        given_up=mails.given_up(programme_id),
        sends=web.settings().mail is not None,
        zone=web.settings().timezone,
        answers=ANSWERS,
    )
