"""Log-in services of organisations: set up by coordinators, and whom their answers let in.

A coordinator names the service; whoever it then vouches for is let in as herself. So it reaches no further than she
does: somebody who works in another programme too is let in only if that programme trusts the same service for her.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from advice.actions.sealing import seal, unseal
from advice.database import db
from advice.models import audit, log_in_services
from advice.models.accounts import OidcIdentity, OidcProvider
from advice.models.people import Membership, Person, memberships_of
from advice.rules.log_in_services import asked_for_two, mail_addresses, subject_of

PURPOSE = "oidc"


@dataclass(frozen=True, slots=True)
class Service:
    """A living log-in service, as plain values: they outlast the transaction they were read in."""

    organisation_id: int
    programme_id: int
    organisation: str
    issuer: str
    client_id: str
    secret: str | None
    """None if it cannot be opened any more, since SECRET_KEY has changed."""


@dataclass(frozen=True, slots=True)
class SetUp:
    """What a coordinator says of a service. secret: None keeps the one there is."""

    issuer: str
    client_id: str
    secret: str | None
    second_factor: bool


@dataclass(frozen=True, slots=True)
class Came:
    """Who was let in: her memberships, one in the organisation first."""

    members: list[Membership]
    two_steps: bool
    """The service has asked for a second factor itself."""
    tied_now: bool
    """It is the first time that she came this way."""


class Refused(Exception):
    """The service vouches for somebody who is not let in. The class says why."""


class Unknown(Refused):
    """Nobody in the organisation has her e-mail."""


class OtherAccount(Refused):
    """Somebody in the organisation has her e-mail, and another account at the service already."""


class Outside(Refused):
    """Her account is known; she is shut out, or does not belong to the organisation today."""


class Elsewhere(Refused):
    """She works in another programme too, and that one does not trust this service for her."""


class SecretMissing(Exception):
    """A service cannot be set up without its secret."""


def service(organisation_id: int, today: date, secret_key: str) -> Service | None:
    """The living service of an organisation, or None."""
    found = log_in_services.service_of(organisation_id, today)
    if found is None:
        return None
    row, name = found
    secret = unseal(row.sealed_secret, secret_key, PURPOSE)
    return Service(row.organisation_id, row.programme_id, name, row.issuer, row.client_id, secret)


def set_up(
    programme_id: int, organisation_id: int, said: SetUp, person_id: int, now: datetime, secret_key: str
) -> None:
    """Set a service up, or change it. A secret belongs to one client at one service: with another of these, and after
    an end, it must be said anew; SecretMissing otherwise.
    """
    row = log_in_services.set_up(programme_id, organisation_id)
    same = row is not None and row.ended_at is None and (row.issuer, row.client_id) == (said.issuer, said.client_id)
    if said.secret is None and not same:
        raise SecretMissing()
    if row is None:
        row = OidcProvider(programme_id=programme_id, organisation_id=organisation_id)
        db.session.add(row)
    row.issuer, row.client_id, row.second_factor, row.ended_at = said.issuer, said.client_id, said.second_factor, None
    if said.secret is not None:
        row.sealed_secret = seal(said.secret, secret_key, PURPOSE)
    db.session.flush()
    _record(now, "log_in_service_set_up", row, person_id)


def end(programme_id: int, organisation_id: int, person_id: int, now: datetime) -> bool:
    """Nobody comes in this way from now on; the secret is gone. False if there was nothing to end."""
    row = log_in_services.set_up(programme_id, organisation_id)
    if row is None or row.ended_at is not None:
        return False
    row.ended_at, row.sealed_secret = now, ""
    db.session.flush()
    _record(now, "log_in_service_ended", row, person_id)
    return True


def let_in(by: Service, claims: Mapping[str, object], now: datetime, today: date) -> Came:
    """Who came, by what the service says of her; her account is tied to her the first time.

    In a write transaction. Raises Refused, having written nothing.
    """
    subject = subject_of(claims)
    if subject is None:
        raise Unknown()
    known = log_in_services.tied_to(by.issuer, subject)
    person_id = known or _by_mail(by, subject, claims, today)
    person = db.session.get_one(Person, person_id)
    members = memberships_of(person.public_id, today)
    here = [member for member in members if member.organisation_id == by.organisation_id]
    if person.disabled_at is not None or not here:
        raise Outside()
    trusting = log_in_services.same_service(by.issuer, by.client_id, [one.organisation_id for one in members])
    if {one.programme_id for one in members} - {row.programme_id for row in trusting}:
        raise Elsewhere()
    tied_now = log_in_services.tied_to(by.issuer, subject) is None
    if tied_now:
        _tie(by, subject, person_id, now)
    rest = [member for member in members if member not in here]
    two_steps = all(row.second_factor for row in trusting) or asked_for_two(claims)
    return Came([*here, *rest], two_steps, tied_now)


def _by_mail(by: Service, subject: str, claims: Mapping[str, object], today: date) -> int:
    """The colleague with her e-mail, whose row is held now. Raises Unknown or OtherAccount."""
    for address in mail_addresses(claims):
        person_id = log_in_services.colleague(address, by.organisation_id, today)
        if person_id is None:
            continue
        # She may have come in by another window while her row was waited for.
        owner = log_in_services.tied_to(by.issuer, subject)
        if owner != person_id and (owner is not None or log_in_services.is_tied(person_id, by.issuer)):
            raise OtherAccount()
        return person_id
    raise Unknown()


def _tie(by: Service, subject: str, person_id: int, now: datetime) -> None:
    """Remember whose account this is."""
    row = OidcIdentity(person_id=person_id, issuer=by.issuer, subject=subject, created_at=now)
    db.session.add(row)
    db.session.flush()
    owner = {"programme_id": by.programme_id, "organisation_id": by.organisation_id}
    audit.record(now, "log_in_account_tied", OidcIdentity.__tablename__, row.id, person_id=person_id, **owner)
    db.session.flush()


def _record(now: datetime, action: str, row: OidcProvider, person_id: int) -> None:
    """Write into the audit what was done to a service."""
    owner = {"programme_id": row.programme_id, "organisation_id": row.organisation_id}
    details = {} if row.ended_at else {"second_factor": row.second_factor}
    audit.record(now, action, OidcProvider.__tablename__, row.id, person_id=person_id, **owner, **details)
    db.session.flush()
