"""People invited, and what becomes of it. Every function flushes; the caller commits.

Anybody can type anybody's e-mail. So who belongs already where the inviter has no say is only asked: the membership
waits, counting for nothing, until she who owns the account opens the link that went to her e-mail and takes it on. Both
are needed: the link alone opens no account, and the account alone does not show that the e-mail is hers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.exc import IntegrityError

from advice.actions import links
from advice.actions.memberships import Post
from advice.actions.people_checks import (
    By,
    begin,
    demand,
    fresh,
    invitation,
    is_over,
    locked,
    manages_all,
    over_at_once,
    person_of,
    record,
)
from advice.actions.people_refusals import AlreadyMember, Elsewhere, ShutOut, Stale
from advice.database import db, lock_programme
from advice.models import audit
from advice.models.accounts import LinkPurpose
from advice.models.people import Membership, Person, by_email
from advice.models.people_questions import expected, is_in, memberships_ahead
from advice.rules.danish import sort_key


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who belongs here from now on, or is asked to.

    token: of her invitation, or of the link by which she takes the membership on; None if she needs neither.
    """

    member: Membership
    token: str | None


def invite(programme_id: int, email: str, name: str, post: Post, by: By) -> Invited:
    """A membership from today for the person with this e-mail, who is made if there is none (her name is kept if so).

    It is hers at once if the actor has a say wherever she belongs; else she is asked (see above). A link that opens her
    account is made only in the first case, if she cannot log in yet. How her
    account stands elsewhere is not told. Raises NotAllowed, AlreadyMember or ShutOut.
    """
    begin(programme_id, by)
    demand(by, programme_id, post)
    person = _person(email, name)
    ahead = memberships_ahead(person.id, by.today)
    if expected(person.id, programme_id, post.organisation_id, by.today):
        raise AlreadyMember
    at_once = manages_all(by, ahead)
    if at_once and person.disabled_at is not None:
        if ahead:
            raise ShutOut
        person.disabled_at = None
    member = Membership(
        programme_id=programme_id, organisation_id=post.organisation_id, person_id=person.id, role=post.role,
        valid_from=by.today, accepted_at=by.now if at_once else None,
    )  # fmt: skip
    db.session.add(member)
    db.session.flush()
    if not at_once:
        record("membership_offered", member, by, role=str(post.role))
        return Invited(member, _offer(member, by))
    record("membership_begun", member, by, role=str(post.role))
    return Invited(member, None if is_in(person.id) else invitation(member, by))


def renew(programme_id: int, membership_id: int, by: By) -> Invited:
    """A new link for who has not been in, or not answered, yet; the old one opens nothing any more.

    If she no longer belongs where the actor has no say, what was only offered is hers at once, as in `invite`. Raises
    NotAllowed, Elsewhere, ShutOut, or Stale if she has been in, or answered, by now.
    """
    member = locked(programme_id, membership_id, by, waiting=True)
    person, ahead = person_of(member), memberships_ahead(member.person_id, by.today)
    waits, way_in = member.accepted_at is None, is_in(person.id)
    if not manages_all(by, ahead):
        if not waits:
            raise Elsewhere
        return Invited(member, _offer(member, by))
    if way_in and not waits:
        raise Stale
    if person.disabled_at is not None:
        raise ShutOut
    if waits:
        links.close_offer(member.id, by.now)
        _taken_on(member, by.now, by.today)
        record("membership_begun", member, by, role=member.role)
    return Invited(member, None if way_in else invitation(member, by))


def withdraw(programme_id: int, membership_id: int, by: By) -> None:
    """Take back what she has not answered. Raises NotAllowed, or Stale if she has."""
    member = locked(programme_id, membership_id, by, waiting=True)
    if member.accepted_at is not None:
        raise Stale
    over_at_once(member, by.yesterday)
    links.close_offer(member.id, by.now)
    record("membership_withdrawn", member, by)


def accept(token: str, person_id: int, now: datetime, today: date) -> Membership:
    """She takes on what a link offers her: the membership counts from today. Raises Stale if it is offered no more."""
    member = _answered(token, person_id, now, today)
    _taken_on(member, now, today)
    # From now on the account leads in here too: whoever has kept a link to it from before must not come along.
    links.close_all(person_id, now)
    _record_answer("membership_accepted", member, now, person_id)
    return member


def decline(token: str, person_id: int, now: datetime, today: date) -> None:
    """She says no: it has never counted, and is over. Raises Stale if it is offered no more.

    Who she is stays unknown to those who asked: the entry says which membership, and nothing of her.
    """
    member = _answered(token, person_id, now, today)
    over_at_once(member, today - timedelta(days=1))
    _record_answer("membership_declined", member, now, None)


def _answered(token: str, person_id: int, now: datetime, today: date) -> Membership:
    """The membership that a link offers to this person; the link is used up. Raises Stale."""
    link = links.find(token, LinkPurpose.MEMBERSHIP)
    offered = db.session.get(Membership, link.membership_id) if link and link.membership_id else None
    if offered is None:
        raise Stale
    lock_programme(offered.programme_id)
    member = fresh(offered.programme_id, offered.id)
    if member is None or member.person_id != person_id or member.accepted_at is not None or is_over(member, today):
        raise Stale
    # Her row is held: whoever would open her account anew, since she belongs nowhere else, waits and then sees this.
    if person_of(member).disabled_at is not None or not links.use_offer(token, now):
        raise Stale
    return member


def _taken_on(member: Membership, now: datetime, today: date) -> None:
    """It counts from today: what was before she took it on is not hers."""
    member.accepted_at, member.valid_from = now, today


def _offer(member: Membership, by: By) -> str:
    """The secret of a fresh link to take a membership on; the former one for it is dead."""
    where = {"programme_id": member.programme_id, "organisation_id": member.organisation_id}
    to = {"made_by": by.person_id, "membership_id": member.id}
    return links.make(by.now, LinkPurpose.MEMBERSHIP, member.person_id, **to, **where)


def _record_answer(action: str, member: Membership, now: datetime, person_id: int | None) -> None:
    """Write down what she answered, for those who asked."""
    db.session.flush()
    where = {"programme_id": member.programme_id, "organisation_id": member.organisation_id, "person_id": person_id}
    audit.record(now, action, Membership.__tablename__, member.id, **where, role=member.role)
    db.session.flush()


def _person(email: str, name: str) -> Person:
    """The person with this e-mail, made if there is none; nobody else changes her."""
    found = by_email(email)
    if found is not None:
        db.session.refresh(found, with_for_update=True)
        return found
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
        return found
    return made
