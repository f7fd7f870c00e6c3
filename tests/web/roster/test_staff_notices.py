"""Notices to the staff through the front door: who writes them, where they are read, two who change one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from tests.html_pages import Page
from tests.plans import MONDAY, WEDNESDAY, WEEK, Plan, client_of, laid, told
from tests.program import Clock
from tests.web_client import CheckingClient

LIST = "/vagtplan/beskeder"
PRINTER = "Printeren virker ikke"


def write(client: CheckingClient, text: str = PRINTER, place: str = "Skuret", **fields: str) -> str:
    """Write one for today, unless told otherwise; what the next page says."""
    chosen = next(key for key, name in places_offered(client).items() if name == place)
    answer = client.submit(LIST, {"text": text, "place": chosen, **fields}, action=LIST)
    assert answer.status_code == 303, answer.text
    return told(client, answer.headers["Location"])


def places_offered(client: CheckingClient) -> dict[str, str]:
    """The places of the form by the value sent; nothing where there is no form."""
    return {one.get("value", ""): one.text or "" for one in client.page(LIST).all("option")}


def main_of(page: Page) -> str:
    return " ".join("".join(page.all("main")[0].itertext()).split())


class TestWriting:
    """Who may, and what."""

    def test_there_is_none_and_the_page_says_so(self, karen: CheckingClient) -> None:
        page = karen.page(LIST)
        assert "Der er ingen beskeder i dag." in page.text and "Senere" not in main_of(page)

    def test_a_planner_writes_for_one_place_or_for_all_and_for_days_ahead(self, karen: CheckingClient) -> None:
        assert places_offered(karen) and set(places_offered(karen).values()) == {"Alle steder", "Skuret", "Kajen"}
        page = write(karen, place="Alle steder", first="2026-11-25", last="2026-11-26")
        assert "Gemt: Alle steder, onsdag 25. november – torsdag 26. november: Printeren virker ikke." in page
        assert "Senere" in page and "Karen Kaj" in page

    def test_an_adviser_writes_where_and_when_she_is_on_duty(self, plan: Plan, rita: CheckingClient) -> None:
        assert places_offered(rita) == {}
        assert "Du kan skrive til det sted, hvor du selv har vagt" in rita.page(LIST).text
        plan.shift("rita", "skuret", MONDAY, 13, 16)
        assert set(places_offered(rita).values()) == {"Skuret"}
        assert "Gemt: Skuret, mandag 23. november: Printeren virker ikke." in write(rita)
        refused = rita.submit(LIST, {"text": PRINTER, "first": str(WEDNESDAY)}, action=LIST)
        assert refused.status_code == 422 and "Vælg et sted og dage, hvor du selv har vagt." in refused.text
        for forged in ("alle", "999", ""):
            answer = rita.submit(LIST, {"text": PRINTER, "place": forged}, action=LIST, forged=True)
            assert answer.status_code == 422, forged

    def test_the_form_begins_with_what_the_address_names(self, plan: Plan, karen: CheckingClient) -> None:
        page = karen.page(f"{LIST}?sted=kajen&dag=2026-11-25")
        chosen = [one.text for one in page.all("option") if one.get("selected") is not None]
        assert chosen == ["Kajen"] and 'value="2026-11-25"' in karen.get(f"{LIST}?sted=kajen&dag=2026-11-25").text
        for taken in ("99999999999999", "-99999999999999999999999"):
            karen.page(f"{LIST}?sted=findes-ikke&dag=i-morgen&taget={taken}")

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"text": " "}, "Skriv beskeden."),
            ({"text": "x" * 201}, "Skriv højst 200 tegn."),
            ({"text": "Ring til 150190-1234"}, "Skriv ikke CPR-numre her."),
            ({"first": ""}, "Vælg en dag."),
            ({"first": "2026-11-22"}, "Dagen er gået."),
            ({"last": "2026-11-22"}, "Den sidste dag kan ikke ligge før den første."),
            ({"last": "2027-02-23"}, "Vælg højst to måneder."),
            ({"last": "9999-12-31"}, "Vælg højst to måneder."),
            ({"place": "x"}, "Vælg et sted."),
        ],
    )
    def test_what_cannot_be_is_refused_at_the_field_and_nothing_typed_is_lost(
        self, karen: CheckingClient, fields: dict[str, str], sentence: str
    ) -> None:
        answer = karen.submit(LIST, {"text": PRINTER, **fields}, action=LIST)
        assert answer.status_code == 422 and sentence in answer.text
        assert ("text" in fields) or PRINTER in answer.text
        assert "150190" not in answer.text

    def test_what_has_marks_in_it_is_shown_as_text(self, karen: CheckingClient) -> None:
        assert "<b>Hej</b> & {{7*7}}" in write(karen, "<b>Hej</b> & {{7*7}}")


class TestReading:
    """Where people look anyway, that day and at that place."""

    def test_it_stands_on_the_day_the_week_the_wall_and_with_the_shift(
        self, plan: Plan, karen: CheckingClient, rita: CheckingClient
    ) -> None:
        plan.shift("rita", "skuret", MONDAY, 13, 16)
        write(karen)
        for url in ("/i-dag?sted=skuret", WEEK, "/vagtplan/vaeg", "/vagtplan/vaeg?sted=skuret", "/mine-vagter"):
            assert main_of(rita.page(url)).count(PRINTER) == 1, url
        for url in ("/i-dag?sted=kajen", "/vagtplan/2026-49", "/vagtplan/vaeg?sted=kajen"):
            assert PRINTER not in rita.page(url).text, url

    def test_it_never_hangs_on_a_door_or_stands_on_a_page_for_residents(self, karen: CheckingClient) -> None:
        write(karen)
        for url in (f"/vagtplan/dag/{MONDAY}/skuret", "/vagtplan/2026-48/print", "/havnen/skuret", "/havnen/"):
            assert PRINTER not in karen.page(url).text, url

    def test_one_for_all_places_stands_wherever_something_is_on(self, plan: Plan, karen: CheckingClient) -> None:
        write(karen, place="Alle steder", last=str(WEDNESDAY))
        cells = [cell for cell in karen.page(WEEK).all("td") if PRINTER in "".join(cell.itertext())]
        assert sorted(cell.get("data-day", "")[:4] for cell in cells) == ["man.", "ons."]
        assert PRINTER in karen.page("/i-dag?sted=kajen").text

    def test_before_and_after_its_days_it_is_not_told(self, plan: Plan, karen: CheckingClient, clock: Clock) -> None:
        write(karen, first=str(MONDAY + timedelta(days=1)), last=str(MONDAY + timedelta(days=2)))
        assert PRINTER not in karen.page("/i-dag?sted=skuret").text
        clock.forward(days=1)
        karen = client_of(plan.app, "karen")
        assert PRINTER in karen.page("/i-dag?sted=skuret").text
        clock.forward(days=2)
        karen = client_of(plan.app, "karen")
        assert PRINTER not in karen.page("/i-dag?sted=skuret").text

    def test_another_programme_reads_nothing_of_it(self, app: Flask, karen: CheckingClient, clock: Clock) -> None:
        laid(app, clock, "engen", "e-")
        write(karen, place="Alle steder")
        other = client_of(app, "e-karen")
        assert PRINTER not in other.page(LIST).text and PRINTER not in other.page("/i-dag?sted=skuret").text


class TestChanging:
    """One's own, and everybody's for planners."""

    def test_it_is_changed_taken_away_and_put_back(self, karen: CheckingClient) -> None:
        write(karen)
        url = f"{LIST}/1"
        assert karen.submit(url, {"text": "Printeren virker igen"}, action=url).status_code == 303
        assert "Ændret: Skuret, mandag 23. november: Printeren virker igen." in told(karen, LIST)
        assert karen.submit(url, action=url).status_code == 303
        assert "Der var ikke noget at ændre." in told(karen, LIST)
        answer = karen.submit(LIST, action="/fjern")
        page = told(karen, answer.headers["Location"])
        assert "Taget ned: Skuret" in page and "Der er ingen beskeder i dag." in page
        assert karen.submit(answer.headers["Location"], action="/fortryd").status_code == 303
        assert "Fortrudt. Beskeden er sat op igen" in told(karen, LIST)
        assert PRINTER not in karen.page("/i-dag?sted=skuret").text
        assert "Printeren virker igen" in karen.page("/i-dag?sted=skuret").text

    def test_an_adviser_changes_her_own_and_no_other(
        self, plan: Plan, karen: CheckingClient, rita: CheckingClient
    ) -> None:
        plan.shift("rita", "skuret", MONDAY, 13, 16)
        write(karen)
        write(rita, "Kaffen er væk")
        links = [one.get("href") for one in rita.page(LIST).all("a") if (one.text or "").strip() == "Ret"]
        assert links == [f"{LIST}/2"]
        assert rita.get(f"{LIST}/1").status_code == 403
        assert rita.submit(f"{LIST}/2", {"text": "Kaffen er fundet"}, action=f"{LIST}/2").status_code == 303

    def test_a_team_leader_takes_away_what_the_other_organisation_wrote(
        self, karen: CheckingClient, tove: CheckingClient
    ) -> None:
        write(karen)
        assert tove.submit(LIST, action="/fjern").status_code == 303
        assert "Der er ingen beskeder i dag." in tove.page(LIST).text

    @pytest.mark.t8
    def test_who_saved_on_top_of_another_gets_both_versions(self, app: Flask, karen: CheckingClient) -> None:
        write(karen)
        url = f"{LIST}/1"
        tove = client_of(app, "tove")
        form = next(one for one in tove.page(url).forms() if one.action == url)
        karen.submit(url, {"text": "Karens ord"}, action=url)
        late = tove.post(url, data={**dict(form.fields), "text": "Toves ord"})
        page = Page(late.text)
        assert late.status_code == 409 and "En anden har ændret beskeden" in page.text
        assert "Skuret, mandag 23. november: Karens ord" in page.text and "Toves ord" in page.text
        again = next(one for one in page.forms() if one.action == url)
        assert tove.post(url, data=dict(again.fields)).status_code == 303
        assert "Toves ord" in tove.page(LIST).text

    @pytest.mark.t8
    def test_what_was_taken_away_meanwhile_is_not_changed(self, app: Flask, karen: CheckingClient) -> None:
        write(karen)
        tove = client_of(app, "tove")
        url = f"{LIST}/1"
        form = next(one for one in tove.page(url).forms() if one.action == url)
        karen.submit(LIST, action="/fjern")
        for action in (url, f"{url}/fjern"):
            late = tove.post(action, data={**dict(form.fields), "text": "Toves ord"})
            assert late.status_code == 409 and "(taget ned)" in late.text and "Beskeden er taget ned." in late.text
        assert "Toves ord" not in tove.page(LIST).text

    def test_the_log_says_who_did_what_and_none_of_the_words(self, karen: CheckingClient) -> None:
        write(karen)
        karen.submit(LIST, action="/fjern")
        karen.page(LIST)  # says what was done, with the words
        page = karen.page("/indstillinger/log").text
        assert "skrev en besked til personalet" in page and "tog en besked til personalet ned" in page
        assert PRINTER not in page
