"""How every edit goes: the form, its preview, and saving exactly what was shown."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from advice import web
from advice.actions import hours
from advice.actions.hours import By, Preview, State
from advice.database import db
from advice.hours.forms import OWN, EditForm, Refused
from advice.hours.words import asked, done_words, holds
from advice.hours_letters import tell
from advice.hours_words import line, parts, warnings
from advice.rules.characters import held
from advice.rules.hours_book import Patch
from advice.rules.hours_effects import over
from advice.rules.languages import NAMES, direction

Answer = str | Response | tuple[str, int]
BACK_TO_FORM = "ret"
SEEN = "seen"
SIGN = re.compile(r"[0-9a-f]{32}")
NOT_REPEATED = ("csrf_token", SEEN, BACK_TO_FORM)


@dataclass(frozen=True, slots=True)
class Kind:
    """An edit: its endpoint, its name, and a helping sentence."""

    endpoint: str
    title: str
    help: str


def here() -> State:
    """The hours of the programme worked in, as they stand; on the way to be changed, for this request alone."""
    return hours.state(web.member().programme_id, web.today(), to_change=bool(request.form.get(SEEN)))


def edited(kind: Kind, form: EditForm) -> Answer:
    """Show the form, its preview, or do what was confirmed."""
    if not form.is_submitted():
        return form_page(kind, form)
    if done := saved_already(form.found):
        return done
    if not form.validate():
        return form_page(kind, form), 422
    if BACK_TO_FORM in request.form:
        return form_page(kind, form)
    try:
        patch = form.patch()
    except Refused as refused:
        form[refused.field].errors = [*form[refused.field].errors, refused.sentence]
        return form_page(kind, form), 422
    preview = hours.preview(form.found, patch)
    words = past_words(form.found, preview)
    if preview.doubled:
        a, b = preview.doubled[0]
        words = _("Samme tilbud har allerede åbent da: %(a)s og %(b)s.", a=line(form.found, a), b=line(form.found, b))
    if words:
        form[form.clash].errors = [*form[form.clash].errors, words]
        return form_page(kind, form), 422
    decision = getattr(form, "decision", None)
    return confirmed(kind, form.found, patch, preview, decision.data or None if decision else None)


def saved_already(found: State) -> Response | None:
    """The answer to what was confirmed twice, as by a double tap: it is stored, once."""
    seen = request.form.get(SEEN, "")
    if BACK_TO_FORM in request.form or not SIGN.fullmatch(seen):
        return None
    edit = hours.confirmed(found.programme.id, seen)
    if edit is None:
        return None
    if edit == found.newest:
        flash(_("Det er gemt."), "success")
    else:
        flash(_("Det er gemt, men tiderne er ændret igen siden."), "info")
    return redirect(url_for("hours.index"), 303)


def past_words(found: State, preview: Preview) -> str:
    """That an opening of today has ended and stays as it was; "" where the edit touches none."""
    ended = over(preview.effects, found.today, web.local_now().time())
    if not ended:
        return ""
    return str(
        _("%(opening)s er slut. Det, der har været, bliver stående, som det var.", opening=line(found, ended[0]))
    )


def confirmed(kind: Kind, found: State, patch: Patch, preview: Preview, decision: str | None = None) -> Answer:
    """Save a patch if its preview has been seen as it is; else show it."""
    sign, seen = hours.signed(found, patch, preview, decision), request.form.get(SEEN)
    if seen != sign:
        page = preview_page(kind, found, (patch, preview), sign, stale=bool(seen))
        return (page, 409) if seen else page
    member = web.member()
    by = By(member.person_id, member.organisation_id, web.now(), web.settings().timezone)
    hours.save(found, patch, by, sign, decision)
    told = tell(found, preview.effects)
    db.session.commit()
    flash(done_words(preview.effects, told), "success")
    return redirect(url_for("hours.index"), 303)


def form_page(kind: Kind, form: EditForm) -> str:
    """The page on which an edit is typed."""
    directions = {f"own_{code}": direction(code) for code in NAMES}
    return render_template(
        "hours/edit.html", kind=kind, form=form, places=bool(form.in_use), directions=directions, own=OWN
    )


def preview_page(kind: Kind, found: State, what: tuple[Patch, Preview], sign: str, *, stale: bool) -> str:
    """What an edit does, before it is stored; `stale`: it was another when it was shown last."""
    patch, preview = what
    fields = {name: [held(one) for one in request.form.getlist(name)] for name in request.form}
    return render_template(
        "hours/preview.html",
        kind=kind,
        asked=asked(found, patch),
        parts=parts(found, preview),
        warnings=warnings(found, preview.together),
        holds=holds(found, patch, preview),
        touched=bool(preview.effects.shifts),
        sign=sign,
        stale=stale,
        until=found.until,
        action=url_for(kind.endpoint),
        fields={name: values for name, values in fields.items() if name not in NOT_REPEATED},
        back_to_form=BACK_TO_FORM if kind.endpoint != "hours.undo" else None,
    )
