"""Shared tablets on the screens: unlocked by each adviser's PIN, which opens little, and locked again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from advice.app import create_app
from advice.config import Settings
from advice.database import db
from advice.models.accounts import LogInSession, TotpSecret
from advice.models.people import Person
from advice.models.tablets import Tablet, TabletUnlock
from advice.rules.access import BY_PIN, OPEN, Action, Standing
from advice.rules.sessions import SEEN_EVERY
from tests import builders, tablet_screens
from tests.builders import PASSWORD
from tests.every_address import addresses, settled
from tests.program import Clock
from tests.stored import stored_world, writing
from tests.tablet_screens import (
    DAY,
    ENROL,
    PINS,
    TILES,
    TODAY,
    at_desk,
    change,
    enrol,
    give_pins,
    log_in,
    needs_of,
    other_browser,
    person_url,
    tap,
    type_pin,
    who_is_in,
)
from tests.web_client import CheckingClient

settings, people, tablet = tablet_screens.settings, tablet_screens.people, tablet_screens.tablet


class TestPin:
    """Once an adviser and day."""

    def test_lets_her_in_at_the_place_of_the_tablet(self, app: Flask, tablet: CheckingClient) -> None:
        answer = type_pin(app, tablet, "rita")
        assert (answer.status_code, answer.location) == (303, DAY)
        assert who_is_in(tablet) == "Rita Ror"
        with app.app_context():
            row = db.session.scalars(select(LogInSession).where(LogInSession.method == "pin")).one()
            assert row.tablet_id == db.session.scalars(select(Tablet.id)).one()

    def test_two_advisers_take_turns_and_each_types_hers_once(self, app: Flask, tablet: CheckingClient) -> None:
        for name, whole in (("rita", "Rita Ror"), ("svend", "Svend Sejl")):
            assert type_pin(app, tablet, name).status_code == 303
            assert who_is_in(tablet) == whole
            assert change(tablet).location == TILES
            assert who_is_in(tablet) is None
        for name, whole in (("rita", "Rita Ror"), ("svend", "Svend Sejl")):
            assert tap(app, tablet, name).location == DAY
            assert who_is_in(tablet) == whole
            change(tablet, "/vagtplan/2026-48")
        with app.app_context():
            assert db.session.scalar(select(func.count()).select_from(TabletUnlock)) == 2
            living = select(func.count()).select_from(LogInSession).where(LogInSession.ended_at.is_(None))
            assert db.session.scalar(living) == 0

    def test_is_asked_for_again_the_next_day(self, app: Flask, tablet: CheckingClient, clock: Clock) -> None:
        type_pin(app, tablet, "rita")
        clock.now = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
        assert who_is_in(tablet) is None
        url = person_url(app, "rita")
        assert url in [link.get("href") for link in tablet.page(TILES).all("a")]

    def test_a_tap_from_yesterdays_page_asks_for_the_pin(
        self, app: Flask, tablet: CheckingClient, clock: Clock
    ) -> None:
        type_pin(app, tablet, "rita")
        change(tablet)
        form = next(one for one in tablet.page(TILES).forms() if one.action == person_url(app, "rita"))
        clock.forward(days=1)
        answer = tablet.post(form.action, data=dict(form.fields))
        assert answer.status_code == 422 and "Tast din pinkode." in answer.text
        assert who_is_in(tablet) is None

    def test_on_another_tablet_it_is_asked_for_again(
        self, app: Flask, people: builders.World, tablet: CheckingClient
    ) -> None:
        type_pin(app, tablet, "rita")
        other = other_browser(app)
        enrol(other)
        assert person_url(app, "rita") in [link.get("href") for link in other.page(TILES).all("a")]

    def test_somebody_without_one_reads_how_to_get_it(self, app: Flask, tablet: CheckingClient) -> None:
        page = tablet.page(person_url(app, "bent"))
        assert "gå til Min konto, og vælg en pinkode" in page.text and page.forms() == []
        token = dict(tablet.page(person_url(app, "rita")).forms()[0].fields)["csrf_token"]
        assert tablet.post(person_url(app, "bent"), data={"csrf_token": token, "pin": "123890"}).status_code == 422

    @pytest.mark.parametrize("typed", ["", " ", "27496", "2749610000000", "２７４９６１", "27496a", "x" * 5000])
    def test_what_cannot_be_one_gets_a_sentence_and_is_not_shown_again(
        self, app: Flask, tablet: CheckingClient, typed: str
    ) -> None:
        answer = type_pin(app, tablet, "rita", typed)
        assert answer.status_code == 422 and "Ret dette, og prøv igen" in answer.text
        assert not typed.strip() or typed not in answer.text

    def test_spaces_between_the_digits_make_no_difference(self, app: Flask, tablet: CheckingClient) -> None:
        assert type_pin(app, tablet, "rita", " 274 961 ").status_code == 303

    def test_another_advisers_pin_is_wrong(self, app: Flask, tablet: CheckingClient) -> None:
        answer = type_pin(app, tablet, "rita", PINS["svend"])
        assert answer.status_code == 422 and "Pinkoden passer ikke." in answer.text
        assert PINS["svend"] not in answer.text
        assert who_is_in(tablet) is None

    @pytest.mark.t9
    def test_asvs_6_3_1_five_wrong_ones_close_the_tile_on_that_tablet_for_her_alone(
        self, app: Flask, tablet: CheckingClient, clock: Clock
    ) -> None:
        assert [type_pin(app, tablet, "rita", "999111").status_code for _ in range(5)] == [422] * 5
        answer = type_pin(app, tablet, "rita")
        assert answer.status_code == 429 and "Prøv igen om 15 minutter." in answer.text
        assert int(answer.headers["Retry-After"]) == 15 * 60
        assert type_pin(app, tablet, "svend").status_code == 303
        other = at_desk(app, "rita")
        change(tablet)
        enrol(other)
        assert type_pin(app, other, "rita").status_code == 303
        clock.forward(minutes=15)
        assert type_pin(app, tablet, "rita").status_code == 303

    @pytest.mark.t9
    def test_asvs_6_3_3_a_pin_is_nothing_at_log_in_and_a_password_nothing_at_a_tile(
        self, app: Flask, tablet: CheckingClient
    ) -> None:
        assert type_pin(app, tablet, "rita", PASSWORD).status_code == 422
        answer = tablet.submit("/log-ind", email="rita@example.org", password=PINS["rita"])
        assert answer.status_code == 422
        assert who_is_in(tablet) is None

    @pytest.mark.t9
    def test_asvs_6_3_3_a_pin_is_taken_on_an_enrolled_tablet_only(
        self, app: Flask, people: builders.World, tablet: CheckingClient
    ) -> None:
        url, other = person_url(app, "rita"), other_browser(app)
        token = dict(other.page("/log-ind").forms()[0].fields)["csrf_token"]
        for made_up in (None, "x" * 43):
            if made_up:
                other.set_cookie("tablet", made_up)
            answer = other.post(url, data={"csrf_token": token, "pin": PINS["rita"]})
            assert answer.status_code == (303 if made_up else 404)
            assert who_is_in(other) is None
        with app.app_context():
            assert db.session.scalar(select(func.count()).select_from(TabletUnlock)) == 0

    @pytest.mark.t9
    def test_asvs_7_2_4_the_session_before_ends_and_nothing_of_it_is_left(
        self, app: Flask, tablet: CheckingClient
    ) -> None:
        type_pin(app, tablet, "rita")
        with tablet.session_transaction() as cookie:
            before, cookie["left_behind"] = cookie["_user_id"], "x"
        assert type_pin(app, tablet, "svend").status_code == 303
        with tablet.session_transaction() as cookie:
            assert cookie["_user_id"] != before and "left_behind" not in cookie
        with app.app_context():
            rows = db.session.scalars(
                select(LogInSession.ended_at).where(LogInSession.method == "pin").order_by(LogInSession.id)
            ).all()
            assert [ended is None for ended in rows] == [False, True]

    def test_somebody_who_is_disabled_has_no_tile_and_no_session(
        self, app: Flask, tablet: CheckingClient, clock: Clock
    ) -> None:
        url = person_url(app, "rita")
        type_pin(app, tablet, "rita")
        with writing(app):
            db.session.execute(update(Person).where(Person.email == "rita@example.org").values(disabled_at=clock()))
        assert who_is_in(tablet) is None
        assert "Rita Ror" not in tablet.page(TILES).text
        tablet.page(url, 404)


@pytest.mark.t10
class TestWhatAPinOpens:
    """Nothing beyond BY_PIN, whatever her role elsewhere."""

    @pytest.mark.parametrize("name", ["karen", "tove", "rita"])
    def test_of_all_addresses(self, app: Flask, clock: Clock, client: CheckingClient, name: str) -> None:
        values = settled(app, clock, writer=name)  # a notice is changed by who wrote it
        give_pins(app)
        enrol(client)
        assert type_pin(app, client, name).status_code == 303
        tried = set()
        for rule, url in addresses(app, values):
            needs = needs_of(app, rule)
            refused = (isinstance(needs, Action) and needs not in BY_PIN) or needs is Standing.OWN_ACCOUNT
            for method in (rule.methods or set()) & {"GET", "POST"}:
                if needs in OPEN or needs is Standing.TABLET:
                    continue
                answer = client.open(
                    url, method=method, data={"csrf_token": token(client)} if method == "POST" else None
                )
                assert (answer.status_code == 403) == refused, f"{method} {url}: {answer.status}"
                tried.add((rule.endpoint, refused))
        assert {("tablets.enrol", True), ("roster.own", True), ("visits.day", False)} <= tried

    def test_not_even_her_own_account(self, app: Flask, tablet: CheckingClient) -> None:
        type_pin(app, tablet, "rita")
        for url in ("/konto", "/konto/pinkode", "/konto/adgangskode"):
            tablet.page(url, 403)


def token(client: CheckingClient) -> str:
    return dict(client.page(DAY).forms()[0].fields)["csrf_token"]


class TestLock:
    """The screen is everybody's."""

    def test_after_its_idle_minutes_the_server_takes_the_session_no_longer(
        self, app: Flask, tablet: CheckingClient, clock: Clock
    ) -> None:
        type_pin(app, tablet, "rita")
        clock.forward(minutes=4)
        assert who_is_in(tablet) == "Rita Ror"
        clock.forward(minutes=5, seconds=int(SEEN_EVERY.total_seconds()))
        answer = tablet.get("/i-dag")
        assert (answer.status_code, answer.location) == (303, TILES)

    def test_changing_from_a_page_whose_session_has_ended_leads_to_the_tiles_too(
        self, app: Flask, tablet: CheckingClient, clock: Clock
    ) -> None:
        type_pin(app, tablet, "rita")
        sent = {"csrf_token": token(tablet)}
        clock.forward(hours=1)
        answer = tablet.post("/tablet/skift", data=sent)
        assert (answer.status_code, answer.location) == (303, TILES)

    def test_the_button_in_the_bar_locks_and_leads_to_the_tiles(self, app: Flask, tablet: CheckingClient) -> None:
        type_pin(app, tablet, "rita")
        page = tablet.page(DAY)
        assert ["".join(one.itertext()).strip() for one in page.all("button")][:2] == ["Skift rådgiver", "Lås"]
        assert tablet.submit(DAY, action="/log-ud").location == TILES
        assert who_is_in(tablet) is None

    def test_the_script_comes_with_pages_of_a_tablet_only(
        self, app: Flask, people: builders.World, tablet: CheckingClient
    ) -> None:
        type_pin(app, tablet, "rita")
        shown = tablet.get(DAY).text
        assert "tablet.js" in shown and 'data-idle-minutes="5"' in shown
        other = at_desk(app, "rita")
        elsewhere = other.get(DAY).text
        assert "tablet.js" not in elsewhere and "Log ud" in elsewhere

    def test_changing_needs_a_token_and_is_no_address_elsewhere(
        self, app: Flask, people: builders.World, tablet: CheckingClient
    ) -> None:
        type_pin(app, tablet, "rita")
        assert tablet.post("/tablet/skift").status_code == 400
        assert who_is_in(tablet) == "Rita Ror"
        other = at_desk(app, "rita")
        assert other.post("/tablet/skift", data={"csrf_token": token(other)}).status_code == 404
        assert who_is_in(other) == "Rita Ror"


class TestFullLogIn:
    """With e-mail and password, on a tablet: it stands for the second step (trust.md)."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        """The real thing: a password alone is not enough."""
        return replace(settings, demo=False)

    @pytest.fixture
    def at_work(self, app: Flask, settings: Settings) -> CheckingClient:
        """A tablet of a programme whose people have second factors; enrolled by somebody let in by a demonstration."""
        stored_world(app)
        give_pins(app)
        with writing(app):
            for person_id in db.session.scalars(select(Person.id)):
                db.session.add(
                    TotpSecret(
                        person_id=person_id, sealed="x", created_at=settings.clock(), confirmed_at=settings.clock()
                    )
                )
        lent = create_app(replace(settings, demo=True))
        lent.test_client_class = CheckingClient
        first, tablet = lent.test_client(), other_browser(app)
        assert isinstance(first, CheckingClient)
        enrol(first)
        cookie = first.get_cookie("tablet")
        assert cookie is not None
        tablet.set_cookie("tablet", cookie.value)
        return tablet

    def test_elsewhere_the_second_step_is_asked_for(self, app: Flask, at_work: CheckingClient) -> None:
        other = at_desk(app, "tove")
        assert who_is_in(other) is None

    def test_needs_no_second_step_and_ends_with_the_tablet(self, app: Flask, at_work: CheckingClient) -> None:
        assert log_in(at_work, "tove").status_code == 303
        assert who_is_in(at_work) == "Tove Tov"
        with writing(app):
            db.session.execute(update(Tablet).values(ended_at=datetime(2026, 11, 23, 12, 30, tzinfo=UTC)))
        assert who_is_in(at_work) is None

    def test_opens_no_account_for_who_stands_at_the_tablet_has_that_half(self, at_work: CheckingClient) -> None:
        log_in(at_work, "tove")
        assert "/konto" not in at_work.get("/vagtplan/2026-48").text
        for url in ("/konto", "/konto/pinkode", "/konto/adgangskode"):
            at_work.page(url, 403)

    @pytest.mark.parametrize("name", ["karen", "tove", "rita"])
    def test_reaches_only_what_the_tablet_is_for(self, app: Flask, at_work: CheckingClient, name: str) -> None:
        """A password alone, on somebody's device, is not the whole role of a leader."""
        assert log_in(at_work, name).status_code == 303
        assert who_is_in(at_work) is not None
        more = {
            url: method
            for rule, url in addresses(app, {"year": 2026, "number": 4})
            if isinstance(needs := needs_of(app, rule), Action) and needs not in BY_PIN
            for method in (rule.methods or set()) & {"GET", "POST"}
        }
        assert {ENROL, "/indstillinger/personer"} <= set(more)
        for url, method in more.items():
            data = {"csrf_token": token(at_work)} if method == "POST" else None
            assert at_work.open(url, method=method, data=data).status_code == 403, url

    def test_a_reader_who_may_nothing_there_comes_to_the_tiles(self, at_work: CheckingClient) -> None:
        assert log_in(at_work, "lars").location == TILES
        assert at_work.get("/maal").status_code == 403

    def test_locks_after_the_tablets_idle_minutes(self, at_work: CheckingClient, clock: Clock) -> None:
        log_in(at_work, "tove")
        clock.forward(minutes=7)
        assert who_is_in(at_work) is None

    def test_of_somebody_of_another_programme_asks_for_it(self, app: Flask, at_work: CheckingClient) -> None:
        with writing(app):
            builders.world("kysten", "k-")
        assert log_in(at_work, "k-tove").status_code == 303
        assert who_is_in(at_work) is None

    def test_works_under_the_tablets_programme(self, app: Flask, at_work: CheckingClient) -> None:
        with writing(app):
            elsewhere = builders.world("kysten", "k-")
            tove = db.session.scalars(select(Person).where(Person.email == "tove@example.org")).one()
            builders.member(elsewhere, tove, "huset", "coordinator")
        log_in(at_work, "tove")
        page = at_work.page("/vagtplan/2026-48")
        assert "Havnen" in page.text and "organisation eller helhedsplan" not in page.text


def test_a_tablet_whose_place_has_closed_for_good_leads_to_the_day_all_the_same(
    app: Flask, people: builders.World, tablet: CheckingClient
) -> None:
    with writing(app):
        db.session.merge(people.places["skuret"]).valid_to = TODAY - timedelta(days=1)
    assert type_pin(app, tablet, "rita").location == "/i-dag"
