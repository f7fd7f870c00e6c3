"""The local day of a visit, and what a visit sent again means."""

import random
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advice.models.catalogue import OUTCOME_FLAGS
from advice.rules import visits
from advice.rules.visits import Decision, TimeKnown

pytestmark = pytest.mark.usefixtures("process_timezone")

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
VISIT = {
    "occurred_at": "2026-11-23T13:05:00Z",
    "place": "a",
    "minutes": 15,
    "topics": ["money.bill", "dig.post"],
    "help_forms": ["understand"],
    "undone": False,
}


@pytest.mark.parametrize(
    ("instant", "day", "hour"),
    [
        (datetime(2026, 11, 23, 13, 5, tzinfo=UTC), date(2026, 11, 23), 14),
        (datetime(2026, 7, 1, 22, 30, tzinfo=UTC), date(2026, 7, 2), 0),
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), date(2026, 3, 29), 1),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), date(2026, 3, 29), 3),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), date(2026, 10, 25), 2),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), date(2026, 10, 25), 2),
        (datetime(2026, 11, 24, 3, 0, tzinfo=timezone(timedelta(hours=14))), date(2026, 11, 23), 14),
    ],
)
def test_a_visit_counts_for_the_day_and_hour_on_the_wall(instant: datetime, day: date, hour: int) -> None:
    assert visits.local_day_and_hour(instant, COPENHAGEN) == (day, hour)


def test_a_naive_datetime_is_refused() -> None:
    naive = datetime(2026, 11, 23, 13, 5)  # noqa: DTZ001 - the very thing that must not get in
    with pytest.raises(ValueError, match="no offset"):
        visits.local_day_and_hour(naive, COPENHAGEN)
    with pytest.raises(ValueError, match="no offset"):
        visits.content_hash({"occurred_at": naive})


@given(st.randoms(use_true_random=False))
def test_the_order_of_keys_and_taps_makes_no_difference(rng: random.Random) -> None:
    items = list(VISIT.items())
    rng.shuffle(items)
    shuffled = dict(items)
    shuffled["topics"] = rng.choice(
        (["dig.post", "money.bill"], ("money.bill", "dig.post", "dig.post"), {"dig.post", "money.bill"})
    )
    assert visits.content_hash(shuffled) == visits.content_hash(VISIT)


def test_what_is_left_out_is_the_same_as_null_or_an_empty_list() -> None:
    spelt_out = {
        **VISIT,
        "kind": None,
        "language": None,
        "outcomes": [],
        "bodies": frozenset(),
        "activities": (),
    }
    assert visits.content_hash(spelt_out) == visits.content_hash(VISIT)


@pytest.mark.parametrize(
    "other",
    [
        {"minutes": 30},
        {"minutes": None},
        {"minutes": "15"},
        {"undone": True},
        {"topics": ["money.bill"]},
        {"topics": []},
        {"help_forms": ["money.bill", "dig.post"], "topics": ["understand"]},
        {"occurred_at": "2026-11-23T13:06:00Z"},
        {"language": "ar"},
    ],
)
def test_other_content_has_another_hash(other: dict[str, object]) -> None:
    assert visits.content_hash({**VISIT, **other}) != visits.content_hash(VISIT)


def test_lists_that_are_no_tap_lists_keep_their_order() -> None:
    assert visits.content_hash({"steps": [1, 2]}) != visits.content_hash({"steps": [2, 1]})


def test_an_instant_is_the_same_in_every_offset() -> None:
    instant = datetime(2026, 11, 23, 13, 5, tzinfo=UTC)
    assert visits.content_hash({"at": instant}) == visits.content_hash({"at": instant.astimezone(COPENHAGEN)})


def test_a_hash_never_changes_between_releases() -> None:
    assert (
        visits.content_hash({"place": "sø", "topics": ["b", "a"]})
        == "11700501cbce28554150794ab28816f19da5945938a8c6d1e62b1967aed0b424"
    )


@pytest.mark.parametrize(("value", "error"), [(float("nan"), ValueError), (object(), TypeError)])
def test_what_json_has_no_form_for_is_refused(value: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        visits.content_hash({"minutes": value})


@pytest.mark.parametrize(
    ("stored", "revision", "content", "decision"),
    [
        (None, 1, "a", Decision.STORED),
        (None, 7, "a", Decision.STORED),
        ((1, "a"), 2, "b", Decision.STORED),
        ((1, "a"), 9, "a", Decision.STORED),
        ((2, "a"), 2, "a", Decision.ALREADY),
        ((2, "a"), 1, "b", Decision.ALREADY),
        ((2, "a"), 2, "b", Decision.CONFLICT),
    ],
)
def test_what_becomes_of_a_visit_that_is_sent(
    stored: tuple[int, str] | None, revision: int, content: str, decision: Decision
) -> None:
    assert visits.decide(stored, revision, content) is decision


@given(st.lists(st.tuples(st.integers(1, 4), st.sampled_from("ab")), max_size=12))
def test_sending_everything_again_stores_nothing_more(sent: list[tuple[int, str]]) -> None:
    stored: tuple[int, str] | None = None
    for revision, content in sent:
        if visits.decide(stored, revision, content) is Decision.STORED:
            stored = (revision, content)
    assert all(visits.decide(stored, *item) is not Decision.STORED for item in sent)


@pytest.mark.parametrize(
    ("at", "answer"),
    [(time(11, 59), True), (time(12), False), (time(13), True), (time(14), False), (time(17), True)],
)
def test_a_visit_is_outside_when_no_span_holds_it(at: time, answer: bool) -> None:
    spans = [(time(12), time(13)), (time(14), time(17))]
    assert visits.outside(at, spans) is answer


def test_every_visit_is_outside_on_a_day_without_spans() -> None:
    assert visits.outside(time(13), [])


def test_the_words_of_the_sync_are_the_contracts() -> None:
    assert [str(known) for known in TimeKnown] == ["exact", "hour", "day"]
    assert [str(decision) for decision in Decision] == ["stored", "already", "conflict"]


def test_minutes_are_1_to_480_and_the_steps_lie_within() -> None:
    assert (min(visits.MINUTES_RANGE), max(visits.MINUTES_RANGE)) == (1, 480)
    assert all(step in visits.MINUTES_RANGE for step in visits.MINUTES_STEPS)


@pytest.mark.parametrize(
    ("outcomes", "answer"),
    [
        ([{"solves", "final"}, {"not_reached", "final"}], True),
        ([{"not_reached"}, {"bridges"}, {"solves"}], True),
        ([{"bridges", "solves"}, {"not_reached"}], True),
        ([{"solves"}, {"bridges"}], False),
        ([{"not_reached"}, {"new_time"}], False),
        ([{"solves"}, {"solves"}], False),
        ([{"solves", "not_reached"}], False),
        ([{"solves"}], False),
        ([set(), set()], False),
        ([], False),
    ],
)
def test_what_was_solved_cannot_also_have_gone_unreached(outcomes: list[set[str]], answer: bool) -> None:
    assert visits.contradictory(outcomes) is answer
    assert visits.contradictory(outcomes[::-1]) is answer


def test_contradictions_are_between_flags_that_outcomes_have() -> None:
    assert {flag for pair in visits.CONTRADICTIONS for flag in pair} <= set(OUTCOME_FLAGS)
