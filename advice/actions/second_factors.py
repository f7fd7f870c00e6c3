"""What a person shows besides her password: codes of an authenticator (RFC 6238) and recovery codes on paper.

An authenticator's secret is stored sealed and read again for each code; a code is taken in one step of 30 seconds
before or after its own, and once (ASVS 5.0, 6.5.1). Recovery codes are 120 random bits each, of which a plain hash
is stored (6.5.2 asks for 112), so that they outlive a changed SECRET_KEY.

Every function flushes at most, in the caller's write transaction. Whether who she is was shown lately is asked before.
"""

from __future__ import annotations

import secrets
from datetime import datetime

import pyotp
from sqlalchemy import delete, or_, select, update

from advice.actions.sealing import seal, unseal
from advice.actions.tokens import hash_of
from advice.database import db
from advice.models import audit
from advice.models.accounts import OidcIdentity, Passkey, RecoveryCode, TotpSecret, factors_of
from advice.models.people import Person

STEP_SECONDS = 30
CODE_DIGITS = 6
RECOVERY_CODES = 10
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's 32: no I, L, O, U, which on paper look like others."""
READ_AS = str.maketrans("ILO", "110")
GROUPS, GROUP = 6, 4


def new_totp_secret() -> str:
    """160 random bits in base32: what an authenticator is given as a picture or as a key to type."""
    return pyotp.random_base32()


def totp_uri(secret: str, account: str, issuer: str) -> str:
    """The address (otpauth:) that authenticators read from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The 30-second step this code belongs to: the present one, the one before or the one after; None if none."""
    digits = "".join(code.split())
    if len(digits) != CODE_DIGITS or not (digits.isascii() and digits.isdigit()):
        return None
    totp, present = pyotp.TOTP(secret), int(now.timestamp()) // STEP_SECONDS
    steps = (step for step in (present, present - 1, present + 1) if step >= 0)
    return next((step for step in steps if secrets.compare_digest(totp.at(step * STEP_SECONDS), digits)), None)


def add_totp(person_id: int, secret: str, code: str, now: datetime, secret_key: str) -> bool:
    """Make this her authenticator, instead of the one before, if the code shows that she has it; that code is used."""
    step = step_of(secret, code, now)
    if step is None:
        return False
    lock(person_id)
    row = db.session.get(TotpSecret, person_id)
    if row is None:
        row = TotpSecret(person_id=person_id)
        db.session.add(row)
    row.sealed = seal(secret, secret_key, sealed_for(person_id))
    row.created_at = row.confirmed_at = now
    row.last_step = step
    db.session.flush()
    audit.record(now, "totp_added", TotpSecret.__tablename__, person_id, person_id=person_id)
    return True


def take_totp(person_id: int, code: str, now: datetime, secret_key: str) -> bool:
    """Whether this is a code of hers that has not been used; it is used now.

    One conditional update decides, so that of two requests with the same code one gets in.
    """
    mine = TotpSecret.person_id == person_id, TotpSecret.confirmed_at.is_not(None)
    sealed = db.session.scalar(select(TotpSecret.sealed).where(*mine))
    secret = unseal(sealed, secret_key, sealed_for(person_id)) if sealed else None
    step = step_of(secret, code, now) if secret else None
    if step is None:
        return False
    fresh = TotpSecret.sealed == sealed, or_(TotpSecret.last_step.is_(None), TotpSecret.last_step < step)
    taken = update(TotpSecret).where(*mine, *fresh).values(last_step=step).returning(TotpSecret.person_id)
    return db.session.scalar(taken) is not None


def remove_totp(person_id: int, now: datetime, *, last_too: bool = False) -> bool:
    """Forget her authenticator; False if she has none, or if it is her last second factor and that must stay."""
    lock(person_id)
    if not last_too and factors_of(person_id).passkeys == 0:
        return False
    gone = delete(TotpSecret).where(TotpSecret.person_id == person_id).returning(TotpSecret.person_id)
    if db.session.scalar(gone) is None:
        return False
    audit.record(now, "totp_removed", TotpSecret.__tablename__, person_id, person_id=person_id)
    return True


def forget_all(person_id: int) -> None:
    """Everything she could show besides a password is gone, the identities of log-in services too."""
    lock(person_id)
    for table in (TotpSecret, Passkey, RecoveryCode, OidcIdentity):
        db.session.execute(delete(table).where(table.person_id == person_id))


def new_recovery_codes(person_id: int, now: datetime) -> list[str]:
    """Ten codes instead of those she had; they are never to be had again."""
    lock(person_id)
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    codes = [new_recovery_code() for _ in range(RECOVERY_CODES)]
    made = {"person_id": person_id, "created_at": now}
    db.session.add_all(RecoveryCode(code_hash=recovery_hash(code), **made) for code in codes)
    audit.record(now, "recovery_codes_made", Person.__tablename__, person_id, person_id=person_id)
    db.session.flush()
    return codes


def new_recovery_code() -> str:
    """120 random bits as six groups of four: "7QK2-…"."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))
    return "-".join(groups)


def recovery_hash(code: str) -> str:
    """What is stored of a code, however it was typed: in small letters, with spaces for dashes, with O for 0."""
    letters = "".join(character for character in code.upper() if character.isascii() and character.isalnum())
    return hash_of(letters.translate(READ_AS))


def take_recovery_code(person_id: int, code: str, now: datetime) -> bool:
    """Whether this is a code of hers that has not been used; it is used now, by one request only."""
    mine = RecoveryCode.person_id == person_id, RecoveryCode.code_hash == recovery_hash(code)
    free = update(RecoveryCode).where(*mine, RecoveryCode.used_at.is_(None))
    used = db.session.scalar(free.values(used_at=now).returning(RecoveryCode.id))
    if used is None:
        return False
    audit.record(now, "recovery_code_used", RecoveryCode.__tablename__, used, person_id=person_id)
    return True


def lock(person_id: int) -> None:
    """One change of a person's factors at a time: two at once cannot each remove what the other leaves as the last."""
    db.session.execute(select(Person.id).where(Person.id == person_id).with_for_update())


def sealed_for(person_id: int) -> str:
    """The purpose of her seal: nobody else's row, nor anything else that is sealed, fits in its place."""
    return f"totp {person_id}"
