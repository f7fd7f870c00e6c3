"""Coverage of an opening by shifts, one rule at a time; words for what is missing; outside the hours."""

from datetime import time

import pytest

from advice.rules import staffing
from advice.rules.spans import Span
from advice.rules.staffing import Duty, Gap, GapKind, Lacking, Need, Since

PLAN, CENTRE = 1, 2  # organisations
TAX = 7  # a competence
NAMES = {(GapKind.ORGANISATION, CENTRE): "jobcenteret", (GapKind.COMPETENCE, TAX): "skat"}
LACKS_ONE = (Gap(GapKind.LEAST, time(14), time(17), 1, people=1),)
NOON, FIVE = time(12), time(17)
NO_NEED = Need(never_fewer=0, least=0, best=0)


def _cover(*duties: Duty, **need: object) -> tuple[Gap, ...]:
    return staffing.cover(NOON, FIVE, duties, Need(**need))  # type: ignore[arg-type]


def _duty(person: int, starts: int = 12, ends: int = 17, organisation: int = PLAN, *competences: int) -> Duty:
    return Duty(person, organisation, time(starts), time(ends), frozenset(competences))


def _words(gaps: tuple[Gap, ...]) -> list[str]:
    return [str(staffing.gap_words(gap, NAMES.get((gap.kind, gap.subject or 0), ""))) for gap in gaps]


# --- one rule at a time ---


def test_three_people_all_afternoon_lack_nothing() -> None:
    duties = [_duty(1), _duty(2), _duty(3, organisation=CENTRE)]
    assert _cover(*duties, least=3, least_by_organisation={PLAN: 2, CENTRE: 1}) == ()


def test_two_people_are_enough_where_three_are_best() -> None:
    assert _cover(_duty(1), _duty(2)) == ()


def test_gaps_begin_and_end_where_people_come_and_go() -> None:
    gaps = _cover(_duty(1, 9, 14), _duty(2, 13, 19), _duty(3, 8, 12))
    assert [(gap.starts.hour, gap.ends.hour, gap.people) for gap in gaps] == [(12, 13, 1), (14, 17, 1)]


def test_a_person_with_two_overlapping_duties_counts_once() -> None:
    gaps = _cover(_duty(1, 12, 15), _duty(1, 14, 17))
    assert {gap.people for gap in gaps} == {1}
    assert _words(gaps) == ["kun 1 i huset kl. 12–17"]


def test_a_handover_between_two_people_leaves_no_gap() -> None:
    assert _cover(_duty(1, 12, 14), _duty(2, 14, 17), _duty(3)) == ()


def test_a_missing_person_is_told_with_the_hours() -> None:
    assert _words(_cover(_duty(1), _duty(2), _duty(3, 12, 15), least=3)) == ["mangler 1 kl. 15–17"]


def test_neighbouring_gaps_are_told_as_one_and_different_ones_apart() -> None:
    duties = [_duty(1), _duty(2), _duty(3, 12, 13), _duty(4, 13, 14)]
    assert _words(_cover(*duties, least=4)) == ["mangler 1 kl. 12–14", "mangler 2 kl. 14–17"]


def test_a_missing_organisation_is_named() -> None:
    duties = [_duty(1), _duty(2), _duty(3, 12, 14, CENTRE)]
    gaps = _cover(*duties, least_by_organisation={CENTRE: 1})
    assert _words(gaps) == ["mangler 1 fra jobcenteret kl. 14–17"]
    assert gaps == (Gap(GapKind.ORGANISATION, time(14), FIVE, 1, CENTRE, 0),)


def test_a_missing_competence_is_named() -> None:
    gaps = _cover(_duty(1), _duty(2, 12, 14, PLAN, TAX), _duty(3), competences=frozenset({TAX}))
    assert _words(gaps) == ["ingen med skat kl. 14–17"]


def test_being_alone_comes_first_and_swallows_the_least() -> None:
    gaps = _cover(_duty(1), _duty(2, 12, 15), least=3)
    assert _words(gaps) == ["kun 1 i huset kl. 15–17", "mangler 1 kl. 12–15"]


def test_an_empty_house_is_told_as_such() -> None:
    gaps = _cover(least_by_organisation={CENTRE: 1}, competences=frozenset({TAX}))
    assert _words(gaps) == [
        "ingen i huset kl. 12–17",
        "mangler 1 fra jobcenteret kl. 12–17",
        "ingen med skat kl. 12–17",
    ]


def test_two_where_three_must_be_is_told_with_their_number() -> None:
    assert _words(_cover(_duty(1), _duty(2), never_fewer=3)) == ["kun 2 i huset kl. 12–17"]


def test_half_hours_are_told() -> None:
    gaps = staffing.cover(time(9, 30), time(12), [], Need())
    assert _words(gaps) == ["ingen i huset kl. 9.30–12"]


def test_duties_outside_the_opening_are_nothing() -> None:
    assert _words(_cover(_duty(1, 9, 12), _duty(2, 17, 19))) == ["ingen i huset kl. 12–17"]


def test_nothing_needed_is_nothing_missing() -> None:
    assert staffing.cover(NOON, FIVE, [], NO_NEED) == ()


def test_an_opening_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="must end after it starts"):
        staffing.cover(FIVE, NOON, [], Need())


# --- what has just become of a place, and where a house has two services ---


@pytest.mark.parametrize(
    ("kind", "people", "name", "words", "now"),
    [
        (GapKind.LEAST, 1, "", "mangler 2", "mangler nu 2"),
        (GapKind.ALONE, 0, "", "ingen i huset", "har nu ingen i huset"),
        (GapKind.ALONE, 1, "", "kun 1 i huset", "har nu kun 1 i huset"),
        (GapKind.ORGANISATION, 0, "UU", "mangler 2 fra UU", "mangler nu 2 fra UU"),
        (GapKind.COMPETENCE, 0, "skat", "ingen med skat", "har nu ingen med skat"),
    ],
)
def test_a_gap_stands_alone_or_ends_a_sentence(kind: GapKind, people: int, name: str, words: str, now: str) -> None:
    gap = Gap(kind, NOON, FIVE, 2, people=people)
    assert str(staffing.gap_words(gap, name)) == f"{words} kl. 12–17"
    assert str(staffing.gap_words(gap, name, since=Since.NOW)) == f"{now} kl. 12–17"
    long = staffing.gap_words(gap, name, "Åben kl. 9: snak", since=Since.BEFORE)
    assert str(long) == f"{now.replace(' nu ', ' stadig ')} kl. 12–17 (Åben kl. 9: snak)"


def test_one_person_who_is_missing_is_not_told_as_two() -> None:
    """Too few, and none of the jobcentre: the one from there makes both right. Two too few are told besides."""
    needed = {"least_by_organisation": {CENTRE: 1}}
    assert _words(_cover(_duty(1), _duty(2), least=3, **needed)) == ["mangler 1 fra jobcenteret kl. 12–17"]
    words = ["mangler 2 kl. 12–17", "mangler 1 fra jobcenteret kl. 12–17"]
    assert _words(_cover(_duty(1), _duty(2), least=4, **needed)) == words


@pytest.mark.parametrize(
    ("kind", "hours", "missing", "subject", "worse"),
    [
        (GapKind.LEAST, (12, 17), 1, None, False),
        (GapKind.LEAST, (13, 15), 1, None, False),
        (GapKind.LEAST, (11, 17), 1, None, True),
        (GapKind.LEAST, (12, 17), 2, None, True),
        (GapKind.LEAST, (9, 11), 3, None, False),
        (GapKind.ALONE, (9, 11), 1, None, False),
        (GapKind.ALONE, (12, 17), 1, None, True),
        (GapKind.ORGANISATION, (12, 17), 1, CENTRE, False),
        (GapKind.ORGANISATION, (12, 17), 1, PLAN, True),
        (GapKind.COMPETENCE, (12, 17), 1, TAX, True),
    ],
)
def test_a_gap_is_worse_unless_as_much_was_missing_over_all_of_it(
    kind: GapKind, hours: tuple[int, int], missing: int, subject: int | None, worse: bool
) -> None:
    """Before: nobody 9-11, one too few and one of the jobcentre too few 12-17."""
    before = [
        Gap(GapKind.ALONE, time(9), time(11), 2),
        Gap(GapKind.LEAST, NOON, FIVE, 1),
        Gap(GapKind.ORGANISATION, NOON, FIVE, 1, CENTRE),
    ]
    assert staffing.is_worse(Gap(kind, time(hours[0]), time(hours[1]), missing, subject), before) is worse


def test_without_a_need_only_an_empty_house_is_told() -> None:
    assert staffing.lacking(NOON, FIVE, [], None) == (Gap(GapKind.ALONE, NOON, FIVE, 1),)
    assert staffing.lacking(NOON, FIVE, [_duty(1, 9, 12)], None) == (Gap(GapKind.ALONE, NOON, FIVE, 1),)
    assert staffing.lacking(NOON, FIVE, [_duty(1, 11, 13)], None) is None


def test_with_a_need_what_is_missing_is_told() -> None:
    assert staffing.lacking(NOON, FIVE, [_duty(1), _duty(2, 12, 14)], Need(1, 2, 3)) == LACKS_ONE
    assert staffing.lacking(NOON, FIVE, [_duty(1)], Need(1, 1, 1)) == ()


@pytest.mark.parametrize(
    ("openings", "covered"),
    [([()], True), ([(), ()], True), ([], False), ([None], False), ([(), None], False), ([(), LACKS_ONE], False)],
)
def test_covered_is_known_of_every_opening(openings: list[Lacking], covered: bool) -> None:
    assert staffing.covered(openings) is covered


# --- outside the hours ---


def _spans(*hours: tuple[int, int]) -> list[Span]:
    return [Span(time(starts), time(ends)) for starts, ends in hours]


@pytest.mark.parametrize(
    ("shift", "hours", "outside"),
    [
        ((12, 14), [(10, 12), (14, 17)], [(12, 14)]),
        ((10, 17), [(10, 12), (14, 17)], [(12, 14)]),
        ((9, 18), [(14, 17), (10, 12)], [(9, 10), (12, 14), (17, 18)]),
        ((10, 17), [(14, 17), (10, 14)], []),
        ((11, 16), [(10, 15), (12, 17)], []),
        ((14, 17), [(10, 12), (14, 17)], []),
        ((8, 9), [(10, 12)], [(8, 9)]),
        ((12, 13), [(10, 12)], [(12, 13)]),
        ((9, 12), [], [(9, 12)]),
    ],
)
def test_outside_is_what_no_opening_holds(
    shift: tuple[int, int], hours: list[tuple[int, int]], outside: list[tuple[int, int]]
) -> None:
    assert staffing.outside(time(shift[0]), time(shift[1]), _spans(*hours)) == _spans(*outside)


def test_openings_back_to_back_count_as_one() -> None:
    assert staffing.stretches(_spans((14, 17), (9, 10), (10, 12), (15, 16))) == _spans((9, 12), (14, 17))
    assert staffing.stretches([]) == []


@pytest.mark.parametrize(
    ("opening", "before", "after", "manned"),
    [
        ((time(9), time(12)), 30, 15, Span(time(8, 30), time(12, 15))),
        ((time(9), time(12)), 0, 0, Span(time(9), time(12))),
        ((time(1), time(22)), 240, 240, Span(time(0), time(23, 59))),
    ],
)
def test_setting_up_and_clearing_away_belong_to_the_duty(
    opening: tuple[time, time], before: int, after: int, manned: Span
) -> None:
    assert staffing.manned(*opening, Need(before_minutes=before, after_minutes=after)) == manned


def test_without_a_need_people_are_on_duty_while_it_is_open() -> None:
    assert staffing.manned(NOON, FIVE, None) == Span(NOON, FIVE)


def test_nobody_is_missing_before_it_opens() -> None:
    need = Need(1, 1, 1, before_minutes=60, after_minutes=60)
    assert staffing.lacking(NOON, FIVE, [_duty(1)], need) == ()
