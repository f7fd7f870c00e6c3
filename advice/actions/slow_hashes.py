"""What is stored of a password or a PIN instead of itself: argon2id with its salt and costs.

Slow on purpose: never inside a transaction that writes.
"""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from advice.rules.passwords import written

HASHER = PasswordHasher()
# A hash of nothing anybody knows, with the costs of argon2-cffi's defaults, which stored hashes have too.
NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$83lqtBMSI5fQjhBsIQMoVQ$lTJ5lmRgBMEcIhoG8vG41g04fllGqS/IggrK9DKmTBo"


def hashed(secret: str) -> str:
    """What is stored of a password or a PIN."""
    return HASHER.hash(written(secret))


def is_right(stored: str | None, secret: str) -> bool:
    """Compare what was typed with a stored hash; without one, spend the same time and say no."""
    try:
        return HASHER.verify(stored or NOBODY, written(secret)) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Whether what was right should be hashed anew, since the costs have risen."""
    return HASHER.check_needs_rehash(stored)
