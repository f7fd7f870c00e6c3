"""Correcting and undoing a visit, and saying what came of bridging."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from advice.database import db
from advice.models.audit import AuditEntry
from tests import visit_screens
from tests.html_pages import Page
from tests.program import Clock
from tests.visit_log import MONDAY, some
from tests.visit_screens import DAY, LIST, House, workshop
from tests.web_client import CheckingClient

settings, house, rita = visit_screens.FIXTURES


class TestCorrecting:
    """The same form, and a revision of its own."""

    def test_the_form_shows_what_stands(self, house: House, rita: CheckingClient) -> None:
        address = house.logged(bodies=some("toldbod"), minutes=29, language="ar", kind="tale", help_forms=some("ro"))
        (form,) = [form for form in rita.page(address).forms() if form.action == address]
        filled = [(name, value) for name, value in form.fields if name != "csrf_token"]
        assert dict(filled) == {
            "topics": "regn", "bodies": "toldbod", "outcomes": "videre", "help_forms": "ro", "kind": "tale",
            "minutes": "29", "language": "ar", "time": "13.10", "place": "skuret", "service": "snak", "revision": "1",
            "next": LIST,
        }  # fmt: skip

    def test_a_correction_is_the_next_revision_and_leads_back(self, house: House, rita: CheckingClient) -> None:
        address = house.logged(minutes=15, occurred_at=datetime(2026, 11, 23, 12, 10, 42, tzinfo=UTC))
        answer = rita.submit(f"{address}?next=/i-dag?sted=skuret", action=address, topics=["bølger"], minutes="")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/i-dag?sted=skuret")
        found = house.the(address)
        assert (found.codes("topics"), found.visit.minutes, found.visit.revision) == (some("bølger"), None, 2)
        assert found.visit.occurred_at.second == 42, "a time that was not touched stays as it was"

    def test_the_time_can_be_corrected_and_the_day_stays(
        self, house: House, rita: CheckingClient, clock: Clock
    ) -> None:
        address = house.logged()
        clock.forward(days=3)
        house.browser("rita").submit(address, action=address, time="12.45")
        found = house.the(address).visit
        assert (found.occurred_at, found.local_date) == (datetime(2026, 11, 23, 11, 45, tzinfo=UTC), MONDAY)

    def test_the_adviser_stays_and_the_audit_names_who_corrected(self, house: House, rita: CheckingClient) -> None:
        address = house.logged()
        house.browser("svend").submit(address, action=address, minutes="30")
        assert house.the(address).visit.person.name == "Rita Ror"
        with house.app.app_context():
            row = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "visit_corrected")).one()
            assert (row.person_id, row.details["fields"]) == (house.log.advisers["svend"].person, ["minutes"])

    def test_what_has_ended_is_offered_only_where_it_stands(self, house: House, rita: CheckingClient) -> None:
        address, other = house.logged(), house.logged(topics=some("bølger"))
        house.change(lambda log: setattr(log.world.topics["regn"], "valid_to", date(2026, 11, 1)))
        assert 'value="regn" checked' in rita.get(address).text
        assert 'value="regn"' not in rita.get(other).text
        assert rita.submit(address, action=address, minutes="5").status_code == 303
        assert house.the(address).codes("topics") == some("regn")
        assert rita.submit(other, action=other, topics=["regn"]).status_code == 422

    def test_bad_input_gets_a_sentence_and_keeps_what_was_typed(self, house: House, rita: CheckingClient) -> None:
        address = house.logged()
        answer = rita.submit(address, action=address, topics=None, time="25.00", minutes="45")
        assert answer.status_code == 422
        assert "Vælg mindst ét emne." in answer.text
        assert 'value="25.00"' in answer.text
        assert 'value="45" checked' in answer.text
        assert house.the(address).visit.revision == 1

    def test_on_top_of_a_version_not_seen_it_shows_both_and_then_saves(
        self, house: House, rita: CheckingClient
    ) -> None:
        address = house.logged()
        svend = house.browser("svend")
        stale = next(form for form in rita.page(address).forms() if form.action == address)
        svend.submit(address, action=address, topics=["bølger"])
        data = dict([*stale.fields, ("minutes", "30")])
        answer = rita.post(address, data=data)
        assert answer.status_code == 409
        text = " ".join(answer.text.split())
        assert "Intet er gemt." in text
        assert '<th scope="row">Hvad handlede det om?</th><td>Bølger</td><td>Regn' in text
        assert '<th scope="row">Hvor længe?</th><td>–</td><td>30 min.' in text
        assert house.the(address).codes("topics") == some("bølger")
        assert 'name="revision" type="hidden" value="2"' in text, "saving again is on top of what she has seen now"
        assert rita.post(address, data={**data, "revision": "2"}).status_code == 303
        assert (house.the(address).codes("topics"), house.the(address).visit.minutes) == (some("regn"), 30)

    def test_two_versions_behind_is_a_conflict_too(self, house: House, rita: CheckingClient) -> None:
        address = house.logged()
        stale = next(form for form in rita.page(address).forms() if form.action == address)
        for minutes in ("5", "15"):
            house.browser("svend").submit(address, action=address, minutes=minutes)
        assert rita.post(address, data=dict(stale.fields)).status_code == 409
        assert house.the(address).visit.minutes == 15

    def test_a_double_click_on_save_is_one_revision(self, house: House, rita: CheckingClient) -> None:
        address = house.logged()
        form = next(form for form in rita.page(address).forms() if form.action == address)
        data = dict([*form.fields, ("minutes", "30")])
        assert [rita.post(address, data=data).status_code for _ in range(2)] == [303, 303]
        assert house.revisions() == 2

    @pytest.mark.parametrize("revision", ["", "0", "-1", "99", "2147483648", "x", "１"])
    def test_a_forged_revision_changes_nothing(self, house: House, rita: CheckingClient, revision: str) -> None:
        address = house.logged()
        assert rita.submit(address, action=address, revision=revision, minutes="30").status_code == 409
        assert house.revisions() == 1

    @pytest.mark.parametrize("outward", ["//evil.example", "https://evil.example/", "/\\evil", "javascript:alert(1)"])
    def test_it_never_leads_out_of_the_site(self, house: House, rita: CheckingClient, outward: str) -> None:
        address = house.logged()
        assert rita.submit(address, action=address, next=outward).headers["Location"] == LIST


class TestUndoing:
    """Undone is a revision; correcting brings a visit back."""

    def test_it_can_be_undone_twice_over_and_brought_back(self, house: House, rita: CheckingClient) -> None:
        address = house.logged(minutes=15)
        form = next(form for form in rita.page(LIST).forms() if form.action == f"{address}/fortryd")
        for _ in range(2):
            assert rita.post(f"{address}/fortryd", data=dict(form.fields)).status_code == 303
        found = house.the(address).visit
        assert (found.undone, found.revision, found.minutes) == (True, 2, 15)
        assert "fortrudt og tæller ikke med" in rita.page(LIST).text
        rita.submit(address, action=address)
        assert not house.the(address).visit.undone
        with house.app.app_context():
            actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject == "visits")).all()
        assert list(actions) == ["visit_undone", "visit_restored"]

    def test_what_has_changed_since_is_shown_and_not_undone(self, house: House, rita: CheckingClient) -> None:
        address = house.logged()
        form = next(form for form in rita.page(LIST).forms() if form.action == f"{address}/fortryd")
        house.browser("svend").submit(address, action=address, minutes="30")
        answer = rita.post(f"{address}/fortryd", data=dict(form.fields))
        assert answer.status_code == 409
        assert 'value="30" checked' in answer.text
        assert not house.the(address).visit.undone

    def test_sending_the_form_of_an_undone_visit_again_does_not_say_that_it_is_saved(
        self, house: House, rita: CheckingClient
    ) -> None:
        form = next(form for form in rita.page(DAY).forms() if form.action == DAY)
        data = {**dict(form.fields), "topics": "regn"}
        rita.post(DAY, data=data)
        address = f"{LIST}/{house.visit().visit.id}"
        rita.page(DAY)
        rita.submit(DAY, action=f"{address}/fortryd")
        rita.post(DAY, data=data)
        text = rita.page(DAY).text
        assert "Den henvendelse var gemt og er fortrudt. Den tæller ikke med. Hent tilbage" in text
        assert "Gemt kl." not in text

    @pytest.mark.parametrize(
        ("name", "visits_of", "said"),
        [
            ("svend", "rita", "Henvendelsen er fortrudt af en anden kl. 13.34."),
            ("svend", "svend", "Henvendelsen er fortrudt af Svend Sejl kl. 13.34."),
            ("rita", "svend", "Du har selv fortrudt henvendelsen kl. 13.34."),
        ],
    )
    def test_a_correction_of_what_was_undone_meanwhile_says_so_on_top_and_what_to_do(
        self, house: House, rita: CheckingClient, clock: Clock, name: str, visits_of: str, said: str
    ) -> None:
        address = house.logged(visits_of)
        stale = next(form for form in rita.page(address).forms() if form.action == address)
        clock.forward(minutes=4)
        assert house.browser(name).submit(LIST, action=f"{address}/fortryd").status_code == 303
        answer = rita.post(address, data=dict([*stale.fields, ("minutes", "30")]))
        assert answer.status_code == 409
        text = Page(answer.text).text
        assert f"{said} Intet er gemt, og den tæller ikke med. Skal den tælle med igen" in text
        assert text.index(said) < text.index("Det, der står nu")
        assert "Henvendelsen er ændret" not in text
        form = next(form for form in Page(answer.text).forms() if form.action == address)
        assert rita.post(address, data=dict(form.fields)).status_code == 303
        assert (house.the(address).visit.undone, house.the(address).visit.minutes) == (False, 30)

    def test_what_was_undone_and_not_changed_shows_no_table_of_what_is_the_same(
        self, house: House, rita: CheckingClient
    ) -> None:
        address = house.logged()
        stale = next(form for form in rita.page(address).forms() if form.action == address)
        house.browser("svend").submit(LIST, action=f"{address}/fortryd")
        answer = rita.post(address, data=dict(stale.fields))
        assert answer.status_code == 409
        assert "fortrudt af en anden" in answer.text
        assert "Det, der står nu" not in answer.text

    def test_undone_the_day_before_it_says_which_day(self, house: House, rita: CheckingClient, clock: Clock) -> None:
        address = house.logged()
        stale = next(form for form in rita.page(address).forms() if form.action == address)
        house.browser("svend").submit(LIST, action=f"{address}/fortryd")
        clock.forward(days=1)
        rita = house.browser("rita")
        token = dict(next(form for form in rita.page(LIST).forms()).fields)["csrf_token"]
        answer = rita.post(address, data={**dict(stale.fields), "minutes": "30", "csrf_token": token})
        assert "fortrudt af en anden mandag 23. november kl. 13.30." in answer.text


class TestTheServiceOfAKind:
    """A correction that taps a kind of the other service here."""

    def test_it_takes_the_service_of_the_kind_and_says_so(self, house: House, rita: CheckingClient) -> None:
        house.change(lambda log: workshop(log, "skuret", 10, 12))
        address = house.logged()
        form = next(form for form in rita.page(address).forms() if form.action == address)
        data = {**dict(form.fields), "kind": "høvl"}
        assert [rita.post(address, data=data).status_code for _ in range(2)] == [303, 303]
        found = house.the(address)
        assert (found.visit.service.code, found.visit.revision) == ("værksted", 2)
        assert "Rettelsen er gemt under Værksted: dertil hører Høvl." in rita.page(LIST).text

    def test_a_service_chosen_anew_is_not_taken_back_by_the_kind_that_stood(
        self, house: House, rita: CheckingClient
    ) -> None:
        house.change(lambda log: workshop(log, "skuret", 10, 12))
        address = house.logged(kind="tale")
        answer = rita.submit(address, action=address, service="værksted")
        assert answer.status_code == 422
        assert house.revisions() == 1
