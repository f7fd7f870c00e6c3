"""Which passwords an account takes: the list of common ones, the sentences, and the hash."""

from __future__ import annotations

import unicodedata

import pytest

from advice.accounts.passwords import SENTENCES, common, hashed, is_outdated, is_right, refusal
from advice.rules.passwords import SHORTEST, Refusal
from tests.builders import PASSWORD, PASSWORD_HASH

pytestmark = pytest.mark.t9


class TestCommonOnes:
    """ASVS 6.2.4: the 3,000 most common that fit the policy are refused; here all of a list that is longer."""

    def test_the_list_holds_more_than_3000_that_are_long_enough(self) -> None:
        assert sum(len(password) >= SHORTEST for password in common()) >= 3_000
        assert all(password == unicodedata.normalize("NFC", password).casefold() for password in common())

    def test_every_one_that_is_long_enough_is_refused(self) -> None:
        long = [password for password in common() if len(password) >= SHORTEST]
        taken = [password for password in long if refusal(password, "rita@example.org") is None]
        assert taken == []

    @pytest.mark.parametrize(
        "password",
        ["1qaz2wsx3edc", "Password1234", "Adgangskode2026", "velkommen12345", "Sommer2026!!", "aaaaaaaaaaaaa",
         "raadgivning26", "qwertyuiopå1"],
    )  # fmt: skip
    def test_the_ones_people_take_here(self, password: str) -> None:
        assert refusal(password, "rita@example.org") == SENTENCES[Refusal.COMMON]

    def test_her_own_name_and_the_programmes(self) -> None:
        for password in ("Rita.Ror.2026", "RitaRor123456", "havneplanen26"):
            assert refusal(password, "rita.ror@example.org", ["Havneplanen"]) == SENTENCES[Refusal.OWN_WORDS]

    @pytest.mark.parametrize(
        "password", [PASSWORD, "tre gule kaniner", "correct kugle battery", "日本語のパスワードです長い"]
    )
    def test_an_ordinary_long_one_is_taken(self, password: str) -> None:
        assert refusal(password, "rita.ror@example.org", ["Rita Ror"]) is None

    def test_every_reason_has_a_sentence_that_does_not_repeat_it(self) -> None:
        assert set(SENTENCES) == set(Refusal)
        assert "12 tegn" in str(refusal("kort", "rita@example.org"))


class TestHash:
    """ASVS 11.4.2: argon2id, and the same password however a keyboard sends it."""

    def test_a_right_one_is_right_and_a_wrong_one_is_not(self) -> None:
        stored = hashed("kåde kugler ruller")
        assert stored.startswith("$argon2id$")
        assert is_right(stored, unicodedata.normalize("NFD", "kåde kugler ruller"))
        assert not is_right(stored, "kåde kugler rulle")
        assert not is_right(None, "kåde kugler ruller")
        assert not is_outdated(stored)

    def test_all_of_a_long_one_counts(self) -> None:
        assert not is_right(hashed("x" * 999 + "y"), "x" * 999 + "z")

    def test_one_of_lower_costs_is_hashed_anew(self) -> None:
        assert is_right(PASSWORD_HASH, PASSWORD)
        assert is_outdated(PASSWORD_HASH)
