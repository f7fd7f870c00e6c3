"""What leaders type about people: who, which role in which organisation, until when."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import DateField, EmailField, RadioField, SelectChoice, SelectField
from wtforms.validators import InputRequired, StopValidation, ValidationError

from advice import web
from advice.actions.memberships import Post
from advice.models.programmes import Organisation
from advice.rules.access import Role
from advice.rules.mail import plain_address
from advice.web import Form
from advice.web_fields import NO_DAY, LineField

NAME_CHARACTERS = 120
LAST_DAY = date(2100, 12, 31)
ROLE_HINTS: Mapping[str, Any] = {
    Role.ADVISER: _("Registrerer henvendelser og ser vagtplanen."),
    Role.TEAM_LEADER: _("Lægger vagtplan og styrer personer for sin egen organisation."),
    Role.COORDINATOR: _("Styrer det hele: vagtplan, personer og indstillinger."),
    Role.READER: _("Ser mål og indikatorer, for eksempel bestyrelsen."),
}


class WhoForm(Form):
    """Somebody new."""

    name = LineField(_("Navn"), [InputRequired(_("Skriv navnet."))], most=NAME_CHARACTERS)
    email = EmailField(_("E-mail"), [InputRequired(_("Skriv en e-mail."))])

    def validate_name(self, field: LineField) -> None:
        """No address in it: it stands in mails, and whoever gets one must not be led elsewhere by it."""
        if any(mark in field.data.lower() for mark in ("://", "www.")):
            raise ValidationError(_("Skriv kun navnet, uden adresser på nettet."))

    def validate_email(self, field: EmailField) -> None:
        """One address that a mail can be sent to."""
        if plain_address(field.data.strip()) is None:
            raise ValidationError(_("Skriv hele e-mailen, som navn@eksempel.dk."))


class PostForm(Form):
    """A role in an organisation."""

    role = RadioField(
        _("Rolle"),
        [InputRequired(_("Vælg en rolle."))],
        invalid_choice_message=_("Den rolle kan du ikke give. Vælg en af dem herunder."),
    )
    organisation = SelectField(
        _("Organisation"),
        [InputRequired(_("Vælg en organisation."))],
        invalid_choice_message=_("Vælg en organisation, du kan invitere til."),
    )

    def offer(self, roles: Collection[Role], organisations: Sequence[Organisation]) -> None:
        """What the person logged in may give, in the order of the roles and of the names."""
        self.role.choices = [SelectChoice(str(role), web.ROLE_WORDS[role]) for role in Role if role in roles]
        choices = [SelectChoice(str(one.id), one.name) for one in organisations]
        self.organisation.choices = choices if len(choices) == 1 else [SelectChoice("", _("Vælg …")), *choices]

    def post(self) -> Post:
        """What a valid form says."""
        return Post(Role(self.role.data), int(self.organisation.data))


class InviteForm(PostForm, WhoForm):
    """A new colleague."""


class EndForm(Form):
    """The last day of a membership."""

    last_day = DateField(
        _("Sidste dag"),
        [InputRequired(_("Vælg den sidste dag."))],
        invalid_value_message=NO_DAY,
    )

    def __init__(self, today: date, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.today = today

    def validate_last_day(self, field: DateField) -> None:
        """Today or later: what has been stays as it was."""
        if field.data is None:
            raise StopValidation()
        if not self.today <= field.data <= LAST_DAY:
            raise ValidationError(_("Vælg i dag eller en senere dag."))
