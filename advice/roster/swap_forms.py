"""What is chosen in a swap: what is wanted for a shift and who is asked, and the shift that is given for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectChoice, SelectField
from wtforms.validators import InputRequired

from advice.models.people import Membership
from advice.models.roster import Shift
from advice.roster.sick_words import where
from advice.web import Form

EVERYBODY = "alle"
GIVE, TRADE = "giv", "byt"


class OfferForm(Form):
    """One's own shift: away, or for another one; to everybody, or to one colleague."""

    kind = RadioField(
        _("Hvad vil du?"),
        [InputRequired(_("Vælg, om du vil give vagten væk eller bytte den."))],
        choices=[SelectChoice(GIVE, _("Give vagten væk")), SelectChoice(TRADE, _("Bytte den med en kollegas vagt"))],
        invalid_choice_message=_("Vælg, om du vil give vagten væk eller bytte den."),
    )
    asked = SelectField(
        _("Hvem spørger du?"),
        [InputRequired(_("Vælg, hvem du spørger."))],
        invalid_choice_message=_("Vælg en, der er på holdet den dag."),
    )

    def offer(self, colleagues: Sequence[Membership], on_duty: Mapping[int, str]) -> None:
        """Whom one may ask, with what they have that day, by person."""
        choices = [SelectChoice(EVERYBODY, _("Alle, der kan"))]
        for one in colleagues:
            facts = " · ".join(filter(None, (one.organisation.short_name, on_duty.get(one.person_id))))
            choices.append(SelectChoice(str(one.id), f"{one.person.name} ({facts})"))
        self.asked.choices = choices

    def chosen(self, colleagues: Sequence[Membership]) -> Membership | None:
        """Who is asked, of those who were offered; None: everybody."""
        return next((one for one in colleagues if str(one.id) == self.asked.data), None)


class TakeForm(Form):
    """The shift that a colleague gives for the one she takes, by id."""

    given = RadioField(
        _("Hvilken vagt giver du for den?"),
        [InputRequired(_("Vælg den vagt, du giver for den."))],
        invalid_choice_message=_("Vælg en af dine egne kommende vagter."),
    )

    def offer(self, own: Sequence[Shift]) -> None:
        """One's own shifts to choose from."""
        self.given.choices = [SelectChoice(str(one.id), where(one)) for one in own]
