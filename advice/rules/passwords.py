"""Passwords: long enough and not easily guessed; which characters they are made of is nobody's business.

ASVS 5.0: 6.2.1 (length), 6.2.4 (common ones are refused), 6.2.5 (no rules of composition), 6.2.9 (64 characters and
more are taken). A character is a Unicode code point after NFC, so that å counts once however a keyboard sends it
(RFC 8265, OpaqueString); case and spaces are kept, and nothing is cut off.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from enum import StrEnum

SHORTEST = 12
LONGEST = 1000
_LEAST_OF_HER_OWN = 4
_LETTERS_OF_A_WORD = 4
_ENDS = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_REPEATED = re.compile(r"(.+?)\1+", re.DOTALL)


class Refusal(StrEnum):
    """Why a password is refused. The sentence is the form's."""

    SHORT = "short"
    LONG = "long"
    COMMON = "common"
    OWN_WORDS = "own_words"


def written(password: str) -> str:
    """The one way in which a password is counted, hashed and compared."""
    return unicodedata.normalize("NFC", password)


def refusal(password: str, common: Collection[str], own_words: Iterable[str] = ()) -> Refusal | None:
    """Why a new password is refused, or None.

    common: lower-case passwords that many people have, of any length; a password is also refused if it is such a
    word with digits and signs around it, or the same piece over and over. own_words: what stands round the account,
    as the parts of an e-mail or the program's name; refused is what hardly says anything more.
    """
    text = written(password)
    if len(text) < SHORTEST:
        return Refusal.SHORT
    if len(text) > LONGEST:
        return Refusal.LONG
    folded = text.casefold()
    if _is_common(folded, common):
        return Refusal.COMMON
    return Refusal.OWN_WORDS if _is_own(folded, own_words) else None


def words_of_email(email: str) -> list[str]:
    """The words of an e-mail that are no secret: "rita.ror@huset.dk" gives rita, ror, ritaror and huset."""
    name, _, host = email.casefold().partition("@")
    parts = [part for part in re.split(r"[\W\d_]+", name) if part]
    return [*parts, "".join(parts), *host.split(".")[:-1]]


def _is_common(folded: str, common: Collection[str]) -> bool:
    """Whether it is a common password, one with digits and signs around it, or one short piece repeated."""
    repeated = _REPEATED.fullmatch(folded)
    piece = repeated[1] if repeated else folded
    if repeated and len(piece) < SHORTEST / 2:
        return True
    return any(form in common for form in (folded, piece, _ENDS.sub("", folded)))


def _is_own(folded: str, own_words: Iterable[str]) -> bool:
    """Whether hardly anything is left when the words round the account, digits and signs are taken out."""
    left = "".join(character for character in folded if character.isalpha())
    words = {written(word).casefold() for word in own_words}
    for word in sorted(words, key=len, reverse=True):
        if len(word) >= _LETTERS_OF_A_WORD:
            left = left.replace(word, "")
    return len(left) < _LEAST_OF_HER_OWN and len(left) < sum(character.isalpha() for character in folded)
