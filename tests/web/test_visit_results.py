"""What came of bridging: asked on the list, shown on the visit, changed and taken back on both."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import visit_screens
from tests.html_pages import Form, Page
from tests.visit_log import NOW, some
from tests.visit_screens import LIST, House
from tests.web_client import CheckingClient

settings, house, rita = visit_screens.FIXTURES
ASKED = "Kender I resultatet? 1 brobygget henvendelse mangler svar. Toldboden man. 23. nov. kl. 13.10"


def answers(page: Page, address: str) -> dict[str, Form]:
    """The forms that answer for a visit, by the answer."""
    forms = [form for form in page.forms() if form.action == f"{address}/resultat"]
    return {dict(form.fields)["known"]: form for form in forms}


def tap(client: CheckingClient, form: Form) -> str:
    """Press the button; where it leads."""
    answer = client.post(form.action, data=dict(form.fields))
    assert answer.status_code == 303
    return answer.headers["Location"]


class TestResults:
    """What came of bridging."""

    @pytest.mark.parametrize(("answer", "known"), [("ja", True), ("nej", False)])
    def test_one_tap_notes_it_and_takes_it_off_the_list(
        self, house: House, rita: CheckingClient, answer: str, known: bool
    ) -> None:
        address = house.logged(bodies=some("toldbod"))
        page = rita.page(LIST)
        assert ASKED in page.text
        forms = [form for form in page.forms() if form.action == f"{address}/resultat"]
        form = next(form for form in forms if ("known", answer) in form.fields)
        for _ in range(2):
            assert rita.post(form.action, data=dict(form.fields)).status_code == 303
        assert house.the(address).results == {"toldbod": known}
        assert house.revisions() == 2
        assert "Kender I resultatet?" not in rita.page(LIST).text

    def test_a_correction_keeps_the_result(self, house: House, rita: CheckingClient) -> None:
        address = house.logged(bodies=some("toldbod"), results={"toldbod": True})
        rita.submit(address, action=address, minutes="30")
        assert house.the(address).results == {"toldbod": True}
        rita.submit(address, action=address, bodies=None)
        assert house.the(address).results == {}

    @pytest.mark.parametrize(
        ("body", "known"), [("findes-ikke", "ja"), ("toldbod", "måske"), ("", ""), ("toldbod\x00", "ja")]
    )
    def test_an_answer_to_something_else_is_not_found(
        self, house: House, rita: CheckingClient, body: str, known: str
    ) -> None:
        address = house.logged(bodies=some("toldbod"))
        token = next(form for form in rita.page(LIST).forms() if form.action == f"{address}/resultat").fields[0][1]
        data = {"csrf_token": token, "body": body, "known": known, "revision": "1"}
        assert rita.post(f"{address}/resultat", data=data).status_code == 404
        assert house.revisions() == 1


class TestTakingBack:
    """An answer can be taken back: at once in one tap, and later on the visit itself."""

    @pytest.mark.parametrize(("answer", "words"), [("ja", "Resultat kendt"), ("nej", "Ikke kendt")])
    @pytest.mark.parametrize("clicks", [1, 2])
    def test_the_page_after_says_what_was_noted_and_takes_it_back_in_one_tap(
        self, house: House, rita: CheckingClient, answer: str, words: str, clicks: int
    ) -> None:
        address = house.logged(bodies=some("toldbod"))
        form = answers(rita.page(LIST), address)[answer]
        for _ in range(clicks):
            after = tap(rita, form)
        page = rita.page(after)
        assert f"Noteret om Toldboden: {words} Fortryd" in page.text
        assert "Noteret om" not in rita.page(after).text
        tap(rita, answers(page, address)["uvist"])
        assert house.the(address).results == {}
        page = rita.page(LIST)
        assert "Noteret om Toldboden: Vides ikke endnu Fortryd" in page.text
        assert ASKED in page.text

    def test_a_visit_shows_what_stands_and_offers_the_other_two(self, house: House, rita: CheckingClient) -> None:
        address = house.logged(bodies=some("toldbod"))
        assert "Kender I resultatet? Toldboden Vides ikke endnu Resultat kendt" in rita.page(address).text
        for answer, results in (("ja", {"toldbod": True}), ("nej", {"toldbod": False}), ("uvist", {})):
            page = rita.page(f"{address}?next=/i-dag")
            assert answers(page, address).keys() == {"ja", "nej", "uvist"} - {
                {True: "ja", False: "nej", None: "uvist"}[house.the(address).results.get("toldbod")]
            }
            after = tap(rita, answers(page, address)[answer])
            assert after.startswith(address), "it stays at the visit"
            assert house.the(address).results == results
            assert "Noteret om Toldboden" in rita.page(after).text
            assert 'href="/i-dag"' in rita.get(after).text

    def test_undoing_a_change_brings_back_what_stood_before_it(self, house: House, rita: CheckingClient) -> None:
        address = house.logged(bodies=some("toldbod"), results={"toldbod": True})
        after = tap(rita, answers(rita.page(address), address)["nej"])
        page = rita.page(after)
        assert "Noteret om Toldboden: Ikke kendt Fortryd" in page.text
        (undo,) = [form for form in page.forms() if form.action == f"{address}/resultat"][:1]
        tap(rita, undo)
        assert house.the(address).results == {"toldbod": True}

    def test_what_a_colleague_has_changed_since_is_not_taken_back_unseen(
        self, house: House, rita: CheckingClient
    ) -> None:
        address = house.logged(bodies=some("toldbod"))
        page = rita.page(tap(rita, answers(rita.page(LIST), address)["ja"]))
        house.browser("svend").submit(address, action=address, minutes="30")
        form = answers(page, address)["uvist"]
        assert rita.post(form.action, data=dict(form.fields)).status_code == 409
        assert house.the(address).results == {"toldbod": True}

    def test_a_visit_that_is_undone_or_went_nowhere_is_not_asked_about(
        self, house: House, rita: CheckingClient
    ) -> None:
        address, other = house.logged(bodies=some("toldbod")), house.logged()
        rita.submit(address, action=f"{address}/fortryd")
        for one in (address, other):
            assert "Kender I resultatet?" not in rita.page(one).text


class TestManyWaiting:
    """The week stays in sight however many wait for an answer."""

    def test_the_five_oldest_stand_open_and_the_rest_behind_their_count(
        self, house: House, rita: CheckingClient
    ) -> None:
        visits = [house.logged(bodies=some("toldbod"), occurred_at=NOW - timedelta(days=back)) for back in range(23)]
        page = rita.page(LIST)
        assert "23 brobyggede henvendelser mangler svar. Her er de 20 ældste." in page.text
        asked = [form.action for form in page.forms() if ("known", "ja") in form.fields]
        assert asked == [f"{address}/resultat" for address in visits[:2:-1]]
        (box,) = page.all("details")
        assert "open" not in box.attrib
        assert " ".join("".join(box.itertext()).split()).startswith("15 til Toldboden")
        folded = [form.get("action") for form in box.iter("form")]
        assert folded[::2] == [f"{address}/resultat" for address in visits[17:2:-1]]

    def test_one_of_last_year_says_so(self, house: House, rita: CheckingClient) -> None:
        house.logged(bodies=some("toldbod"), occurred_at=NOW - timedelta(days=350))
        assert "Toldboden man. 8. dec. 2025 kl. 13.30" in rita.page(LIST).text

    def test_five_are_not_folded(self, house: House, rita: CheckingClient) -> None:
        for back in range(5):
            house.logged(bodies=some("toldbod"), occurred_at=NOW - timedelta(days=back))
        assert rita.page(LIST).all("details") == []
