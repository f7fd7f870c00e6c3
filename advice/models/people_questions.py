"""Questions about the people of a programme: who there is, who has been in, who leads."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from advice.database import db
from advice.models.accounts import LinkPurpose, LogInSession, OidcIdentity, OneTimeLink, Passkey, TotpSecret
from advice.models.outbox import Mail
from advice.models.people import Membership, Person, in_force
from advice.models.programmes import Organisation, Programme, valid_on
from advice.models.roster import Shift
from advice.rules.access import Actor, Role
from advice.rules.danish import sort_key


@dataclass(frozen=True, slots=True)
class Listed:
    """A membership with how its person stands."""

    member: Membership
    way_in: bool
    """She has been in: there is a password, a passkey or a log-in service."""
    second_factor: bool
    invited_until: datetime | None
    """Until when her newest unused invitation works, or did; while she has not taken it on, the link for that."""
    last_seen: datetime | None
    memberships: tuple[Membership, ...] = ()
    """All of hers that she has taken on, ended ones and those of other programmes too."""


def has_way_in() -> ColumnElement[bool]:
    """SQL condition on a person: she can log in."""
    passkeys = select(Passkey.id).where(Passkey.person_id == Person.id).exists()
    services = select(OidcIdentity.id).where(OidcIdentity.person_id == Person.id).exists()
    return or_(Person.password_hash.is_not(None), passkeys, services)


def is_in(person_id: int) -> bool:
    """Whether a person can log in, or still needs her invitation."""
    return db.session.scalar(select(Person.id).where(Person.id == person_id, has_way_in())) is not None


def people_of(programme_id: int) -> list[Listed]:
    """All memberships of a programme, ended ones too, in Danish order of names; two queries."""
    return _with_memberships(_standing().where(Membership.programme_id == programme_id))


def listed(programme_id: int, membership_id: int) -> Listed | None:
    """One membership of a programme with how its person stands."""
    mine = Membership.programme_id == programme_id, Membership.id == membership_id
    return next(iter(_with_memberships(_standing().where(*mine))), None)


def memberships_ahead(person_id: int, today: date) -> list[Membership]:
    """What a person has taken on in any programme and has not ended, also what begins later; as it stands now."""
    found = _lasting(person_id, today).where(Membership.accepted_at.is_not(None)).order_by(Membership.id)
    return list(db.session.scalars(found.execution_options(populate_existing=True)))


def expected(person_id: int, programme_id: int, organisation_id: int, today: date) -> Membership | None:
    """A person's membership of an organisation that has not ended, whether she has taken it on or not."""
    there = Membership.programme_id == programme_id, Membership.organisation_id == organisation_id
    return db.session.scalars(_lasting(person_id, today).where(*there).order_by(Membership.id).limit(1)).first()


def _lasting(person_id: int, today: date) -> Select[Membership]:
    """A person's memberships of any programme whose last day has not passed."""
    lasting = or_(Membership.valid_to.is_(None), Membership.valid_to >= today)
    return select(Membership).where(Membership.person_id == person_id, lasting)


def holds(actor: Actor, today: date) -> bool:
    """Whether somebody may still log in, and has today the role she asks under: as it stands now."""
    found = (
        select(Membership.id)
        .join(Person, Person.id == Membership.person_id)
        .where(Person.id == actor.person, Person.disabled_at.is_(None), in_force(today))
        .where(Membership.programme_id == actor.programme, Membership.organisation_id == actor.organisation)
        .where(Membership.role == actor.role)
    )
    return db.session.scalar(found.limit(1)) is not None


def without_say(programme_id: int, people: Collection[int], today: date) -> set[int]:
    """Those of these people who are shut out, or do not belong to the programme today."""
    found = (
        select(Membership.person_id)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.programme_id == programme_id, Membership.person_id.in_(people))
        .where(in_force(today), Person.disabled_at.is_(None))
    )
    return set(people) - set(db.session.scalars(found))


def letters_to(email: str, kinds: Collection[str], since: datetime) -> int:
    """How many mails of these kinds were put into the outbox for an address after an instant."""
    hers = Mail.to_address == email, Mail.kind.in_(kinds), Mail.created_at > since
    return db.session.scalar(select(func.count()).select_from(Mail).where(*hers)) or 0


def coordinators_besides(programme_id: int, person_id: int) -> list[tuple[date | None, date | None]]:
    """First and last day of each coordinator who can log in, but for one person."""
    found = (
        select(Membership.valid_from, Membership.valid_to)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.programme_id == programme_id, Membership.role == Role.COORDINATOR)
        .where(Membership.person_id != person_id, Membership.accepted_at.is_not(None))
        .where(Person.disabled_at.is_(None), has_way_in())
    )
    return [(row.valid_from, row.valid_to) for row in db.session.execute(found)]


def organisations_of(programme_id: int, today: date) -> list[Organisation]:
    """The organisations of a programme that are there today, in Danish order of names."""
    here = Organisation.programme_id == programme_id, valid_on(Organisation, today)
    return sorted(db.session.scalars(select(Organisation).where(*here)), key=lambda one: (sort_key(one.name), one.id))


def closing_day(programme_id: int) -> date | None:
    """The programme's last day, if it has one."""
    return db.session.scalar(select(Programme.valid_to).where(Programme.id == programme_id))


def shifts_after(membership_id: int, day: date) -> int:
    """How many active shifts a membership has after a day."""
    mine = Shift.membership_id == membership_id, Shift.day > day, Shift.status == "active"
    return db.session.scalar(select(func.count()).select_from(Shift).where(*mine)) or 0


def _with_memberships(statement: Select[Membership, bool, bool, datetime, datetime]) -> list[Listed]:
    """The rows of `_standing`, each with all the memberships of its person."""
    rows: list[Row[Membership, bool, bool, datetime, datetime]] = list(db.session.execute(statement))
    people = {row[0].person_id for row in rows}
    of_people: dict[int, list[Membership]] = {}
    taken = select(Membership).where(Membership.person_id.in_(people), Membership.accepted_at.is_not(None))
    for one in db.session.scalars(taken):
        of_people.setdefault(one.person_id, []).append(one)
    return [Listed(*row, memberships=tuple(of_people.get(row[0].person_id, ()))) for row in rows]


def _standing() -> Select[Membership, bool, bool, datetime, datetime]:
    """Memberships with how their persons stand; nobody whose name retention has taken away."""
    totp = and_(TotpSecret.person_id == Person.id, TotpSecret.confirmed_at.is_not(None))
    second = or_(
        select(TotpSecret.person_id).where(totp).exists(),
        select(Passkey.id).where(Passkey.person_id == Person.id).exists(),
    )
    to_come_in = OneTimeLink.person_id == Person.id, OneTimeLink.purpose == LinkPurpose.INVITATION
    for_this = OneTimeLink.membership_id == Membership.id
    invitation = (
        select(func.max(OneTimeLink.expires_at))
        .where(OneTimeLink.used_at.is_(None))
        .where(or_(for_this, and_(Membership.accepted_at.is_not(None), *to_come_in)))
        .correlate(Membership, Person)
        .scalar_subquery()
    )
    seen = select(func.max(LogInSession.last_seen_at)).where(LogInSession.person_id == Person.id).scalar_subquery()
    return (
        select(Membership, has_way_in(), second, invitation, seen)
        .join(Person, Person.id == Membership.person_id)
        .where(Person.anonymised_at.is_(None))
        .options(joinedload(Membership.person), joinedload(Membership.organisation))
        .order_by(Person.sort_key, Membership.id)
    )
