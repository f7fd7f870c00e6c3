"""Passwords: which are refused, in words; their hash, and whether one is right (actions/slow_hashes)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from advice.actions.slow_hashes import hashed, is_outdated, is_right
from advice.rules import passwords as rule
from advice.rules.passwords import Refusal

__all__ = ["SENTENCES", "common", "hashed", "is_outdated", "is_right", "refusal"]

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
