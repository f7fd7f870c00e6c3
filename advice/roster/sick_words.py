"""Sentences of the day that goes wrong: what was called off, why somebody is to be asked, what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from advice import web
from advice.actions.shifts import Busy, Clash, Refused, Stale, Taken
from advice.actions.stand_ins import Fallen
from advice.models.people import Membership
from advice.models.roster import Shift
from advice.roster.objections import cannot_words, hours_words
from advice.roster.sick_board import Holes
from advice.roster.words import clash_words, day_words, listed, refusal_words
from advice.rules.danish import hours_text
from advice.rules.stand_ins import StandIn
from advice.rules.terms import FULL_WEEK, Against


def why(found: Holes, one: StandIn, day: date) -> list[str]:
    """Why somebody stands where she stands: first what speaks for her, then what speaks against, then her hours."""
    told = []
    if one.share:
        told.append(_("%(organisation)s mangler nogen", organisation=member_of(found, one).organisation.short_name))
    told += [competence(found, key) for key in sorted(one.brings)]
    if {Against.NOT_THAT_DAY, Against.NOT_ALL} & set(one.against):
        told.append(cannot_words(one.colleague.terms, day))
    if Against.AVOIDS in one.against:
        told.append(_("vil helst ikke være her"))
    if Against.MOST_SHIFTS in one.against:
        told.append(_("har alle sine vagter den uge"))
    return [*told, hours(one)]


def competence(found: Holes, key: int) -> str:
    """A competence that is missing and that somebody has."""
    if key in found.languages:
        return str(_("taler %(language)s", language=found.names[key].lower()))
    return str(_("kender til %(topic)s", topic=found.names[key]))


def hours(one: StandIn) -> str:
    """ "har 10 af 37 timer", or only what she has where no week was agreed."""
    minutes, week = one.colleague.minutes, one.colleague.terms.week_minutes
    if not week:
        return str(_("har %(hours)s timer den uge", hours=hours_words(minutes)))
    words = _("har %(hours)s af %(week)s timer", hours=hours_words(minutes), week=hours_words(week))
    return f"{words}, {_('over sine timer')}" if Against.MOST_HOURS in one.against and week < FULL_WEEK else str(words)


def member_of(found: Holes, one: StandIn) -> Membership:
    """The membership of somebody who can."""
    return found.members[one.colleague.member]


def where(shift: Shift, *, dated: bool = False) -> str:
    """ "Ringparken i dag kl. 12–17"; dated: with the date where it is today, too, for what may be read later."""
    day = _("i dag") if shift.day == web.today() and not dated else day_words(shift.day)
    return str(_("%(place)s %(day)s kl. %(span)s", place=shift.place.name, day=day, span=span_of(shift)))


def span_of(shift: Shift) -> str:
    """ "12–17"."""
    return hours_text(shift.starts, shift.ends)


def fallen_words(fallen: Sequence[Fallen]) -> str:
    """Who is away, and what was called off."""
    names = listed([one.member.person.name for one in fallen])
    gone = [shift for one in fallen for shift in one.called_off]
    said = _("%(names)s er meldt væk.", names=names)
    if not gone:
        return f"{said} {_('Der var ingen vagter at aflyse.')}"
    many = ngettext("%(num)s vagt er aflyst:", "%(num)s vagter er aflyst:", len(gone))
    return f"{said} {many} {listed([where(one) for one in gone])}."


def left_words(fallen: Sequence[Fallen]) -> str:
    """The shifts that stand though their person is away; empty without any."""
    told = []
    for one in fallen:
        here = [shift for shift in one.left if shift.programme_id == one.member.programme_id]
        told += [f"{one.member.person.name}, {where(shift)}" for shift in here]
        if one.elsewhere:
            told.append(_("%(name)s i en anden helhedsplan", name=one.member.person.name))
    return str(_("Disse vagter kan du ikke aflyse: %(shifts)s.", shifts=listed(told))) if told else ""


def refused_words(refused: Refused, mine: bool = False) -> str:
    """Why somebody does not get the shift. mine: said to herself, who may not be logged in."""
    if isinstance(refused, Taken):
        holder = refused.holder
        if holder.status == "active":
            return str(_("%(name)s har vagten nu.", name=holder.person.name))
        if mine:
            return str(_("Vagten er ikke ledig mere."))
        return str(_("Vagten er givet videre og meldt af igen. Se, hvad der mangler nu."))
    if isinstance(refused, Busy):
        return refusal_words(refused)
    if isinstance(refused, Stale):
        return str(_("Vagten er ikke ledig mere."))
    if mine and isinstance(refused, Clash):
        return str(_("Du har allerede en vagt på det tidspunkt."))
    return clash_words(refused.existing) if isinstance(refused, Clash) else refusal_words(refused)
