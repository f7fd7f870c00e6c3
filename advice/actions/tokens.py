"""Secrets that stand in an address or a cookie: 256 random bits, of which only a hash is stored."""

from __future__ import annotations

import hashlib
import secrets

TOKEN_BYTES = 32


def new_token() -> str:
    """A secret nobody can guess, in characters that an address can hold."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_of(token: str) -> str:
    """What is stored of a token: SHA-256 in hexadecimal, which is enough for 256 random bits."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
