"""The tablet's day, and logging a visit on it, through the front door."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from advice.database import db
from advice.models.places import Place
from tests import builders, visit_screens
from tests.program import Clock
from tests.visit_log import MONDAY, opening
from tests.visit_screens import DAY, House, said, send, workshop
from tests.web_client import CheckingClient

THREADS = 8


settings, house, rita = visit_screens.FIXTURES


class TestTheDay:
    """Where am I, who is on duty, until when."""

    def test_it_opens_at_the_place_of_her_shift_and_says_who_is_there_until_when(
        self, house: House, rita: CheckingClient
    ) -> None:
        house.change(lambda log: builders.shift(log.world, "bent", "skuret", MONDAY, 15, 16))
        page = rita.page(DAY)
        assert "Skuret mandag 23. november Åbent nu til kl. 16" in page.text
        assert "Rita Ror (dig) huset · til kl. 15 Bent Bøje byens folk · kl. 15 – 16 ikke nu" in page.text
        assert [link.get("href") for link in page.all("a") if (link.get("href") or "").startswith("/i-dag?sted=")] == [
            "/i-dag?sted=skuret",
            "/i-dag?sted=kajen",
        ]

    def test_a_shift_elsewhere_goes_before_what_is_open(self, house: House) -> None:
        house.change(lambda log: builders.shift(log.world, "svend", "kajen", MONDAY, 14, 16))
        assert "Kajen" in house.browser("svend").page(DAY).text.split("mandag")[0].rsplit("vagter", 1)[1]

    @pytest.mark.parametrize(
        ("hour", "words"),
        [
            (8, "Skuret mandag 23. november Åbner i dag kl. 13–\N{WORD JOINER}16"),
            (13, "Skuret mandag 23. november Åbent nu til kl. 16"),
            (16, "Kajen mandag 23. november Åbner onsdag 25. november kl. 9–\N{WORD JOINER}12"),
        ],
    )
    def test_without_a_shift_it_is_the_place_open_now_or_next(
        self, house: House, clock: Clock, hour: int, words: str
    ) -> None:
        def wednesday(day: date) -> None:
            row = opening(house.log.world, "kajen", "snak", 9, 12)
            row.day = day
            db.session.add(row)

        house.change(lambda log: wednesday(date(2026, 11, 25)))
        clock.now = datetime(2026, 11, 23, hour - 1, tzinfo=UTC)
        assert words in house.browser("svend").page(DAY).text

    def test_openings_back_to_back_are_one_as_on_the_door(self, house: House, rita: CheckingClient) -> None:
        house.change(lambda log: db.session.add(opening(log.world, "skuret", "snak", 16, 18)))
        assert "Åbent nu til kl. 18" in rita.page(DAY).text

    def test_a_closed_day_says_why(self, house: House, rita: CheckingClient) -> None:
        def close(log: object) -> None:
            row = opening(house.log.world, "kajen", "snak", 9, 12)
            row.status, row.reason = "closed", {"da": "Storm"}
            db.session.add(row)

        house.change(close)
        assert "Lukket i dag Storm" in rita.page("/i-dag?sted=kajen").text

    def test_place_service_and_time_are_filled_in_and_minutes_and_language_never(self, rita: CheckingClient) -> None:
        (form,) = [form for form in rita.page(DAY).forms() if form.action == DAY]
        filled = dict(form.fields)
        assert (filled["place"], filled["service"], filled["time"]) == ("skuret", "snak", "13.30")
        assert filled.keys() == {"csrf_token", "visit", "day", "place", "service", "time"}
        assert {"topics", "kind", "help_forms", "outcomes", "bodies", "activities", "minutes", "language"} < form.names

    def test_languages_have_danish_names_in_the_programmes_order(self, rita: CheckingClient) -> None:
        assert "Hvilket sprog? Dansk Arabisk Polsk Ikke oplyst" in rita.page(DAY).text

    def test_what_tells_the_adviser_something_stands_at_the_topic(self, house: House, rita: CheckingClient) -> None:
        house.change(lambda log: setattr(log.world.topics["regn"], "hint", {"da": "Tag en paraply"}))
        assert "Regn Tag en paraply" in rita.page(DAY).text

    def test_a_kind_is_asked_for_only_where_there_is_one(self, house: House, rita: CheckingClient) -> None:
        assert "Hvilken slags?" in rita.page(DAY).text
        house.change(lambda log: setattr(log.world.kinds["tale"], "valid_to", date(2026, 1, 1)))
        assert "Hvilken slags?" not in rita.page(DAY).text

    def test_only_kinds_of_services_at_the_house_are_offered(self, house: House, rita: CheckingClient) -> None:
        house.change(lambda log: workshop(log, "kajen", 10, 12))
        assert "Hvilken slags? Tale Hvad" in rita.page(f"{DAY}?sted=skuret").text
        assert "Hvilken slags? Tale Høvl Ingen af dem" in rita.page(f"{DAY}?sted=kajen").text
        answer = send(rita, url=f"{DAY}?sted=skuret", topics=None, service="værksted")
        assert 'value="høvl"' in answer.text, "the service chosen has its kinds too"
        assert send(rita, url=f"{DAY}?sted=skuret", service="værksted", kind="høvl", forged=True).status_code == 303

    @pytest.mark.parametrize("service", ["snak", ""])
    def test_a_kind_of_the_other_service_here_takes_that_service_and_the_message_says_so(
        self, house: House, rita: CheckingClient, service: str
    ) -> None:
        house.change(lambda log: workshop(log, "skuret", 10, 12))
        form = next(form for form in rita.page(f"{DAY}?sted=skuret").forms() if form.action == DAY)
        data = {**dict(form.fields), "topics": "regn", "kind": "høvl", "service": service}
        assert [rita.post(DAY, data=data).status_code for _ in range(2)] == [303, 303]
        found = house.visit()
        assert (found.visit.service.code, found.kind and found.kind.code) == ("værksted", "høvl")
        assert "Gemt kl. 13.30: Regn · Høvl (Værksted) Fortryd" in rita.page(DAY).text

    def test_a_kind_of_a_service_that_is_not_here_is_refused(self, house: House, rita: CheckingClient) -> None:
        house.change(lambda log: workshop(log, "kajen", 10, 12))
        answer = send(rita, url=f"{DAY}?sted=skuret", kind="høvl", forged=True)
        assert (answer.status_code, house.visits()) == (422, [])
        assert '<a href="#kind">' in answer.text

    @pytest.mark.parametrize(("hour", "service"), [(8, "snak"), (10, "værksted"), (14, "snak"), (20, "snak")])
    def test_the_service_filled_in_is_the_one_that_is_stored_for_a_visit_without(
        self, house: House, clock: Clock, hour: int, service: str
    ) -> None:
        house.change(lambda log: workshop(log, "skuret", 10, 12))
        clock.now = datetime(2026, 11, 23, hour - 1, 15, tzinfo=UTC)
        rita = house.browser("rita")
        form = next(form for form in rita.page(f"{DAY}?sted=skuret").forms() if form.action == DAY)
        assert dict(form.fields)["service"] == service
        send(rita, url=f"{DAY}?sted=skuret", service="", forged=True)
        assert house.visit().visit.service.code == service

    def test_bodies_stand_under_the_words_of_the_outcome_that_bridges(self, rita: CheckingClient) -> None:
        page = rita.page(DAY)
        assert "Videre – hvortil? Toldboden" in page.text
        assert "Med – hvilken? Roklubben" in page.text
        means = {one.get("value"): one.get("data-means") for one in page.all("input") if one.get("name") == "outcomes"}
        assert {code: flag for code, flag in means.items() if flag} == {"videre": "bridges", "med": "recruits"}

    def test_an_unknown_place_is_not_found(self, rita: CheckingClient) -> None:
        rita.page("/i-dag?sted=findes-ikke", 404)
        rita.page("/i-dag?sted=", 404)

    def test_a_programme_without_places_still_has_a_day(self, house: House, rita: CheckingClient) -> None:
        def end_all(log: object) -> None:
            for place in db.session.query(Place):
                place.valid_to = date(2026, 1, 1)

        house.change(end_all)
        assert "ingen steder endnu" in rita.page(DAY).text
        assert rita.post(DAY, data={}).status_code in (400, 404)


class TestLogging:
    """One POST, one visit."""

    def test_a_topic_is_enough(self, house: House, rita: CheckingClient) -> None:
        answer = send(rita)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/i-dag?sted=skuret")
        found = house.visit()
        assert (found.codes("topics"), found.visit.minutes, found.visit.language) == (frozenset({"regn"}), None, None)
        assert (found.visit.person.name, found.visit.local_hour) == ("Rita Ror", 13)

    def test_everything_tapped_is_kept(self, house: House, rita: CheckingClient) -> None:
        send(
            rita, topics=["regn", "bølger"], help_forms=["ro"], outcomes=["klaret"], bodies=["toldbod"],
            activities=["roklub"], kind="tale", minutes="45", language="ar", time="12.05", place="kajen",
        )  # fmt: skip
        found = house.visit()
        assert found.codes("topics") == {"regn", "bølger"}
        assert found.codes("outcomes") == {"klaret", "videre", "med"}
        assert found.codes("bodies") == {"toldbod"}
        assert found.codes("activities") == {"roklub"}
        assert found.kind is not None
        assert found.kind.code == "tale"
        assert (found.visit.minutes, found.visit.language, found.visit.place.slug) == (45, "ar", "kajen")
        assert found.visit.occurred_at == datetime(2026, 11, 23, 11, 5, tzinfo=UTC)

    def test_not_recorded_can_be_tapped_and_is_nothing(self, house: House, rita: CheckingClient) -> None:
        assert send(rita, minutes="", language="", kind="").status_code == 303
        found = house.visit()
        assert (found.visit.minutes, found.visit.language, found.kind) == (None, None, None)

    def test_the_next_page_says_what_was_saved_once_and_can_undo_it(self, house: House, rita: CheckingClient) -> None:
        send(rita, time="12.10", topics=["regn", "bølger"])
        assert "Gemt kl. 12.10: Regn, Bølger Fortryd" in rita.page("/i-dag?sted=skuret").text
        assert "Gemt kl." not in rita.page("/i-dag?sted=skuret").text
        send(rita)
        undo = f"/henvendelser/{house.visits()[-1].visit.id}/fortryd"
        form = next(form for form in rita.page(DAY).forms() if form.action == undo)
        answer = rita.post(undo, data=dict(form.fields))
        assert (answer.status_code, answer.headers["Location"]) == (303, "/i-dag?sted=skuret")
        assert [one.visit.undone for one in house.visits()] == [False, True]

    def test_the_next_page_says_how_it_ended_and_where_to(self, house: House, rita: CheckingClient) -> None:
        send(rita, outcomes=["klaret"], bodies=["toldbod"], activities=["roklub"])
        text = rita.page(DAY).text
        assert "Gemt kl. 13.30: Regn · Klaret · Videre til Toldboden · Med: Roklubben Fortryd" in text
        assert "Tilføj" not in text

    def test_where_to_can_be_added_at_once_if_it_was_not_said(self, house: House, rita: CheckingClient) -> None:
        send(rita, outcomes=["videre", "med"])
        page = rita.page(DAY)
        assert "Gemt kl. 13.30: Regn · Videre · Med Tilføj til hvem Tilføj hvilken aktivitet Fortryd" in page.text
        address = f"/henvendelser/{house.visit().visit.id}"
        links = [link.get("href") or "" for link in page.all("a") if "#" in (link.get("href") or "")[1:]]
        assert links == [f"{address}?next=/i-dag?sted%3Dskuret#{name}" for name in ("bodies", "activities")]
        assert {"bodies", "activities"} <= {one.get("id") for one in rita.page(links[0]).all("fieldset")}

    def test_a_double_click_stores_it_once(self, house: House, rita: CheckingClient) -> None:
        form = next(form for form in rita.page(DAY).forms() if form.action == DAY)
        data = [*form.fields, ("topics", "regn")]
        answers = [rita.post(DAY, data=dict(data)) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [303, 303]
        assert house.revisions() == 1

    def test_going_back_and_saving_something_else_shows_both(self, house: House, rita: CheckingClient) -> None:
        form = next(form for form in rita.page(DAY).forms() if form.action == DAY)
        rita.post(DAY, data=dict([*form.fields, ("topics", "regn")]))
        answer = rita.post(DAY, data=dict([*form.fields, ("topics", "bølger")]))
        assert answer.status_code == 409
        assert "Intet er gemt" in said(answer)
        assert house.visit().codes("topics") == {"regn"}

    def test_after_the_programmes_last_day_none_is_stored_and_it_says_why(
        self, house: House, rita: CheckingClient
    ) -> None:
        page = rita.page(DAY)
        form = next(form for form in page.forms() if form.action == DAY)
        house.change(lambda log: setattr(log.world.programme, "valid_to", date(2026, 11, 22)))
        answer = rita.post(DAY, data={**dict(form.fields), "topics": "regn"})
        assert (answer.status_code, house.visits()) == (422, [])
        assert "Helhedsplanen er slut, så der kan ikke gemmes nye henvendelser." in said(answer)

    def test_todays_visits_lie_closed_behind_a_count_of_the_own_organisation(
        self, house: House, rita: CheckingClient
    ) -> None:
        send(rita)
        send(house.browser("svend"), topics=["bølger"])
        send(house.browser("bent"))
        rita.page(DAY)
        page = rita.page(DAY)
        box = next(box for box in page.all("details") if "Dagens" in "".join(box.itertext()))
        assert "open" not in box.attrib
        assert " ".join("".join(box.itertext()).split()).startswith("Dagens henvendelser 2 Kl. 13.30 · Skuret")
        assert "Svend Sejl" in page.text
        assert "Bent Bøje" not in page.text

    @pytest.mark.both_engines
    @pytest.mark.t2
    def test_the_same_form_posted_by_eight_at_once_is_one_visit(self, house: House) -> None:
        rita, visit_id = house.browser("rita"), str(uuid4())
        browsers = [house.browser("rita") for _ in range(THREADS)]
        forms = [next(f for f in one.page(DAY).forms() if f.action == DAY) for one in browsers]
        gate, statuses = threading.Barrier(THREADS), []

        def post(number: int) -> None:
            data = {**dict(forms[number].fields), "visit": visit_id, "topics": "regn"}
            gate.wait(timeout=20)
            statuses.append(browsers[number].post(DAY, data=data).status_code)

        threads = [threading.Thread(target=post, args=(number,)) for number in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert statuses == [303] * THREADS
        assert house.revisions() == 1
        assert "Dagens henvendelser 1" in rita.page(DAY).text


def test_no_field_asks_for_a_name_a_number_or_a_note(rita: CheckingClient) -> None:
    form = next(form for form in rita.page(DAY).forms() if form.action == DAY)
    assert form.names == {
        "csrf_token", "visit", "day", "topics", "kind", "help_forms", "outcomes", "bodies", "activities", "minutes",
        "language", "time", "place", "service",
    }  # fmt: skip
