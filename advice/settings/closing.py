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
from advice.database import db
from advice.rules.access import Action
from advice.settings.blueprint import blueprint
from advice.settings.sections.effects import reach_lines
from advice.settings.sections.forms import LAST_YEAR, REFERENCE_CHARACTERS
from advice.settings.sections.saving import editor
from advice.settings.sections.sentences import sentence
from advice.settings.sections.views import Answer, here
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
    if request.form.get("confirmed") != form.last_day.data.isoformat():
        db.session.rollback()
        return close_page(form, asked=form.last_day.data, lines=reach_lines(done.reach))
    db.session.commit()
    flash(_("Helhedsplanen slutter %(day)s.", day=web.day_long(form.last_day.data)), "success")
    return redirect(url_for("settings.close"), 303)


@blueprint.post("/indstillinger/luk/fortryd")
@web.needs(Action.EDIT_SETTINGS)
def reopen() -> Answer:
    """Take the last day back, while it has not passed."""
    if over():
        return close_page(CloseForm(web.today())), 409
    doc = here(to_change=True)
    kept = {name: value for name, value in doc.data[PROGRAMME].items() if name != "valid_to"}
    editing.save(doc, Edit(PROGRAMME, kept, doc.programme.id), editor())
    db.session.commit()
    flash(_("Helhedsplanen fortsætter uden sidste dag."), "success")
    return redirect(url_for("settings.close"), 303)


def over() -> bool:
    """Whether the programme has ended."""
    last = web.member().programme.valid_to
    return last is not None and last < web.today()


def close_page(form: CloseForm, asked: date | None = None, lines: list[str] | None = None) -> str:
    """The page; `asked`: the day chosen, with what it does in `lines`, to be confirmed."""
    last = web.member().programme.valid_to
    return render_template("settings/close.html", form=form, last=last, over=over(), asked=asked, lines=lines or [])
