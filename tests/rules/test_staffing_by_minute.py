"""Coverage of an opening by shifts, and what lies outside the hours, against a minute-by-minute count."""

from datetime import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from advice.rules import spans, staffing
from advice.rules.spans import Span
from advice.rules.staffing import Duty, GapKind, Need

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
    short_of_organisations = 0
    for organisation, least in need.least_by_organisation.items():
        short = least - list(counted_for.values()).count(organisation)
        if short > 0:
            missing.add((GapKind.ORGANISATION, organisation, short))
            short_of_organisations += short
    few = need.least - len(counted_for)
    if len(counted_for) >= need.never_fewer and few > short_of_organisations:
        missing.add((GapKind.LEAST, None, few))
    for competence in need.competences:
        if not any(competence in duty.competences for duty in there):
            missing.add((GapKind.COMPETENCE, competence, 1))
    return missing


@given(HALF_HOURS, DUTIES, NEEDS)
def test_gaps_say_what_every_moment_says(opening: tuple[time, time], duties: list[Duty], need: Need) -> None:
    gaps = staffing.cover(*opening, duties, need)
    assert all(opening[0] <= gap.starts < gap.ends <= opening[1] for gap in gaps)
    for minute in range(spans.minutes(opening[0]), spans.minutes(opening[1]), 15):
        now = spans.clock(minute)
        standing = [gap for gap in gaps if gap.starts <= now < gap.ends]
        missing = [(gap.kind, gap.subject, gap.missing) for gap in standing]
        assert len(missing) == len(set(missing))
        assert set(missing) == _missing_at(minute, duties, need)
        people = len({d.person for d in duties if d.starts <= now < d.ends})
        assert {gap.people for gap in standing if gap.kind in (GapKind.ALONE, GapKind.LEAST)} <= {people}


@given(HALF_HOURS, DUTIES, NEEDS)
def test_no_two_gaps_could_be_told_as_one(opening: tuple[time, time], duties: list[Duty], need: Need) -> None:
    gaps = staffing.cover(*opening, duties, need)
    for gap in gaps:
        follows = [g for g in gaps if g.starts == gap.ends and g.kind == gap.kind and g.subject == gap.subject]
        assert all(g.missing != gap.missing for g in follows)


@given(HALF_HOURS, st.lists(HALF_HOURS, max_size=4))
def test_every_moment_of_a_shift_is_inside_or_outside(shift: tuple[time, time], hours: list[tuple[time, time]]) -> None:
    spans_open = [Span(*one) for one in hours]
    parts = staffing.outside(*shift, spans_open)
    for minute in range(0, 24 * 60, 15):
        now = spans.clock(minute)
        is_open = any(one.starts <= now < one.ends for one in spans_open)
        assert any(one.starts <= now < one.ends for one in parts) == (shift[0] <= now < shift[1] and not is_open)


@given(HALF_HOURS, DUTIES)
def test_levels_are_the_opening_in_as_few_stretches_as_it_takes(opening: tuple[time, time], duties: list[Duty]) -> None:
    found = staffing.levels(*opening, duties)
    assert (found[0][0].starts, found[-1][0].ends) == opening
    for (span, people), (following, others) in pairwise(found):
        assert span.ends == following.starts and people != others


@given(HALF_HOURS, DUTIES)
def test_levels_count_what_every_minute_counts(opening: tuple[time, time], duties: list[Duty]) -> None:
    found = staffing.levels(*opening, duties)
    for minute in range(spans.minutes(opening[0]), spans.minutes(opening[1])):
        now = spans.clock(minute)
        people = {duty.person for duty in duties if duty.starts <= now < duty.ends}
        assert [count for span, count in found if span.starts <= now < span.ends] == [len(people)]


@given(HALF_HOURS, DUTIES, NEEDS)
def test_people_are_missing_where_any_gap_but_a_competence_is(
    opening: tuple[time, time], duties: list[Duty], need: Need
) -> None:
    short = staffing.short_of_people(staffing.cover(*opening, duties, need))
    for minute in range(spans.minutes(opening[0]), spans.minutes(opening[1]), 15):
        now = spans.clock(minute)
        kinds = {kind for kind, _subject, _missing in _missing_at(minute, duties, need)}
        assert any(one.starts <= now < one.ends for one in short) == bool(kinds - {GapKind.COMPETENCE})
