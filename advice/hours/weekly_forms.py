"""Edits of weekly hours: new ones from a day on, and a last day."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional

from advice import web
from advice.hours.forms import CHOOSE_DAY, CHOOSE_PLACE, CHOOSE_SERVICE, NOT_OFFERED, EditForm, Refused
from advice.rules import hours_edits
from advice.rules.hours import WeeklyHours
from advice.rules.hours_book import Patch, taken_over
from advice.rules.hours_edits import NotBegun
from advice.rules.spans import clock_text
from advice.web_fields import NO_DAY, NO_NUMBER, ClockField, LineField, WholeNumberField

DECISION_CHARACTERS = 200
WEEKDAYS = (
    _l("mandag"), _l("tirsdag"), _l("onsdag"), _l("torsdag"), _l("fredag"), _l("lørdag"), _l("søndag"),
)  # fmt: skip


class WeeklyForm(EditForm):
    """An edit of weekly hours that stand; old: which."""

    old = SelectField(_l("Faste tider nu"), [Optional()], invalid_choice_message=NOT_OFFERED)

    def offer(self) -> None:
        """The weekly hours that have not ended, and that no others took over from."""
        super().offer()
        book = self.found.book
        ahead = [
            (str(key), self.words(row))
            for key, row in book.weekly.items()
            if (row.valid_to is None or row.valid_to >= self.found.today) and not taken_over(book, key)
        ]
        self._choose("old", ahead, self.none())

    def none(self) -> str | None:
        """What it means to choose none."""
        return None

    def words(self, row: WeeklyHours) -> str:
        """Weekly hours in a list."""
        names = {one.id: one.name for one in self.found.places}
        services = {one.id: web.label(one.labels) for one in self.found.services}
        span = f"{clock_text(row.starts)}–{clock_text(row.ends)}"
        return f"{names[row.place]}, {WEEKDAYS[row.weekday]} {span} ({services[row.service]})"


class BeginForm(WeeklyForm):
    """New weekly hours."""

    place = SelectField(_l("Sted"), [InputRequired(CHOOSE_PLACE)], invalid_choice_message=NOT_OFFERED)
    service = SelectField(_l("Tilbud"), [InputRequired(CHOOSE_SERVICE)], invalid_choice_message=NOT_OFFERED)
    weekday = SelectField(_l("Ugedag"), [InputRequired(_l("Vælg en ugedag."))], invalid_choice_message=NOT_OFFERED)
    starts = ClockField(_l("Fra kl."), [InputRequired(_l("Skriv, hvornår der bliver åbnet."))])
    ends = ClockField(_l("Til kl."), [InputRequired(_l("Skriv, hvornår der bliver lukket."))])
    valid_from = DateField(_l("Gælder fra"), [InputRequired(CHOOSE_DAY)], invalid_value_message=NO_DAY)
    every_weeks = WholeNumberField(
        _l("Hver … uge"),
        [Optional(), NumberRange(1, 52, _l("Skriv et tal fra 1 til 52."))],
        default=1,
        invalid_value_message=NO_NUMBER,
    )
    decision = LineField(_l("Besluttet i"), [Optional()], most=DECISION_CHARACTERS)

    def offer(self) -> None:
        """The days of the week, too."""
        super().offer()
        self._choose("weekday", [(str(number), str(words)) for number, words in enumerate(WEEKDAYS)])

    def none(self) -> str | None:
        """Nothing ends."""
        return str(_("Ingen: det er en ny tid"))

    def validate_valid_from(self, field: Any) -> None:
        """From today on."""
        self._day(field)

    def validate_ends(self, field: Any) -> None:
        """After it opens."""
        self._after(field)

    def patch(self) -> Patch:
        """The new row, and the end of the old one."""
        assert self.starts.data is not None and self.ends.data is not None
        new = WeeklyHours(
            int(self.place.data), int(self.service.data), int(self.weekday.data), self.starts.data, self.ends.data,
            self.valid_from.data, every_weeks=self.every_weeks.data or 1,
        )  # fmt: skip
        old = int(self.old.data) if self.old.data else None
        if hours_edits.skipped_by_clocks(new, web.settings().timezone):
            raise Refused("starts", _("Uret går frem en nat, og så findes tiden ikke. Vælg tider uden for kl. 2-3."))
        try:
            made = hours_edits.begin(self.found.book, new, old)
        except NotBegun as not_begun:
            begins = web.date_digits(self.found.book.weekly[old or 0].valid_from)
            words = _("Tiden nu begynder først %(day)s. Vælg en senere dag, eller træk den tilbage.", day=begins)
            raise Refused("valid_from", words) from not_begun
        if _key(new) in map(_key, self.found.book.weekly.values()):
            raise Refused("valid_from", _("Der er allerede en fast tid, der begynder på samme tid fra den dag."))
        return made


class EndForm(WeeklyForm):
    """Another last day for weekly hours, or none."""

    old = SelectField(
        _l("Faste tider nu"), [InputRequired(_l("Vælg den tid, der stopper."))], invalid_choice_message=NOT_OFFERED
    )
    last = DateField(_l("Sidste dag"), [Optional()], invalid_value_message=NO_DAY)
    clash = "last"

    def offer(self) -> None:
        """A last day is needed by hours that have none."""
        super().offer()
        row = {str(key): one for key, one in self.found.book.weekly.items()}.get(self.old.data or "")
        self.last.flags.optional = row is not None and row.valid_to is not None

    def validate_last(self, field: Any) -> None:
        """From today on."""
        self._day(field)

    def patch(self) -> Patch:
        """The end of the row; those that have one can go on."""
        key = int(self.old.data)
        if self.last.data is None and self.found.book.weekly[key].valid_to is None:
            raise Refused("last", str(CHOOSE_DAY))
        try:
            return hours_edits.end(self.found.book, key, self.last.data)
        except NotBegun as not_begun:
            begins = web.date_digits(self.found.book.weekly[key].valid_from)
            words = _("Tiden begynder først %(day)s. Træk den tilbage i stedet.", day=begins)
            raise Refused("last", words) from not_begun


def _key(row: WeeklyHours) -> tuple[object, ...]:
    """What tells weekly hours from others in the table."""
    return row.place, row.service, row.weekday, row.starts, row.valid_from
