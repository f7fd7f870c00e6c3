"""Whether a password is right, in the same time whether the person exists or not."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

HASHER = PasswordHasher()
# A hash of nothing anybody knows, with the costs of argon2-cffi's defaults, which stored hashes have too.
NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$83lqtBMSI5fQjhBsIQMoVQ$lTJ5lmRgBMEcIhoG8vG41g04fllGqS/IggrK9DKmTBo"


def is_right(stored: str | None, password: str) -> bool:
    """Compare a password with a stored argon2 hash; without one, spend the same time and say no."""
    try:
        return HASHER.verify(stored or NOBODY, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False
