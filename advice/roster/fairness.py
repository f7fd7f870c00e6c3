"""How a quarter's work is spread: one's own organisation by name, the others as sums; on /mine-vagter one's own line.

Staff are people too (design.md, rule 6): no report per adviser of another organisation, and of oneself to oneself only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import abort, redirect, render_template, url_for
from werkzeug.wrappers import Response

from advice import web
from advice.models.fairness import closing_between, engaged_between, names_of, organisation_names, turns_between
from advice.models.people import Membership
from advice.roster.blueprint import blueprint
from advice.roster.objections import hours_words
from advice.roster.presence_sums import worked_by_organisation
from advice.roster.quarters import neighbour
from advice.rules.access import Action
from advice.rules.danish import sort_key
from advice.rules.fairness import Share, shares
from advice.rules.presence import LEAST_BEHIND, Worked
from advice.rules.turns import Turn
from advice.rules.weeks import quarter_of, weeks_of_quarter
from advice.web import needs


@dataclass(frozen=True, slots=True)
class Line:
    """A person of one's own organisation."""

    name: str
    share: Share


@dataclass(frozen=True, slots=True)
class Sum:
    """What an organisation has. percent: of all minutes; promised: what its people's terms come to."""

    name: str
    own: bool
    shifts: int
    minutes: int
    percent: int
    promised: int
    worked: Worked | None
    """Of the shifts that are over; None where it is not told, or nobody has tapped."""


@blueprint.get("/vagtplan/fordeling")
@needs(Action.PLAN_ROSTER)
def fair_now() -> Response:
    """To the quarter of today."""
    return redirect(fair_url(*quarter_of(web.today())))


@blueprint.get("/vagtplan/fordeling/<int(fixed_digits=4):year>-<int(min=1,max=4):number>")
@needs(Action.PLAN_ROSTER)
def fair(year: int, number: int) -> str:
    """How the work of a quarter is spread."""
    span = weeks_of_quarter(year, number)
    if span is None:
        abort(404)
    (first, last), key, own = span, web.member().programme_id, web.member().organisation_id
    turns = turns_between(key, first, last)
    found = shares(engaged_between(key, first, last), turns, closing_between(key, first, last), first, last)
    mine = {person: share for (person, organisation), share in found.items() if organisation == own}
    lines = [Line(name, mine[person]) for person, name in names_of(mine).items()]
    promised: Counter[int] = Counter()
    for (_person, organisation), share in found.items():
        promised[organisation] += share.agreed
    agreed, used = sum(one.share.agreed for one in lines), sum(one.share.minutes for one in lines)
    return render_template(
        "roster/fairness.html",
        lines=lines,
        most=max([100, *(one.share.percent or 0 for one in lines)]),
        mean=round(100 * used / agreed) if agreed else None,
        sums=sums_of(turns, organisation_names(key), own, promised, worked_by_organisation(first, last, own)),
        unpopular=any(one.share.unpopular for one in lines),
        hours=hours_words,
        least_behind=LEAST_BEHIND,
        first=first,
        last=last,
        year=year,
        number=number,
        url=fair_url,
        earlier=neighbour(first - timedelta(days=1)),
        later=neighbour(last + timedelta(days=1)),
    )


def sums_of(
    turns: Sequence[Turn],
    names: dict[int, str],
    own: int,
    promised: Mapping[int, int],
    worked: Mapping[int, Worked],
) -> list[Sum]:
    """What each organisation with a shift has, one's own first. promised: minutes by organisation."""
    every = sum(turn.span.minutes for turn in turns)
    found = []
    for key in {turn.organisation for turn in turns}:
        theirs = [turn.span.minutes for turn in turns if turn.organisation == key]
        percent = round(100 * sum(theirs) / every)
        kept = promised.get(key, 0), worked.get(key)
        found.append(Sum(names[key], key == own, len(theirs), sum(theirs), percent, *kept))
    return sorted(found, key=lambda one: (not one.own, sort_key(one.name)))


def own_share(member: Membership) -> Share | None:
    """One's own share of the quarter of today in one's own organisation; None for who is not on the team there."""
    span = weeks_of_quarter(*quarter_of(web.today()))
    if span is None:
        return None
    key, (first, last) = member.programme_id, span
    turns = turns_between(key, first, last, member.person_id)
    found = shares(engaged_between(key, first, last), turns, closing_between(key, first, last), first, last)
    return found.get((member.person_id, member.organisation_id))


def fair_url(year: int, number: int) -> str:
    """The address of a quarter's spread."""
    return url_for("roster.fair", year=year, number=number)
