"""Edits of single days: close, move, open extra, other hours."""

from __future__ import annotations

import re
from datetime import date, time
from itertools import product
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectChoice, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, Optional, ValidationError

from advice import web
from advice.hours.forms import (
    CHOOSE_DAY,
    CHOOSE_PLACE,
    CHOOSE_SERVICE,
    LAST_DAY,
    NOT_OFFERED,
    ReasonForm,
    Refused,
)
from advice.hours_words import skipped
from advice.rules import hours_edits
from advice.rules.closures import Closure
from advice.rules.hours import DayHours
from advice.rules.hours_book import Patch
from advice.rules.hours_edits import ACROSS, NothingThere, coming_weeks
from advice.web_fields import NO_DAY, ClockField, LineField

WEEKS = re.compile(
    r"\s*(?:uge(?:rne)?\s*)?([0-9]{1,2})(?:\s*(?:[-–]|til|og)\s*(?:uge\s*)?([0-9]{1,2}))?(?:[\s/,.]+([0-9]{4}))?\s*",
    re.IGNORECASE,
)
EVERYWHERE = "alle"


class CloseForm(ReasonForm):
    """Close, by days or by weeks."""

    first = DateField(_l("Fra og med"), [Optional()], invalid_value_message=NO_DAY)
    last = DateField(_l("Til og med"), [Optional()], invalid_value_message=NO_DAY)
    weeks = LineField(_l("Eller uger"), [Optional()], most=20)
    places = SelectMultipleField(
        _l("Steder"), [InputRequired(CHOOSE_PLACE)], default=[EVERYWHERE], invalid_choice_message=NOT_OFFERED
    )
    service = SelectField(_l("Tilbud"), [Optional()], invalid_choice_message=NOT_OFFERED)
    reason = SelectField(_l("Grund"), [InputRequired(_l("Vælg en grund."))], invalid_choice_message=NOT_OFFERED)
    clash = "first"

    def offer(self) -> None:
        """Everywhere, or some places."""
        super().offer()
        self.first.flags.optional = self.weeks.flags.optional = False  # one of them is needed
        pairs = [(EVERYWHERE, _("Alle steder")), *((str(one.id), one.name) for one in self.in_use)]
        self.places.choices = [SelectChoice(value, words) for value, words in pairs]
        self._choose("service", [(str(one.id), web.label(one.labels)) for one in self.offered], _("Alle tilbud"))

    def validate_first(self, field: Any) -> None:
        """Days or weeks, not both; `patch` sees to it that there is one of them."""
        if self.weeks.data and field.data:
            raise ValidationError(_("Skriv enten dage eller uger."))
        self._day(field)

    def validate_last(self, field: Any) -> None:
        """Not before the first."""
        if field.data is not None:
            if self.first.data is not None and field.data < self.first.data:
                raise ValidationError(_("Den sidste dag ligger før den første."))
            self._day(field)

    def validate_weeks(self, field: Any) -> None:
        """Weeks that come, in their order."""
        written, span = WEEKS.fullmatch(field.data or ""), self.span()
        if span is None and written and written[2] and 53 - int(written[1]) + int(written[2]) > ACROSS:
            raise ValidationError(_("Den sidste uge ligger før den første."))
        if field.data and (span is None or span[1] > LAST_DAY):
            raise ValidationError(_("Skriv uger, der kommer, fx 28-30."))

    def validate_places(self, field: Any) -> None:
        """All, or some."""
        if EVERYWHERE in field.data and len(field.data) > 1:
            raise ValidationError(_("Vælg enten alle steder eller enkelte steder."))

    def span(self) -> tuple[date, date] | None:
        """First and last day; None for weeks that cannot be."""
        if not self.weeks.data:
            return (self.first.data, self.last.data or self.first.data) if self.first.data else None
        written = WEEKS.fullmatch(self.weeks.data)
        if not written:
            return None
        first, last, year = int(written[1]), int(written[2] or written[1]), int(written[3] or 0)
        return coming_weeks(first, last, self.found.today, year or None)

    def patch(self) -> Patch:
        """A closure a place and service."""
        span, reason = self.span(), self.labels()
        if span is None or reason is None:
            raise Refused("first", _("Vælg den første dag, eller skriv ugerne."))
        places = [None] if EVERYWHERE in self.places.data else [int(one) for one in dict.fromkeys(self.places.data)]
        services = [int(self.service.data) if self.service.data else None]
        closings = [Closure(*span, reason, place, service) for place, service in product(places, services)]
        return hours_edits.close(self.found.book, closings)


class MoveForm(ReasonForm):
    """Move a day."""

    place = SelectField(_l("Sted"), [InputRequired(CHOOSE_PLACE)], invalid_choice_message=NOT_OFFERED)
    service = SelectField(_l("Tilbud"), [Optional()], invalid_choice_message=NOT_OFFERED)
    day = DateField(_l("Flyt fra"), [InputRequired(CHOOSE_DAY)], invalid_value_message=NO_DAY)
    to = DateField(_l("Flyt til"), [InputRequired(CHOOSE_DAY)], invalid_value_message=NO_DAY)
    starts = ClockField(_l("Fra kl."), [Optional()])
    ends = ClockField(_l("Til kl."), [Optional()])
    reason = SelectField(_l("Grund"), [Optional()], invalid_choice_message=NOT_OFFERED)
    clash = "to"

    def offer(self) -> None:
        """All services unless one is chosen."""
        super().offer()
        self._choose("service", [(str(one.id), web.label(one.labels)) for one in self.offered], _("Alle tilbud"))

    def validate_day(self, field: Any) -> None:
        """From today on."""
        self._day(field)

    def validate_to(self, field: Any) -> None:
        """Another day, from today on."""
        self._day(field)
        if field.data == self.day.data:
            raise ValidationError(_("Vælg en anden dag. Til andre tider samme dag er der Anden tid én dag."))

    def validate_ends(self, field: Any) -> None:
        """After it opens, and hours that the day has; `patch` sees to it that there are both or none."""
        self._after(field)

    def patch(self) -> Patch:
        """A closure of the day, and extra openings on the other."""
        service = int(self.service.data) if self.service.data else None
        reason = self.labels() or {"da": _("Flyttet til en anden dag")}
        closing = Closure(self.day.data, self.day.data, reason, int(self.place.data), service)
        if (self.starts.data is None) != (self.ends.data is None):
            raise Refused("ends", _("Skriv både fra og til, eller lad begge stå tomme."))
        hours = _hours(self.starts.data, self.ends.data)
        try:
            made = hours_edits.move(self.found.book, self.found.on(self.day.data), closing, self.to.data, hours)
        except NothingThere as nothing:
            raise Refused("day", _("Der er ikke åbent den dag.")) from nothing
        for at in {at for extra in made.extras for at in (extra.starts, extra.ends)}:
            if words := skipped(self.to.data, at):
                raise Refused("to", words)
        return made


class DayForm(ReasonForm):
    """Hours of one day."""

    place = SelectField(_l("Sted"), [InputRequired(CHOOSE_PLACE)], invalid_choice_message=NOT_OFFERED)
    service = SelectField(_l("Tilbud"), [InputRequired(CHOOSE_SERVICE)], invalid_choice_message=NOT_OFFERED)
    day = DateField(_l("Dag"), [InputRequired(CHOOSE_DAY)], invalid_value_message=NO_DAY)
    starts = ClockField(_l("Fra kl."), [InputRequired(_l("Skriv, hvornår der bliver åbnet."))])
    ends = ClockField(_l("Til kl."), [InputRequired(_l("Skriv, hvornår der bliver lukket."))])
    reason = SelectField(_l("Grund"), [Optional()], invalid_choice_message=NOT_OFFERED)

    def validate_day(self, field: Any) -> None:
        """From today on."""
        self._day(field)

    def validate_starts(self, field: Any) -> None:
        """An hour the day has."""
        self._not_skipped(field, self.day.data)

    def validate_ends(self, field: Any) -> None:
        """After it opens, and an hour the day has."""
        self._after(field)
        self._not_skipped(field, self.day.data)

    def hours(self) -> DayHours:
        """What a valid form says."""
        assert self.starts.data is not None and self.ends.data is not None
        return DayHours(
            int(self.place.data), int(self.service.data), self.day.data, self.starts.data, self.ends.data, self.labels()
        )


class ExtraForm(DayForm):
    """An extra opening."""

    def patch(self) -> Patch:
        """The one row."""
        return hours_edits.open_extra(self.hours())


class OtherTimeForm(DayForm):
    """Other hours on a day that is open."""

    def patch(self) -> Patch:
        """The one row, instead of those that stood there."""
        try:
            return hours_edits.other_time(self.found.book, self.found.on(self.day.data), self.hours())
        except NothingThere as nothing:
            words = _("Der er ikke åbent den dag. Skal der åbnes, så brug Ekstra åbning.")
            raise Refused("day", words) from nothing


def _hours(starts: time | None, ends: time | None) -> tuple[time, time] | None:
    return (starts, ends) if starts is not None and ends is not None else None
