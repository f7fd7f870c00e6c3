"""What planners type to begin a plan, to repeat weeks into it, and to say why they send one back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import DateField, SelectChoice, SelectField
from wtforms.validators import InputRequired, Optional, StopValidation, ValidationError

from advice import web
from advice.actions.drafts.laying import LONGEST
from advice.rules.drafts import LONGEST_WHY
from advice.rules.repeating import WEEK
from advice.rules.weeks import quarter_of, week_of, weeks_of_quarter
from advice.web import Form
from advice.web_fields import NO_DAY, LineField, NoteField

NOTHING = "0"
REPEATED = (1, 2, 4, 13)
"""How many of the last weeks can be repeated: a week, a fortnight, a month, a quarter."""


class RepeatForm(Form):
    """Which weeks to lay again."""

    weeks = SelectField(
        _("Gentag"), [InputRequired(_("Vælg, hvilke uger der skal gentages."))],
        invalid_choice_message=_("Vælg, hvilke uger der skal gentages."),
    )  # fmt: skip

    def __init__(self, before: date, empty: bool, **arguments: Any) -> None:
        """before: the Monday that the repeated weeks end before; empty: nothing may be repeated, too."""
        super().__init__(**arguments)
        choices = [SelectChoice(str(count), self.words(before, count)) for count in REPEATED]
        if empty:
            choices.append(SelectChoice(NOTHING, _("Intet: begynd med en tom plan")))
        self.weeks.choices = choices

    @staticmethod
    def words(before: date, count: int) -> str:
        """ "de sidste 4 uger (uge 44–47)"."""
        first, last = week_of(before - count * WEEK)[1], week_of(before - WEEK)[1]
        if count == 1:
            return str(_("den sidste uge (uge %(first)s)", first=first))
        return str(_("de sidste %(count)s uger (uge %(first)s–%(last)s)", count=count, first=first, last=last))


class BeginForm(RepeatForm):
    """A new plan: what it is called and which days it is for."""

    name = LineField(_("Navn"), [InputRequired(_("Skriv, hvad planen hedder."))], most=120)
    first = DateField(
        _("Fra og med"),
        [InputRequired(_("Vælg en dag."))],
        invalid_value_message=NO_DAY,
    )
    last = DateField(
        _("Til og med"),
        [InputRequired(_("Vælg en dag."))],
        invalid_value_message=NO_DAY,
    )

    def validate_first(self, field: DateField) -> None:
        """Today or later."""
        if field.data is None:
            raise StopValidation()
        if field.data < web.today():
            raise ValidationError(_("Dagen er gået. Vagtplanen kan kun ændres fra i dag og frem."))

    def validate_last(self, field: DateField) -> None:
        """Not before the first, and not too long."""
        if field.data is None or self.first.data is None:
            raise StopValidation()
        if field.data < self.first.data:
            raise ValidationError(_("Planen skal slutte efter, at den begynder."))
        if field.data - self.first.data > LONGEST:
            raise ValidationError(_("Så lang må en plan ikke være. Vælg højst et år."))


class NoForm(Form):
    """Why somebody who is asked says no to a single edit, if she wants to say so."""

    why = NoteField(_("Hvorfor siger I nej?"), [Optional()], most=LONGEST_WHY)


class SendBackForm(NoForm):
    """What has to be changed in a plan that is sent back."""

    why = NoteField(
        _("Hvad skal ændres, før I kan sige ja?"),
        [InputRequired(_("Skriv kort, hvad der skal ændres."))],
        most=LONGEST_WHY,
    )


def next_quarter(today: date, laid_until: date | None) -> tuple[date, date]:
    """The days that a new plan most likely is for: from the week after what is laid, to the end of its quarter."""
    after = max(today, laid_until or today)
    first = after + timedelta(days=7 - after.weekday())
    span = weeks_of_quarter(*quarter_of(first))
    return first, span[1] if span else first + timedelta(days=6)
