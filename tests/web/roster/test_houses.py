"""The vagtplan where houses differ: two services, a pause at noon, time to set up, places and people that have left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.dialects import postgresql

from advice.actions import openings
from advice.database import begin_write, db
from advice.models.hours import WeeklyHours
from advice.models.people import Membership
from advice.models.places import Place, Service
from advice.models.programmes import Organisation
from advice.models.roster import StaffingNeed
from tests.builders import FIRST_DAY, added
from tests.html_pages import Page
from tests.plans import MONDAY, NEW, WEDNESDAY, WEEK, Plan, told
from tests.program import Clock
from tests.web_client import CheckingClient

WARNING = "ligger uden for åbningstiden"
TAG = "uden for åbningstid"


@contextmanager
def edited(plan: Plan, clock: Clock) -> Iterator[tuple[Place, Service]]:
    """Change rows about Kajen (and read its place and service); openings follow."""
    with plan.app.app_context():
        begin_write()
        place = db.session.scalars(select(Place).where(Place.slug == "kajen")).one()
        yield place, db.session.scalars(select(Service)).one()
        db.session.flush()
        openings.refresh(plan.programme, clock(), plan.app.extensions["advice"].timezone)
        db.session.commit()


def also_open(place: Place, service: Service, starts: int, ends: int) -> None:
    """One more stretch every Wednesday."""
    key = {"programme_id": place.programme_id, "place_id": place.id, "service_id": service.id}
    added(WeeklyHours(weekday=2, starts=time(starts), ends=time(ends), valid_from=FIRST_DAY, **key))


def cells(page: Page, words: str) -> list[str]:
    """The cells of the week that hold some words."""
    texts = [" ".join("".join(cell.itertext()).split()) for cell in page.all("td")]
    return [text for text in texts if words in text]


class TestTwoServices:
    """A house where advice and, beside it, a talk with a name full of traps are given."""

    @pytest.fixture(autouse=True)
    def second(self, plan: Plan, clock: Clock) -> None:
        """Wednesdays 9-12 there is a second service, which needs two."""
        with edited(plan, clock) as (place, first):
            key = {"programme_id": place.programme_id}
            service = Service(code="to", labels={"da": "mangler kl. 9: nyt"}, organisation_id=first.organisation_id)
            service.programme_id = place.programme_id
            also_open(place, added(service), 9, 12)
            numbers = {"never_fewer": 1, "least": 2, "best": 2, "weekday": 2, "valid_from": FIRST_DAY}
            added(StaffingNeed(place_id=place.id, service_id=service.id, **numbers, **key))

    def test_each_gap_names_its_service(self, plan: Plan, karen: CheckingClient) -> None:
        plan.shift("bent", "kajen", WEDNESDAY, 9, 12)
        (cell,) = cells(karen.page(WEEK), "Bent Bøje")
        assert "mangler 1 kl. 9–12 (Snak på kajen)" in cell
        assert "mangler 1 kl. 9–12 (mangler kl. 9: nyt)" in cell

    def test_the_consequence_is_a_sentence(self, plan: Plan, karen: CheckingClient) -> None:
        karen.submit(NEW, membership=plan.members["bent"])
        told_now = "mangler stadig 1 kl. 9–12 (Snak på kajen) og mangler stadig 1 kl. 9–12 (mangler kl. 9: nyt)."
        assert f"Kajen onsdag 25. november {told_now}" in told(karen)

    def test_a_service_of_which_nobody_said_what_it_needs_is_not_called_covered(
        self, plan: Plan, karen: CheckingClient
    ) -> None:
        with plan.app.app_context():
            begin_write()
            second = db.session.scalars(select(Service).where(Service.code == "to")).one()
            db.session.delete(db.session.scalars(select(StaffingNeed).filter_by(service_id=second.id)).one())
            db.session.commit()
        for name in ("rita", "bent"):
            plan.shift(name, "kajen", WEDNESDAY, 9, 12)
        (cell,) = cells(karen.page(WEEK), "Bent Bøje")
        assert "mangler 1" not in cell
        assert "Dækket" not in cell


class TestOutsideHours:
    """What the week marks is what is warned of when it is saved: one rule."""

    def saved(self, plan: Plan, karen: CheckingClient, starts: str, ends: str) -> str:
        """The week after Bent was put on at Kajen on Wednesday."""
        assert karen.submit(NEW, membership=plan.members["bent"], starts=starts, ends=ends).status_code == 303
        return told(karen)

    @pytest.fixture
    def noon(self, plan: Plan, clock: Clock) -> None:
        """Kajen is open 9-12 and 14-17."""
        with edited(plan, clock) as (place, service):
            also_open(place, service, 14, 17)

    @pytest.mark.usefixtures("noon")
    def test_between_two_openings_it_is_marked_and_warned_of(self, plan: Plan, karen: CheckingClient) -> None:
        text = self.saved(plan, karen, "12", "14")
        assert f"{WARNING} (Kajen onsdag 25. november: kl. 9–12 og 14–17)." in text
        assert cells(karen.page(WEEK), "Bent")[0].count(TAG) == 1

    @pytest.mark.usefixtures("noon")
    def test_across_the_pause_the_part_outside_is_told(self, plan: Plan, karen: CheckingClient) -> None:
        text = self.saved(plan, karen, "10", "17.30")
        assert WARNING in text
        assert f"{TAG} kl. 12–14 og 17–17.30" in text

    def test_openings_back_to_back_are_one(self, plan: Plan, clock: Clock, karen: CheckingClient) -> None:
        with edited(plan, clock) as (place, service):
            also_open(place, service, 12, 17)
        text = self.saved(plan, karen, "10", "17")
        assert TAG not in text

    def test_reaching_out_of_an_opening_is_marked_and_warned_of(self, plan: Plan, karen: CheckingClient) -> None:
        text = self.saved(plan, karen, "8", "12")
        assert f"{WARNING} (Kajen onsdag 25. november: kl. 9–12)." in text
        assert f"{TAG} kl. 8–9" in text

    def test_inside_nothing_is_said(self, plan: Plan, karen: CheckingClient) -> None:
        assert TAG not in self.saved(plan, karen, "9", "12")

    @pytest.mark.usefixtures("noon")
    def test_a_new_shift_begins_as_the_first_stretch(self, karen: CheckingClient) -> None:
        assert suggestion(karen) == ("9", "12")


def suggestion(karen: CheckingClient) -> tuple[str, str]:
    """The hours that the form for a new shift at Kajen begins with."""
    fields = dict(next(form for form in karen.page(NEW).forms() if "place" in form.names).fields)
    return fields["starts"], fields["ends"]


class TestSettingUp:
    """A need that says how long before and after people come and go."""

    @pytest.fixture(autouse=True)
    def minutes(self, plan: Plan, clock: Clock) -> None:
        """At Kajen 30 minutes before and 15 after."""
        with edited(plan, clock) as (place, _service):
            need = db.session.scalars(select(StaffingNeed).filter_by(place_id=place.id)).one()
            need.before_minutes, need.after_minutes = 30, 15

    def test_a_new_shift_begins_with_it(self, karen: CheckingClient) -> None:
        assert suggestion(karen) == ("8.30", "12.15")

    def test_it_counts_as_inside_the_hours(self, plan: Plan, karen: CheckingClient) -> None:
        karen.submit(NEW, membership=plan.members["bent"])
        text = told(karen)
        assert "kl. 8.30–12.15." in text
        assert TAG not in text

    def test_earlier_than_that_is_outside(self, plan: Plan, karen: CheckingClient) -> None:
        karen.submit(NEW, membership=plan.members["bent"], starts="8")
        assert f"{TAG} kl. 8–8.30" in told(karen)


class TestWhatHasLeft:
    """Shifts that were left behind stay in sight: they stand in calendars, and they clash."""

    @pytest.fixture
    def shift(self, plan: Plan) -> int:
        """Rita at Kajen on Wednesday."""
        return plan.shift("rita", "kajen", WEDNESDAY, 9, 12)

    @pytest.fixture
    def ended(self, plan: Plan, clock: Clock, shift: int) -> int:
        """The same, and Kajen has ended before."""
        with edited(plan, clock) as (place, _service):
            place.valid_to = MONDAY
            for hours in db.session.scalars(select(WeeklyHours).filter_by(place_id=place.id)):
                hours.valid_to = MONDAY
        return shift

    def test_a_place_that_has_ended_shows_its_active_shifts(
        self, plan: Plan, clock: Clock, karen: CheckingClient, ended: int
    ) -> None:
        with edited(plan, clock) as (place, _service):
            place.valid_to = date(2026, 11, 1)
        page = karen.page(WEEK)
        (cell,) = cells(page, "Rita Ror")
        assert "stedet er ikke i brug" in cell
        assert "Tilføj vagt" not in cell
        assert f"/vagtplan/vagt/{ended}" in [link.get("href") for link in page.all("a")]
        assert "Kajen" not in told(karen, "/vagtplan/2026-49")

    def test_it_takes_no_new_shifts(self, karen: CheckingClient, ended: int) -> None:
        assert ended
        karen.page(NEW, 404)

    def test_its_shift_moves_nowhere_unseen(self, plan: Plan, karen: CheckingClient, ended: int) -> None:
        answer = karen.submit(f"/vagtplan/vagt/{ended}", {"ends": "11"}, action=f"/vagt/{ended}")
        assert answer.status_code == 422
        assert "Vælg et sted." in answer.text
        assert plan.read(ended).version == 1
        moved = karen.submit(f"/vagtplan/vagt/{ended}", {"place": "skuret"}, action=f"/vagt/{ended}")
        assert moved.status_code == 303

    @pytest.mark.parametrize("how", ["ended", "disabled"])
    def test_who_has_left_still_shows(
        self, plan: Plan, clock: Clock, karen: CheckingClient, shift: int, how: str
    ) -> None:
        with edited(plan, clock):
            rita = db.session.get_one(Membership, plan.members["rita"])
            if how == "ended":
                rita.valid_to = MONDAY
            else:
                rita.person.disabled_at = clock()
        page = karen.page(WEEK)
        assert len(cells(page, "Rita Ror")) == 1
        assert f"/vagtplan/vagt/{shift}" in [link.get("href") for link in page.all("a")]
        assert karen.submit(f"/vagtplan/vagt/{shift}", action="/aflys").status_code == 303


@pytest.mark.both_engines
class TestDanishOrder:
    """Æ, ø, å come last, in both databases."""

    def test_places_of_one_position(self, plan: Plan, clock: Clock, karen: CheckingClient) -> None:
        with edited(plan, clock) as (place, _service):
            place.name, place.position = "Åløkken", 1
            names = {"zebra": "zebra", "oe": "Østre hus", "ae": "Ærø", "first": "Å først"}
            for code, name in names.items():
                position = 0 if code == "first" else 1
                key = {"programme_id": place.programme_id, "code": code, "slug": code}
                added(Place(name=name, room="Huset", position=position, **key))
        rows = [" ".join("".join(cell.itertext()).split()) for cell in karen.page(WEEK).all("th")]
        wanted = ["Skuret", "Å først", "zebra", "Ærø", "Østre hus", "Åløkken"]
        assert [name for name in rows if name in wanted] == wanted

    def test_organisations_in_the_list_of_people(self, plan: Plan, clock: Clock, karen: CheckingClient) -> None:
        with edited(plan, clock):
            names = {"huset": "Ærøgruppen", "byen": "Ågruppen"}
            for row in db.session.scalars(select(Organisation)):
                row.name = names[row.code]
        groups = [group.get("label") for group in karen.page(NEW).all("optgroup")]
        assert groups == ["Ærøgruppen", "Ågruppen"]


@contextmanager
def locks() -> Iterator[list[str]]:
    """The statements that PostgreSQL would be asked to lock rows with."""
    seen: list[str] = []

    def note(_connection: Any, clause: Any, *_: Any) -> None:
        words = str(clause.compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
        if "FOR UPDATE" in words:
            seen.append(words)

    event.listen(Engine, "before_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_execute", note)


def test_looking_at_a_shift_locks_nothing_and_changing_it_does(plan: Plan, karen: CheckingClient) -> None:
    shift = plan.shift("rita", "kajen", WEDNESDAY, 9, 12)
    with locks() as seen:
        karen.page(f"/vagtplan/vagt/{shift}")
    assert seen == []
    with locks() as seen:
        karen.submit(f"/vagtplan/vagt/{shift}", action="/aflys")
    assert any("FROM shifts" in statement for statement in seen)
