"""The form of a visit: its fields, what was tapped as an entry, and the sentences for what cannot be stored."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectChoice, SelectField, SelectMultipleField

from advice import web
from advice.actions.visit_entries import LISTS, Fault, VisitEntry
from advice.models.visit_questions import Logged
from advice.rules.visits import TimeKnown
from advice.visits import choices as offers
from advice.visits.choices import Choices
from advice.web_fields import HOW_TO_WRITE, ClockField

WHOLE_NUMBER = re.compile(r"[0-9]{1,4}")
SENTENCES: Mapping[Fault, LazyString] = {
    Fault.UNKNOWN: _l("Noget af det valgte findes ikke på listen. Vælg igen."),
    Fault.OUT_OF_RANGE: _l("Vælg et antal minutter fra 1 til 480."),
    Fault.FUTURE: _l("Det klokkeslæt er ikke kommet endnu. Skriv, hvornår henvendelsen var."),
    Fault.TOO_MANY: _l("Der er valgt for mange. Vælg færre."),
    Fault.NO_OUTCOME: _l("Vælg også, hvordan det endte: der er valgt en instans eller en aktivitet."),
    Fault.PROGRAMME_ENDED: _l("Helhedsplanen er slut, så der kan ikke gemmes nye henvendelser. Spørg din tovholder."),
    Fault.CONTRADICTION: _l("Det kan ikke både være løst og ikke nået. Vælg det, der passer, og fjern det andet."),
}
FIELD_OF = {"occurred_at": "time", "revision": "time"}
"""Where a fault is shown that is no field of the form."""
COMPARED = (
    "topics",
    "kind",
    "help_forms",
    "outcomes",
    "bodies",
    "activities",
    "minutes",
    "language",
    "time",
    "place",
    "service",
)


class VisitForm(web.Form):
    """What can be said about a visit. Only a topic is required; nothing here names anybody."""

    topics = SelectMultipleField(_l("Hvad handlede det om?"), validate_choice=False)
    kind = RadioField(_l("Hvilken slags?"), validate_choice=False)
    help_forms = SelectMultipleField(_l("Hvad gjorde vi?"), validate_choice=False)
    outcomes = SelectMultipleField(_l("Hvordan endte det?"), validate_choice=False)
    bodies = SelectMultipleField(_l("Hvilken instans?"), validate_choice=False)
    activities = SelectMultipleField(_l("Hvilken aktivitet?"), validate_choice=False)
    minutes = RadioField(_l("Hvor længe?"), validate_choice=False)
    language = RadioField(_l("Hvilket sprog?"), validate_choice=False)
    time = ClockField(_l("Klokken"))
    place = SelectField(_l("Sted"), validate_choice=False)
    service = SelectField(_l("Tilbud"), validate_choice=False)

    def offer(self, choices: Choices) -> None:
        """Give the fields their buttons. What was typed stays, also when it is not among them."""
        self.topics.choices = offers.grouped(choices.topics)
        for name in ("help_forms", "outcomes", "bodies", "activities"):
            self[name].choices = offers.coded(getattr(choices, name))
        self.kind.choices = offers.coded(choices.kinds)
        if len(choices.kinds) > 1:
            self.kind.choices.append(SelectChoice(offers.NOTHING, _("Ingen af dem")))
        self.minutes.choices = offers.minutes(choices.minutes)
        self.language.choices = offers.languages(choices.languages)
        self.place.choices = [SelectChoice(place.slug, place.name) for place in choices.places]
        self.service.choices = offers.coded(choices.services)

    def complain(self, name: str, sentence: str | LazyString) -> None:
        """Put a sentence at a field; from then on the form has errors."""
        self[name].errors = [*self[name].errors, str(sentence)]

    def explain(self, faults: Mapping[str, Fault]) -> None:
        """Put a sentence at the field of each fault."""
        for name, fault in faults.items():
            self.complain(FIELD_OF.get(name, name), SENTENCES[fault])


class NewVisitForm(VisitForm):
    """A visit of today. Its id is made with the form, so that sending it twice stores it once."""

    visit = HiddenField()
    day = HiddenField()
    """The day the form was made: a page left open over night must not log yesterday's hour today."""

    def start(self, local: datetime, place: str, service: str | None) -> None:
        """Fill in what is known beforehand: place, service and time; never minutes or language."""
        self.visit.data = str(uuid4())
        self.place.data, self.service.data = place, service
        self._set_clock(local)

    def entry(self, local: datetime) -> VisitEntry | None:
        """What was entered, or None with a sentence at each field that cannot be read."""
        fields = _read(self)
        visit_id = _uuid(self.visit.data)
        if visit_id is None:
            self.renew_id()
        if self.day.data != local.date().isoformat():
            self._set_clock(local)
            self.complain("time", _("Siden stod åben fra en anden dag. Se på tiden, og gem igen."))
        at = _instant(self, local.date(), local)
        if visit_id is None or at is None or self.errors:
            return None
        return VisitEntry(id=visit_id, revision=1, occurred_at=at, **fields)

    def renew_id(self) -> None:
        """Take an id of our own for one that cannot be used, and say that nothing is saved yet."""
        self.visit.data = str(uuid4())
        self.complain("visit", _("Siden kunne ikke læses. Se den igennem, og gem igen."))

    def _set_clock(self, local: datetime) -> None:
        self.day.data = local.date().isoformat()
        self.time.fill(_to_the_minute(local))


class CorrectionForm(VisitForm):
    """A visit that stands already, and the revision that was looked at."""

    revision = HiddenField()
    next = HiddenField()

    def show(self, found: Logged, zone: ZoneInfo) -> None:
        """Fill in everything that stands."""
        visit = found.visit
        for name in LISTS:
            self[name].data = sorted(found.codes(name))
        self.kind.data = found.kind.code if found.kind else None
        self.minutes.data = str(visit.minutes) if visit.minutes else None
        self.language.data = visit.language
        self.place.data, self.service.data = visit.place.slug, visit.service.code
        self.time.fill(_to_the_minute(visit.occurred_at.astimezone(zone)))
        self.revision.data = str(visit.revision)

    @property
    def based_on(self) -> int:
        """The revision that was looked at; 0 if that cannot be read."""
        text = self.revision.data or ""
        return int(text) if re.fullmatch("[0-9]{1,6}", text) else 0

    def entry(self, found: Logged, local: datetime, zone: ZoneInfo) -> VisitEntry | None:
        """The revision after the one looked at, or None with a sentence at each field that cannot be read.

        The day stays. A time that was not touched stays as exact, or as coarse, as it was. Results of bodies
        that are still there stay.
        """
        fields = _read(self)
        visit = found.visit
        at, known = visit.occurred_at, TimeKnown(visit.time_known)
        if self.time.data != _to_the_minute(visit.occurred_at.astimezone(zone)):
            typed = _instant(self, visit.local_date, local)
            at, known = typed or at, TimeKnown.EXACT
        if self.errors:
            return None
        results = {code: result for code, result in found.results.items() if code in fields["bodies"]}
        return VisitEntry(
            id=visit.id, revision=self.based_on + 1, occurred_at=at, time_known=known, results=results, **fields
        )


def facts(form: VisitForm) -> dict[str, str]:
    """What a filled form says, by the label of the field; "" where nothing is said."""
    said = {}
    for name in COMPARED:
        field = form[name]
        if name == "time":
            said[str(field.label.text)] = field.text
        elif field.choices and (name != "service" or len(field.choices) > 1):
            chosen = [choice.label for choice in field.iter_choices() if choice.selected]
            said[str(field.label.text)] = ", ".join(chosen)
    return said


def _read(form: VisitForm) -> dict[str, Any]:
    """The fields of an entry that the form holds, but for id, revision and time; complains of the rest."""
    form.complains_of_age()
    if not form.topics.data:
        form.complain("topics", _("Vælg mindst ét emne."))
    return {
        **{name: frozenset(form[name].data or ()) for name in LISTS},
        "kind": form.kind.data or None,
        "minutes": _minutes(form),
        "language": form.language.data or None,
        "place": form.place.data or "",
        "service": form.service.data or None,
    }


def _minutes(form: VisitForm) -> int | None:
    """The minutes tapped; whether so many can be is the action's to say."""
    text = form.minutes.data or ""
    if not text:
        return None
    if not WHOLE_NUMBER.fullmatch(text):
        form.complain("minutes", SENTENCES[Fault.OUT_OF_RANGE])
        return None
    return int(text)


def _instant(form: VisitForm, day: date, local: datetime) -> datetime | None:
    """The instant of the time typed on a day, or None with a sentence. `local` is now, in the zone of the place."""
    if form.time.data is None:
        form.complain("time", HOW_TO_WRITE)
        return None
    typed = datetime.combine(day, form.time.data, tzinfo=local.tzinfo)
    instant = typed.astimezone(UTC)
    if instant.astimezone(local.tzinfo).time() != typed.time():
        form.complain("time", _("Den tid fandtes ikke den dag, for uret blev stillet frem."))
        return None
    if instant > local:
        form.complain("time", SENTENCES[Fault.FUTURE])
        return None
    return instant


def _to_the_minute(local: datetime) -> time:
    """The time of day as a field shows it."""
    return local.time().replace(second=0, microsecond=0)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
