"""One's own telephone number, and whether one wants text messages about today and tomorrow."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField
from wtforms.validators import Optional, ValidationError

from advice import web
from advice.database import db
from advice.models.people import Person
from advice.roster.blueprint import blueprint
from advice.roster.planning import Answer
from advice.rules.access import Action
from advice.rules.texts import danish_number
from advice.web_fields import LineField


class PhoneForm(web.Form):
    """A number, and a yes or a no."""

    phone = LineField(_("Telefonnummer"), [Optional()], most=30)
    sms = BooleanField(_("Send mig en SMS, når mine vagter i dag eller i morgen bliver ændret"))

    def __init__(self, number: str | None, **given: Any) -> None:
        super().__init__(**given)
        self.number = number

    def validate_phone(self, field: LineField) -> None:
        """A Danish one, or the one that stands there already."""
        if field.data != self.number and danish_number(field.data or "") is None:
            raise ValidationError(_("Skriv et dansk nummer med otte cifre."))

    def validate_sms(self, field: BooleanField) -> None:
        """Not without a number that a message can be sent to."""
        if field.data and not self.phone.errors and danish_number(self.phone.data or "") is None:
            raise ValidationError(_("Skriv dit danske telefonnummer, eller fjern krydset."))


@blueprint.route("/mine-vagter/telefon", methods=["GET", "POST"])
@web.needs(Action.SEE_OWN_SHIFTS)
def own_phone() -> Answer:
    """See and change both. Where no gateway is set there is only the number, for colleagues who call."""
    person = db.session.get_one(Person, web.member().person_id)
    number = shown(person.phone)
    form = PhoneForm(number, data={"phone": number, "sms": person.sms_since is not None})
    if web.settings().texts is None:
        del form.sms
    if form.validate_on_submit():
        person.phone = shown(form.phone.data or None)
        if "sms" in form:
            person.sms_since = (person.sms_since or web.now()) if form.sms.data else None
        elif person.phone is None:
            person.sms_since = None
        db.session.commit()
        flash(gettext("Gemt."), "success")
        return redirect(url_for("roster.own"), 303)
    page = render_template("roster/own_phone.html", form=form)
    return (page, 422) if form.is_submitted() else page


def shown(number: str | None) -> str | None:
    """A number as Danes write it, "12 34 56 78"; one that is no Danish number as it stands."""
    found = danish_number(number or "")
    digits = found.removeprefix("+45") if found else ""
    return " ".join(digits[at : at + 2] for at in range(0, 8, 2)) if found else number
