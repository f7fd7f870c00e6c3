"""People and their memberships: invited, given another role, ended, shut out and let in again.

Who may do what to whom is asked here (rules/people.py), whatever the screen has asked before; `By` without an actor is
the console, which may do everything. One change of a programme's people at a time, so that two coordinators cannot
end each other at once. Every function flushes; the caller commits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from advice.actions import feeds, links, second_factors, sessions, tablets
from advice.actions.people_refusals import (
    AlreadyMember,
    Elsewhere,
    LastCoordinator,
    NotAllowed,
    OwnAccount,
    ShutOut,
    Stale,
)
from advice.actions.posts import Post, moved
from advice.database import db, lock_programme
from advice.models import audit
from advice.models.accounts import LinkPurpose
from advice.models.people import Membership, Person, by_email
from advice.models.people_questions import (
    closing_day,
    coordinators_besides,
    holds,
    is_in,
    memberships_ahead,
    rooted,
)
from advice.rules.access import Actor, Role
from advice.rules.danish import sort_key
from advice.rules.people import gives, resets, stays_led


@dataclass(frozen=True, slots=True)
class By:
    """Who does it, and when; `today` is the date at the place. Without an actor: the console."""

    actor: Actor | None
    now: datetime
    today: date

    @property
    def yesterday(self) -> date:
        """The last day of what is over at once."""
        return self.today - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who belongs here from now on. token: of her invitation; None if she needs none, or another's is hers."""

    member: Membership
    token: str | None
    is_new: bool


def invite(programme_id: int, email: str, name: str, post: Post, by: By) -> Invited:
    """A membership from today for the person with this e-mail, who is made if there is none (her name is kept if so).

    A link is made for who cannot log in yet, unless she also belongs where the actor has no say: a link opens her whole
    account. Then whatever links others hold for her open nothing any more, or they would lead in here too. Raises
    NotAllowed, AlreadyMember or ShutOut.
    """
    _begin(programme_id, by)
    _demand(by, programme_id, post)
    person, is_new = _person(email, name)
    ahead = memberships_ahead(person.id, by.today)
    if person.disabled_at is not None:
        if ahead:
            raise ShutOut
        person.disabled_at = None
    if any((m.programme_id, m.organisation_id) == (programme_id, post.organisation_id) for m in ahead):
        raise AlreadyMember
    member = Membership(
        programme_id=programme_id, organisation_id=post.organisation_id, person_id=person.id, role=post.role,
        valid_from=by.today,
    )  # fmt: skip
    db.session.add(member)
    db.session.flush()
    _record("membership_begun", member, by, role=str(post.role))
    if not manages_all(by, ahead):
        links.close_all(person.id, by.now)
        return Invited(member, None, is_new)
    return Invited(member, None if is_in(person.id) else _link(member, by), is_new)


def renew(programme_id: int, membership_id: int, by: By) -> str:
    """A new invitation for who has not been in yet; the old one opens nothing any more. Its secret.

    Raises NotAllowed, Elsewhere, ShutOut, or Stale if she has been in by now.
    """
    member = _locked(programme_id, membership_id, by)
    if not manages_all(by, memberships_ahead(member.person_id, by.today)):
        raise Elsewhere
    if is_in(member.person_id):
        raise Stale
    if _person_of(member).disabled_at is not None:
        raise ShutOut
    return _link(member, by)


def change(programme_id: int, membership_id: int, post: Post, by: By) -> Membership:
    """Another role or organisation from today: the membership ended yesterday and a new one begins, which is returned.

    In the same organisation the shifts ahead go along; in another they stay with the one that counts them. A membership
    that began today is changed itself. Raises NotAllowed, AlreadyMember, LastCoordinator, InUse or Stale.
    """
    member = _locked(programme_id, membership_id, by)
    _demand(by, programme_id, post)
    before = Post(Role(member.role), member.organisation_id)
    if post == before:
        return member
    others = (m for m in memberships_ahead(member.person_id, by.today) if m.id != member.id)
    if any((m.programme_id, m.organisation_id) == (programme_id, post.organisation_id) for m in others):
        raise AlreadyMember
    if post.role is not Role.COORDINATOR:
        _demand_led(member, by.yesterday)
    found = moved(member, post, by.today)
    facts = {"before": [before.role, before.organisation_id], "after": [post.role, post.organisation_id]}
    _record("membership_changed", found, by, replaces=member.id, **facts)
    return found


def end(programme_id: int, membership_id: int, last_day: date, by: By) -> None:
    """End a membership with a last day, today or later. Raises NotAllowed, LastCoordinator or Stale."""
    member = _locked(programme_id, membership_id, by)
    last_day = max(last_day, by.today, member.valid_from or by.today)
    _demand_led(member, last_day)
    member.valid_to = last_day
    _record("membership_ended", member, by, last_day=last_day.isoformat())


def reopen(programme_id: int, membership_id: int, by: By) -> None:
    """Take back the end of a membership that is still in force. Raises NotAllowed or Stale."""
    member = _locked(programme_id, membership_id, by)
    if member.valid_to is None:
        raise Stale
    member.valid_to = None
    _record("membership_reopened", member, by)


def disable(programme_id: int, membership_id: int, by: By) -> bool:
    """Shut a person out at once: sessions, links and calendar address end. True if so.

    Who also belongs where the actor has no say (`rooted`) keeps her account: only what the actor has a say in is over
    at once, and the answer is False. Raises NotAllowed, OwnAccount, LastCoordinator or Stale.
    """
    member = _locked(programme_id, membership_id, by)
    person, ahead = _person_of(member), memberships_ahead(member.person_id, by.today)
    if by.actor is not None and by.actor.person == person.id:
        raise OwnAccount
    if person.disabled_at is not None:
        raise Stale
    wholly = manages_all(by, rooted(person.id, programme_id, ahead))
    own = [m for m in ahead if m.programme_id == programme_id and manages_all(by, [m])]
    for one in own:
        _demand_led(one, by.yesterday)
    if not wholly:
        for one in own:
            # What began today is over as well: both ends lie before today.
            one.valid_from = min(one.valid_from, by.yesterday) if one.valid_from else None
            one.valid_to = by.yesterday
            _record("membership_ended", one, by, last_day=by.yesterday.isoformat())
        return False
    person.disabled_at = by.now
    sessions.end_all(person.id, by.now)
    tablets.lock_again(person.id, by.today)
    feeds.close_address(person.id, by.now)
    links.close_all(person.id, by.now)
    _record("person_disabled", member, by)
    return True


def enable(programme_id: int, membership_id: int, by: By) -> None:
    """Let a person in again; her calendar address stays dead. Raises NotAllowed, Elsewhere or Stale."""
    member = _locked(programme_id, membership_id, by)
    person = _person_of(member)
    if not manages_all(by, rooted(person.id, programme_id, memberships_ahead(person.id, by.today))):
        raise Elsewhere
    if person.disabled_at is None:
        raise Stale
    person.disabled_at = None
    _record("person_enabled", member, by)


def start_over(programme_id: int, membership_id: int, by: By) -> str:
    """For who has lost her password or second factor: all that opened her account is gone, and she is invited anew.

    Giving back only the lost half would let whoever has found the other half in. Returns the secret of the
    invitation. Raises NotAllowed, OwnAccount, Elsewhere, ShutOut or Stale.
    """
    member = _locked(programme_id, membership_id, by)
    person = _person_of(member)
    if by.actor is not None and by.actor.person == person.id:
        raise OwnAccount
    ahead = memberships_ahead(person.id, by.today)
    if by.actor is not None and any(Role(one.role) not in resets(by.actor) for one in ahead if manages_all(by, [one])):
        raise NotAllowed
    if not manages_all(by, ahead):
        raise Elsewhere
    if person.disabled_at is not None:
        raise ShutOut
    person.password_hash = person.pin_hash = None
    second_factors.forget_all(person.id)
    sessions.end_all(person.id, by.now)
    tablets.lock_again(person.id, by.today)
    links.close_all(person.id, by.now)
    _record("access_reset", member, by)
    return _link(member, by)


def end_sessions(programme_id: int, membership_id: int, by: By) -> int:
    """Log a person out everywhere; how many sessions that were. Raises NotAllowed or Stale.

    Of who also belongs where the actor has no say (`rooted`), only what she is doing here ends.
    """
    member = _locked(programme_id, membership_id, by)
    ahead = memberships_ahead(member.person_id, by.today)
    wholly = manages_all(by, rooted(member.person_id, programme_id, ahead))
    under = None if wholly else [one.id for one in ahead if manages_all(by, [one])]
    number = sessions.end_all(member.person_id, by.now, under=under)
    tablets.lock_again(member.person_id, by.today, under=under)
    _record("sessions_ended", member, by, number=number)
    return number


def manages_all(by: By, memberships: list[Membership]) -> bool:
    """Whether the actor has a say in each of these memberships."""
    if by.actor is None:
        return True
    actor = by.actor
    return all(Role(m.role) in gives(actor, m.programme_id, m.organisation_id) for m in memberships)


def _person(email: str, name: str) -> tuple[Person, bool]:
    """The person with this e-mail, and whether she was just made."""
    found = by_email(email)
    if found is not None:
        db.session.refresh(found, with_for_update=True)
        return found, False
    address = email.strip().lower()
    try:
        with db.session.begin_nested():
            made = Person(email=address, name=name, sort_key=sort_key(name))
            db.session.add(made)
    except IntegrityError:
        # Another programme invited her at this moment.
        found = by_email(email)
        if found is None:
            raise
        return found, False
    return made, True


def _locked(programme_id: int, membership_id: int, by: By) -> Membership:
    """A membership that has not ended and that the actor has a say in, as it stands now; nobody else changes it."""
    _begin(programme_id, by)
    mine = Membership.programme_id == programme_id, Membership.id == membership_id
    fresh = select(Membership).where(*mine).with_for_update().execution_options(populate_existing=True)
    member = db.session.scalar(fresh)
    if member is None or (member.valid_to is not None and member.valid_to < by.today):
        raise Stale
    _demand(by, programme_id, Post(Role(member.role), member.organisation_id))
    return member


def _begin(programme_id: int, by: By) -> None:
    """Wait for the programme's people, then ask whether the actor still is who she was when she asked; else NotAllowed.

    Somebody may have shut her out, or changed her role, while she waited. Whoever does so here holds the same lock.
    """
    lock_programme(programme_id)
    if by.actor is not None and not holds(by.actor, by.today):
        raise NotAllowed


def _person_of(member: Membership) -> Person:
    """The person of a membership, as she stands now; nobody else changes her."""
    found = select(Person).where(Person.id == member.person_id).with_for_update()
    return db.session.scalars(found.execution_options(populate_existing=True)).one()


def _demand(by: By, programme_id: int, post: Post) -> None:
    """NotAllowed unless the actor may give this role there."""
    if by.actor is not None and post.role not in gives(by.actor, programme_id, post.organisation_id):
        raise NotAllowed


def _demand_led(member: Membership, last_day: date) -> None:
    """LastCoordinator if this is one, and after this day there would be none who can log in."""
    if member.role != Role.COORDINATOR:
        return
    others = coordinators_besides(member.programme_id, member.person_id)
    if not stays_led(last_day, closing_day(member.programme_id), others):
        raise LastCoordinator


def _link(member: Membership, by: By) -> str:
    """A fresh invitation for the person of a membership."""
    where = {"programme_id": member.programme_id, "organisation_id": member.organisation_id}
    made_by = by.actor.person if by.actor else None
    return links.make(by.now, LinkPurpose.INVITATION, member.person_id, made_by=made_by, **where)


def _record(action: str, member: Membership, by: By, **codes: Any) -> None:
    """Write down what was done to a membership and its person."""
    db.session.flush()
    who = by.actor.person if by.actor else None
    where = {"programme_id": member.programme_id, "organisation_id": member.organisation_id, "person_id": who}
    audit.record(by.now, action, Membership.__tablename__, member.id, **where, whose=member.person_id, **codes)
    db.session.flush()
