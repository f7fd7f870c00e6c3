"""Closing a programme down: its last day, and taking that back until then."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField
from wtforms.validators import InputRequired, Optional, StopValidation, ValidationError

from advice import late_forms, web
from advice.actions.programmes import editing
from advice.actions.programmes.editing import PROGRAMME, Edit, Faulty
from advice.actions.programmes.reach import Reach
from advice.database import db
from advice.hours_words import parts, told_words
from advice.rules.access import Action
from advice.rules.hours_effects import digest
from advice.settings.blueprint import blueprint
from advice.settings.sections.effects import asked_first, sign_of, tell
from advice.settings.sections.forms import LAST_YEAR, REFERENCE_CHARACTERS
from advice.settings.sections.saving import editor
from advice.settings.sections.sentences import sentence
from advice.settings.sections.views import Answer, here
from advice.settings.sections.words import BY_NAME
from advice.web_fields import LineField


class CloseForm(web.Form):
    """The last day of the programme."""

    last_day = DateField(
        _l("Sidste dag"),
        [InputRequired(_l("Vælg den sidste dag."))],
        invalid_value_message=_l("Skriv dagen som dag, måned og år."),
    )
    reference = LineField(_l("Besluttet i"), [Optional()], most=REFERENCE_CHARACTERS)

    def __init__(self, today: date, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.today = today

    def validate_last_day(self, field: DateField) -> None:
        """Today or later: what has been stays as it was."""
        if field.data is None:
            raise StopValidation()
        if field.data < self.today or field.data.year > LAST_YEAR:
            raise ValidationError(_("Vælg i dag eller en senere dag."))


@blueprint.route("/indstillinger/luk", methods=["GET", "POST"])
@web.needs(Action.EDIT_SETTINGS)
@late_forms.shows_old
def close() -> Answer:
    """Give the programme a last day: first what that does is shown, then it is stored."""
    form = CloseForm(web.today())
    if not form.is_submitted():
        return close_page(form)
    if over():
        return close_page(form), 409
    if not form.validate():
        return close_page(form), 422
    doc = here(to_change=True)
    wanted = {**doc.data[PROGRAMME], "valid_to": form.last_day.data}
    by = editor(form.reference.data)
    try:
        done = editing.save(doc, Edit(PROGRAMME, wanted, doc.programme.id), by)
    except Faulty as faulty:
        db.session.rollback()
        form.last_day.errors = [sentence(one.sentence, PROGRAMME) for one in faulty.findings]
        return close_page(form), 422
    sign, seen = digest(form.last_day.data, sign_of(done.reach) if done.reach else None), request.form.get("confirmed")
    if seen != sign:
        page = close_page(form, asked=form.last_day.data, reach=done.reach, sign=sign, stale=bool(seen))
        db.session.rollback()
        return (page, 409) if seen else page
    told = tell(done)
    db.session.commit()
    words = _("Helhedsplanen slutter %(day)s.", day=web.day_long(form.last_day.data))
    flash(f"{words} {told_words(told)}".strip(), "success")
    return redirect(url_for("settings.close"), 303)


@blueprint.post("/indstillinger/luk/fortryd")
@web.needs(Action.EDIT_SETTINGS)
def reopen() -> Answer:
    """Take the last day back, while it has not passed."""
    if over():
        return close_page(CloseForm(web.today())), 409
    doc = here(to_change=True)
    kept = {name: value for name, value in doc.data[PROGRAMME].items() if name != "valid_to"}
    done = editing.save(doc, Edit(PROGRAMME, kept, doc.programme.id), editor())
    here_again = url_for("settings.close")
    if asked := asked_first(
        BY_NAME[PROGRAMME], _("Uden sidste dag"), done.reach, url_for("settings.reopen"), here_again, {}
    ):
        db.session.rollback()
        return asked
    told = tell(done)
    db.session.commit()
    flash(f"{_('Helhedsplanen fortsætter uden sidste dag.')} {told_words(told)}".strip(), "success")
    return redirect(url_for("settings.close"), 303)


def over() -> bool:
    """Whether the programme has ended."""
    last = web.member().programme.valid_to
    return last is not None and last < web.today()


def close_page(
    form: CloseForm, asked: date | None = None, reach: Reach | None = None, sign: str = "", stale: bool = False
) -> str:
    """The page; `asked`: the day chosen, to be confirmed by its sign, with what it does to the days ahead."""
    last = web.member().programme.valid_to
    shown = parts(reach.found, reach.preview) if reach else []
    return render_template(
        "settings/close.html",
        form=form,
        last=last,
        over=over(),
        asked=asked,
        parts=shown,
        sign=sign,
        stale=stale,
        touched=bool(reach and reach.preview.effects.shifts),
    )
