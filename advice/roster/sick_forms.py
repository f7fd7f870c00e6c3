"""What is typed when the day goes wrong: who is away and until when, and whom to ask by mail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from flask_babel import lazy_gettext as _
from wtforms import DateField, SelectChoice, SelectMultipleField
from wtforms.validators import InputRequired, Optional, StopValidation, ValidationError

from advice import web
from advice.actions.absences import LONGEST, Days
from advice.models.people import Membership
from advice.roster.forms import LAST_DAY
from advice.web import Form
from advice.web_fields import NO_DAY

NOBODY = _("Vælg mindst én.")
NOT_YOURS = _("Vælg kun nogen, du lægger vagtplan for.")


class SickForm(Form):
    """One or more people are away: nothing about why."""

    on_duty = SelectMultipleField(_("På vagt i dag"), validate_choice=False)
    others = SelectMultipleField(_("De andre"), validate_choice=False)
    first = DateField(_("Fra og med"), [InputRequired(_("Vælg en dag."))], invalid_value_message=NO_DAY)
    last = DateField(_("Til og med"), [Optional()], invalid_value_message=NO_DAY)

    def offer(self, members: Iterable[Membership], today: Mapping[int, str]) -> None:
        """The people to choose from, those on duty today first. today: what they have today, by person."""
        here: list[SelectChoice] = []
        others: list[SelectChoice] = []
        for one in members:
            facts = filter(None, (one.organisation.short_name, today.get(one.person_id)))
            choice = SelectChoice(str(one.id), f"{one.person.name} ({' · '.join(facts)})")
            (here if one.person_id in today else others).append(choice)
        self.on_duty.choices, self.others.choices = here, others

    def chosen(self, members: Iterable[Membership]) -> list[Membership]:
        """Those who were chosen, whichever list they stood in, each person once."""
        keys = {*(self.on_duty.data or ()), *(self.others.data or ())}
        return list({one.person_id: one for one in members if str(one.id) in keys}.values())

    def days(self) -> Days:
        """What a valid form says. Without a last day it is one day."""
        return Days(self.first.data, self.last.data or self.first.data)

    def check(self, members: Iterable[Membership]) -> bool:
        """Whether the form is valid and names somebody, and nobody but these."""
        valid = bool(self.validate())
        keys = {*(self.on_duty.data or ()), *(self.others.data or ())}
        wrong = NOBODY if not keys else NOT_YOURS if keys - {str(one.id) for one in members} else None
        if wrong:
            # Said where somebody stands: the first list is not there when nobody is on duty today.
            field = self.on_duty if self.on_duty.choices else self.others
            field.errors = [*field.errors, str(wrong)]
        return valid and not wrong

    def validate_first(self, field: DateField) -> None:
        """Not beyond what the addresses of weeks reach."""
        if field.data is not None and field.data > LAST_DAY:
            raise ValidationError(_("Så langt frem kan der ikke planlægges."))

    def validate_last(self, field: DateField) -> None:
        """Not over yet, not before the first day, and not too long."""
        first: date | None = self.first.data
        last: date | None = field.data or first
        if first is None or last is None:
            raise StopValidation()
        if last < first:
            raise ValidationError(_("Den sidste dag skal ligge efter den første."))
        if last < web.today():
            raise ValidationError(_("Dagen er gået."))
        if last - first > LONGEST:
            raise ValidationError(_("Vælg højst to år."))


class AskForm(Form):
    """Whom to ask by mail for a shift, by membership."""

    members = SelectMultipleField(_("Hvem"), validate_choice=False)

    def offer(self, choices: Sequence[tuple[int, str]]) -> None:
        """The people to choose from, with their names."""
        self.members.choices = [SelectChoice(str(key), name) for key, name in choices]
