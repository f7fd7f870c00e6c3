"""What is asked before anything is done to a person or a membership, and how it is written down.

`By` without an actor is the console, which may do everything. One change of a programme's people at a time, so that two
coordinators cannot end each other at once: the lock is the programme's, then the membership's, then the person's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from advice.actions import links
from advice.actions.memberships import Post
from advice.actions.people_refusals import LastCoordinator, NotAllowed, Stale
from advice.database import db, lock_programme
from advice.models import audit
from advice.models.accounts import LinkPurpose
from advice.models.people import Membership, Person
from advice.models.people_questions import closing_day, coordinators_besides, holds
from advice.rules.access import Actor, Role
from advice.rules.people import gives, stays_led


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

    @property
    def person_id(self) -> int | None:
        """Who is written down as having done it."""
        return self.actor.person if self.actor else None


def manages_all(by: By, memberships: Iterable[Membership]) -> bool:
    """Whether the actor has a say in each of these memberships."""
    if by.actor is None:
        return True
    actor = by.actor
    return all(Role(m.role) in gives(actor, m.programme_id, m.organisation_id) for m in memberships)


def begin(programme_id: int, by: By) -> None:
    """Wait for the programme's people, then ask whether the actor still is who she was when she asked; else NotAllowed.

    Somebody may have shut her out, or changed her role, while she waited. Whoever does so here holds the same lock.
    """
    lock_programme(programme_id)
    if by.actor is not None and not holds(by.actor, by.today):
        raise NotAllowed


def locked(programme_id: int, membership_id: int, by: By, *, waiting: bool = False) -> Membership:
    """A membership that has not ended and that the actor has a say in, as it stands now; nobody else changes it.

    waiting: whether one that she has not taken on yet will do. Raises NotAllowed or Stale.
    """
    begin(programme_id, by)
    member = fresh(programme_id, membership_id)
    if member is None or is_over(member, by.today) or (member.accepted_at is None and not waiting):
        raise Stale
    demand(by, programme_id, Post(Role(member.role), member.organisation_id))
    return member


def fresh(programme_id: int, membership_id: int) -> Membership | None:
    """A membership of a programme as it stands now; nobody else changes it."""
    mine = Membership.programme_id == programme_id, Membership.id == membership_id
    return db.session.scalar(
        select(Membership).where(*mine).with_for_update().execution_options(populate_existing=True)
    )


def is_over(member: Membership, today: date) -> bool:
    """Whether its last day has passed."""
    return member.valid_to is not None and member.valid_to < today


def person_of(member: Membership) -> Person:
    """The person of a membership, as she stands now; nobody else changes her."""
    found = select(Person).where(Person.id == member.person_id).with_for_update()
    return db.session.scalars(found.execution_options(populate_existing=True)).one()


def demand(by: By, programme_id: int, post: Post) -> None:
    """NotAllowed unless the actor may give this role there."""
    if by.actor is not None and post.role not in gives(by.actor, programme_id, post.organisation_id):
        raise NotAllowed


def demand_led(member: Membership, last_day: date) -> None:
    """LastCoordinator if this is one, and after this day there would be none who can log in."""
    if member.role != Role.COORDINATOR:
        return
    others = coordinators_besides(member.programme_id, member.person_id)
    if not stays_led(last_day, closing_day(member.programme_id), others):
        raise LastCoordinator


def over_at_once(member: Membership, yesterday: date) -> None:
    """End a membership so that it does not count today: both its days lie before, also if it began today."""
    member.valid_from = min(member.valid_from, yesterday) if member.valid_from else None
    member.valid_to = yesterday


def invitation(member: Membership, by: By) -> str:
    """The secret of a fresh invitation for the person of a membership; her former one opens nothing any more."""
    where = {"programme_id": member.programme_id, "organisation_id": member.organisation_id}
    return links.make(by.now, LinkPurpose.INVITATION, member.person_id, made_by=by.person_id, **where)


def record(action: str, member: Membership, by: By, **codes: Any) -> None:
    """Write down what was done to a membership and its person; not whose it is while she has not taken it on."""
    db.session.flush()
    where = {"programme_id": member.programme_id, "organisation_id": member.organisation_id, "person_id": by.person_id}
    whose = {} if member.accepted_at is None else {"whose": member.person_id}
    audit.record(by.now, action, Membership.__tablename__, member.id, **where, **whose, **codes)
    db.session.flush()
