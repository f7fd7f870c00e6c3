"""The audit of one's own organisation, in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import render_template, request
from flask_babel import format_date
from flask_babel import gettext as _

from advice import web
from advice.database import LARGEST_ID
from advice.models import audit
from advice.models.audit import Noted
from advice.models.audit_subjects import About, subjects
from advice.rules.access import Action
from advice.rules.danish import sort_key
from advice.settings.blueprint import blueprint
from advice.settings.field_words import LABELS
from advice.settings.log_words import ACTS, SUBJECTS

A_PAGE = 50
LAST_PAGE = 10_000
LONGEST_NAME = 80
"""Characters of what a row is called: an indicator is a whole sentence."""
A_MONDAY = date(2024, 1, 1)


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
    abouts, occurring = subjects(actor, found[:A_PAGE]), audit.acts_in_log(actor)
    offered = [(code, str(words)) for code, words in ACTS.items() if code in occurring or code == act]
    return render_template(
        "settings/log.html",
        lines=[log_line(one, abouts.get(one.id)) for one in found[:A_PAGE]],
        people=audit.people_in_log(actor),
        acts=sorted(offered, key=lambda one: sort_key(one[1])),
        person=person,
        act=act,
        page=page,
        more=len(found) > A_PAGE,
        kept={name: value for name, value in (("person", person), ("hvad", act)) if value},
    )


def log_line(one: Noted, about: About | None) -> LogLine:
    """An entry in words. about: what its row is called; None where that is not told, or not known any more."""
    kind, called = str(SUBJECTS.get(one.subject, one.subject)), name_words(about) if about else ""
    fields = [str(LABELS[name]) for name in one.details.get("fields", ()) if name in LABELS]
    subject = f"{kind}: {called}" if called else f"{kind} {one.subject_id}"
    words = f"{subject} ({', '.join(fields)})" if fields else subject
    act = str(ACTS.get(one.action, one.action))
    return LogLine(one.at.astimezone(web.settings().timezone), one.who or _("programmet"), act, words)


def name_words(about: About) -> str:
    """What a row is called, in one line: "Rita Ror, Skuret, 23.11.2026, kl. 13.00–16.00"."""
    text = about.text or web.label(about.labels)
    named = text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 1] + "…"
    weekday = "" if about.weekday is None else format_date(A_MONDAY + timedelta(days=about.weekday), "EEEE")
    day = web.date_digits(about.day) if about.day else ""
    times = ""
    if about.starts and about.ends:
        times = _("kl. %(span)s", span=f"{web.clock_long(about.starts)}–{web.clock_long(about.ends)}")
    return ", ".join(part for part in (named, about.person, about.place, weekday, day, times) if part)


def _number(name: str, most: int) -> int | None:
    """A number of the address, if it is one that can mean something."""
    found = request.args.get(name, type=int)
    return found if found is not None and 1 <= found <= most else None
