"""The forms of log-in, of the choice between memberships, and of one's own account."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import EmailField, PasswordField, RadioField, StringField
from wtforms.validators import EqualTo, InputRequired, Length, Regexp, ValidationError

from advice.rules.pins import PinFault, pin_fault
from advice.web import Form

EMAIL_CHARACTERS = 254
PASSWORD_CHARACTERS = 1000


class LogInForm(Form):
    """E-mail and password. What cannot be an address is refused before the database is asked."""

    email = EmailField(
        _("E-mail"),
        [
            InputRequired(_("Skriv din e-mail.")),
            Length(max=EMAIL_CHARACTERS, message=_("Så lang kan en e-mail ikke være.")),
            Regexp(
                r"\s*[^\s@]+@[^\s@]+\s*\Z",
                message=_("Skriv hele e-mailen, som navn@eksempel.dk."),
            ),
        ],
    )
    password = PasswordField(
        _("Adgangskode"),
        [
            InputRequired(_("Skriv din adgangskode.")),
            Length(max=PASSWORD_CHARACTERS, message=_("Så lang kan en adgangskode ikke være.")),
        ],
    )


class SwitchForm(Form):
    """One of the person's own memberships, by id."""

    membership = RadioField(
        _("Jeg arbejder nu for"),
        [InputRequired(_("Vælg, hvem du arbejder for nu."))],
        invalid_choice_message=_("Det kan du ikke vælge. Vælg en af dem herunder."),
    )


class CodeForm(Form):
    """The six digits that an authenticator shows."""

    code = StringField(
        _("Kode"),
        [
            InputRequired(_("Skriv koden fra appen.")),
            Regexp(r"\s*(?:[0-9]\s*){6}\Z", message=_("Koden er seks tal. Skriv dem, som appen viser dem nu.")),
        ],
    )


class NewAppForm(CodeForm):
    """The first code of an authenticator that is being set up."""


class RecoveryForm(Form):
    """A code from the paper."""

    code = StringField(
        _("Kode fra papiret"),
        [
            InputRequired(_("Skriv en af koderne fra papiret.")),
            Length(max=60, message=_("Så lang er koden ikke. Skriv én kode.")),
        ],
    )


class ProveForm(Form):
    """One's password once more."""

    password = PasswordField(
        _("Din adgangskode"),
        [
            InputRequired(_("Skriv din adgangskode.")),
            Length(max=PASSWORD_CHARACTERS, message=_("Så lang kan en adgangskode ikke være.")),
        ],
    )


class ChangePasswordForm(Form):
    """The password of now and the next; what the next must be is said by rules/passwords.py."""

    old = PasswordField(
        _("Din adgangskode nu"),
        [
            InputRequired(_("Skriv den adgangskode, du har nu.")),
            Length(max=PASSWORD_CHARACTERS, message=_("Så lang kan en adgangskode ikke være.")),
        ],
    )
    new = PasswordField(_("Ny adgangskode"), [InputRequired(_("Skriv en ny adgangskode."))])


PIN_SENTENCES = {
    PinFault.SHAPE: _("En pinkode er 6 til 12 tal."),
    PinFault.EASY: _("Den er for let at gætte. Vælg tal, der ikke følger et mønster."),
}


class PinForm(Form):
    """A PIN for shared tablets, typed twice, since nobody sees it."""

    pin = PasswordField(_("Ny pinkode"), [InputRequired(_("Skriv en pinkode."))])
    again = PasswordField(
        _("Pinkoden igen"),
        [InputRequired(_("Skriv den igen.")), EqualTo("pin", _("De to er ikke ens. Skriv dem igen."))],
    )

    def validate_pin(self, field: PasswordField) -> None:
        """Six digits or more, and none of those everybody tries first."""
        fault = pin_fault(field.data or "")
        if fault is not None:
            raise ValidationError(PIN_SENTENCES[fault])
