"""What people type in a notice to the staff."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _
from wtforms import DateField, SelectChoice, SelectField
from wtforms.validators import InputRequired, Optional, StopValidation, ValidationError

from advice import web
from advice.actions.staff_notices import Told
from advice.models.places import Place
from advice.rules.staff_notices import LONGEST, LONGEST_TEXT, Writer, may_write
from advice.web import Form
from advice.web_fields import NO_DAY, LineField

ALL = "alle"
"""The choice that means every place."""


class StaffNoticeForm(Form):
    """A notice: the words, where, and on which days."""

    text = LineField(_("Besked"), [InputRequired(_("Skriv beskeden."))], most=LONGEST_TEXT)
    place = SelectField(_("Sted"), invalid_choice_message=_("Vælg et sted."))
    first = DateField(_("Fra og med"), [InputRequired(_("Vælg en dag."))], invalid_value_message=NO_DAY)
    last = DateField(_("Til og med"), [Optional()], invalid_value_message=NO_DAY)

    def offer(self, places: Iterable[Place], writer: Writer) -> None:
        """The places to choose from, and all of them for who plans."""
        self.writer = writer
        choices = [SelectChoice(ALL, _("Alle steder"))] if writer.plans else []
        self.place.choices = [*choices, *(SelectChoice(str(one.id), one.name) for one in places)]

    @property
    def place_id(self) -> int | None:
        """The place chosen; None for all."""
        return None if self.place.data == ALL else int(self.place.data)

    def told(self) -> Told:
        """What a valid form says. Without a last day it is one day."""
        return Told(self.text.data or "", self.place_id, self.first.data, self.last.data or self.first.data)

    def validate_first(self, field: DateField) -> None:
        """Not over yet; with a last day it is that one which counts."""
        if field.data is not None and self.last.data is None and field.data < web.today():
            raise ValidationError(_("Dagen er gået."))

    def validate_last(self, field: DateField) -> None:
        """Not over yet, not before the first day, and not too long."""
        first, last = self.first.data, field.data
        if first is None or last is None:
            raise StopValidation()
        if last < first:
            raise ValidationError(_("Den sidste dag kan ikke ligge før den første."))
        if last < web.today():
            raise ValidationError(_("Dagen er gået."))
        if last - first > LONGEST:
            raise ValidationError(_("Vælg højst to måneder. Skriv beskeden igen, hvis den stadig gælder."))

    def validate_place(self, field: SelectField) -> None:
        """An adviser writes where and when she is on duty."""
        first, last = self.first.data, self.last.data or self.first.data
        known = {str(value) for value, *_rest in field.iter_choices()}
        if first is None or last < first or field.data not in known:
            return
        if not may_write(self.writer, self.place_id, first, last):
            raise ValidationError(_("Vælg et sted og dage, hvor du selv har vagt."))
