"""Sentences about swaps: where one stands, why it cannot be, what it would mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as lazy

from advice import web
from advice.actions.shifts import Busy, Clash, NotOnTeam, PastDay, Refused
from advice.actions.swaps.lapsing import Here
from advice.actions.swaps.offering import Offered
from advice.actions.swaps.sides import Handing, Shortfall
from advice.actions.swaps.stepping import Lapsed, handings_of
from advice.models.absences import away_between, terms_of
from advice.models.roster import Shift
from advice.models.stand_ins import active_of
from advice.models.swaps import Swap
from advice.roster.objections import against_words
from advice.roster.sick_words import where
from advice.roster.words import clash_words, day_words, refusal_words
from advice.rules.repeating import WEEK
from advice.rules.spans import Span
from advice.rules.staffing import Since, gap_words
from advice.rules.swaps import Lapse, State
from advice.rules.terms import Away, Terms, against

LAPSES: Mapping[Lapse, LazyString] = {
    Lapse.CHANGED: lazy("Vagten er ændret eller aflyst."),
    Lapse.BEGUN: lazy("Vagten er begyndt."),
    Lapse.OFFERER_GONE: lazy("Den, der tilbød vagten, er ikke på holdet den dag mere."),
    Lapse.COLLEAGUE_GONE: lazy("Kollegaen er ikke på holdet den dag mere."),
    Lapse.RETURN_CHANGED: lazy("Vagten, der blev givet i bytte, er ændret eller aflyst."),
    Lapse.RETURN_BEGUN: lazy("Vagten, der blev givet i bytte, er begyndt."),
}


def _(text: str, **values: object) -> str:
    return str(gettext(text, **values))


def here() -> Here:
    """The person logged in, now, at the place: to the minute, as shifts are."""
    active, local = web.member(), web.local_now()
    wall = local.time().replace(second=0, microsecond=0)
    return Here(active.person_id, active.organisation_id, web.now(), local.date(), wall)


def wish(swap: Swap) -> str:
    """What the offerer wants, as the rest of a sentence about her."""
    return _("vil bytte den med en anden vagt") if swap.is_trade else _("vil give den væk")


def stands(swap: Swap, person_id: int, waiting: str, why: Lapse | None = None) -> str:
    """Where a swap stands, as the offerer or the taker reads it. waiting: who has still to say yes, in words."""
    if why is not None:
        return _("Byttet er faldet bort. %(why)s", why=LAPSES[why])
    mine = swap.shift.person_id == person_id
    return _mine(swap, waiting) if mine else _hers(swap, waiting)


def _mine(swap: Swap, waiting: str) -> str:
    """To the offerer."""
    taker = swap.taker.person.name if swap.taker else ""
    asked = swap.asked.person.name if swap.asked else ""
    match State(swap.state):
        case State.OFFERED:
            return _("Du har spurgt %(name)s.", name=asked) if asked else _("Du har spurgt alle, der kan.")
        case State.TAKEN:
            return f"{_('%(name)s vil gerne.', name=taker)} {given_words(swap)} {waiting}".replace("  ", " ")
        case State.DONE:
            return f"{_('%(name)s har taget din vagt.', name=taker)} {given_words(swap)}".strip()
        case State.DECLINED:
            return f"{_('%(name)s kan ikke.', name=asked)} {_still_hers(swap)}".strip()
        case State.REFUSED:
            return f"{_('Lederen sagde nej.')} {_still_hers(swap)}".strip()
        case State.WITHDRAWN:
            return _("Du trak tilbuddet tilbage.")
        case State.LAPSED:
            return _("Byttet er faldet bort, fordi vagten eller holdet blev ændret.")


def _still_hers(swap: Swap) -> str:
    """What a no leaves the offerer; empty once her shift is somebody else's or cancelled."""
    return _("Vagten er stadig din.") if swap.shift.status == "active" else ""


def _hers(swap: Swap, waiting: str) -> str:
    """To the one who takes it, and to everybody else who may read it."""
    name = swap.shift.person.name
    taker = swap.taker.person if swap.taker else None
    own = taker is not None and taker.id == web.member().person_id
    match State(swap.state):
        case State.OFFERED:
            return _("%(name)s spørger, om nogen kan.", name=name)
        case State.TAKEN if own:
            return _("Du har sagt ja. %(waiting)s", waiting=waiting)
        case State.DONE if own:
            return _("Vagten er din.")
        case State.TAKEN | State.DONE:
            return _("%(name)s har taget den.", name=taker.name if taker else "")
        case State.REFUSED:
            return _("Lederen sagde nej til byttet.")
        case State.DECLINED:
            return _("Der blev sagt nej til at tage den.")
        case State.WITHDRAWN:
            return _("%(name)s beholder selv vagten.", name=name)
        case State.LAPSED:
            return _("Byttet er faldet bort, fordi vagten eller holdet blev ændret.")


def given_words(swap: Swap) -> str:
    """What the offerer gets for it; empty for a shift that is given away."""
    return _("Til gengæld: %(where)s.", where=where(swap.returned)) if swap.returned else ""


def refused_words(refused: Refused, person_id: int) -> str:
    """Why a step was not taken, as the person reads it. What has a page of its own is raised again."""
    if isinstance(refused, Lapsed):
        return str(LAPSES[refused.why])
    if isinstance(refused, Offered):
        return _("Vagten er allerede i et bytte.")
    if isinstance(refused, Busy):
        return refusal_words(refused)
    if isinstance(refused, Clash):
        mine = refused.existing is not None and refused.existing.person_id == person_id
        return _("Du har allerede en vagt på det tidspunkt.") if mine else clash_words(refused.existing)
    if isinstance(refused, PastDay):
        return _("Vagten er begyndt.")
    if isinstance(refused, NotOnTeam):
        return _("Den ene af jer er ikke på holdet den dag.")
    raise refused


def shortfall_words(one: Shortfall) -> str:
    """What a swap would leave lacking: "Kajen onsdag 25. november mangler nu 1 kl. 9–12"."""
    words = gap_words(one.gap, one.name, since=Since.NOW)
    return f"{one.place.name} {day_words(one.day)} {words}"


def handings(swap: Swap) -> list[Handing]:
    """What a taken swap hands on."""
    assert swap.taker is not None
    return handings_of(swap.shift, swap.returned, swap.taker)


@dataclass(frozen=True, slots=True)
class Theirs:
    """What counts against people getting shifts: what is agreed, by membership; when they are away and what shifts they
    have in any programme, by person."""

    terms: Mapping[int, Terms]
    away: Mapping[int, Sequence[Away]]
    shifts: Mapping[int, Sequence[Shift]]


def theirs(handings: Sequence[Handing]) -> Theirs:
    """Read it for many handings at once; four queries."""
    days = [one.shift.day for one in handings]
    people = {one.to.person_id for one in handings}
    first, last = monday(min(days)), monday(max(days)) + timedelta(days=6)
    members = {one.to.id: one.to for one in handings}
    return Theirs(
        terms_of(members.values()), away_between(people, min(days), max(days)), active_of(people, first, last)
    )


def objections_to(one: Handing, gives: Iterable[int], known: Theirs | None = None) -> Sequence[str]:
    """What speaks against somebody getting a shift, as rests of sentences about her. gives: shifts that she hands on,
    by id; known: what was read of her and others, else it is read."""
    shift, read = one.shift, known or theirs([one])
    first, gone = monday(shift.day), set(gives)
    week = [Span(row.starts, row.ends) for row in read.shifts.get(one.to.person_id, ())
            if first <= row.day < first + WEEK and row.programme_id == shift.programme_id
            and row.id not in gone]  # fmt: skip
    terms, span = read.terms[one.to.id], Span(shift.starts, shift.ends)
    found = against(shift.place_id, shift.day, span, terms, read.away.get(one.to.person_id, ()), week)
    return [against_words(each, shift, terms, [*week, span]) for each in found]


def monday(day: date) -> date:
    """Of the week of a day."""
    return day - timedelta(days=day.weekday())
