"""Danish order and slugs."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advice.rules import danish

ALPHABET = "abcdefghijklmnopqrstuvwxyzæøå"


def test_the_danish_alphabet_ends_in_ae_oe_aa() -> None:
    assert "".join(sorted("åøæzyxwvutsrqponmlkjihgfedcba", key=danish.sort_key)) == ALPHABET


def test_names_stand_in_danish_order() -> None:
    names = ["Aalborg", "Ærø", "zoo", "Ørsted", "Ålborg", "Øster Ågade", "André", "Anders", "Andreas", "Ødum"]
    expected = [
        "Aalborg",
        "Anders",
        "André",
        "Andreas",
        "zoo",
        "Ærø",
        "Ødum",
        "Ørsted",
        "Øster Ågade",
        "Ålborg",
    ]
    assert sorted(names, key=danish.sort_key) == expected


@given(st.lists(st.text(ALPHABET, min_size=1, max_size=5), max_size=8))
def test_any_danish_words_stand_in_the_order_of_their_letters(words: list[str]) -> None:
    by_letters = sorted(words, key=lambda word: [ALPHABET.index(letter) for letter in word])
    assert sorted(words, key=danish.sort_key) == by_letters


@given(st.text())
def test_a_key_is_ascii_and_the_same_for_both_ways_to_write_a_letter(text: str) -> None:
    key = danish.sort_key(text)
    assert key.isascii()
    assert key == danish.sort_key(unicodedata.normalize("NFD", text))
    assert key == danish.sort_key(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("É", "e"),
        ("Müller", "muller"),
        ("Öst", "øst"),
        ("STRASSE", "straße"),
        ("m.fl.", "m  fl"),
        ("Łódz", "lodz"),
    ],
)
def test_case_accents_and_punctuation_make_no_difference(one: str, other: str) -> None:
    assert danish.sort_key(one) == danish.sort_key(other)


@pytest.mark.parametrize("sign", "{|}~")
def test_signs_are_not_taken_for_letters(sign: str) -> None:
    assert danish.sort_key(f"{sign}a") == danish.sort_key("a")


def test_other_alphabets_come_after_the_danish_letters() -> None:
    assert danish.sort_key("Åå") < danish.sort_key("عربي")


@pytest.mark.parametrize("text", ["", "A", "a--b", "-a", "a-", "a b", "æ", "a\n", "a/b", "a.b", "٣"])
def test_what_is_no_slug_is_refused(text: str) -> None:
    assert not danish.is_slug(text)


def test_the_pattern_says_the_same_as_the_question() -> None:
    for text in ("a", "a-b", "a1-2b", "-", "A", "a--b"):
        assert bool(re.fullmatch(danish.SLUG_PATTERN, text)) == danish.is_slug(text)
