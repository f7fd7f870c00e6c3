"""Passwords: which are refused, their hash, and whether one is right (as slowly where there is nobody).

`is_right` and `hashed` are slow on purpose: never call them inside a write transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from advice.rules import passwords as rule
from advice.rules.passwords import Refusal

HASHER = PasswordHasher()
# A hash of nothing anybody knows, with the costs of argon2-cffi's defaults, which stored hashes have too.
NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$83lqtBMSI5fQjhBsIQMoVQ$lTJ5lmRgBMEcIhoG8vG41g04fllGqS/IggrK9DKmTBo"
COMMON_FILE = Path(__file__).with_name("common_passwords.txt")
NAMES = ("raadgivning", "adgangskode", "kodeord", "password")
"""Words that stand on the page where a password is chosen."""
SENTENCES: Mapping[Refusal, LazyString] = {
    Refusal.SHORT: _("Adgangskoden skal have mindst 12 tegn. Flere ord efter hinanden er lette at huske."),
    Refusal.LONG: _("Så lang kan en adgangskode ikke være: højst 1000 tegn."),
    Refusal.COMMON: _("Den adgangskode har mange andre også. Vælg en, som ikke kan gættes."),
    Refusal.OWN_WORDS: _("Den adgangskode ligner dit navn eller programmets navn. Vælg en, som ikke kan gættes."),
}


@cache
def common() -> frozenset[str]:
    """Passwords that many people have (common_passwords.LICENSE.txt says where they come from)."""
    return frozenset(COMMON_FILE.read_text(encoding="utf-8").split("\n")) - {""}


def refusal(password: str, email: str, more_words: Iterable[str] = ()) -> LazyString | None:
    """The sentence why a person with this e-mail cannot take a new password, or None.

    more_words: what else is no secret, as her name and the programme's.
    """
    own = [part for word in (*NAMES, *more_words) for part in (*word.split(), "".join(word.split()))]
    found = rule.refusal(password, common(), [*rule.words_of_email(email), *own])
    return SENTENCES[found] if found else None


def hashed(password: str) -> str:
    """What is stored of a password: argon2id with its salt and costs."""
    return HASHER.hash(rule.written(password))


def is_right(stored: str | None, password: str) -> bool:
    """Compare a password with a stored argon2 hash; without one, spend the same time and say no."""
    try:
        return HASHER.verify(stored or NOBODY, rule.written(password)) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Whether a right password should be hashed anew, since the costs have risen."""
    return HASHER.check_needs_rehash(stored)
