"""What is typed wrong or forged on the tablet: a sentence at the field, 422, and everything typed stays."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time

import pytest

from advice.database import db
from advice.models.catalogue import Outcome, VisitKind
from tests import visit_screens
from tests.program import Clock
from tests.visit_log import MONDAY, some
from tests.visit_screens import DAY, House, said, send
from tests.web_client import CheckingClient

settings, house, rita = visit_screens.FIXTURES


class TestBadInput:
    """A sentence at the field, 422, and what was typed stays."""

    def test_without_a_topic_everything_else_stays(self, house: House, rita: CheckingClient) -> None:
        answer = send(rita, topics=None, outcomes=["klaret"], bodies=["toldbod"], minutes="15", time="12.05")
        assert answer.status_code == 422
        assert "Vælg mindst ét emne." in said(answer)
        for kept in ('value="klaret" checked', 'value="toldbod" checked', 'value="15" checked', 'value="12.05"'):
            assert kept in answer.text
        assert "<title>Fejl: " in answer.text
        assert house.visits() == []

    @pytest.mark.parametrize("minutes", ["0", "481", "-1", "1e309", "NaN", "１５", "15.5", " ", "99999999999", "x\x00"])
    def test_minutes_that_are_none(self, house: House, rita: CheckingClient, minutes: str) -> None:
        answer = send(rita, minutes=minutes, forged=True)
        assert (answer.status_code, house.visits()) == (422, [])
        assert "Vælg et antal minutter fra 1 til 480." in said(answer)

    @pytest.mark.parametrize("field", ["topics", "help_forms", "outcomes", "bodies", "activities", "kind", "language"])
    @pytest.mark.parametrize("code", ["findes-ikke", "intet\x00her", "<script>", "' OR 1=1"])
    def test_codes_that_are_not_on_the_list(self, house: House, rita: CheckingClient, field: str, code: str) -> None:
        answer = send(rita, forged=True, **{field: code})
        assert (answer.status_code, house.visits()) == (422, [])
        sentence = "Noget af det valgte findes ikke på listen. Vælg igen."
        assert re.search(f'<a href="#{field}">[^<]+: {sentence}</a>', answer.text)
        assert "<script>" not in answer.text

    @pytest.mark.parametrize("place", ["findes-ikke", "", "../../", "hjemme\x00"])
    def test_a_place_that_is_not_there(self, house: House, rita: CheckingClient, place: str) -> None:
        answer = send(rita, forged=True, place=place)
        assert (answer.status_code, house.visits()) == (422, [])
        assert 'href="#place"' in answer.text

    def test_two_hundred_topics(self, rita: CheckingClient) -> None:
        answer = send(rita, forged=True, topics=[f"t{number}" for number in range(200)])
        assert answer.status_code == 422
        assert "Der er valgt for mange. Vælg færre." in said(answer)

    @pytest.mark.parametrize("typed", ["", "kl.", "24.00", "12.60", "１２.00", "1e2", "12.5", "-1", "12:00:00"])
    def test_a_time_that_is_none(self, house: House, rita: CheckingClient, typed: str) -> None:
        answer = send(rita, time=typed)
        assert (answer.status_code, house.visits()) == (422, [])
        assert "Skriv et klokkeslæt som 12 eller 12.30." in said(answer)
        assert f'value="{typed}"' in answer.text

    @pytest.mark.parametrize(
        ("typed", "at"),
        [("9.05", time(9, 5)), ("905", time(9, 5)), ("12", time(12)), (" 12:30 ", time(12, 30)), ("kl. 13", time(13))],
    )
    def test_a_time_as_people_write_it(self, house: House, rita: CheckingClient, typed: str, at: time) -> None:
        send(rita, time=typed)
        assert house.visit().visit.occurred_at == datetime.combine(MONDAY, at, UTC).replace(hour=at.hour - 1)

    def test_a_time_that_has_not_come(self, house: House, rita: CheckingClient) -> None:
        answer = send(rita, time="13.31")
        assert (answer.status_code, house.visits()) == (422, [])
        assert "ikke kommet endnu" in said(answer)
        assert send(rita, time="13.30").status_code == 303

    def test_a_time_that_does_not_exist(self, house: House, rita: CheckingClient, clock: Clock) -> None:
        clock.now = datetime(2026, 3, 29, 12, tzinfo=UTC)
        answer = send(rita, time="2.30")
        assert (answer.status_code, house.visits()) == (422, [])
        assert "uret blev stillet frem" in said(answer)

    def test_a_page_left_open_over_night_does_not_log_yesterdays_hour(
        self, house: House, rita: CheckingClient, clock: Clock
    ) -> None:
        form = next(form for form in rita.page(DAY).forms() if form.action == DAY)
        clock.forward(days=1, minutes=7)
        rita = house.browser("rita")  # who was away for so long has logged in again, in another tab
        token = dict(next(form for form in rita.page(DAY).forms() if form.action == DAY).fields)["csrf_token"]
        answer = rita.post(DAY, data={**dict(form.fields), "topics": "regn", "csrf_token": token})
        assert answer.status_code == 422
        assert "Siden stod åben fra en anden dag." in said(answer)
        assert 'value="13.37"' in answer.text
        assert 'value="2026-11-24"' in answer.text
        assert house.visits() == []

    def test_a_forged_id_gets_one_of_ours(self, house: House, rita: CheckingClient) -> None:
        answer = send(rita, visit="../../etc")
        assert answer.status_code == 422
        assert "Siden kunne ikke læses." in said(answer)
        assert house.visits() == []

    def test_another_organisations_id_is_neither_changed_nor_shown(self, house: House, rita: CheckingClient) -> None:
        send(house.browser("bent"), minutes="45")
        theirs = house.visit().visit.id
        answer = send(rita, visit=str(theirs), topics=["bølger"])
        assert answer.status_code == 422
        assert str(theirs) not in answer.text
        assert house.visit().visit.minutes == 45

    def test_which_of_two_outcomes_a_body_means_is_asked(self, house: House, rita: CheckingClient) -> None:
        key = house.log.advisers["rita"].programme
        house.change(
            lambda log: db.session.add(Outcome(programme_id=key, code="to", labels={"da": "To"}, bridges=True))
        )
        answer = send(rita, bodies=["toldbod"])
        assert answer.status_code == 422
        assert "Vælg også, hvordan det endte" in said(answer)
        assert "Videre / To – hvortil?" in said(answer)

    def test_outcomes_that_cannot_both_be_true_get_a_sentence_at_the_field(
        self, house: House, rita: CheckingClient
    ) -> None:
        answer = send(rita, outcomes=["klaret", "gik"], minutes="15")
        assert (answer.status_code, house.visits()) == (422, [])
        assert re.search('<a href="#outcomes">[^<]+: Det kan ikke både være løst og ikke nået.', answer.text)
        for kept in ('value="klaret" checked', 'value="gik" checked', 'value="15" checked'):
            assert kept in answer.text
        address = house.logged(outcomes=some("gik"))
        answer = rita.submit(address, action=address, outcomes=["klaret", "gik"])
        assert answer.status_code == 422
        assert "Det kan ikke både være løst og ikke nået." in answer.text

    def test_of_several_kinds_one_can_be_tapped_and_taken_back(self, house: House, rita: CheckingClient) -> None:
        def second(log: object) -> None:
            service = house.log.world.services["snak"]
            row = VisitKind(
                programme_id=service.programme_id, service_id=service.id, code="sang", labels={"da": "Sang"}
            )
            db.session.add(row)

        house.change(second)
        assert "Hvilken slags? Tale Sang Ingen af dem" in rita.page(DAY).text
        send(rita, kind="sang")
        assert house.visit().kind is not None

    def test_a_form_without_a_token_is_refused(self, house: House, rita: CheckingClient) -> None:
        assert send(rita, csrf_token=None).status_code == 400
        assert house.visits() == []
