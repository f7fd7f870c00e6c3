"""What people type about absence: when and why, and for planners who; and the round that asks everybody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time

from flask_babel import lazy_gettext as _
from wtforms import DateField, SelectChoice, SelectField
from wtforms.validators import InputRequired, Optional, StopValidation, ValidationError

from advice import web
from advice.actions.absences import LONGEST, Days
from advice.models.people import Membership
from advice.web import Form
from advice.web_fields import NO_DAY, ClockField

KINDS = {
    "holiday": _("Ferie"),
    "course": _("Kursus eller møde"),
    "leave": _("Barsel eller orlov"),
    "absence": _("Andet fravær"),
}
"""Every kind of absence in words. Illness is "Andet fravær": nobody is asked."""


class AbsenceForm(Form):
    """One's own absence."""

    first = DateField(_("Fra og med"), [InputRequired(_("Vælg en dag."))], invalid_value_message=NO_DAY)
    last = DateField(_("Til og med"), [Optional()], invalid_value_message=NO_DAY)
    starts = ClockField(_("Kun fra kl."), [Optional()])
    ends = ClockField(_("Til kl."), [Optional()])
    kind = SelectField(_("Hvorfor"), choices=[SelectChoice(code, words) for code, words in KINDS.items()])

    def days(self) -> Days:
        """What a valid form says. Without a last day it is one day."""
        hours = (self.starts.data, self.ends.data)
        span = (hours[0], hours[1]) if hours[0] is not None and hours[1] is not None else None
        return Days(self.first.data, self.last.data or self.first.data, span)

    def validate_last(self, field: DateField) -> None:
        """Not over yet, not before the first day, and not too long."""
        last, first = field.data or self.first.data, self.first.data
        if first is None:
            raise StopValidation()
        if last < first:
            raise ValidationError(_("Fraværet skal slutte efter, at det begynder."))
        if last < web.today():
            raise ValidationError(_("Dagen er gået."))
        if last - first > LONGEST:
            raise ValidationError(_("Så langt et fravær kan ikke meldes. Vælg højst to år."))

    def validate_starts(self, field: ClockField) -> None:
        """Not without an end; the other way round is seen at the end."""
        if field.data is not None and self.ends.data is None:
            raise ValidationError(_("Skriv både fra og til, eller ingen af dem."))

    def validate_ends(self, field: ClockField) -> None:
        """Not without a start, and later than it."""
        starts: time | None = self.starts.data
        if starts is None and field.data is not None:
            raise ValidationError(_("Skriv både fra og til, eller ingen af dem."))
        if starts is not None and field.data is not None and field.data <= starts:
            raise ValidationError(_("Klokkeslættet skal være senere end det første."))


class OthersAbsenceForm(AbsenceForm):
    """Somebody's absence, entered by whoever plans for her."""

    membership = SelectField(
        _("Person"), [InputRequired(_("Vælg en person."))], invalid_choice_message=_("Vælg en, der er på holdet.")
    )

    def offer(self, members: Iterable[Membership]) -> None:
        """The people to choose from."""
        choices = [SelectChoice("", _("Vælg …"))]
        choices += [SelectChoice(str(one.id), f"{one.person.name} ({one.organisation.short_name})") for one in members]
        self.membership.choices = choices


class RoundForm(Form):
    """Everybody is asked for the absence of some days."""

    begins = DateField(_("Fra og med"), [InputRequired(_("Vælg en dag."))], invalid_value_message=NO_DAY)
    until = DateField(_("Til og med"), [InputRequired(_("Vælg en dag."))], invalid_value_message=NO_DAY)
    answer_by = DateField(_("Svar senest"), [InputRequired(_("Vælg en dag."))], invalid_value_message=NO_DAY)

    def validate_until(self, field: DateField) -> None:
        """Not before the first."""
        if field.data is None or self.begins.data is None:
            raise StopValidation()
        if field.data < self.begins.data:
            raise ValidationError(_("Den sidste dag skal ligge efter den første."))
        if field.data - self.begins.data > LONGEST:
            raise ValidationError(_("Vælg højst to år."))

    def validate_answer_by(self, field: DateField) -> None:
        """Ahead, and before the days are over."""
        if field.data is None:
            raise StopValidation()
        if field.data < web.today():
            raise ValidationError(_("Dagen er gået."))
        last: date | None = self.until.data
        if last is not None and field.data > last:
            raise ValidationError(_("Svarene skal være der, før dagene er gået."))
