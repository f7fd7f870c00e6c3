"""What can be tapped on a visit: the programme's own lists as choices of a form."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from babel import Locale
from babel.core import UnknownLocaleError
from flask_babel import get_locale
from flask_babel import gettext as _
from wtforms import SelectChoice

from advice import web
from advice.actions.visit_entries import VisitEntry
from advice.models import catalogue_questions as catalogue
from advice.models import duty
from advice.models.catalogue import Activity, Body, HelpForm, Outcome, Topic, TopicGroup, VisitKind
from advice.models.people import Membership
from advice.models.places import Place, Service
from advice.models.visit_questions import Logged
from advice.models.weeks import places_between
from advice.rules.visits import MINUTES_STEPS

ASKING = ("bridges", "recruits")
"""Flags of an outcome after which it is asked where to."""
NOTHING = ""
"""The value of the button that says "not recorded"."""


@dataclass(frozen=True, slots=True)
class Choices:
    """Everything in force at a house on a day, and what a visit that is corrected has besides."""

    topics: list[tuple[TopicGroup, Topic]]
    help_forms: Sequence[HelpForm]
    outcomes: Sequence[Outcome]
    bodies: Sequence[Body]
    activities: Sequence[Activity]
    kinds: list[VisitKind]
    services: list[Service]
    places: list[Place]
    languages: list[str]
    minutes: list[int]

    @property
    def hints(self) -> dict[str, str]:
        """Topic code to what the adviser is told about it."""
        return {topic.code: web.label(topic.hint) for _group, topic in self.topics if topic.hint}

    @property
    def kind_hints(self) -> dict[str, str]:
        """Kind code to what the adviser is told about it."""
        return {kind.code: web.label(kind.hint) for kind in self.kinds if kind.hint}

    @property
    def means(self) -> dict[str, str]:
        """Outcome code to its flags that ask for more, as one attribute: "bridges recruits"."""
        return {one.code: " ".join(flag for flag in ASKING if getattr(one, flag)) for one in self.outcomes}

    def words_of(self, flag: str) -> str:
        """The labels of the outcomes with a flag: "Brobygget", or none if the programme has no such outcome."""
        return " / ".join(web.label(one.labels) for one in self.outcomes if getattr(one, flag))


def choices_for(
    member: Membership,
    place: Place,
    places: Iterable[Place],
    day: date,
    standing: Logged | None = None,
    chosen: str | None = None,
) -> Choices:
    """What can be tapped at a place on a day. `standing`: a visit that is corrected keeps what has ended since.

    Kinds are those of the services at the place, and of the service `chosen` (a code): another's cannot be stored.
    """
    programme = member.programme_id

    def kept(name: str) -> Collection[str]:
        return standing.codes(name) if standing else ()

    offered = duty.services_at(programme, place.id, day)
    visit = standing.visit if standing else None
    services = _with((one.service for one in offered), visit.service if visit else None)
    here = {one.service.id for one in offered if one.here}
    kept_kind = standing.kind if standing else None
    here |= {one.id for one in services if one.code == chosen or (visit and one.id == visit.service_id)}
    return Choices(
        topics=catalogue.offered_topics(programme, day, kept("topics")),
        help_forms=catalogue.offered(HelpForm, programme, day, kept("help_forms")),
        outcomes=catalogue.offered(Outcome, programme, day, kept("outcomes")),
        bodies=catalogue.offered(Body, programme, day, kept("bodies")),
        activities=catalogue.offered(Activity, programme, day, kept("activities")),
        kinds=catalogue.offered_kinds(programme, here or {one.id for one in services[:1]}, day, kept_kind),
        services=services,
        places=_with(places, visit.place if visit else None),
        languages=_with(member.programme.visit_languages, visit.language if visit else None),
        minutes=sorted(_with(MINUTES_STEPS, visit.minutes if visit else None)),
    )


def with_service_of_kind(entry: VisitEntry, programme_id: int, day: date) -> VisitEntry:
    """The entry with the service that its kind belongs to, if that is another one of those at the place.

    Whoever taps a kind has said which service it was: a code belongs to one service of the programme only.
    """
    place = next((one for one in places_between(programme_id, day, day) if one.slug == entry.place), None)
    if entry.kind is None or place is None:
        return entry
    offered = duty.services_at(programme_id, place.id, day)
    if entry.service is not None and entry.service not in {one.service.code for one in offered}:
        return entry
    here = {one.service.id: one.service.code for one in offered if one.here}
    kinds = catalogue.offered_kinds(programme_id, here, day)
    code = next((here[kind.service_id] for kind in kinds if kind.code == entry.kind), entry.service)
    return replace(entry, service=code)


def coded(rows: Iterable[Any]) -> list[SelectChoice]:
    """Rows with a code and labels as choices."""
    return [SelectChoice(row.code, web.label(row.labels)) for row in rows]


def grouped(topics: Iterable[tuple[TopicGroup, Topic]]) -> list[SelectChoice]:
    """Topics as choices under the name of their group."""
    return [
        SelectChoice(topic.code, web.label(topic.labels), optgroup=web.label(group.labels)) for group, topic in topics
    ]


def minutes(steps: Iterable[int]) -> list[SelectChoice]:
    """How long: the steps, and a button that takes a tap back."""
    lengths = [SelectChoice(str(step), _("%(count)s min.", count=step)) for step in steps]
    return [*lengths, SelectChoice(NOTHING, _("Ikke oplyst"))]


def languages(codes: Iterable[str]) -> list[SelectChoice]:
    """Languages by their names in the page's language, and a button that takes a tap back."""
    named = [SelectChoice(code, language_name(code)) for code in codes]
    return [*named, SelectChoice(NOTHING, _("Ikke oplyst"))]


def language_name(code: str) -> str:
    """A language's name in the page's language, with a capital; the code itself if nobody knows it."""
    try:
        name = Locale.parse(code, sep="-").get_display_name(get_locale())
    except (UnknownLocaleError, ValueError):
        name = None
    return (name or code).capitalize()


def _with(given: Iterable[Any], more: Any) -> list[Any]:
    """The given, and one more that is not among them (None is nothing)."""
    found = list(given)
    ids = [getattr(one, "id", one) for one in found]
    return found if more is None or getattr(more, "id", more) in ids else [*found, more]
