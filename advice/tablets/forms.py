"""The forms of enrolment and of the PIN."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from flask_babel import lazy_ngettext
from wtforms import PasswordField, RadioField, SelectChoice
from wtforms.validators import InputRequired, Regexp

from advice.models.places import Place
from advice.rules.pins import LEAST_DIGITS, MOST_DIGITS
from advice.web import Form
from advice.web_fields import LineField

NAME_CHARACTERS = 60
IDLE_CHOICES = (1, 2, 5, 10, 15, 30)
IDLE_MINUTES = 5


class EnrolForm(Form):
    """The place, what people call the device, and when its screen locks."""

    place = RadioField(
        _("Hvor står tabletten?"),
        [InputRequired(_("Vælg det sted, hvor tabletten står."))],
        invalid_choice_message=_("Det sted er her ikke nu. Vælg et af dem herunder."),
    )
    name = LineField(
        _("Hvad kalder I den?"), [InputRequired(_("Skriv et navn, som I kan kende den på."))], most=NAME_CHARACTERS
    )
    idle_minutes = RadioField(
        _("Hvornår skal skærmen låse?"),
        [InputRequired(_("Vælg, hvornår skærmen skal låse."))],
        choices=[
            SelectChoice(str(count), lazy_ngettext("efter %(num)s minut", "efter %(num)s minutter", count))
            for count in IDLE_CHOICES
        ],
        default=str(IDLE_MINUTES),
        invalid_choice_message=_("Vælg et af tallene herunder."),
    )

    def offer(self, places: Sequence[Place]) -> None:
        """The places to choose from, by slug; the only one is chosen."""
        self.place.choices = [SelectChoice(place.slug, place.name) for place in places]
        if len(places) == 1 and not self.place.data:
            self.place.data = places[0].slug


def without_spaces(text: Any) -> Any:
    """What was typed without the spaces some put between the digits."""
    return "".join(text.split()) if isinstance(text, str) else text


class PinForm(Form):
    """One's PIN. What cannot be one is refused before anything is compared; it is never shown again."""

    pin = PasswordField(
        _("Din pinkode"),
        [
            InputRequired(_("Tast din pinkode.")),
            Regexp(
                rf"[0-9]{{{LEAST_DIGITS},{MOST_DIGITS}}}\Z",
                message=_("En pinkode er 6 til 12 tal. Tast den igen."),
            ),
        ],
        filters=[without_spaces],
    )
