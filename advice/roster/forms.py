"""What planners type: place, day, times, person. Times as Danes write them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, time
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import DateField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, StopValidation, ValidationError

from advice.actions.shifts import Stretch
from advice.models.people import Membership
from advice.models.places import Place
from advice.rules.spans import clock_text
from advice.web import Form

LAST_DAY = date(2100, 12, 31)
CLOCK = re.compile(r"\s*(?:kl\.?\s*)?([0-9]{1,2})(?:[.:]?([0-9]{2}))?\s*", re.IGNORECASE)


def parse_clock(text: str) -> time:
    """Read "12", "12.30", "12:30", "1230", "kl. 9"; ValueError for anything else, and for 24."""
    found = CLOCK.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is no time of day")
    return time(int(found[1]), int(found[2] or 0))


class ClockField(StringField):
    """A time of day, typed as text. `data` is a datetime.time, or None if it could not be read."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed; the sentence stands at the field, what was typed stays in it."""
        self.data = None
        if valuelist and valuelist[0]:
            try:
                self.data = parse_clock(valuelist[0])
            except ValueError as error:
                raise ValueError(_("Skriv et klokkeslæt som 12 eller 12.30.")) from error

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return clock_text(self.data) if self.data is not None else ""


class StretchForm(Form):
    """Where and when a shift is."""

    place = SelectField(
        _("Sted"), [InputRequired(_("Vælg et sted."))], invalid_choice_message=_("Vælg et sted, der er i brug den dag.")
    )
    day = DateField(
        _("Dag"), [InputRequired(_("Vælg en dag."))], invalid_value_message=_("Skriv dagen som dag, måned og år.")
    )
    starts = ClockField(_("Fra kl."), [InputRequired(_("Skriv, hvornår vagten begynder."))])
    ends = ClockField(_("Til kl."), [InputRequired(_("Skriv, hvornår vagten slutter."))])

    def __init__(self, today: date, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.today = today

    def offer_places(self, places: Sequence[Place]) -> None:
        """The places to choose from, by slug."""
        self.place.choices = [SelectChoice(place.slug, place.name) for place in places]

    def stretch(self, places: Sequence[Place]) -> Stretch:
        """What a valid form says; `places` are those that were offered."""
        place = next(one for one in places if one.slug == self.place.data)
        assert self.starts.data is not None and self.ends.data is not None
        return Stretch(place.id, self.day.data, self.starts.data, self.ends.data)

    def validate_day(self, field: DateField) -> None:
        """Today or later, and not beyond what the addresses of weeks reach."""
        if field.data is None:
            raise StopValidation()
        if field.data < self.today:
            raise ValidationError(_("Dagen er gået. Vagtplanen kan kun ændres fra i dag og frem."))
        if field.data > LAST_DAY:
            raise ValidationError(_("Så langt frem kan der ikke planlægges."))

    def validate_ends(self, field: ClockField) -> None:
        """After the start, on the same day."""
        if field.data is not None and self.starts.data is not None and field.data <= self.starts.data:
            raise ValidationError(_("Vagten skal slutte senere samme dag. Går den over midnat, så lav to vagter."))


class PersonForm(Form):
    """Who: a membership, by id."""

    membership = SelectField(
        _("Person"),
        [InputRequired(_("Vælg en person."))],
        invalid_choice_message=_("Vælg en, der er på holdet den dag."),
    )

    def offer_people(self, members: Sequence[Membership], notes: dict[int, str]) -> None:
        """The people to choose from, organisation by organisation; `notes` by person says who is taken already."""
        choices = [SelectChoice("", _("Vælg …"))]
        for member in sorted(members, key=lambda one: one.organisation.name):
            note = notes.get(member.person_id)
            words = f"{member.person.name} ({note})" if note else member.person.name
            choices.append(SelectChoice(str(member.id), words, optgroup=member.organisation.name))
        self.membership.choices = choices


class AddForm(PersonForm, StretchForm):
    """A new shift."""
