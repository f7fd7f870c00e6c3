"""A membership as one line of a page: only what the reader may know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import LazyString
from flask_babel import gettext as _

from advice import web
from advice.models.people_questions import Listed
from advice.rules.access import Actor, Role
from advice.rules.people import gives, resets


@dataclass(frozen=True, slots=True)
class Line:
    """A membership. What follows `managed` is None or False where the reader does not manage it."""

    member_id: int
    name: str
    role: Role
    role_words: LazyString
    organisation: str
    own: bool
    """It is the reader's own person."""
    over: bool
    managed: bool
    wholly: bool = False
    """The reader manages all her memberships. Else how her account stands is not shown: it is others' affair."""
    resettable: bool = False
    """The reader may make a new beginning for her."""
    been_here: bool = False
    email: str | None = None
    since: date | None = None
    until: date | None = None
    disabled: bool = False
    way_in: bool = False
    second_factor: bool = False
    invited_until: date | None = None
    """The day on which her unused invitation runs out; None if there is none that works."""
    last_seen: date | None = None
    """By the day only: nobody's working hours are to be read from it."""


def line_of(found: Listed, actor: Actor, today: date, now: datetime) -> Line:
    """A membership as the actor sees it.

    Whoever was had by another programme before is called by the e-mail that was typed here, until she has worked here:
    by inviting an address nobody learns whose it is.
    """
    member, role, zone = found.member, Role(found.member.role), web.settings().timezone
    managed = role in gives(actor, member.programme_id, member.organisation_id)
    over = member.valid_to is not None and member.valid_to < today
    own = member.person_id == actor.person
    name = member.person.name
    if found.came_from_elsewhere and not found.been_here:
        name = member.person.email if managed else _("En inviteret kollega")
    seen = (member.id, name, role, web.ROLE_WORDS[role], member.organisation.name, own, over, managed)
    if not managed:
        return Line(*seen)
    ahead = [one for one in found.memberships if one.valid_to is None or one.valid_to >= today]
    wholly = all(Role(one.role) in gives(actor, one.programme_id, one.organisation_id) for one in ahead)
    invited = found.invited_until if found.invited_until and found.invited_until > now else None
    return Line(
        *seen,
        wholly=wholly,
        resettable=wholly and not own and all(Role(one.role) in resets(actor) for one in ahead),
        been_here=found.been_here,
        email=member.person.email,
        since=member.valid_from,
        until=member.valid_to,
        disabled=member.person.disabled_at is not None,
        way_in=wholly and found.way_in,
        second_factor=wholly and found.second_factor,
        invited_until=invited.astimezone(zone).date() if invited and wholly and not found.way_in else None,
        last_seen=found.last_seen.astimezone(zone).date() if found.last_seen and wholly else None,
    )
