"""Memberships and their people: another role, an end, shut out and let in again. Inviting: invitations.py.

Who may do what to whom is asked here (rules/people.py), whatever the screen has asked before. Only a membership that
she has taken on counts, so only such a one of another programme stands in the way. Every function flushes; the caller
commits.
"""

from __future__ import annotations

from datetime import date

from advice.actions import feeds, links, second_factors, sessions, tablets
from advice.actions.memberships import Post, moved
from advice.actions.people_checks import (
    By,
    demand,
    demand_led,
    invitation,
    locked,
    manages_all,
    over_at_once,
    person_of,
    record,
)
from advice.actions.people_refusals import AlreadyMember, Elsewhere, NotAllowed, OwnAccount, ShutOut, Stale
from advice.models.people import Membership
from advice.models.people_questions import expected, memberships_ahead
from advice.rules.access import Role
from advice.rules.people import resets


def change(programme_id: int, membership_id: int, post: Post, by: By) -> Membership:
    """Another role or organisation from today: the membership ended yesterday and a new one begins, which is returned.

    In the same organisation the shifts ahead go along; in another they stay with the one that counts them. A membership
    that began today is changed itself. Raises NotAllowed, AlreadyMember, LastCoordinator, InUse or Stale.
    """
    member = locked(programme_id, membership_id, by)
    demand(by, programme_id, post)
    before = Post(Role(member.role), member.organisation_id)
    if post == before:
        return member
    there = expected(member.person_id, programme_id, post.organisation_id, by.today)
    if there is not None and there.id != member.id:
        raise AlreadyMember
    if post.role is not Role.COORDINATOR:
        demand_led(member, by.yesterday)
    found = moved(member, post, by.today)
    facts = {"before": [before.role, before.organisation_id], "after": [post.role, post.organisation_id]}
    record("membership_changed", found, by, replaces=member.id, **facts)
    return found


def end(programme_id: int, membership_id: int, last_day: date, by: By) -> None:
    """End a membership with a last day, today or later. Raises NotAllowed, LastCoordinator or Stale."""
    member = locked(programme_id, membership_id, by)
    last_day = max(last_day, by.today, member.valid_from or by.today)
    demand_led(member, last_day)
    member.valid_to = last_day
    record("membership_ended", member, by, last_day=last_day.isoformat())


def reopen(programme_id: int, membership_id: int, by: By) -> None:
    """Take back the end of a membership that is still in force. Raises NotAllowed or Stale."""
    member = locked(programme_id, membership_id, by)
    if member.valid_to is None:
        raise Stale
    member.valid_to = None
    record("membership_reopened", member, by)


def disable(programme_id: int, membership_id: int, by: By) -> bool:
    """Shut a person out at once: sessions, links and calendar address end. True if so.

    Who also belongs where the actor has no say keeps her account: only what the actor has a say in is over at once, and
    the answer is False. Raises NotAllowed, OwnAccount, LastCoordinator or Stale.
    """
    member = locked(programme_id, membership_id, by)
    person, ahead = person_of(member), memberships_ahead(member.person_id, by.today)
    if by.actor is not None and by.actor.person == person.id:
        raise OwnAccount
    if person.disabled_at is not None:
        raise Stale
    wholly = manages_all(by, ahead)
    own = [m for m in ahead if m.programme_id == programme_id and manages_all(by, [m])]
    for one in own:
        demand_led(one, by.yesterday)
    if not wholly:
        for one in own:
            over_at_once(one, by.yesterday)
            record("membership_ended", one, by, last_day=by.yesterday.isoformat())
        return False
    person.disabled_at = by.now
    sessions.end_all(person.id, by.now)
    tablets.lock_again(person.id, by.today)
    feeds.close_address(person.id, by.now)
    links.close_all(person.id, by.now)
    record("person_disabled", member, by)
    return True


def enable(programme_id: int, membership_id: int, by: By) -> None:
    """Let a person in again; her calendar address stays dead. Raises NotAllowed, Elsewhere or Stale."""
    member = locked(programme_id, membership_id, by)
    person = person_of(member)
    if not manages_all(by, memberships_ahead(person.id, by.today)):
        raise Elsewhere
    if person.disabled_at is None:
        raise Stale
    person.disabled_at = None
    record("person_enabled", member, by)


def start_over(programme_id: int, membership_id: int, by: By) -> str:
    """For who has lost her password or second factor: all that opened her account is gone, and she is invited anew.

    Giving back only the lost half would let whoever has found the other half in. Returns the secret of the
    invitation. Raises NotAllowed, OwnAccount, Elsewhere, ShutOut or Stale.
    """
    member = locked(programme_id, membership_id, by)
    person = person_of(member)
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
    record("access_reset", member, by)
    return invitation(member, by)


def end_sessions(programme_id: int, membership_id: int, by: By) -> int:
    """Log a person out everywhere; how many sessions that were. Raises NotAllowed or Stale.

    Of who also belongs where the actor has no say, only what she is doing here ends.
    """
    member = locked(programme_id, membership_id, by)
    ahead = memberships_ahead(member.person_id, by.today)
    wholly = manages_all(by, ahead)
    under = None if wholly else [one.id for one in ahead if manages_all(by, [one])]
    number = sessions.end_all(member.person_id, by.now, under=under)
    tablets.lock_again(member.person_id, by.today, under=under)
    record("sessions_ended", member, by, number=number)
    return number
