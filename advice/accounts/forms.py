"""The forms of log-in and of the choice between memberships."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import EmailField, PasswordField, RadioField
from wtforms.validators import InputRequired, Length, Regexp

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
