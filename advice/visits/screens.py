"""The pages of this blueprint with what they need, for answers of every status."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import groupby

from flask import abort, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from advice import web
from advice.models import duty
from advice.models import visit_questions as questions
from advice.models.staff_notices import notices_at
from advice.models.visit_questions import Logged
from advice.models.weeks import places_between
from advice.rules import weeks
from advice.visits.choices import Choices, choices_for
from advice.visits.day import Day, status
from advice.visits.forms import CorrectionForm, NewVisitForm, facts
from advice.visits.presence import marks_at
from advice.visits.results import answer_of, just_answered

SAVED = "saved_visit"
"""Session key: the visit just saved, which the next page names and offers to undo."""
Answer = str | Response | tuple[str, int]


def show_day(here: Day, form: NewVisitForm | None) -> str:
    """The day, with the form as it was sent, or a new one and what was saved just before."""
    member, today = web.member(), here.local.date()
    choices = choices_for(member, here.place, here.places, today, chosen=form.service.data if form else None)
    saved = None
    if form is None:
        form = NewVisitForm(formdata=None)
        service = duty.default_service(choices.services, here.open_today, here.local.time())
        form.start(here.local, here.place.slug, service.code if service else None)
        saved = session.pop(SAVED, None)
    form.offer(choices)
    visits = questions.of_days(web.user().actor, today, today)
    return render_template(
        "visits/day.html",
        here=here,
        status=status(here),
        form=form,
        choices=choices,
        visits=visits,
        marks=marks_at(here),
        notices=notices_at(member.programme_id, here.place.id, today),
        saved=next((one for one in visits if str(one.visit.id) == saved), None),
        timezone=web.settings().timezone,
    )


def show_correction(found: Logged, form: CorrectionForm) -> str:
    """The page of one visit with its form."""
    choices = _choices_of(found, form.service.data)
    form.offer(choices)
    return _correction_page(found, form, choices, conflict=False)


def standing_form(found: Logged) -> CorrectionForm:
    """The form of a visit as it stands, whatever was sent; if that is from before this log-in, the form says so."""
    form = CorrectionForm(formdata=None)
    form.show(found, web.settings().timezone)
    form.next.data = after_this()
    form.complains_of_age()
    return form


def show_conflict(found: Logged, form: CorrectionForm | None) -> tuple[str, int]:
    """409: what stands and what was sent side by side. What was sent stays in the form, on top of what stands now.

    Without a form (undoing, or a result) the page shows what stands.
    """
    choices = _choices_of(found, form.service.data if form else None)
    standing = CorrectionForm(formdata=None)
    standing.show(found, web.settings().timezone)
    standing.offer(choices)
    versions = None
    if form is None:
        form = standing
    else:
        form.offer(choices)
        form.revision.data = str(found.visit.revision)
        sent = facts(form)
        versions = [(name, text, sent.get(name, "")) for name, text in facts(standing).items()]
    form.next.data = after_this()
    undone = _undoing(found) if found.visit.undone else None
    if undone and versions and all(text == sent for _name, text, sent in versions):
        versions = None  # what differs is that it is undone, and that stands on top
    return _correction_page(found, form, choices, conflict=True, versions=versions, undone=undone), 409


def after_this() -> str:
    """Where to go when it is done: a page of this site that the form or the link names, else the list."""
    return web.inward(request.values.get("next"), url_for("visits.index"))


def by_day(visits: list[Logged]) -> list[tuple[date, list[Logged]]]:
    """Visits that come newest first, day by day."""
    newest = sorted(visits, key=lambda one: one.visit.local_date, reverse=True)
    return [(day, list(of_day)) for day, of_day in groupby(newest, key=lambda one: one.visit.local_date)]


def week(day: date) -> str:
    """The ISO week of a day as addresses write it: "2026-48"."""
    year, number = weeks.week_of(day)
    return f"{year}-{number:02}"


def monday_of(text: str | None, today: date) -> date:
    """The Monday of a week written so; of this week without one; 404 for a week that there is not."""
    if text is None:
        return today - timedelta(days=today.weekday())
    written = re.fullmatch("([0-9]{4})-([0-9]{2})", text)
    monday = weeks.monday_of(int(written[1]), int(written[2])) if written else None
    if monday is None:
        abort(404)
    return monday


def _correction_page(found: Logged, form: CorrectionForm, choices: Choices, **more: object) -> str:
    return render_template(
        "visits/correct.html",
        found=found,
        form=form,
        choices=choices,
        timezone=web.settings().timezone,
        next_url=after_this(),
        answer_of=answer_of,
        answered=just_answered(),
        **more,
    )


def _undoing(found: Logged) -> str:
    """Who undid a visit, and when. Named is only whom the page names anyway: the adviser it is counted for."""
    change = questions.last_change(found.visit.programme_id, found.visit.id, found.visit.revision)
    local = change.at.astimezone(web.settings().timezone)
    when = _("kl. %(time)s", time=web.clock_long(local.time()))
    if local.date() != web.today():
        when = f"{web.day_plain(local.date())} {when}"
    if change.person_id == web.member().person_id:
        return str(_("Du har selv fortrudt henvendelsen %(when)s.", when=when))
    if change.person_id == found.visit.person_id:
        return str(_("Henvendelsen er fortrudt af %(name)s %(when)s.", name=change.name, when=when))
    return str(_("Henvendelsen er fortrudt af en anden %(when)s.", when=when))


def _choices_of(found: Logged, chosen: str | None) -> Choices:
    """What can be tapped on a visit: what was in force on its day, and what stands on it or is chosen."""
    member, day = web.member(), found.visit.local_date
    return choices_for(member, found.visit.place, places_between(member.programme_id, day, day), day, found, chosen)
