"""The own organisation's visits a week at a time, and who may see and change them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import event

from advice.config import Settings
from advice.database import begin_write, db
from advice.models.visit_questions import Logged
from tests import builders
from tests.builders import PASSWORD
from tests.visit_log import entry, some
from tests.visit_screens import House, open_house
from tests.web_client import CheckingClient

LIST = "/henvendelser"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A demonstration, so that a password is enough."""
    return replace(settings, demo=True)


@pytest.fixture
def house(app: Flask) -> House:
    """Havnen on Monday 23 November at 13.30."""
    return open_house(app)


@pytest.fixture
def rita(house: House) -> CheckingClient:
    """An adviser of "huset"."""
    return house.browser("rita")


def logged(house: House, name: str = "rita", **fields: Any) -> str:
    """A visit that is there already; its address."""
    visit = entry(**fields)
    with house.app.app_context():
        house.log.store(visit, name)
    return f"{LIST}/{visit.id}"


def the(house: House, address: str) -> Logged:
    """The visit with this address."""
    return next(one for one in house.visits() if str(one.visit.id) in address)


class TestTheList:
    """A week at a time."""

    def test_it_shows_the_week_day_by_day_and_only_the_own_organisations(
        self, house: House, rita: CheckingClient
    ) -> None:
        at = entry().occurred_at
        logged(house, outcomes=some("klaret"))
        logged(house, "svend", topics=some("bølger"), kind="tale")
        logged(house, occurred_at=at - timedelta(days=4), minutes=5)
        logged(house, "bent")
        text = rita.page(LIST).text
        assert "Uge 48" in text
        assert "mandag 23. november 2026 2 Kl. 13.10" in text
        assert "Skuret Tale Bølger Svend Sejl" in text
        assert "Klaret · Rita Ror" in text
        assert "Bent Bøje" not in text
        assert "torsdag 19. november 2026 1 Kl. 13.10" in rita.page(f"{LIST}?uge=2026-47").text

    def test_an_empty_week_says_so_and_pages_lead_back_and_forth(self, rita: CheckingClient) -> None:
        page = rita.page(f"{LIST}?uge=2026-01")
        assert "Ingen henvendelser i uge 1." in page.text
        links = [link.get("href") for link in page.all("a") if link.get("rel")]
        assert links == [f"{LIST}?uge=2025-52", f"{LIST}?uge=2026-02"]
        assert [link.get("rel") for link in rita.page(LIST).all("a") if link.get("rel")] == ["prev"]

    @pytest.mark.parametrize(
        "week", ["2026-54", "2025-53", "2026-00", "2026-1", "x", "", "1999-01", "9999-52", "２０２６-01"]
    )
    def test_a_week_that_there_is_not_is_not_found(self, rita: CheckingClient, week: str) -> None:
        rita.page(f"{LIST}?uge={week}", 404)

    def test_an_undone_visit_is_shown_and_not_counted(self, house: House, rita: CheckingClient) -> None:
        address = logged(house)
        logged(house, topics=some("bølger"))
        rita.submit(LIST, action=f"{address}/fortryd")
        rita.page(LIST)
        text = rita.page(LIST).text
        assert "mandag 23. november 2026 1 Kl." in text
        assert "fortrudt" in text
        assert "Hent tilbage" in text

    def test_a_page_takes_as_many_queries_for_one_visit_as_for_twenty(self, house: House, rita: CheckingClient) -> None:
        heard: list[str] = []

        def hear(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            heard.append(statement)

        def asked(url: str) -> int:
            heard.clear()
            rita.page(url)
            return sum(statement.startswith("SELECT") for statement in heard)

        with house.app.app_context():
            event.listen(db.engine, "before_cursor_execute", hear)
        logged(house, bodies=some("toldbod"))
        before = asked(LIST), asked("/i-dag")
        for _ in range(19):
            logged(house, "svend", bodies=some("toldbod"), topics=some("regn", "bølger"))
        assert (asked(LIST), asked("/i-dag")) == before
        assert before <= (12, 20)


@pytest.mark.t10
class TestWhoMay:
    """The own organisation, and nobody else."""

    POSTS = ("", "/fortryd", "/resultat")

    def test_a_reader_may_neither_look_nor_write(self, house: House) -> None:
        address, lars = logged(house), house.browser("lars")
        token = lars.page("/maal").forms()[0].fields[0][1]
        for url in ("/i-dag", LIST, address):
            assert lars.get(url).status_code == 403
        for url in ("/i-dag", *(address + end for end in self.POSTS)):
            assert lars.post(url, data={"csrf_token": token}).status_code == 403

    def test_another_organisations_visit_does_not_exist(self, house: House, rita: CheckingClient) -> None:
        theirs, nobodys = logged(house, "bent", bodies=some("toldbod")), f"{LIST}/{uuid4()}"
        token = rita.page(LIST).forms()[0].fields[0][1]
        rita.page(f"{LIST}/x", 404)
        for address in (theirs, nobodys):
            rita.page(address, 404)
            for end in self.POSTS:
                assert rita.post(address + end, data={"csrf_token": token, "revision": "1"}).status_code == 404
        assert the(house, theirs).visit.revision == 1

    def test_another_programmes_visit_does_not_exist(self, house: House, rita: CheckingClient) -> None:
        with house.app.app_context():
            begin_write()
            builders.world("fjorden", "f.")
            db.session.commit()
        stranger = house.app.test_client()
        assert isinstance(stranger, CheckingClient)
        stranger.submit("/log-ind", email="f.rita@example.org", password=PASSWORD)
        stranger.page(logged(house), 404)

    @pytest.mark.parametrize("name", ["karen", "svend"])
    def test_colleagues_of_the_same_organisation_may(self, house: House, name: str) -> None:
        address = logged(house)
        assert house.browser(name).submit(address, action=address, minutes="5").status_code == 303

    def test_nobody_logged_in_is_asked_to_log_in(self, house: House, client: CheckingClient) -> None:
        for url in ("/i-dag", LIST, logged(house)):
            assert client.get(url).headers["Location"].startswith("/log-ind")
