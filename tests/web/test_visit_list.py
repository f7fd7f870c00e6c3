"""The own organisation's visits a week at a time, and who may see and change them."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from advice.database import begin_write, db
from tests import builders, visit_screens
from tests.builders import PASSWORD
from tests.program import Clock
from tests.queries import counted, sqlite_ways
from tests.visit_log import entry, some
from tests.visit_screens import DAY, LIST, House, send
from tests.web_client import CheckingClient

settings, house, rita = visit_screens.FIXTURES


class TestTheList:
    """A week at a time."""

    def test_it_shows_the_week_day_by_day_and_only_the_own_organisations(
        self, house: House, rita: CheckingClient
    ) -> None:
        at = entry().occurred_at
        house.logged(outcomes=some("klaret"))
        house.logged("svend", topics=some("bølger"), kind="tale")
        house.logged(occurred_at=at - timedelta(days=4), minutes=5)
        house.logged("bent")
        text = rita.page(LIST).text
        assert "Uge 48" in text
        assert "mandag 23. november 2026 2 Kl. 13.10" in text
        assert "Skuret Tale Bølger Svend Sejl" in text
        assert "Klaret · Rita Ror" in text
        assert "Bent Bøje" not in text
        assert "torsdag 19. november 2026 1 Kl. 13.10" in rita.page(f"{LIST}?uge=2026-47").text

    def test_an_outcome_names_where_to(self, house: House, rita: CheckingClient) -> None:
        house.logged(outcomes=some("klaret"), bodies=some("toldbod"), activities=some("roklub"))
        said = "Klaret, Videre (Toldboden), Med (Roklubben) · Rita Ror"
        assert said in rita.page(LIST).text
        assert said in rita.page(DAY).text

    def test_visits_of_one_minute_stand_newest_on_top(self, house: House, rita: CheckingClient, clock: Clock) -> None:
        for minutes in ("5", "15", "30", "45", "60", "5"):
            send(rita, minutes=minutes, time="13.10")
            clock.forward(seconds=1)
        links = [link.get("href") or "" for link in rita.page(LIST).all("a")]
        shown = [link.split("?")[0] for link in links if link.startswith(f"{LIST}/")]
        assert [house.the(address).visit.minutes for address in shown] == [5, 60, 45, 30, 15, 5]
        assert shown == [link.split("?")[0] for link in self.on_the_day(rita)]

    @staticmethod
    def on_the_day(rita: CheckingClient) -> list[str]:
        """The addresses of the visits of today, in order."""
        links = [link.get("href") or "" for link in rita.page(DAY).all("a")]
        return [link for link in links if link.startswith(f"{LIST}/")]

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
        address = house.logged()
        house.logged(topics=some("bølger"))
        rita.submit(LIST, action=f"{address}/fortryd")
        rita.page(LIST)
        text = rita.page(LIST).text
        assert "mandag 23. november 2026 1 Kl." in text
        assert "fortrudt" in text
        assert "Hent tilbage" in text

    @pytest.mark.parametrize(("url", "most"), [(LIST, 12), (DAY, 18)])
    def test_a_page_takes_as_many_queries_for_one_visit_as_for_twenty(
        self, house: House, rita: CheckingClient, url: str, most: int
    ) -> None:
        def asked() -> int:
            with counted() as heard:
                rita.page(url)
            return len(heard)

        house.logged(bodies=some("toldbod"), kind="tale")
        before = asked()
        for _ in range(19):
            house.logged("svend", bodies=some("toldbod"), topics=some("regn", "bølger"), outcomes=some("klaret"))
        assert asked() == before
        assert before <= most

    @pytest.mark.parametrize("url", [LIST, DAY])
    def test_it_reads_the_visits_it_shows_and_not_all_there_are(
        self, house: House, rita: CheckingClient, url: str
    ) -> None:
        house.logged(bodies=some("toldbod"))
        with counted() as heard:
            rita.page(url)
        with house.app.app_context():
            ways = [way for one in heard for way in sqlite_ways(db.session.connection(), one)]
        of_visits = [way for way in ways if " visit_" in way or " visits " in way]
        narrow = ("visit_id=?", "AND id=?", "local_date>?", "ix_visit_bodies_awaited", "visit_kinds")
        assert of_visits
        assert [way for way in of_visits if not any(part in way for part in narrow)] == []


@pytest.mark.t10
class TestWhoMay:
    """The own organisation, and nobody else."""

    POSTS = ("", "/fortryd", "/resultat")

    def test_a_reader_may_neither_look_nor_write(self, house: House) -> None:
        address, lars = house.logged(), house.browser("lars")
        token = lars.page("/maal").forms()[0].fields[0][1]
        for url in ("/i-dag", LIST, address):
            assert lars.get(url).status_code == 403
        for url in ("/i-dag", *(address + end for end in self.POSTS)):
            assert lars.post(url, data={"csrf_token": token}).status_code == 403

    def test_another_organisations_visit_does_not_exist(self, house: House, rita: CheckingClient) -> None:
        theirs, nobodys = house.logged("bent", bodies=some("toldbod")), f"{LIST}/{uuid4()}"
        token = rita.page(LIST).forms()[0].fields[0][1]
        rita.page(f"{LIST}/x", 404)
        for address in (theirs, nobodys):
            rita.page(address, 404)
            for end in self.POSTS:
                assert rita.post(address + end, data={"csrf_token": token, "revision": "1"}).status_code == 404
        assert house.the(theirs).visit.revision == 1

    def test_another_programmes_visit_does_not_exist(self, house: House, rita: CheckingClient) -> None:
        with house.app.app_context():
            begin_write()
            builders.world("fjorden", "f.")
            db.session.commit()
        stranger = house.app.test_client()
        assert isinstance(stranger, CheckingClient)
        stranger.submit("/log-ind", email="f.rita@example.org", password=PASSWORD)
        stranger.page(house.logged(), 404)

    @pytest.mark.parametrize("name", ["karen", "svend"])
    def test_colleagues_of_the_same_organisation_may(self, house: House, name: str) -> None:
        address = house.logged()
        assert house.browser(name).submit(address, action=address, minutes="5").status_code == 303

    def test_nobody_logged_in_is_asked_to_log_in(self, house: House, client: CheckingClient) -> None:
        for url in ("/i-dag", LIST, house.logged()):
            assert client.get(url).headers["Location"].startswith("/log-ind")
