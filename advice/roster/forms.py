"""What planners type: place, day, times, person. Times as Danes write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import DateField, SelectChoice, SelectField
from wtforms.validators import InputRequired, StopValidation, ValidationError

from advice.actions.shifts import Stretch
from advice.hours_words import skipped
from advice.models.people import Membership
from advice.models.places import Place
from advice.rules.danish import hours_text, sort_key
from advice.web import Form
from advice.web_fields import NO_DAY, ClockField

LAST_DAY = date(2100, 12, 31)


class StretchForm(Form):
    """Where and when a shift is."""

    place = SelectField(
        _("Sted"), [InputRequired(_("Vælg et sted."))], invalid_choice_message=_("Vælg et sted, der er i brug den dag.")
    )
    day = DateField(_("Dag"), [InputRequired(_("Vælg en dag."))], invalid_value_message=NO_DAY)
    starts = ClockField(_("Fra kl."), [InputRequired(_("Skriv, hvornår vagten begynder."))])
    ends = ClockField(_("Til kl."), [InputRequired(_("Skriv, hvornår vagten slutter."))])

    def __init__(self, today: date, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.today = today

    def offer_places(self, places: Sequence[Place]) -> None:
        """The places to choose from, by slug."""
        choices = [SelectChoice(place.slug, place.name) for place in places]
        if self.place.data not in {place.slug for place in places}:
            # A browser would show the first place instead, and the shift would be there unseen.
            choices.insert(0, SelectChoice("", _("Vælg …")))
        self.place.choices = choices

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

    def validate_starts(self, field: ClockField) -> None:
        """At a time that the day has."""
        self._not_skipped(field)

    def validate_ends(self, field: ClockField) -> None:
        """After the start, on the same day, at a time that it has."""
        if field.data is not None and self.starts.data is not None and field.data <= self.starts.data:
            raise ValidationError(_("Vagten skal slutte senere samme dag. Går den over midnat, så lav to vagter."))
        self._not_skipped(field)

    def _not_skipped(self, field: ClockField) -> None:
        """A time that the day has; a day that is refused itself says so alone."""
        if self.day.data is not None and self.today <= self.day.data <= LAST_DAY:
            refuse_skipped(self.day.data, field)


class SplitForm(Form):
    """When a shift becomes two, and where the second is."""

    at = ClockField(_("Delt kl."), [InputRequired(_("Skriv, hvornår vagten deles."))])
    second_place = SelectField(
        _("Anden del i"), [InputRequired(_("Vælg et sted."))],
        invalid_choice_message=_("Vælg et sted, der er i brug den dag."),
    )  # fmt: skip

    def __init__(self, whole: Stretch, places: Sequence[Place], **arguments: Any) -> None:
        super().__init__(**arguments)
        self.whole = whole
        self.second_place.choices = [SelectChoice(place.slug, place.name) for place in places]

    def place_id(self, places: Sequence[Place]) -> int:
        """The place of the second part, of those that were offered."""
        return next(one.id for one in places if one.slug == self.second_place.data)

    def validate_at(self, field: ClockField) -> None:
        """Within the shift, at a time that its day has."""
        if field.data is not None and not self.whole.starts < field.data < self.whole.ends:
            span = hours_text(self.whole.starts, self.whole.ends)
            raise ValidationError(_("Vælg et tidspunkt i vagten, som er kl. %(span)s.", span=span))
        refuse_skipped(self.whole.day, field)


class PersonForm(Form):
    """Who: a membership, by id."""

    membership = SelectField(
        _("Person"),
        [InputRequired(_("Vælg en person."))],
        invalid_choice_message=_("Vælg en, der er på holdet den dag."),
    )

    def offer_people(
        self,
        members: Sequence[Membership],
        notes: Mapping[int, str],
        can: Mapping[int, Sequence[str]],
        cannot: Mapping[int, str],
    ) -> None:
        """The people to choose from, organisation by organisation.

        notes: who is taken already, by person. can: competences in words, by membership. cannot: who is away or cannot
        that day, by membership; they come last.
        """
        choices = [SelectChoice("", _("Vælg …"))]
        for member in sorted(
            members, key=lambda one: (one.id in cannot, sort_key(one.organisation.name), one.organisation_id)
        ):
            facts = [
                member.organisation.short_name, ", ".join(can.get(member.id, ())), notes.get(member.person_id),
                cannot.get(member.id),
            ]  # fmt: skip
            words = f"{member.person.name} ({' · '.join(filter(None, facts))})"
            group = str(_("Væk eller kan ikke den dag")) if member.id in cannot else member.organisation.name
            choices.append(SelectChoice(str(member.id), words, optgroup=group))
        self.membership.choices = choices


class AddForm(PersonForm, StretchForm):
    """A new shift."""


def refuse_skipped(day: date, field: ClockField) -> None:
    """ValidationError if the clocks jump over the time that day."""
    if field.data is not None and (words := skipped(day, field.data)):
        raise ValidationError(words)
