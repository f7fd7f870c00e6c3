"""Edits of single shifts through the front door: near ones at once and undoable, later ones waiting for a yes."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from advice import web, work
from advice.config import Settings
from advice.database import begin_write, db
from advice.models.absences import Availability
from advice.models.outbox import Mail
from advice.models.programmes import Organisation, Programme
from advice.roster import telling
from tests import builders
from tests.builders import World
from tests.plans import WEDNESDAY, WEEK, Plan, client_of, told
from tests.program import Clock
from tests.stored import writing
from tests.web_client import CheckingClient, Value

FAR, FAR_WEEK = date(2026, 12, 9), "/vagtplan/2026-50"
NEW = f"/vagtplan/ny?sted=kajen&dag={FAR}"


def mails(app: Flask, kind: str) -> dict[str, str]:
    """Address to words of the mails of a kind that wait in the outbox."""
    with app.app_context():
        return {row.to_address: row.body or "" for row in db.session.scalars(select(Mail).filter_by(kind=kind))}


def sent(client: CheckingClient, url: str, action: str | None = None, **fields: Value) -> str:
    """Send a form; where it leads."""
    answer = client.submit(url, fields, action=action)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def organisations() -> dict[str, Organisation]:
    """The organisations, by short code."""
    return {row.code: row for row in db.session.scalars(select(Organisation))}


def waiting_page(client: CheckingClient, url: str) -> str:
    """The address of the edit that waits, as a page links to it."""
    found = re.search(r'href="(/vagtplan/planlaeg/[0-9]+)"', client.get(url).text)
    assert found is not None
    return found[1]


class TestNear:
    """Today and the next seven days."""

    def test_it_is_made_at_once_and_the_other_leader_is_told(
        self, app: Flask, plan: Plan, karen: CheckingClient
    ) -> None:
        shift = plan.shift("bent", "kajen", WEDNESDAY, 9, 12)
        sent(karen, f"/vagtplan/vagt/{shift}", action=f"/vagtplan/vagt/{shift}", ends="11")
        assert plan.read(shift).ends.hour == 11
        letters = mails(app, "shift_edited")
        assert set(letters) == {"tove@example.org"}
        assert "Karen Kaj har ændret i vagtplanen" in letters["tove@example.org"]
        assert "Bent Bøje, Kajen onsdag 25. november kl. 9–11" in letters["tove@example.org"]
        assert f"http://localhost{WEEK}" in letters["tove@example.org"]

    @pytest.mark.parametrize("to", ["", "rita", "bent"])
    def test_a_leader_whose_own_shift_it_is_hears_of_it_once(
        self, app: Flask, settings: Settings, plan: Plan, karen: CheckingClient, to: str
    ) -> None:
        shift = plan.shift("tove", "skuret", date(2026, 11, 24), 9, 12)
        page = f"/vagtplan/vagt/{shift}"
        if to:
            sent(karen, page, action="/anden", membership=plan.members[to])
        else:
            sent(karen, page, action=page, ends="11")
        with app.app_context():
            work.run_queues(settings, {"shift_news": telling.tell_everybody})
        assert "tove@example.org" in mails(app, telling.KIND)
        assert set(mails(app, "shift_edited")) == ({"tove@example.org"} if to == "bent" else set()), "Bent is hers"

    def test_nobody_is_told_of_ones_own_people(self, app: Flask, plan: Plan, karen: CheckingClient) -> None:
        sent(karen, f"/vagtplan/ny?sted=kajen&dag={WEDNESDAY}", membership=plan.members["rita"])
        assert mails(app, "shift_edited") == {}

    @pytest.mark.parametrize("edit", ["add", "change", "cancel", "replace"])
    def test_the_message_after_saving_carries_the_button_that_undoes_it(
        self, plan: Plan, karen: CheckingClient, edit: str
    ) -> None:
        shift = plan.shift("rita", "kajen", WEDNESDAY, 9, 12)
        page, bent = f"/vagtplan/vagt/{shift}", plan.members["bent"]
        week = {
            "add": lambda: sent(karen, f"/vagtplan/ny?sted=kajen&dag={WEDNESDAY}", membership=bent),
            "change": lambda: sent(karen, page, action=page, place="skuret", ends="11"),
            "cancel": lambda: sent(karen, page, action="/aflys"),
            "replace": lambda: sent(karen, page, action="/anden", membership=bent),
        }[edit]()
        assert "Blev det forkert?" in karen.page(week).text
        sent(karen, week, action="/fortryd")
        assert "Fortrudt." in told(karen)
        on_duty = [(row.person_id, row.place_id, row.ends.hour) for row in plan.shifts() if row.status == "active"]
        before = plan.read(shift)
        assert on_duty == [(before.person_id, before.place_id, 12)]

    def test_it_is_undone_from_the_page_of_the_shift_later_the_same_day(
        self, plan: Plan, karen: CheckingClient, tove: CheckingClient, clock: Clock
    ) -> None:
        shift = plan.shift("bent", "kajen", WEDNESDAY, 9, 12)
        page = f"/vagtplan/vagt/{shift}"
        sent(karen, page, action=page, ends="11")
        clock.forward(hours=5)
        tove = client_of(plan.app, "tove")
        text = tove.page(page).text
        assert "Karen Kaj ændrede vagten i dag kl. 13.30. Før: Bent Bøje, Kajen onsdag 25. november kl. 9–12." in text
        sent(tove, page, action="/fortryd")
        assert plan.read(shift).ends.hour == 12

    def test_the_next_day_the_button_is_gone_and_what_is_sent_is_told_why(
        self, plan: Plan, karen: CheckingClient, clock: Clock
    ) -> None:
        shift = plan.shift("rita", "kajen", WEDNESDAY, 9, 12)
        page = f"/vagtplan/vagt/{shift}"
        week = sent(karen, page, action=page, ends="11")
        form = next(form for form in karen.page(week).forms() if form.action.endswith("/fortryd"))
        clock.now = datetime(2026, 11, 23, 23, 15, tzinfo=UTC)  # past midnight here
        karen = client_of(plan.app, "karen")
        assert "/fortryd" not in karen.page(week).text
        assert "/fortryd" not in karen.page(page).text
        token = dict(karen.page(page).forms()[-1].fields)["csrf_token"]
        answer = karen.post(form.action, data=dict(form.fields) | {"csrf_token": token})
        assert answer.status_code == 422 and "Det kan ikke fortrydes med knappen mere." in answer.text
        assert plan.read(shift).ends.hour == 11

    def test_it_is_not_undone_over_what_somebody_did_since(
        self, plan: Plan, karen: CheckingClient, tove: CheckingClient
    ) -> None:
        shift = plan.shift("bent", "kajen", WEDNESDAY, 9, 12)
        page = f"/vagtplan/vagt/{shift}"
        week = sent(karen, page, action=page, ends="11")
        form = next(form for form in karen.page(week).forms() if form.action.endswith("/fortryd"))
        sent(tove, page, action=page, ends="10")
        answer = karen.post(form.action, data=dict(form.fields))
        assert answer.status_code == 409 and "En anden har ændret vagten" in answer.text
        assert plan.read(shift).ends.hour == 10

    def test_the_days_are_counted_where_the_house_is(self, plan: Plan, karen: CheckingClient, clock: Clock) -> None:
        first = f"/vagtplan/ny?sted=kajen&dag={date(2026, 12, 1)}"
        clock.now = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)  # still the 23rd
        karen = client_of(plan.app, "karen")
        sent(karen, first, membership=plan.members["bent"], starts="8", ends="9")
        assert plan.shifts() == []
        clock.now = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # the 24th
        karen = client_of(plan.app, "karen")
        sent(karen, first, membership=plan.members["bent"], starts="9", ends="12")
        assert [row.starts.hour for row in plan.shifts()] == [9]


class TestLater:
    """Beyond the days of the setting."""

    def test_it_waits_and_says_so_and_comes_in_force_with_a_yes(
        self, app: Flask, plan: Plan, karen: CheckingClient, tove: CheckingClient, clock: Clock
    ) -> None:
        week = sent(karen, NEW, membership=plan.members["bent"])
        assert week == FAR_WEEK
        text = karen.page(week).text
        line = "Bent Bøje, Kajen onsdag 9. december kl. 9–12 lægges til"
        assert f"Gælder, når Organisationen byen har sagt ja: {line}. De er spurgt." in text
        assert "venter på ja" in text and plan.shifts() == []
        letter = mails(app, "edit_waits")["tove@example.org"]
        assert line in letter
        address = letter[letter.index("/vagtplan/planlaeg/") :].split()[0]
        page = tove.page(address).text
        assert line in page and "Kajen onsdag 9. december mangler" in page
        sent(tove, address, action="/godkend")
        assert "Alle har sagt ja. Ændringen gælder nu" in tove.page(week).text
        assert [(row.status, row.day) for row in plan.shifts()] == [("active", FAR)]
        with app.app_context():
            tomorrow = replace(web.settings(), clock=lambda: clock() + timedelta(days=1))
            work.run_queues(tomorrow, {"shift_news": telling.tell_everybody})
        assert set(mails(app, telling.KIND)) == {"bent@example.org"}
        assert set(mails(app, "edit_agreed")) == {"karen@example.org"}
        assert "venter på ja" not in karen.page(week).text

    def test_the_editor_takes_it_back(self, plan: Plan, karen: CheckingClient) -> None:
        shift = plan.shift("bent", "kajen", FAR, 9, 12)
        page = f"/vagtplan/vagt/{shift}"
        assert "gælder først, når Organisationen byen har sagt ja" in karen.page(page).text
        sent(karen, page, action="/aflys")
        shown = karen.page(page)
        assert "Venter på ja: Bent Bøje, Kajen onsdag 9. december kl. 9–12 aflyses" in " ".join(shown.text.split())
        assert not [form for form in shown.forms() if form.action.startswith(page)]
        assert "aflyses, når der er sagt ja" in karen.page(FAR_WEEK).text
        assert sent(karen, waiting_page(karen, page), action="/drop") == FAR_WEEK
        assert "Ændringen er trukket tilbage." in told(karen, FAR_WEEK)
        assert "aflyses, når" not in karen.page(FAR_WEEK).text
        assert [form for form in karen.page(page).forms() if form.action.startswith(page)]

    def test_an_asked_side_says_no_and_the_editor_hears_of_it(
        self, app: Flask, plan: Plan, karen: CheckingClient, tove: CheckingClient
    ) -> None:
        shift = plan.shift("bent", "kajen", FAR, 9, 12)
        page = f"/vagtplan/vagt/{shift}"
        sent(karen, page, action="/aflys")
        address = waiting_page(karen, page)
        assert "Sig nej" not in karen.page(address).text, "her own side has said yes by asking"
        token = dict(karen.page(address).forms()[-1].fields)["csrf_token"]
        assert karen.post(f"{address}/nej", data={"csrf_token": token}).status_code == 409
        assert "Træk ændringen tilbage" not in tove.page(address).text
        form = next(form for form in tove.page(address).forms() if form.action.endswith("/nej"))
        assert sent(tove, address, action="/nej") == FAR_WEEK
        assert "Du har sagt nej. Vagtplanen er, som den var. Karen Kaj får det at vide." in told(tove, FAR_WEEK)
        letters = mails(app, "edit_refused")
        assert set(letters) == {"karen@example.org"}
        assert "Tove Tov har sagt nej" in letters["karen@example.org"]
        assert "Bent Bøje, Kajen onsdag 9. december kl. 9–12 aflyses" in letters["karen@example.org"]
        assert plan.read(shift).status == "active" and "aflyses, når" not in karen.page(FAR_WEEK).text
        assert "blev ikke til noget" in karen.page(address).text
        assert tove.post(form.action, data=dict(form.fields)).status_code == 409

    def test_a_coordinator_who_is_asked_says_no_and_takes_nothing_back(
        self, app: Flask, plan: Plan, karen: CheckingClient, tove: CheckingClient
    ) -> None:
        shift = plan.shift("bent", "kajen", FAR, 9, 12)
        sent(tove, f"/vagtplan/vagt/{shift}", action="/aflys")
        address = waiting_page(tove, f"/vagtplan/vagt/{shift}")
        assert "Træk ændringen tilbage" not in karen.page(address).text
        sent(karen, address, action="/nej")
        assert set(mails(app, "edit_refused")) == {"tove@example.org"}

    def test_those_who_are_asked_hear_that_it_was_taken_back(
        self, app: Flask, plan: Plan, karen: CheckingClient
    ) -> None:
        sent(karen, NEW, membership=plan.members["bent"])
        sent(karen, waiting_page(karen, FAR_WEEK), action="/drop")
        letters = mails(app, "edit_dropped")
        assert set(letters) == {"tove@example.org"}
        assert "Karen Kaj har trukket en ændring i vagtplanen tilbage" in letters["tove@example.org"]
        assert "Bent Bøje, Kajen onsdag 9. december kl. 9–12 lægges til" in letters["tove@example.org"]

    def test_the_editor_hears_that_another_planner_took_it_back(
        self, app: Flask, plan: Plan, karen: CheckingClient, tove: CheckingClient
    ) -> None:
        sent(tove, NEW, membership=plan.members["bent"])
        with app.app_context():
            begin_write()
            builders.member(World(db.session.get_one(Programme, plan.programme), organisations()),
                            builders.person("Kim Kyst"), "byen", "team_leader")  # fmt: skip
            db.session.commit()
        sent(client_of(app, "kim.kyst"), waiting_page(tove, FAR_WEEK), action="/drop")
        assert set(mails(app, "edit_dropped")) == {"tove@example.org", "karen@example.org"}

    def test_a_second_edit_of_the_same_shift_is_refused_with_why(
        self, plan: Plan, karen: CheckingClient, tove: CheckingClient
    ) -> None:
        shift = plan.shift("bent", "kajen", FAR, 9, 12)
        page = f"/vagtplan/vagt/{shift}"
        form = next(form for form in tove.page(page).forms() if form.action.endswith("/aflys"))
        sent(karen, page, action="/aflys")
        answer = tove.post(form.action, data=dict(form.fields))
        assert answer.status_code == 422 and "En ændring af vagten venter på ja." in answer.text

    def test_the_same_is_not_asked_for_twice(self, plan: Plan, karen: CheckingClient) -> None:
        sent(karen, NEW, membership=plan.members["bent"])
        answer = karen.submit(NEW, membership=plan.members["bent"], starts="11")
        assert answer.status_code == 422 and "Der er allerede spurgt" in answer.text
        sent(karen, NEW, membership=plan.members["bent"], starts="12", ends="13")

    def test_what_speaks_against_her_is_told_at_once(self, app: Flask, plan: Plan, karen: CheckingClient) -> None:
        with writing(app):
            who = {"programme_id": plan.programme, "membership_id": plan.members["bent"]}
            db.session.add(Availability(weekday=0, starts=time(9), ends=time(12), **who))
        sent(karen, NEW, membership=plan.members["bent"])
        assert "Bent Bøje: kan normalt ikke onsdag." in told(karen, FAR_WEEK)

    @pytest.mark.parametrize(
        ("action", "typed", "shown"),
        [("", {"ends": "11.45"}, 'value="11.45"'), ("/anden", {"membership": "rita"}, "selected"),
         ("/del", {"at": "10.20"}, 'value="10.20"')],
    )  # fmt: skip
    def test_what_was_typed_while_another_edit_came_to_wait_is_not_lost(
        self, plan: Plan, karen: CheckingClient, tove: CheckingClient, action: str, typed: dict[str, str], shown: str
    ) -> None:
        shift = plan.shift("bent", "kajen", FAR, 9, 12)
        page = f"/vagtplan/vagt/{shift}"
        shown_to_karen = next(form for form in karen.page(page).forms() if form.action == f"{page}{action}")
        sent(tove, page, action="/aflys")
        if "membership" in typed:
            typed = {"membership": str(plan.members[typed["membership"]])}
            shown = f'selected value="{typed["membership"]}"'
        answer = karen.post(f"{page}{action}", data=dict(shown_to_karen.fields) | typed)
        assert answer.status_code == 422 and "En ændring af vagten venter på ja." in answer.text
        assert "Venter på ja:" in answer.text and shown in answer.text
        assert action == "" or 'name="ends" required type="text" value="12"' in answer.text, (
            "the others are as they were"
        )

    def test_who_is_alone_responsible_never_sees_a_draft(self, plan: Plan, karen: CheckingClient) -> None:
        shift = plan.shift("rita", "kajen", FAR, 9, 12)
        page = f"/vagtplan/vagt/{shift}"
        assert "har sagt ja" not in karen.page(page).text
        sent(karen, page, action=page, ends="11")
        assert plan.read(shift).ends.hour == 11
        assert "Enkelte ændringer" not in karen.page("/vagtplan/planlaeg/").text

    def test_it_stands_in_the_list_of_plans_and_is_no_plan(self, plan: Plan, karen: CheckingClient) -> None:
        sent(karen, NEW, membership=plan.members["bent"])
        shown = karen.page("/vagtplan/planlaeg/")
        assert "Enkelte ændringer, der venter på ja" in shown.text and "I gang" not in shown.text
        address = waiting_page(karen, "/vagtplan/planlaeg/")
        token = dict(karen.page(address).forms()[-1].fields)["csrf_token"]
        assert karen.post(f"{address}/ret", data={"csrf_token": token}).status_code == 404

    def test_advisers_do_not_see_what_waits(self, app: Flask, plan: Plan, karen: CheckingClient) -> None:
        sent(karen, NEW, membership=plan.members["bent"])
        assert "venter på ja" not in client_of(app, "rita").page(FAR_WEEK).text

    def test_the_programme_says_how_many_days_ahead(self, app: Flask, plan: Plan, karen: CheckingClient) -> None:
        with app.app_context():
            begin_write()
            db.session.get_one(Programme, plan.programme).at_once_days = 30
            db.session.commit()
        sent(karen, NEW, membership=plan.members["bent"])
        assert [row.day for row in plan.shifts()] == [FAR]

    def test_the_coordinator_edits_the_setting(self, app: Flask, plan: Plan, karen: CheckingClient) -> None:
        sent(karen, "/indstillinger/helhedsplan", action="/helhedsplan", at_once_days="14")
        with app.app_context():
            assert db.session.get_one(Programme, plan.programme).at_once_days == 14


class TestSplitting:
    """One shift becomes two."""

    def test_it_is_split_with_its_consequence_told_and_undone(self, plan: Plan, karen: CheckingClient) -> None:
        shift = plan.shift("bent", "kajen", WEDNESDAY, 9, 12)
        week = sent(karen, f"/vagtplan/vagt/{shift}", action="/del", at="11", second_place="skuret")
        text = karen.page(week).text
        first = "Bent Bøje, Kajen onsdag 25. november kl. 9–11"
        assert f"Delt: {first} og Bent Bøje, Skuret onsdag 25. november kl. 11–12." in text
        assert "Kajen onsdag 25. november har nu ingen i huset kl. 11–12" in text
        sent(karen, week, action="/fortryd")
        assert [(row.status, row.ends.hour) for row in plan.shifts()] == [("active", 12), ("cancelled", 12)]

    @pytest.mark.parametrize("at", ["9", "12", "7.30", ""])
    def test_a_time_outside_the_shift_is_refused_at_its_field(self, plan: Plan, karen: CheckingClient, at: str) -> None:
        shift = plan.shift("bent", "kajen", WEDNESDAY, 9, 12)
        answer = karen.submit(f"/vagtplan/vagt/{shift}", action="/del", at=at)
        assert answer.status_code == 422 and 'id="at-error"' in answer.text
        assert len(plan.shifts()) == 1
