"""Coverage of an opening by shifts, against a minute-by-minute count, and the words for what is missing."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advice.rules import spans, staffing
from advice.rules.staffing import Coverage, Duty, Gap, GapKind, Need, Segment

PLAN, CENTRE = 1, 2  # organisations
TAX = 7  # a competence
NAMES = {(GapKind.ORGANISATION, CENTRE): "jobcenteret", (GapKind.COMPETENCE, TAX): "skat"}
NOON, FIVE = time(12), time(17)
NO_NEED = Need(never_fewer=0, least=0, best=0)


def _cover(*duties: Duty, **need: object) -> Coverage:
    return staffing.cover(NOON, FIVE, duties, Need(**need))  # type: ignore[arg-type]


def _duty(person: int, starts: int = 12, ends: int = 17, organisation: int = PLAN, *competences: int) -> Duty:
    return Duty(person, organisation, time(starts), time(ends), frozenset(competences))


def _words(coverage: Coverage) -> list[str]:
    return staffing.words(coverage, NAMES)


# --- against a minute-by-minute count ---

HALF_HOURS = st.tuples(st.integers(20, 35), st.integers(1, 12)).map(
    lambda t: (spans.clock(30 * t[0]), spans.clock(30 * (t[0] + t[1])))
)
DUTIES = st.lists(
    st.builds(
        lambda person, organisation, span, knows: Duty(person, organisation, span[0], span[1], knows),
        *(st.integers(1, 4), st.integers(1, 2), HALF_HOURS, st.frozensets(st.integers(1, 2))),
    ),
    max_size=6,
)
NEEDS = st.builds(
    Need,
    st.integers(0, 3),
    st.integers(0, 3),
    st.integers(0, 4),
    st.dictionaries(st.integers(1, 2), st.integers(0, 2)),
    st.frozensets(st.integers(1, 2)),
)


def _missing_at(minute: int, duties: list[Duty], need: Need) -> set[tuple[GapKind, int | None, int]]:
    there = [d for d in duties if spans.minutes(d.starts) <= minute < spans.minutes(d.ends)]
    counted_for: dict[int, int] = {}
    for duty in sorted(there, key=lambda d: (d.starts, d.ends, d.organisation)):
        counted_for.setdefault(duty.person, duty.organisation)
    missing: set[tuple[GapKind, int | None, int]] = set()
    if len(counted_for) < need.never_fewer:
        missing.add((GapKind.ALONE, None, need.never_fewer - len(counted_for)))
    elif len(counted_for) < need.least:
        missing.add((GapKind.LEAST, None, need.least - len(counted_for)))
    for organisation, least in need.least_by_organisation.items():
        short = least - list(counted_for.values()).count(organisation)
        if short > 0:
            missing.add((GapKind.ORGANISATION, organisation, short))
    for competence in need.competences:
        if not any(competence in duty.competences for duty in there):
            missing.add((GapKind.COMPETENCE, competence, 1))
    return missing


@given(HALF_HOURS, DUTIES, NEEDS)
def test_gaps_and_segments_say_what_every_moment_says(
    opening: tuple[time, time], duties: list[Duty], need: Need
) -> None:
    coverage = staffing.cover(*opening, duties, need)
    ends_met = [segment.starts for segment in coverage.segments] + [coverage.segments[-1].ends]
    assert ends_met[0] == opening[0]
    assert [segment.ends for segment in coverage.segments] == ends_met[1:]
    assert ends_met[-1] == opening[1]
    for minute in range(spans.minutes(opening[0]), spans.minutes(opening[1]), 15):
        now = spans.clock(minute)
        missing = [(g.kind, g.subject, g.missing) for g in coverage.gaps if g.starts <= now < g.ends]
        assert len(missing) == len(set(missing))
        assert set(missing) == _missing_at(minute, duties, need)
        [segment] = [s for s in coverage.segments if s.starts <= now < s.ends]
        assert segment.people == len({d.person for d in duties if d.starts <= now < d.ends})
        assert segment.people == sum(segment.by_organisation.values())


@given(HALF_HOURS, DUTIES, NEEDS)
def test_no_two_gaps_could_be_told_as_one(opening: tuple[time, time], duties: list[Duty], need: Need) -> None:
    gaps = staffing.cover(*opening, duties, need).gaps
    for gap in gaps:
        follows = [g for g in gaps if g.starts == gap.ends and g.kind == gap.kind and g.subject == gap.subject]
        assert all(g.missing != gap.missing for g in follows)


# --- one rule at a time ---


def test_three_people_all_afternoon_are_the_best() -> None:
    coverage = _cover(_duty(1), _duty(2), _duty(3, organisation=CENTRE), least_by_organisation={CENTRE: 1})
    assert coverage.segments == (Segment(NOON, FIVE, 3, {PLAN: 2, CENTRE: 1}),)
    assert coverage.enough
    assert coverage.best_reached
    assert not coverage.alarm


def test_two_people_are_enough_and_not_the_best() -> None:
    coverage = _cover(_duty(1), _duty(2))
    assert coverage.enough
    assert not coverage.best_reached


def test_the_best_number_is_not_reached_when_it_is_there_only_a_while() -> None:
    assert not _cover(_duty(1), _duty(2), _duty(3, 12, 14)).best_reached


def test_the_best_is_not_reached_while_something_is_missing() -> None:
    assert not _cover(_duty(1), _duty(2), _duty(3), competences=frozenset({TAX})).best_reached


def test_segments_split_where_people_come_and_go() -> None:
    coverage = _cover(_duty(1, 9, 14), _duty(2, 13, 19), _duty(3, 8, 12))
    assert [(s.starts.hour, s.ends.hour, s.people) for s in coverage.segments] == [
        (12, 13, 1),
        (13, 14, 2),
        (14, 17, 1),
    ]


def test_a_person_with_two_overlapping_duties_counts_once() -> None:
    coverage = _cover(_duty(1, 12, 15), _duty(1, 14, 17))
    assert {segment.people for segment in coverage.segments} == {1}
    assert _words(coverage) == ["kun 1 i huset kl. 12-17"]


def test_a_handover_between_two_people_leaves_no_gap() -> None:
    assert _cover(_duty(1, 12, 14), _duty(2, 14, 17), _duty(3)).enough


def test_a_missing_person_is_told_with_the_hours() -> None:
    assert _words(_cover(_duty(1), _duty(2), _duty(3, 12, 15), least=3)) == ["mangler 1 kl. 15-17"]


def test_neighbouring_gaps_are_told_as_one_and_different_ones_apart() -> None:
    duties = [_duty(1), _duty(2), _duty(3, 12, 13), _duty(4, 13, 14)]
    assert _words(_cover(*duties, least=4)) == ["mangler 1 kl. 12-14", "mangler 2 kl. 14-17"]


def test_a_missing_organisation_is_named() -> None:
    duties = [_duty(1), _duty(2), _duty(3, 12, 14, CENTRE)]
    coverage = _cover(*duties, least_by_organisation={CENTRE: 1})
    assert _words(coverage) == ["mangler 1 fra jobcenteret kl. 14-17"]
    assert coverage.gaps == (Gap(GapKind.ORGANISATION, time(14), FIVE, 1, CENTRE, 0),)


def test_a_missing_competence_is_named() -> None:
    coverage = _cover(_duty(1), _duty(2, 12, 14, PLAN, TAX), _duty(3), competences=frozenset({TAX}))
    assert _words(coverage) == ["ingen med skat kl. 14-17"]
    assert not coverage.enough
    assert not coverage.alarm


def test_being_alone_is_an_alarm_and_swallows_the_least() -> None:
    coverage = _cover(_duty(1), _duty(2, 12, 15), least=3)
    assert _words(coverage) == ["kun 1 i huset kl. 15-17", "mangler 1 kl. 12-15"]
    assert coverage.alarm


def test_an_empty_house_is_told_as_such() -> None:
    coverage = _cover(least_by_organisation={CENTRE: 1}, competences=frozenset({TAX}))
    assert _words(coverage) == [
        "ingen i huset kl. 12-17",
        "mangler 1 fra jobcenteret kl. 12-17",
        "ingen med skat kl. 12-17",
    ]


def test_two_where_three_must_be_is_told_with_their_number() -> None:
    assert _words(_cover(_duty(1), _duty(2), never_fewer=3)) == ["kun 2 i huset kl. 12-17"]


def test_half_hours_are_told() -> None:
    coverage = staffing.cover(time(9, 30), time(12), [], Need())
    assert _words(coverage) == ["ingen i huset kl. 9.30-12"]


def test_someone_without_a_name_is_told_by_number() -> None:
    assert staffing.words(_cover(_duty(1), _duty(2), competences=frozenset({9})), {}) == ["ingen med nr. 9 kl. 12-17"]


def test_duties_outside_the_opening_are_nothing() -> None:
    coverage = _cover(_duty(1, 9, 12), _duty(2, 17, 19))
    assert coverage.segments == (Segment(NOON, FIVE, 0, {}),)


def test_nothing_needed_is_nothing_missing() -> None:
    assert staffing.cover(NOON, FIVE, [], NO_NEED).enough


def test_an_opening_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="must end after it starts"):
        staffing.cover(FIVE, NOON, [], Need())
