"""The invented vagtplan: fair, without clashes, and thin where it should be."""

from __future__ import annotations

from collections import Counter
from datetime import date, time, timedelta

import pytest

from advice.demo.plan import Duty, Opened, Worker, lay
from advice.demo.shapes import Crew, Mishap, PlacePlan, PlanShape

TODAY = date(2026, 11, 23)
SITE = ("havnen", "skuret")
OTHER = ("havnen", "kajen")


def worker(number: int, organisation: str = "huset", **fields: object) -> Worker:
    values = {"duty": 1.0, "programme": "havnen", "organisation_id": 1, **fields}
    return Worker(membership=number, person=number, organisation=organisation, **values)  # type: ignore[arg-type]


def weekly(site: tuple[str, str] = SITE, weeks: int = 52, weekday: int = 0, **fields: object) -> list[Opened]:
    first = TODAY - timedelta(weeks=weeks // 2) + timedelta(days=weekday)
    values = {"programme": 1, "place": 1, "service": 1, "starts": time(12), "ends": time(17), **fields}
    return [Opened(site=site, day=first + timedelta(weeks=week), **values) for week in range(weeks)]  # type: ignore[arg-type]


def shape(*mishaps: Mishap, crew: tuple[str, ...] = ("huset", "huset", "byen"), early: float = 0.0) -> PlanShape:
    places = tuple(PlacePlan(programme=p, place=s, crews=(Crew(weight=1, of=crew),)) for p, s in (SITE, OTHER))
    return PlanShape(weeks_back=4, weeks_ahead=8, leaves_early=early, early_minutes=120, places=places, mishaps=mishaps)


def mishap(**fields: object) -> Mishap:
    return Mishap.model_validate({"programme": SITE[0], "place": SITE[1], "ahead": 1, **fields})


def staff() -> list[Worker]:
    return [worker(n) for n in range(1, 6)] + [worker(n, "byen") for n in range(6, 10)]


def at(duties: list[Duty], day: date) -> list[Duty]:
    return [duty for duty in duties if duty.opening.day == day]


def test_every_opening_has_its_crew_from_both_organisations() -> None:
    duties = lay(weekly(), staff(), shape(), "seed", TODAY)
    for opening in weekly():
        crew = [duty.worker.organisation for duty in at(duties, opening.day)]
        assert sorted(crew) == ["byen", "huset", "huset"]


def test_work_is_shared_fairly_by_how_much_each_can() -> None:
    half = worker(10, duty=0.5)
    duties = lay(weekly(weeks=60), [*staff(), half], shape(), "seed", TODAY)
    worked = Counter(duty.worker.membership for duty in duties if duty.worker.organisation == "huset")
    full = [worked[number] for number in range(1, 6)]
    assert max(full) - min(full) <= 1
    assert abs(worked[10] - min(full) / 2) <= 1


def test_nobody_is_twice_at_work_on_one_day_even_for_two_programmes() -> None:
    lent = [worker(1), worker(2), Worker(50, 1, 1, "engen", "laden", 1.0)]
    elsewhere = weekly(("engen", "loftet"))
    plan = shape(crew=("huset",))
    engen = PlacePlan(programme="engen", place="loftet", crews=(Crew(weight=1, of=("laden",)),))
    plan = plan.model_copy(update={"places": (*plan.places, engen)})
    duties = lay([*weekly(), *elsewhere], lent, plan, "seed", TODAY)
    days = Counter((duty.worker.person, duty.opening.day) for duty in duties)
    assert max(days.values()) == 1
    assert len(at(duties, TODAY)) == 2


def test_a_worker_of_one_site_is_never_sent_to_another() -> None:
    bound = worker(1, sites=frozenset({OTHER}))
    duties = lay([*weekly(), *weekly(OTHER, weekday=1)], [bound], shape(crew=("huset",)), "seed", TODAY)
    assert {duty.opening.site for duty in duties} == {OTHER}


def test_a_wanted_competence_is_always_there_if_somebody_has_it() -> None:
    able = [worker(n, competences=frozenset({"sejle"})) for n in (20, 21)]
    openings = weekly(wanted=frozenset({"sejle"}))
    duties = lay(openings, [*staff(), *able], shape(), "seed", TODAY)
    for opening in openings:
        assert any("sejle" in duty.worker.competences for duty in at(duties, opening.day))


def test_somebody_leaves_early_only_where_there_are_more_than_needed() -> None:
    plenty = lay(weekly(least=2), staff(), shape(early=1.0), "seed", TODAY)
    assert Counter(duty.ends for duty in plenty)[time(15)] == 52
    just_enough = lay(weekly(least=3), staff(), shape(early=1.0), "seed", TODAY)
    assert {duty.ends for duty in just_enough} == {time(17)}


def test_nobody_leaves_early_who_is_her_organisations_only_one_or_alone_with_a_competence() -> None:
    able = worker(20, competences=frozenset({"sejle"}))
    openings = weekly(wanted=frozenset({"sejle"}), least=2)
    duties = lay(openings, [able, worker(1), worker(2, "byen")], shape(early=1.0), "seed", TODAY)
    assert {duty.worker.person for duty in duties if duty.ends < time(17)} == {1}
    alone = lay(weekly(least=1), [worker(1), worker(2, "byen")], shape(crew=("huset", "byen"), early=1.0), "s", TODAY)
    assert {duty.ends for duty in alone} == {time(17)}


@pytest.mark.parametrize(
    ("fields", "ends"),
    [
        ({"keep": 1, "from": "15:00"}, [time(15), time(15), time(17)]),
        ({"keep": 1, "from": "12:00"}, [time(17)]),
        ({"without": "byen", "from": "14:00"}, [time(14), time(17), time(17)]),
    ],
)
def test_a_thin_opening_is_thin_from_when_the_file_says(fields: dict[str, object], ends: list[time]) -> None:
    duties = lay(weekly(), staff(), shape(mishap(**fields)), "seed", TODAY)
    assert sorted(duty.ends for duty in at(duties, TODAY + timedelta(weeks=1))) == ends
    assert len(at(duties, TODAY + timedelta(weeks=2))) == 3


def test_an_opening_can_lack_a_competence_that_others_have() -> None:
    able = [worker(n, competences=frozenset({"sejle"})) for n in (20, 21)]
    openings = weekly(wanted=frozenset({"sejle"}))
    duties = lay(openings, [*staff(), *able], shape(mishap(lacking="sejle")), "seed", TODAY)
    crew = at(duties, TODAY + timedelta(weeks=1))
    assert len(crew) == 3
    assert not any("sejle" in duty.worker.competences for duty in crew)


def test_a_sick_call_leaves_a_cancelled_duty_and_a_gap() -> None:
    crew = at(lay(weekly(), staff(), shape(mishap(cancelled="byen")), "seed", TODAY), TODAY + timedelta(weeks=1))
    assert [(duty.worker.organisation, duty.replaces) for duty in crew if duty.cancelled] == [("byen", None)]
    assert len([duty for duty in crew if not duty.cancelled]) == 2


def test_a_replaced_duty_is_cancelled_and_somebody_else_of_the_organisation_comes() -> None:
    crew = at(lay(weekly(), staff(), shape(mishap(replaced="huset")), "seed", TODAY), TODAY + timedelta(weeks=1))
    (gone,) = [duty for duty in crew if duty.cancelled]
    (came,) = [duty for duty in crew if duty.replaces]
    assert came.replaces is gone
    assert came.worker.person != gone.worker.person
    assert came.worker.organisation == gone.worker.organisation == "huset"
    assert len({duty.worker.person for duty in crew}) == 4


def test_the_same_seed_lays_the_same_plan_and_another_seed_another() -> None:
    def people(seed: str) -> list[int]:
        return [duty.worker.person for duty in lay(weekly(), staff(), shape(), seed, TODAY)]

    assert people("one") == people("one")
    assert people("one") != people("two")
