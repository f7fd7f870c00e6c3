"""Passkeys (WebAuthn level 2): made on her device, kept there, and enough to log in: the device asks who she is.

Verification is the webauthn package's. What it is not asked: that a challenge is used once. A challenge says when it
was made, and a key takes none from before its last use, in the update that also holds its counter.

Functions that write flush at most, in the caller's write transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import webauthn
from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from advice.actions.second_factors import lock
from advice.database import db
from advice.models import audit
from advice.models.accounts import Passkey, factors_of
from advice.models.people import Person

LONGEST_ID = 1023
"""Bytes of a credential id (WebAuthn level 2, 5.8.3)."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where a passkey is good: the name of the host, the origin that browsers say, and our name for people."""

    rp_id: str
    origin: str
    name: str


@dataclass(frozen=True, slots=True)
class Challenge:
    """The random bytes that a device signs, and when they were made."""

    value: bytes
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """A passkey that was shown and verified, before its use is written down."""

    passkey_id: int
    person_id: int
    sign_count: int
    made_at: datetime


def options_to_make(site: Site, person: Person, challenge: Challenge) -> str:
    """What the browser is told to make a passkey, as JSON; her keys here already are named, so as not to make two."""
    options = webauthn.generate_registration_options(
        rp_id=site.rp_id,
        rp_name=site.name,
        user_id=person.public_id.bytes,
        user_name=person.email,
        user_display_name=person.name,
        challenge=challenge.value,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=descriptors(person.id),
    )
    return webauthn.options_to_json(options)


def options_to_show(site: Site, challenge: Challenge, person_id: int | None = None) -> str:
    """What the browser is told to show a passkey, as JSON: any for this site, or one of a person's."""
    options = webauthn.generate_authentication_options(
        rp_id=site.rp_id,
        challenge=challenge.value,
        user_verification=UserVerificationRequirement.REQUIRED,
        allow_credentials=descriptors(person_id) if person_id is not None else None,
    )
    return webauthn.options_to_json(options)


def descriptors(person_id: int) -> list[PublicKeyCredentialDescriptor]:
    """A person's passkeys as a browser is told of them."""
    ids = db.session.scalars(select(Passkey.credential_id).where(Passkey.person_id == person_id).order_by(Passkey.id))
    return [PublicKeyCredentialDescriptor(id=one) for one in ids]


def add(site: Site, person_id: int, answer: Mapping[str, Any], challenge: Challenge, name: str, now: datetime) -> bool:
    """Store the passkey that a device has just made; False if what came is not that."""
    try:
        made = webauthn.verify_registration_response(
            credential=dict(answer),
            expected_challenge=challenge.value,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except Exception:  # parsers of strangers' bytes raise anything; whatever it is, the answer is no
        return False
    if len(made.credential_id) > LONGEST_ID:
        return False
    lock(person_id)
    row = Passkey(
        person_id=person_id, credential_id=made.credential_id, public_key=made.credential_public_key,
        sign_count=made.sign_count, name=name, created_at=now,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        return False  # somebody sends a key that is here already
    audit.record(now, "passkey_added", Passkey.__tablename__, row.id, person_id=person_id)
    return True


def verified(site: Site, answer: Mapping[str, Any], challenge: Challenge) -> Shown | None:
    """Whose passkey this is, if it signed our challenge for this site; reads only."""
    try:
        raw_id = base64url_to_bytes(answer["rawId"])
        found = db.session.scalar(select(Passkey).where(Passkey.credential_id == raw_id))
        if found is None:
            return None
        shown = webauthn.verify_authentication_response(
            credential=dict(answer),
            expected_challenge=challenge.value,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            credential_public_key=found.public_key,
            credential_current_sign_count=found.sign_count,
            require_user_verification=True,
        )
    except Exception:  # as above
        return None
    return Shown(found.id, found.person_id, shown.new_sign_count, challenge.made_at)


def use(shown: Shown, now: datetime) -> bool:
    """Write its use down; False if the passkey is gone, its counter went back, or the challenge was used already."""
    # A key that counts counts up; one that does not says 0 for ever.
    forward = Passkey.sign_count < shown.sign_count if shown.sign_count else Passkey.sign_count == 0
    unused = or_(Passkey.last_used_at.is_(None), Passkey.last_used_at < shown.made_at)
    mine = Passkey.id == shown.passkey_id, Passkey.person_id == shown.person_id
    used = update(Passkey).where(*mine, forward, unused).values(sign_count=shown.sign_count, last_used_at=now)
    return db.session.scalar(used.returning(Passkey.id)) is not None


def remove(person_id: int, passkey_id: int, now: datetime, *, last_too: bool = False) -> bool:
    """Forget a passkey of hers; False if it is not hers, or if it is her last second factor and that must stay."""
    lock(person_id)
    factors = factors_of(person_id)
    if not last_too and not factors.totp and factors.passkeys < 2:
        return False
    mine = Passkey.id == passkey_id, Passkey.person_id == person_id
    if db.session.scalar(delete(Passkey).where(*mine).returning(Passkey.id)) is None:
        return False
    audit.record(now, "passkey_removed", Passkey.__tablename__, passkey_id, person_id=person_id)
    return True
