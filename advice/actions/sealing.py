"""What the program must read again is stored sealed: encrypted with a key made from SECRET_KEY.

A copy of the database alone does not open it. Whoever changes SECRET_KEY loses what was sealed: authenticators
are set up anew, and the secrets of log-in services are typed in again (docs/running.md says so).
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def seal(text: str, secret_key: str, purpose: str) -> str:
    """Encrypt and sign a text; what was sealed for one purpose cannot be opened for another."""
    return _box(secret_key, purpose).encrypt(text.encode()).decode("ascii")


def unseal(sealed: str, secret_key: str, purpose: str) -> str | None:
    """The text again; None if it was sealed with another key or for another purpose, or was tampered with."""
    try:
        return _box(secret_key, purpose).decrypt(sealed.encode("ascii")).decode()
    except (InvalidToken, UnicodeError):
        return None


def derived_key(secret_key: str, purpose: str) -> bytes:
    """32 bytes for one purpose, from which neither SECRET_KEY nor the key of another purpose follows (RFC 5869)."""
    return HKDF(SHA256(), 32, salt=None, info=f"advice {purpose}".encode()).derive(secret_key.encode())


def _box(secret_key: str, purpose: str) -> Fernet:
    """The lock of one purpose."""
    return Fernet(base64.urlsafe_b64encode(derived_key(secret_key, purpose)))
