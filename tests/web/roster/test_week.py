"""The vagtplan on screen: the week, and who may do what with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time

import pytest
from flask import Flask
from sqlalchemy import event, select

from advice.actions import openings
from advice.database import begin_write, db
from advice.models.hours import HoursChange, WeeklyHours
from advice.models.people import Membership
from advice.models.places import Place
from tests import builders
from tests.builders import World
from tests.plans import MONDAY, NEW, WEDNESDAY, WEEK, Plan, client_of, laid, told
from tests.program import Clock
from tests.web_client import CheckingClient


class TestTheWeek:
    """What everybody on the staff sees."""

    def test_the_bare_address_leads_to_the_week_of_today(self, karen: CheckingClient) -> None:
        assert karen.get("/vagtplan").headers["Location"] == WEEK

    def test_it_shows_who_is_where_and_what_is_missing(self, plan: Plan, karen: CheckingClient) -> None:
        plan.shift("rita", "skuret", MONDAY, 13, 16)
        plan.shift("bent", "skuret", MONDAY, 13, 15)
        text = told(karen)
        assert "Rita Ror 13 – 16 huset" in text.replace("13–16", "13 – 16")
        assert "mangler 1 kl. 15–16" not in text  # the one from byens folk is the one who is missing
        assert "mangler 1 fra byens folk kl. 15–16" in text
        assert "ingen i huset kl. 9–12" in text
        assert "Der mangler nogen ved 2 af ugens 2 åbninger." in text

    def test_it_says_when_all_is_covered(self, plan: Plan, karen: CheckingClient) -> None:
        for place, day, starts, ends in (("skuret", MONDAY, 13, 16), ("kajen", WEDNESDAY, 9, 12)):
            plan.shift("rita", place, day, starts, ends)
            plan.shift("bent", place, day, starts, ends)
        text = told(karen)
        assert "Alle ugens åbninger er dækket." in text
        assert text.count("Dækket") == 2

    def test_a_weekend_has_columns_only_when_something_is_on(self, plan: Plan, karen: CheckingClient) -> None:
        assert "lør. 28. nov." not in told(karen)
        plan.shift("rita", "skuret", date(2026, 11, 28), 10, 12)
        text = told(karen)
        assert "lør. 28. nov." in text
        assert "søn. 29. nov." not in text
        assert "uden for åbningstid" in text

    def test_cancelled_shifts_stand_apart(self, plan: Plan, karen: CheckingClient) -> None:
        shift = plan.shift("rita", "kajen", WEDNESDAY, 9, 12)
        karen.submit(f"/vagtplan/vagt/{shift}", action="/aflys")
        page = karen.page(WEEK)
        assert "Aflyste vagter 1" in page.text
        assert not [cell for cell in page.all("td") if "Rita" in "".join(cell.itertext())]

    @pytest.mark.parametrize("week", ["2026-54", "2026-00", "2027-53", "1999-52", "2101-01", "2026-8", "2026-48x"])
    def test_a_week_that_no_calendar_has_is_a_friendly_404(self, karen: CheckingClient, week: str) -> None:
        assert "Siden findes ikke" in karen.page(f"/vagtplan/{week}", 404).text

    @pytest.mark.parametrize("week", ["2026-53", "2020-53", "2000-01", "2100-52"])
    def test_week_53_is_there_where_it_exists(self, karen: CheckingClient, week: str) -> None:
        assert f"uge {int(week[-2:])}" in karen.page(f"/vagtplan/{week}").text

    def test_the_pager_crosses_the_new_year(self, karen: CheckingClient) -> None:
        page = karen.page("/vagtplan/2026-53")
        links = {link.get("rel"): link.get("href") for link in page.all("a") if link.get("rel")}
        assert links == {"prev": "/vagtplan/2026-52", "next": "/vagtplan/2027-01"}
        assert "Denne uge" in page.text

    def test_a_closed_day_says_why(self, karen: CheckingClient) -> None:
        assert "Lukket: " in told(karen, "/vagtplan/2027-13")

    def test_changed_hours_are_marked(self, app: Flask, plan: Plan, karen: CheckingClient, clock: Clock) -> None:
        with app.app_context():
            begin_write()
            usual = db.session.scalars(select(WeeklyHours).where(WeeklyHours.weekday == 2)).one()
            spot = {"programme_id": plan.programme, "place_id": usual.place_id, "service_id": usual.service_id}
            db.session.add(HoursChange(day=WEDNESDAY, starts=time(10), ends=time(11), **spot))
            db.session.flush()
            openings.refresh(plan.programme, clock(), app.extensions["advice"].timezone)
            db.session.commit()
        text = told(karen)
        assert "10–11 ændret" in text or "10 – 11 ændret" in text

    def test_the_number_of_queries_does_not_grow_with_people(self, app: Flask, plan: Plan, clock: Clock) -> None:
        client, counts = client_of(app, "karen"), []
        with app.app_context():
            engine = db.engine
        for people in (5, 60):
            staffed(plan, people)
            with counted(engine) as statements:
                assert client.get(WEEK).status_code == 200
            counts.append(len(statements))
        assert counts[0] == counts[1] <= 18


def staffed(plan: Plan, people: int) -> None:
    """So many more people, each with a shift at both houses that week."""
    with plan.app.app_context():
        begin_write()
        boss = db.session.get_one(Membership, plan.members["karen"])
        places = {row.slug: row for row in db.session.scalars(select(Place))}
        world = World(boss.programme, {"huset": boss.organisation}, places)
        for number in range(people):
            name = f"nr{people}-{number}"
            builders.member(world, builders.person(f"{name} Navn", email=f"{name}@example.org"), "huset", "adviser")
            for place, day, starts in (("skuret", MONDAY, 13), ("kajen", WEDNESDAY, 9)):
                builders.shift(world, name, place, day, starts, starts + 3)
        db.session.commit()


class counted:
    """The SELECTs sent to the database inside the block."""

    def __init__(self, engine: object) -> None:
        self.engine = engine
        self.statements: list[str] = []

    def __enter__(self) -> list[str]:
        event.listen(self.engine, "before_cursor_execute", self.note)
        return self.statements

    def __exit__(self, *_: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self.note)

    def note(self, _conn: object, _cursor: object, statement: str, *_: object) -> None:
        """One more."""
        self.statements.append(statement)


class TestWhoMay:
    """Advisers look, planners plan, each within her reach."""

    def posts(self, shift: int) -> Iterator[tuple[str, dict[str, str]]]:
        """Every address that changes something."""
        span = {"place": "kajen", "day": "2026-11-25", "starts": "9", "ends": "11", "version": "1"}
        yield "/vagtplan/ny", {**span, "membership": "1"}
        yield f"/vagtplan/vagt/{shift}", span
        yield f"/vagtplan/vagt/{shift}/anden", {"membership": "1", "version": "1"}
        yield f"/vagtplan/vagt/{shift}/aflys", {"version": "1"}

    def statuses(self, client: CheckingClient, shift: int, page: str, only: str = "") -> set[int]:
        """How every change is answered, or those whose address holds `only`."""
        token = next(value for form in client.page(page).forms() for name, value in form.fields if name == "csrf_token")
        posts = [(url, {**data, "csrf_token": token}) for url, data in self.posts(shift) if only in url]
        return {client.post(url, data=data).status_code for url, data in posts}

    def test_an_adviser_sees_the_week_and_is_refused_to_change_it(self, app: Flask, plan: Plan) -> None:
        shift = plan.shift("rita", "kajen", WEDNESDAY, 9, 12)
        rita = client_of(app, "rita")
        page = rita.page(WEEK)
        assert "Rita Ror dig" in page.text
        links = [link.get("href", "") for link in page.all("a")]
        assert not [link for link in links if "/vagt/" in link or "/ny" in link]
        assert self.statuses(rita, shift, WEEK) == {403}
        assert [row.version for row in plan.shifts()] == [1]

    def test_a_reader_sees_no_vagtplan(self, app: Flask, plan: Plan) -> None:
        shift = plan.shift("rita", "kajen", WEDNESDAY, 9, 12)
        lars = client_of(app, "lars")
        assert lars.get(WEEK).status_code == 403
        assert lars.get("/vagtplan").status_code == 403
        assert self.statuses(lars, shift, "/log-ind") == {403}

    def test_a_team_leader_plans_the_own_organisation(self, plan: Plan, tove: CheckingClient) -> None:
        assert tove.submit(NEW, membership=plan.members["bent"]).status_code == 303
        shift = plan.shifts()[0].id
        assert tove.submit(f"/vagtplan/vagt/{shift}", {"ends": "11"}, action=f"/vagt/{shift}").status_code == 303

    def test_a_team_leader_leaves_the_other_organisation_alone(self, plan: Plan, tove: CheckingClient) -> None:
        shift = plan.shift("rita", "kajen", WEDNESDAY, 9, 12)
        own = plan.shift("bent", "kajen", WEDNESDAY, 9, 12)
        links = [link.get("href") for link in tove.page(WEEK).all("a")]
        assert f"/vagtplan/vagt/{own}" in links
        assert f"/vagtplan/vagt/{shift}" not in links
        assert tove.get(f"/vagtplan/vagt/{shift}").status_code == 403
        assert self.statuses(tove, shift, WEEK, "/vagt/") == {403}
        assert "Rita Ror" not in told(tove, NEW)
        for action in (NEW, f"/vagtplan/vagt/{own}"):
            form = "/ny" if action == NEW else "/anden"
            assert tove.submit(action, action=form, membership=plan.members["rita"]).status_code == 422
        assert {row.version for row in plan.shifts()} == {1}

    def test_another_programmes_shift_is_a_404(
        self, app: Flask, plan: Plan, karen: CheckingClient, clock: Clock
    ) -> None:
        other = laid(app, clock, "engen", "e-")
        shift = other.shift("rita", "kajen", WEDNESDAY, 9, 12)
        karen.page(f"/vagtplan/vagt/{shift}", 404)
        assert self.statuses(karen, shift, WEEK, "/vagt/") == {404}
        assert other.read(shift).version == 1
        assert "Rita Ror" not in told(karen)

    def test_nobody_logged_in_is_sent_to_log_in(self, client: CheckingClient, plan: Plan) -> None:
        for url in ("/vagtplan", WEEK, "/vagtplan/ny", "/vagtplan/vagt/1"):
            answer = client.get(url)
            assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, "/log-ind")
