"""What all forms about opening hours share: places and services to choose from, days, hours, reasons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectChoice
from wtforms.validators import Optional, StopValidation, ValidationError

from advice import web
from advice.actions.hours import State
from advice.hours_words import skipped
from advice.models.places import Place, Service
from advice.rules.hours_book import Patch
from advice.rules.languages import NAMES
from advice.rules.reasons import USUAL_REASONS
from advice.web_fields import LineField

LAST_DAY = date(2100, 12, 31)
REASON_CHARACTERS = 120
OWN = "egne"
CHOOSE_DAY = _l("Vælg en dag.")
CHOOSE_PLACE, CHOOSE_SERVICE = _l("Vælg et sted."), _l("Vælg et tilbud.")
NOT_OFFERED = _l("Vælg en fra listen.")


class Refused(Exception):
    """The form asks for what cannot be; `field` is where the sentence stands."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field, self.sentence = field, sentence


class EditForm(web.Form):
    """What all edits share. seen: the digest of the preview that is confirmed. clash: the field at which it says that
    stretches overlap."""

    seen = HiddenField()
    clash = "starts"

    def __init__(self, found: State, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.found = found
        self.in_use: Sequence[Place] = [one for one in found.places if _lasts(one, found.today)]
        self.offered: Sequence[Service] = [one for one in found.services if _lasts(one, found.today)]
        self.offer()

    def offer(self) -> None:
        """Fill the lists."""
        self._choose("place", [(str(one.id), one.name) for one in self.in_use])
        self._choose("service", [(str(one.id), web.label(one.labels)) for one in self.offered])

    def patch(self) -> Patch:
        """The rows a valid form asks for. Raises Refused."""
        raise NotImplementedError

    def _choose(self, name: str, pairs: Sequence[tuple[str, str]], empty: str | None = None) -> None:
        """Choices of a select: with one only, it is chosen; else nothing is, unless `empty` says what that means."""
        if name not in self:
            return
        first = [] if len(pairs) == 1 and empty is None else [("", empty or _("Vælg …"))]
        self[name].choices = [SelectChoice(value, words) for value, words in (*first, *pairs)]

    def _day(self, field: Any) -> None:
        """A day from today on."""
        if field.data is None:
            raise StopValidation()
        if field.data < self.found.today:
            raise ValidationError(_("Dagen er gået. Det, der har været, bliver stående, som det var."))
        if field.data > LAST_DAY:
            raise ValidationError(_("Så langt frem kan der ikke planlægges."))

    def _after(self, field: Any) -> None:
        """An hour after `starts`, on the same day."""
        starts = self["starts"].data
        if field.data is not None and starts is not None and field.data <= starts:
            raise ValidationError(_("Slut skal være senere samme dag. Går det over midnat, så lav to åbninger."))

    def _not_skipped(self, field: Any, day: date | None) -> None:
        """An hour that the day has."""
        if field.data is None or day is None or not self.found.today <= day <= LAST_DAY:
            return  # the day itself is refused
        if words := skipped(day, field.data):
            raise ValidationError(words)


class ReasonForm(EditForm):
    """An edit with a reason that residents read: from the list, or in own words, in the programme's languages."""

    def languages(self) -> list[str]:
        """The languages that own words can be written in, Danish first."""
        return ["da", *(code for code in self.found.programme.languages if code != "da" and code in NAMES)]

    def offer(self) -> None:
        """The usual reasons too."""
        super().offer()
        usual = [(words, words) for words in USUAL_REASONS]
        self._choose("reason", [*usual, (OWN, _("Egne ord"))])

    def validate_own_da(self, field: Any) -> None:
        """Own words are there, in Danish at least."""
        if self["reason"].data == OWN and not (field.data or "").strip():
            raise ValidationError(_("Skriv grunden på dansk."))

    def labels(self) -> dict[str, str] | None:
        """The reason as labels, None for none."""
        chosen = self["reason"].data
        if chosen != OWN:
            return {"da": chosen} if chosen else None
        own = {code: (self[f"own_{code}"].data or "").strip() for code in self.languages()}
        return {code: words for code, words in own.items() if words}


def with_own_words(kind: type[ReasonForm], found: State, **arguments: Any) -> ReasonForm:
    """The form, with a field for own words in each of the programme's languages."""
    names = [code for code in found.programme.languages if code != "da" and code in NAMES]
    fields: dict[str, Any] = {"own_da": LineField(_("Egne ord på dansk"), most=REASON_CHARACTERS)}
    for code in names:
        words = _("Egne ord på %(language)s", language=NAMES[code])
        fields[f"own_{code}"] = LineField(words, [Optional()], most=REASON_CHARACTERS)
    made: type[ReasonForm] = type(kind.__name__, (kind,), fields)
    return made(found, **arguments)


def _lasts(row: Place | Service, today: date) -> bool:
    """Whether it is in force today or will be."""
    return row.valid_to is None or row.valid_to >= today
