"""What is shown of swaps: the page of one, and what /mine-vagter tells of all."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask import render_template
from flask_babel import gettext as _

from advice import web
from advice.actions.swaps.lapsing import lapses
from advice.actions.swaps.sides import Handing, asked_for
from advice.actions.swaps.stepping import handings_of
from advice.actions.whose_yes import Leading, leading
from advice.database import db
from advice.models.people import Membership
from advice.models.roster import Shift
from advice.models.stand_ins import active_of
from advice.models.swaps import Swap, ahead_of, approvals_of, swaps_seen_by, taken_swaps
from advice.roster.planning import Answer
from advice.roster.sick_words import where
from advice.roster.swap_forms import TakeForm
from advice.roster.swap_words import here, objections_to, stands, wish
from advice.roster.words import listed
from advice.rules.spans import overlaps
from advice.rules.swaps import LIVING, State

KEPT_IN_SIGHT = timedelta(days=14)
"""How long one's own page tells of a swap that has ended, if its shift is not over before."""


@dataclass(frozen=True, slots=True)
class Line:
    """A swap in a list. words: what is to be said of it."""

    swap: Swap
    words: str
    ended: bool


@dataclass(frozen=True, slots=True)
class OwnSwaps:
    """What somebody's own page says of swaps."""

    offerable: Mapping[UUID, int]
    """Her shifts of the active programme that have not begun and are in no swap: uid to id."""
    standing: frozenset[UUID]
    """Those of hers that are in one that has not ended."""
    mine: Sequence[Line]
    open: Sequence[Line]
    """What colleagues offer."""


def own_swaps() -> OwnSwaps:
    """Read them all; two queries without any, at most six, however many there are."""
    key, me, at = web.member().programme_id, web.member().person_id, here()
    found = swaps_seen_by(key, me, at.today, at.at - KEPT_IN_SIGHT)
    over, waiting = lapses(found, at), waiting_words(found)
    parts = {one.id: {one.shift.person_id, *([one.taker.person_id] if one.taker else [])} for one in found}
    mine = [
        Line(one, stands(one, me, waiting.get(one.id, ""), over.get(one.id)), one.state not in LIVING or one.id in over)
        for one in found
        if me in parts[one.id] and not withdrawn_by(one, me)
    ]
    busy = {each for one in mine if not one.ended for each in (one.swap.shift_id, one.swap.return_id)}
    own = ahead_of(key, me, at.today, at.wall)
    return OwnSwaps(
        {one.uid: one.id for one in own if one.id not in busy},
        frozenset(one.uid for one in own if one.id in busy),
        mine,
        [Line(one, wish(one), False) for one in found if me not in parts[one.id] and one.id not in over],
    )


def swap_page(one: Swap, *, form: TakeForm | None = None, refusal: str = "", code: int = 200) -> Answer:
    """The page of one swap."""
    me, at = web.member(), here()
    why = lapses([one], at).get(one.id)
    mine = one.shift.person_id == me.person_id
    can_take = one.state == State.OFFERED and why is None and not mine
    own = db.session.get_one(Membership, me.id)
    own_shifts = giveable(one) if can_take and one.is_trade else []
    if can_take and one.is_trade and form is None:
        form = TakeForm(formdata=None)
        form.offer(own_shifts)
    given = [row.id for row in own_shifts]
    page = render_template(
        "roster/swap.html",
        swap=one,
        where=where,
        wish=wish(one),
        words=stands(one, me.person_id, waiting_words([one]).get(one.id, ""), why),
        mine=mine,
        living=one.state in LIVING and why is None,
        can_take=can_take,
        asked_her=one.asked is not None and one.asked.person_id == me.person_id,
        is_taker=one.taker is not None and one.taker.person_id == me.person_id,
        form=form,
        own_shifts=own_shifts,
        objections=objections_to(Handing(one.shift, own), given) if can_take else [],
        asked=to_say_yes(one, own) if can_take and not one.is_trade else "",
        refusal=refusal,
    )
    return page if code == 200 else (page, code)


def to_say_yes(one: Swap, taker: Membership) -> str:
    """The leaders who would be asked if she took a shift that is given away, by name; empty for none."""
    today = web.today()
    return names(asked_for(handings_of(one.shift, None, taker), today), leading(one.programme_id, today))


def giveable(one: Swap) -> list[Shift]:
    """One's own shifts that may be given for the offered one: ahead, in no swap that waits, and while its offerer is
    free; two queries."""
    key, at = one.programme_id, here()
    own = ahead_of(key, web.member().person_id, at.today, at.wall)
    if not own:
        return []
    busy = active_of([one.shift.person_id], own[0].day, own[-1].day).get(one.shift.person_id, [])
    waiting = taken_swaps(key, at.today)
    over = lapses(waiting, at)
    taken = {each for row in waiting if row.id not in over for each in (row.shift_id, row.return_id)}
    return [
        row
        for row in own
        if row.id not in taken
        and not any(
            each.day == row.day and each.id != one.shift_id and overlaps(each.starts, each.ends, row.starts, row.ends)
            for each in busy
        )
    ]


def waiting_words(swaps: Sequence[Swap]) -> dict[int, str]:
    """Who has still to say yes to swaps that are taken, by swap: "Venter på ja fra …"."""
    taken = [one.id for one in swaps if one.state == State.TAKEN]
    if not taken:
        return {}
    missing = {
        key: [row.organisation_id for row in rows if row.at is None] for key, rows in approvals_of(taken).items()
    }
    lead = leading(web.member().programme_id, web.today())
    return {key: _("Venter på ja fra %(who)s.", who=names(rows, lead)) for key, rows in missing.items() if rows}


def names(organisations: Collection[int], lead: Leading) -> str:
    """The leaders who answer for these organisations, by name; empty for none."""
    if not organisations:
        return ""
    found = lead.of(organisations)
    return listed([one.person.name for one in found]) if found else _("lederen")


def withdrawn_by(one: Swap, person_id: int) -> bool:
    """Whether she has ended it herself, and knows."""
    return one.state in (State.WITHDRAWN, State.DECLINED) and one.decided_by == person_id
