"""Questions about the log-in services of organisations, and whom their accounts belong to."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Row, select

from advice.database import db
from advice.models.accounts import OidcIdentity, OidcProvider
from advice.models.people import Membership, Person, in_force
from advice.models.programmes import Organisation, Programme, valid_on


def offered(today: date) -> list[Row[int, str, str]]:
    """Organisation id, organisation and programme (short name) of each service that one can log in with today."""
    found = (
        select(Organisation.id, Organisation.name, Programme.short_name)
        .join(OidcProvider, OidcProvider.organisation_id == Organisation.id)
        .join(Programme, Programme.id == Organisation.programme_id)
        .where(OidcProvider.ended_at.is_(None), valid_on(Organisation, today))
        .order_by(Organisation.name, Programme.short_name)
    )
    return list(db.session.execute(found))


def service_of(organisation_id: int, today: date) -> tuple[OidcProvider, str] | None:
    """The living service of an organisation that is there today, and the organisation's name."""
    found = (
        select(OidcProvider, Organisation.name)
        .join(Organisation, Organisation.id == OidcProvider.organisation_id)
        .where(Organisation.id == organisation_id, OidcProvider.ended_at.is_(None), valid_on(Organisation, today))
    )
    row = db.session.execute(found).one_or_none()
    return (row[0], row[1]) if row else None


def set_up(programme_id: int, organisation_id: int) -> OidcProvider | None:
    """What is set up for an organisation of a programme, also if it has ended."""
    mine = OidcProvider.programme_id == programme_id, OidcProvider.organisation_id == organisation_id
    return db.session.scalar(select(OidcProvider).where(*mine))


def all_set_up(programme_id: int) -> dict[int, OidcProvider]:
    """The living services of a programme, by organisation."""
    mine = OidcProvider.programme_id == programme_id, OidcProvider.ended_at.is_(None)
    return {row.organisation_id: row for row in db.session.scalars(select(OidcProvider).where(*mine))}


def same_service(issuer: str, client_id: str, organisations: list[int]) -> list[OidcProvider]:
    """The living set-ups of one service among some organisations, of whatever programme."""
    same = OidcProvider.issuer == issuer, OidcProvider.client_id == client_id, OidcProvider.ended_at.is_(None)
    return list(db.session.scalars(select(OidcProvider).where(*same, OidcProvider.organisation_id.in_(organisations))))


def tied_to(issuer: str, subject: str) -> int | None:
    """The id of the person whom an account at a service is tied to."""
    mine = OidcIdentity.issuer == issuer, OidcIdentity.subject == subject
    return db.session.scalar(select(OidcIdentity.person_id).where(*mine))


def is_tied(person_id: int, issuer: str) -> bool:
    """Whether a person has an account at a service already."""
    mine = OidcIdentity.person_id == person_id, OidcIdentity.issuer == issuer
    return db.session.scalar(select(OidcIdentity.id).where(*mine).limit(1)) is not None


def colleague(email: str, organisation_id: int, today: date) -> int | None:
    """The id of whoever has this e-mail and belongs to the organisation today; her row is held until the end of the
    transaction, so that she is tied to one account only.
    """
    found = (
        select(Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .where(Person.email == email, Person.disabled_at.is_(None), Person.anonymised_at.is_(None))
        .where(Membership.organisation_id == organisation_id, in_force(today))
        .order_by(Membership.id)
        .limit(1)
        .with_for_update(of=Person)
    )
    return db.session.scalar(found)
