"""What planners type about a member's terms: weekdays and hours, hours a week, shifts, places, what she can."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import DateField, FieldList, FormField, HiddenField, SelectChoice, SelectField, SelectMultipleField
from wtforms import Form as PlainForm
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from advice.actions.terms import Agreed
from advice.models.places import Place
from advice.rules.spans import Span
from advice.rules.terms import Terms, Window
from advice.web import Form
from advice.web_fields import NO_DAY, NO_NUMBER, ClockField, WholeNumberField

WEEKDAYS = (
    _("mandag"), _("tirsdag"), _("onsdag"), _("torsdag"), _("fredag"), _("lørdag"), _("søndag"),
)  # fmt: skip
EMPTY_ROWS = 2
MOST_ROWS = 21
MOST_SHIFTS = 14
NOT_OFFERED = _("Vælg en af mulighederne.")


class WindowForm(PlainForm):
    """A weekday and hours, and the first and last day of that; without weekday and hours it is no row."""

    weekday = SelectField(
        _("Ugedag"),
        choices=[SelectChoice("", "–"), *(SelectChoice(str(number), words) for number, words in enumerate(WEEKDAYS))],
        invalid_choice_message=NOT_OFFERED,
    )
    starts = ClockField(_("Fra kl."))
    ends = ClockField(_("Til kl."))
    valid_from = DateField(_("Første dag"), [Optional()], invalid_value_message=NO_DAY)
    valid_to = DateField(_("Sidste dag"), [Optional()], invalid_value_message=NO_DAY)

    def validate_weekday(self, field: SelectField) -> None:
        """Chosen where hours are typed."""
        if not field.data and (self.starts.text.strip() or self.ends.text.strip()):
            raise ValidationError(_("Vælg en ugedag, eller gør rækken tom."))

    def validate_starts(self, field: ClockField) -> None:
        """Typed where a weekday is chosen."""
        if self.weekday.data and not field.text.strip():
            raise ValidationError(_("Skriv, fra hvornår."))

    def validate_ends(self, field: ClockField) -> None:
        """After the start, the same day."""
        if self.weekday.data and not field.text.strip():
            raise ValidationError(_("Skriv, til hvornår."))
        if field.data is not None and self.starts.data is not None and field.data <= self.starts.data:
            raise ValidationError(_("Skal være senere samme dag."))

    def validate_valid_to(self, field: DateField) -> None:
        """Not before the first day."""
        if field.data is not None and self.valid_from.data is not None and field.data < self.valid_from.data:
            raise ValidationError(_("Ligger før den første dag."))

    def window(self) -> Window | None:
        """What a valid row says; None of an empty row."""
        if not self.weekday.data or self.starts.data is None or self.ends.data is None:
            return None
        span = Span(self.starts.data, self.ends.data)
        return Window(int(self.weekday.data), span, self.valid_from.data, self.valid_to.data)


class TermsForm(Form):
    """All that is agreed with a member. seen: the mark of what the page showed."""

    seen = HiddenField()
    percent = WholeNumberField(
        _("Procent af fuld tid"),
        [InputRequired(NO_NUMBER), NumberRange(0, 100, _("Skriv et tal fra 0 til 100."))],
        invalid_value_message=NO_NUMBER,
    )
    most_shifts = WholeNumberField(
        _("Højst så mange vagter om ugen"),
        [Optional(), NumberRange(0, MOST_SHIFTS, _("Skriv et tal fra 0 til 14."))],
        invalid_value_message=NO_NUMBER,
    )
    windows = FieldList(FormField(WindowForm), _("Kan være på vagt"), max_entries=MOST_ROWS)
    prefers = SelectMultipleField(_("Vil gerne være i"), coerce=int, validate_choice=False)
    avoids = SelectMultipleField(_("Vil helst ikke være i"), coerce=int, validate_choice=False)
    competences = SelectMultipleField(_("Kan"), coerce=int, validate_choice=False)

    def offer(self, places: Sequence[Place], competences: Mapping[int, str]) -> None:
        """The places and competences to choose from."""
        for field in (self.prefers, self.avoids):
            field.choices = [SelectChoice(one.id, one.name) for one in places]
        self.competences.choices = [SelectChoice(key, words) for key, words in competences.items()]

    def validate_avoids(self, field: SelectMultipleField) -> None:
        """No place is wanted and not wanted."""
        both = set(field.data or ()) & set(self.prefers.data or ())
        names = [str(choice.label) for choice in self.avoids.choices or () if choice.value in both]
        if names:
            raise ValidationError(_("%(places)s er valgt begge steder.", places=", ".join(names)))

    def agreed(self, stored: Agreed, today: date) -> Agreed:
        """What a valid form says. What was not offered, such as a place or hours that have ended, stays as it was."""
        typed_in = {one for row in self.windows if (one := row.form.window())}
        windows = typed_in | {one for one in stored.terms.windows if is_over(one, today)}
        terms = Terms(
            self.percent.data or 0,
            tuple(sorted(windows, key=in_order)),
            self.most_shifts.data,
            _chosen(self.prefers, stored.terms.prefers),
            _chosen(self.avoids, stored.terms.avoids),
        )
        return Agreed(terms, _chosen(self.competences, stored.competences))


def _chosen(field: SelectMultipleField, stored: frozenset[int]) -> frozenset[int]:
    offered = {choice.value for choice in field.choices or ()}
    return frozenset(set(field.data or ()) & offered | (stored - offered))


def is_over(window: Window, today: date) -> bool:
    """Whether hours hold no more: they are history, and in nobody's way on the form."""
    return window.valid_to is not None and window.valid_to < today


def in_order(window: Window) -> tuple[Any, ...]:
    """By weekday and hours; of the same ones, what holds first."""
    return window.weekday, window.span, window.valid_from or date.min, window.valid_to or date.max


def typed(stands: Agreed, today: date) -> dict[str, Any]:
    """What the form begins with, and a few empty rows."""
    terms = stands.terms
    rows = [
        {
            "weekday": str(one.weekday), "starts": one.span.starts, "ends": one.span.ends,
            "valid_from": one.valid_from, "valid_to": one.valid_to,
        }
        for one in sorted(terms.windows, key=in_order) if not is_over(one, today)
    ]  # fmt: skip
    empty: list[dict[str, Any]] = [{"weekday": ""}] * min(EMPTY_ROWS if rows else 5, MOST_ROWS - len(rows))
    return {
        "percent": terms.percent,
        "most_shifts": terms.most_shifts,
        "windows": rows + empty,
        "prefers": sorted(terms.prefers),
        "avoids": sorted(terms.avoids),
        "competences": sorted(stands.competences),
    }
