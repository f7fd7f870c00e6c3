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
    offered: bool
    """She has not taken it on (yet): she is called by the e-mail that was typed here, and nothing is known of her."""
    wholly: bool = False
    """The reader manages all her memberships. Else how her account stands is not shown: it is others' affair."""
    resettable: bool = False
    """The reader may make a new beginning for her."""
    email: str | None = None
    since: date | None = None
    until: date | None = None
    disabled: bool = False
    way_in: bool = False
    second_factor: bool = False
    invited_until: date | None = None
    """The day on which her unused link runs out; None if there is none that works."""
    last_seen: date | None = None
    """By the day only: nobody's working hours are to be read from it."""


def line_of(found: Listed, actor: Actor, today: date, now: datetime) -> Line:
    """A membership as the actor sees it.

    Until she has taken it on, nobody learns by inviting an address whose it is, or how her account stands.
    """
    member, role = found.member, Role(found.member.role)
    managed = role in gives(actor, member.programme_id, member.organisation_id)
    over = member.valid_to is not None and member.valid_to < today
    own, offered = member.person_id == actor.person, member.accepted_at is None
    name = member.person.name
    if offered:
        name = member.person.email if managed else _("En inviteret kollega")
    seen = (member.id, name, role, web.ROLE_WORDS[role], member.organisation.name, own, over, managed, offered)
    if not managed:
        return Line(*seen)
    until = _day(found.invited_until if found.invited_until and found.invited_until > now else None)
    if offered:
        return Line(*seen, email=member.person.email, invited_until=until)
    ahead = [one for one in found.memberships if one.valid_to is None or one.valid_to >= today]
    wholly = all(Role(one.role) in gives(actor, one.programme_id, one.organisation_id) for one in ahead)
    return Line(
        *seen,
        email=member.person.email,
        since=member.valid_from,
        until=member.valid_to,
        wholly=wholly,
        resettable=wholly and not own and all(Role(one.role) in resets(actor) for one in ahead),
        disabled=member.person.disabled_at is not None,
        way_in=wholly and found.way_in,
        second_factor=wholly and found.second_factor,
        invited_until=until if wholly and not found.way_in else None,
        last_seen=_day(found.last_seen) if wholly else None,
    )


def _day(at: datetime | None) -> date | None:
    """The date of an instant at the place."""
    return at.astimezone(web.settings().timezone).date() if at else None
