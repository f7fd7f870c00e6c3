"""Which language a reader gets: what she asked for, chose before, or has her browser say; Danish otherwise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advice.rules.languages import DANISH, LONGEST_HEADER, NAMES, RIGHT_TO_LEFT, choose, direction, looked_up, ranges

ALL = tuple(NAMES)
OFFERED = st.sets(st.sampled_from(ALL))
NOISE = st.text(max_size=40)
CODES = st.one_of(st.none(), st.sampled_from(ALL), NOISE)


def test_what_the_address_asks_for_wins_over_what_was_chosen_before_and_what_the_browser_says() -> None:
    assert choose("ar", "tr", "pl", ALL) == "ar"
    assert choose(None, "tr", "pl", ALL) == "tr"
    assert choose(None, None, "pl", ALL) == "pl"
    assert choose(None, None, "", ALL) == DANISH


@pytest.mark.parametrize("asked", ["xx", "", "../etc", "de", "da;q=1", "\x00", "en" * 400])
def test_an_unknown_language_is_danish_whatever_else_was_chosen(asked: str) -> None:
    assert choose(asked, "tr", "pl", ALL) == DANISH


def test_a_language_that_the_programme_has_switched_off_is_not_shown() -> None:
    assert choose("ar", None, "", ["da", "en"]) == DANISH
    assert choose(None, "ar", "ar, en;q=0.5", ["da", "en"]) == "en"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("ar-EG, en;q=0.8", "ar"),
        ("de-DE, de;q=0.9, en-GB;q=0.7, da;q=0.3", "en"),
        ("en;q=0.1, uk;q=0.9", "uk"),
        ("pl;q=0, so", "so"),
        ("kmr-TR, tr;q=0.5", "ku"),
        ("fa-AF", "fa"),
        ("prs", "fa"),
        ("*", "da"),
        ("de, *;q=0.5", "da"),
        ("en ; q=0.2 , PL;Q=0.3", "pl"),
        ("en, ar", "en"),
        ("en;q=later, ar;q=-1, tr;q=٣, so;q=1.0.0, pl;level=1", "da"),
        (",,;;, ;q=1,-,-en", "da"),
    ],
)
def test_the_browsers_dearest_language_that_is_there_is_taken(header: str, code: str) -> None:
    assert choose(None, None, header, ALL) == code


@given(CODES, CODES, NOISE, OFFERED)
def test_the_answer_is_always_danish_or_one_of_those_offered(
    asked: str | None, remembered: str | None, header: str, offered: set[str]
) -> None:
    assert choose(asked, remembered, header, offered) in {*offered, DANISH}


@given(st.lists(st.tuples(st.sampled_from(ALL), st.integers(1, 1000)), min_size=1, max_size=9), OFFERED)
def test_without_a_choice_none_dearer_than_the_answer_is_there(
    wanted: list[tuple[str, int]], offered: set[str]
) -> None:
    header = ",".join(f"{code};q={weight / 1000}" for code, weight in wanted)
    there = [(weight, code) for code, weight in wanted if code in {*offered, DANISH}]
    heaviest = max((weight for weight, _ in there), default=0)
    first = next((code for weight, code in there if weight == heaviest), DANISH)
    assert choose(None, None, header, offered) == first


@given(st.text(max_size=3000))
def test_a_hostile_header_costs_no_more_than_its_first_thousand_characters(header: str) -> None:
    assert ranges(header) == ranges(header[:LONGEST_HEADER])
    assert len(ranges(header)) <= LONGEST_HEADER


@given(st.sampled_from(ALL), st.text("abcdefgh-", max_size=30))
def test_a_region_or_script_behind_a_language_changes_nothing(code: str, rest: str) -> None:
    assert looked_up(f"{code}-{rest.strip('-') or 'x'}", ALL) == code


def test_arabic_and_persian_are_written_from_the_right_and_nothing_else() -> None:
    assert {code for code in ALL if direction(code) == "rtl"} == set(RIGHT_TO_LEFT) == {"ar", "fa"}
    assert direction("ar-EG") == "rtl"
