"""What a coordinator types about a log-in service."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, PasswordField
from wtforms.validators import InputRequired, StopValidation, ValidationError

from advice.actions.oidc import SetUp
from advice.rules.log_in_services import LONGEST_ISSUER, is_issuer
from advice.web import Form
from advice.web_fields import LineField

LONGEST_CLIENT_ID = 200
LONGEST_SECRET = 300
PRINTED = re.compile(r"[!-~]+")
"""ASCII without spaces: what every service makes ids and secrets of."""


class ServiceForm(Form):
    """A log-in service. The secret is taken and never shown: left empty, it stays as it is."""

    issuer = LineField(_("Tjenestens adresse (issuer)"), [InputRequired(_("Skriv adressen."))], most=LONGEST_ISSUER)
    client_id = LineField(
        _("Programmets id (client id)"), [InputRequired(_("Skriv programmets id."))], most=LONGEST_CLIENT_ID
    )
    secret = PasswordField(_("Hemmelighed (client secret)"))
    second_factor = BooleanField(_("Tjenesten spørger selv om to trin"))

    def __init__(self, local: bool, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.local = local

    def validate_issuer(self, field: LineField) -> None:
        """An address that may be asked."""
        if not is_issuer(field.data, local=self.local):
            raise ValidationError(_("Skriv hele adressen, som https://login.eksempel.dk/navn, uden noget efter."))

    def validate_client_id(self, field: LineField) -> None:
        """One word."""
        if not PRINTED.fullmatch(field.data):
            raise ValidationError(_("Skriv id'et, som tjenesten viser det, uden mellemrum."))

    def validate_secret(self, field: PasswordField) -> None:
        """Nothing, or one word."""
        secret = (field.data or "").strip()
        if len(secret) > LONGEST_SECRET or (secret and not PRINTED.fullmatch(secret)):
            raise StopValidation(_("Sæt hemmeligheden ind, som tjenesten viser den, uden mellemrum."))

    def said(self) -> SetUp:
        """What a valid form says."""
        secret = (self.secret.data or "").strip() or None
        return SetUp(self.issuer.data, self.client_id.data, secret, bool(self.second_factor.data))
