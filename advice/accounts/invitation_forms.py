"""The forms behind a one-time link, and of a forgotten password."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import AnyOf, InputRequired, ValidationError

from advice.accounts.passwords import refusal
from advice.rules.mail import plain_address
from advice.web import Form


class NewPasswordForm(Form):
    """A password that its owner chooses; what is refused, rules/passwords.py says."""

    password = PasswordField(_("Ny adgangskode"), [InputRequired(_("Skriv en adgangskode på mindst 12 tegn."))])

    def __init__(self, email: str, name: str, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.email, self.name = email, name

    def validate_password(self, field: PasswordField) -> None:
        """Long enough, and not easily guessed."""
        refused = refusal(field.data, self.email, [self.name])
        if refused:
            raise ValidationError(refused)


class ForgottenForm(Form):
    """Who has forgotten her password."""

    email = EmailField(_("E-mail"), [InputRequired(_("Skriv din e-mail."))])

    def validate_email(self, field: EmailField) -> None:
        """One address that a mail can be sent to."""
        if plain_address(field.data.strip()) is None:
            raise ValidationError(_("Skriv hele e-mailen, som navn@eksempel.dk."))


class OfferForm(Form):
    """Yes or no to a membership: which of two buttons was pressed."""

    answer = HiddenField(validators=[AnyOf(("ja", "nej"), _("Vælg Tag imod eller Nej tak."))])

    @property
    def says_yes(self) -> bool:
        """What a valid form says."""
        return bool(self.answer.data == "ja")
