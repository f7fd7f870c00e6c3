"""The audit of one's own organisation, in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request
from flask_babel import gettext as _

from advice import web
from advice.models import audit
from advice.models.audit import Noted
from advice.rules.access import Action
from advice.settings.blueprint import blueprint
from advice.settings.field_words import LABELS
from advice.settings.log_words import ACTS, SUBJECTS

A_PAGE = 50
LAST_PAGE = 10_000
LARGEST_ID = 2**31 - 1


@dataclass(frozen=True, slots=True)
class LogLine:
    """An entry in words. at: on the clock of the place."""

    at: datetime
    who: str
    act: str
    about: str


@blueprint.get("/indstillinger/log")
@web.needs(Action.SEE_AUDIT)
def log() -> str:
    """Who did what, newest first; of one person or one kind of act where that is asked for."""
    actor = web.user().actor
    person, act, page = _number("person", LARGEST_ID), request.args.get("hvad", ""), _number("side", LAST_PAGE) or 1
    act = act if act in ACTS else ""
    found = audit.entries(actor, (page - 1) * A_PAGE, A_PAGE + 1, person_id=person, action=act)
    return render_template(
        "settings/log.html",
        lines=[log_line(one) for one in found[:A_PAGE]],
        people=audit.people_in_log(actor),
        acts=sorted(((code, str(words)) for code, words in ACTS.items()), key=lambda one: one[1]),
        person=person,
        act=act,
        page=page,
        more=len(found) > A_PAGE,
        kept={name: value for name, value in (("person", person), ("hvad", act)) if value},
    )


def log_line(one: Noted) -> LogLine:
    """An entry in words."""
    fields = [str(LABELS[name]) for name in one.details.get("fields", ()) if name in LABELS]
    subject = f"{SUBJECTS.get(one.subject, one.subject)} {one.subject_id}"
    about = f"{subject}: {', '.join(fields)}" if fields else subject
    act = str(ACTS.get(one.action, one.action))
    return LogLine(one.at.astimezone(web.settings().timezone), one.who or _("programmet"), act, about)


def _number(name: str, most: int) -> int | None:
    """A number of the address, if it is one that can mean something."""
    found = request.args.get(name, type=int)
    return found if found is not None and 1 <= found <= most else None
