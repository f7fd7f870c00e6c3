"""Passwords are refused for being short or easily guessed, never for what they are made of."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advice.rules.passwords import LONGEST, SHORTEST, Refusal, refusal, words_of_email, written

COMMON = frozenset({"solskin", "ildfluesommer", "bådehavn"})
OWN = ["rita", "ror", "ritaror", "havnen"]


def why(password: str) -> Refusal | None:
    return refusal(password, COMMON, OWN)


@pytest.mark.t9
class TestLength:
    """ASVS 6.2.1 and 6.2.9: characters are counted as code points, however a keyboard sends them."""

    def test_twelve_characters_are_enough_and_eleven_are_not(self) -> None:
        assert why("kugle lampe.") is None
        assert why("kugle lampe") is Refusal.SHORT

    def test_an_å_of_two_code_points_counts_once_and_is_the_same_password(self) -> None:
        apart = unicodedata.normalize("NFD", "åååå kugle.")
        assert len(apart) > SHORTEST > len(written(apart))
        assert why(apart) is Refusal.SHORT
        assert written(apart) == written("åååå kugle.")

    def test_a_thousand_characters_are_taken_and_not_one_more(self) -> None:
        sentence = "".join(chr(0x4E00 + number) for number in range(LONGEST))
        assert why(sentence) is None
        assert why(sentence + "a") is Refusal.LONG

    @given(st.text(min_size=SHORTEST, max_size=60))
    def test_case_and_spaces_are_kept(self, password: str) -> None:
        assert written(password) == unicodedata.normalize("NFC", password)


@pytest.mark.t9
class TestWhatItIsMadeOf:
    """ASVS 6.2.5: letters alone, digits alone, signs alone, one alphabet or another."""

    @pytest.mark.parametrize(
        "password", ["kuglelampeøre", "739164028516", "KUGLELAMPESKO", "!?#-+*/=%&()", "كرسي أزرق صغير"]
    )
    def test_no_kind_of_character_is_asked_for(self, password: str) -> None:
        assert why(password) is None


@pytest.mark.t9
class TestGuessed:
    """ASVS 6.2.4, and the words round the account."""

    @pytest.mark.parametrize(
        "password",
        ["ildfluesommer", "IldflueSommer", "solskin12345", "2026!solskin!", "SolskinSolskin", "solskin...2026",
         "aaaaaaaaaaaa", "abc1abc1abc1", "121212121212", "ba\u030adehavn1234", "   solskin   "],
    )  # fmt: skip
    def test_a_common_one_is_refused_whatever_stands_round_it(self, password: str) -> None:
        assert why(password) is Refusal.COMMON

    @pytest.mark.parametrize(
        "password", ["ritaror12345", "Rita-Ror-2026", "RitaHavnen2026", "havnen.havnen1!", "1234567rita89xy"]
    )
    def test_one_that_says_hardly_more_than_a_name_is_refused(self, password: str) -> None:
        assert why(password) is Refusal.OWN_WORDS

    @pytest.mark.parametrize(
        "password", ["rita spiser altid fisk", "solskin og kaffe", "havnen kl tolv lampe", "314159265358"]
    )
    def test_a_name_or_a_common_word_in_a_longer_one_is_no_harm(self, password: str) -> None:
        assert why(password) is None

    def test_the_words_of_an_e_mail(self) -> None:
        assert words_of_email("Rita.Ror2@Huset.example.dk") == ["rita", "ror", "ritaror", "huset", "example"]
        assert words_of_email("") == [""]
