"""What is new on one's own page since one said that one has seen it; and one's own number."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from advice import work
from advice.config import Settings
from advice.database import db
from advice.models.people import Membership, Person
from advice.models.shift_news import Reader, ShiftNews
from tests.html_pages import Page
from tests.plans import WEDNESDAY, WEEK, Plan, client_of, told
from tests.program import Clock
from tests.web.roster.test_telling import NEXT_MONDAY, TUESDAY, add, move
from tests.web_client import CheckingClient

OWN, SEEN, PHONE = "/mine-vagter", "/mine-vagter/set", "/mine-vagter/telefon"


def said(client: CheckingClient) -> list[str]:
    """What is new: mark and words."""
    part = client.get(OWN).text.partition("Nyt siden du sidst så")[2].partition("</section>")[0]
    lines = re.findall(r'<div>([^<]+)</div><span class="tag [a-z]+">([^<]+)<', part)
    return [f"{mark}: {words}" for words, mark in lines]


def the_form(page: Page) -> dict[str, object]:
    """What the button of a page sends."""
    form = next(one for one in page.forms() if one.action.endswith(SEEN))
    sent: dict[str, list[str]] = {}
    for name, value in form.fields:
        sent.setdefault(name, []).append(value)
    return dict(sent)


class TestNews:
    """Marked until she says so."""

    @pytest.mark.both_engines
    def test_new_moved_and_cancelled_stand_with_their_marks_and_in_the_week(
        self, plan: Plan, karen: CheckingClient, rita: CheckingClient
    ) -> None:
        moved, gone = plan.shift("rita", "kajen", WEDNESDAY, 9, 12), plan.shift("rita", "skuret", NEXT_MONDAY, 13, 16)
        assert said(rita) == [] and "siden du sidst så" not in rita.page(WEEK).text
        add(karen, plan, "rita", "skuret", TUESDAY)
        move(karen, moved, starts="10")
        assert karen.submit(f"/vagtplan/vagt/{gone}", action=f"/vagtplan/vagt/{gone}/aflys").status_code == 303
        assert said(rita) == [
            "ny: tirsdag 24. november kl. 9–12, Skuret",
            "ændret: onsdag 25. november, Kajen, fra kl. 9–12 til kl. 10–12",
            "aflyst: mandag 30. november kl. 13–16, Skuret",
        ]
        assert "3 ændringer i dine egne vagter, siden du sidst så" in rita.page(WEEK).text
        assert "siden du sidst så" not in karen.page(WEEK).text

    def test_a_look_changes_nothing_and_the_button_does_on_every_device(
        self, app: Flask, plan: Plan, karen: CheckingClient, rita: CheckingClient
    ) -> None:
        add(karen, plan, "rita", "skuret", TUESDAY)
        phone = client_of(app, "rita")
        assert len(said(rita)) == len(said(rita)) == len(said(phone)) == 1
        assert rita.post(SEEN, data=the_form(rita.page(OWN))).status_code == 303
        assert "Her står igen" in told(rita, OWN)
        assert said(rita) == said(phone) == []

    def test_what_changed_after_the_page_was_shown_stays(
        self, app: Flask, plan: Plan, karen: CheckingClient, rita: CheckingClient
    ) -> None:
        first, other = plan.shift("rita", "kajen", WEDNESDAY, 9, 12), add(karen, plan, "rita", "skuret", TUESDAY)
        shown = the_form(rita.page(OWN))
        move(karen, other, starts="10")
        move(karen, first, starts="10")
        assert rita.post(SEEN, data=shown).status_code == 303
        assert "Der er kommet mere til" in told(rita, OWN)
        assert said(rita) == [
            "ny: tirsdag 24. november kl. 10–12, Skuret",
            "ændret: onsdag 25. november, Kajen, fra kl. 9–12 til kl. 10–12",
        ]

    def test_after_that_it_is_told_from_what_she_saw(
        self, plan: Plan, karen: CheckingClient, rita: CheckingClient
    ) -> None:
        shift = add(karen, plan, "rita", "skuret", TUESDAY)
        rita.post(SEEN, data=the_form(rita.page(OWN)))
        move(karen, shift, starts="11")
        assert said(rita) == ["ændret: tirsdag 24. november, Skuret, fra kl. 9–12 til kl. 11–12"]
        move(karen, shift, starts="9")
        assert said(rita) == []

    @pytest.mark.parametrize("typed", ["", "1", "x.y", "1.-1", "99999999999999999999.1", "²:1", "0.0", "2147483648.1"])
    def test_what_is_no_shift_of_hers_is_left_alone(
        self, app: Flask, plan: Plan, karen: CheckingClient, rita: CheckingClient, typed: str
    ) -> None:
        shift = add(karen, plan, "svend", "skuret", TUESDAY)
        add(karen, plan, "rita", "kajen", TUESDAY, "13", "15")
        form = the_form(rita.page(OWN)) | {"set": [typed, f"{shift}.1"]}
        assert rita.post(SEEN, data=form).status_code == 303
        with app.app_context():
            rows = db.session.scalars(select(ShiftNews.id).where(ShiftNews.reader == Reader.PAGE)).all()
            assert len(rows) == 2

    def test_a_shift_on_another_day_or_at_another_house_is_told_from_where_to_where(
        self, plan: Plan, karen: CheckingClient, rita: CheckingClient
    ) -> None:
        first, other = plan.shift("rita", "kajen", WEDNESDAY, 9, 12), plan.shift("rita", "skuret", NEXT_MONDAY, 13, 16)
        move(karen, first, day=str(NEXT_MONDAY))
        move(karen, other, place="kajen")
        assert said(rita) == [
            "flyttet: fra onsdag 25. november kl. 9–12, Kajen til mandag 30. november kl. 9–12, Kajen",
            "flyttet: mandag 30. november fra kl. 13–16, Skuret til kl. 13–16, Kajen",
        ]

    def test_it_is_gone_when_the_day_has_gone_and_from_the_table_a_month_later(
        self, app: Flask, settings: Settings, plan: Plan, clock: Clock, karen: CheckingClient, rita: CheckingClient
    ) -> None:
        add(karen, plan, "rita", "skuret", TUESDAY)
        clock.forward(days=2)
        assert said(client_of(app, "rita")) == []
        for days, left in ((28, 1), (1, 0)):
            clock.forward(days=days)
            with app.app_context():
                work.run_due("a", settings)
                assert len(db.session.scalars(select(ShiftNews.id)).all()) == left

    def test_the_mail_makes_nothing_seen(
        self, app: Flask, settings: Settings, plan: Plan, karen: CheckingClient, rita: CheckingClient
    ) -> None:
        add(karen, plan, "rita", "skuret", TUESDAY)
        with app.app_context():
            work.run_queues(settings, work.QUEUES)
        assert len(said(rita)) == 1


class TestPhone:
    """Her own number; text messages only where there is a gateway."""

    def person(self, app: Flask, plan: Plan) -> Person:
        with app.app_context():
            return db.session.get_one(Membership, plan.members["rita"]).person

    def test_she_writes_her_number_and_is_offered_no_messages_without_a_gateway(
        self, app: Flask, plan: Plan, rita: CheckingClient
    ) -> None:
        assert "SMS, når" not in rita.page(PHONE).text
        assert rita.submit(PHONE, phone="+4520123456").status_code == 303
        assert self.person(app, plan).phone == "20 12 34 56"
        assert 'value="20 12 34 56"' in rita.get(PHONE).text
        assert rita.submit(PHONE, phone="").status_code == 303
        assert self.person(app, plan).phone is None

    @pytest.mark.parametrize("typed", ["112", "+46 8 123 456 78", "min mobil", "010190-1234"])
    def test_what_is_no_danish_number_gets_a_sentence_and_stays_typed(
        self, app: Flask, plan: Plan, rita: CheckingClient, typed: str
    ) -> None:
        answer = rita.submit(PHONE, phone=typed)
        assert answer.status_code == 422
        assert "Skriv et dansk nummer med otte cifre." in answer.text or "CPR" in answer.text
        assert self.person(app, plan).phone is None
