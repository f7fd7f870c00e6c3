"""A form that is sent when its session has ended: what was typed is kept, and nobody's is stored as another's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.test import TestResponse
from wtforms import PasswordField

from advice import web
from advice.rules.access import Standing
from advice.rules.kept_fields import MOST_CHARACTERS, MOST_FIELDS, SECRETS
from advice.rules.sessions import IDLE, PROOF_LASTS, SEEN_EVERY
from tests import builders, visit_screens
from tests.html_pages import Form, Page
from tests.program import Clock
from tests.tablet_screens import TILES, enrol, give_pins, type_pin
from tests.visit_log import some
from tests.visit_screens import DAY, House, said
from tests.visitors import PEOPLE, Floor, opened
from tests.web_client import CheckingClient

settings, house, rita = visit_screens.FIXTURES
OURS = {"Sec-Fetch-Site": "same-origin", "Referer": "http://localhost/"}
NEW_SHIFT = "/vagtplan/ny"
INVITE = "/indstillinger/personer/inviter"
Sent = list[tuple[str, str]]


def typed(client: CheckingClient, url: str, *fields: tuple[str, str], action: str | None = None) -> Sent:
    """What the form of a page would send, with these fields typed."""
    (form,) = [one for one in client.page(url).forms() if one.action == (action or url)]
    names = {name for name, _value in fields}
    return [*(one for one in form.fields if one[0] not in names), *fields]


def post(client: CheckingClient, url: str, sent: Sent, **headers: str) -> TestResponse:
    """Send it as a browser does from a page of ours."""
    data: dict[str, list[str]] = {}
    for name, value in sent:
        data.setdefault(name, []).append(value)
    return client.post(url, data=data, headers={**OURS, **headers})


def form_to(answer: TestResponse, address: str) -> Form:
    """The form of an answer that goes to an address."""
    (found,) = [one for one in Page(answer.text).forms() if one.action == address]
    return found


def links(answer: TestResponse) -> dict[str, str]:
    """The links of a page by their words, with where they open."""
    found = Page(answer.text).all("a")
    return {"".join(one.itertext()).strip(): f"{one.get('href')} {one.get('target')} {one.get('rel')}" for one in found}


def log_in(client: CheckingClient, name: str) -> None:
    """In the other tab."""
    sent = {"email": f"{name}@example.org", "password": builders.PASSWORD}
    assert client.submit("/log-ind", sent, action="/log-ind").status_code == 303


class TestAVisit:
    """The form that must never be lost."""

    TAPS = (("topics", "regn"), ("topics", "bølger"), ("outcomes", "klaret"), ("minutes", "45"))

    @pytest.fixture
    def late(self, house: House, rita: CheckingClient, clock: Clock) -> Sent:
        """What Rita has tapped when her session ends."""
        found = typed(rita, DAY, *self.TAPS)
        clock.forward(seconds=(IDLE + SEEN_EVERY).total_seconds())
        return found

    def test_it_is_kept_on_a_page_that_asks_for_log_in_in_another_tab(
        self, house: House, rita: CheckingClient, late: Sent
    ) -> None:
        answer = post(rita, DAY, late)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (401, "no-store")
        assert "Du er blevet logget ud Det, du skrev, er her endnu." in Page(answer.text).text
        assert links(answer)["Log ind i en ny fane"] == "/log-ind _blank noopener"
        assert form_to(answer, DAY).fields == [one for one in late if one[0] != "csrf_token"]
        again = post(rita, DAY, form_to(answer, DAY).fields)
        assert (again.status_code, form_to(again, DAY).fields) == (401, form_to(answer, DAY).fields)
        assert house.visits() == []

    def test_after_log_in_its_own_page_shows_it_and_stores_it_when_she_says_so(
        self, house: House, rita: CheckingClient, late: Sent
    ) -> None:
        kept = form_to(post(rita, DAY, late), DAY).fields
        log_in(rita, "rita")
        shown = post(rita, DAY, kept)
        assert shown.status_code == 422
        assert "Intet er gemt endnu. Du er logget ind som Rita Ror: se det igennem, og gem igen." in said(shown)
        assert house.visits() == []
        ticked = form_to(shown, DAY).fields
        assert set(self.TAPS) <= set(ticked)
        assert post(rita, DAY, ticked).status_code == 303
        found = house.visit()
        assert (found.codes("topics"), found.visit.minutes) == (some("regn", "bølger"), 45)

    def test_another_who_has_logged_in_since_is_named_and_nothing_is_hers_unseen(
        self, house: House, rita: CheckingClient, late: Sent
    ) -> None:
        for again in (late, form_to(post(rita, DAY, late), DAY).fields):
            log_in(rita, "svend")
            shown = post(rita, DAY, again)
            assert (shown.status_code, house.visits()) == (422, [])
            assert "Du er logget ind som Svend Sejl" in said(shown)

    def test_a_correction_is_kept_too(self, house: House, rita: CheckingClient, clock: Clock) -> None:
        address = house.logged()
        sent = typed(rita, address, ("minutes", "30"))
        clock.forward(hours=13)
        assert form_to(post(rita, address, sent), address).fields == [one for one in sent if one[0] != "csrf_token"]
        log_in(rita, "rita")
        shown = post(rita, address, sent)
        assert (shown.status_code, house.the(address).visit.minutes) == (422, None)
        assert post(rita, address, form_to(shown, address).fields).status_code == 303
        assert house.the(address).visit.minutes == 30

    @pytest.mark.parametrize(("end", "choice"), [("fortryd", "revision"), ("resultat", "ja")])
    def test_a_button_shows_the_visit_instead(self, house: House, rita: CheckingClient, end: str, choice: str) -> None:
        address = f"{house.logged(bodies=some('toldbod'))}/{end}"
        forms = [one for one in rita.page("/henvendelser").forms() if one.action == address]
        sent = next(one.fields for one in forms if choice in {text for field in one.fields for text in field})
        log_in(rita, "svend")
        shown = post(rita, address, sent)
        assert (shown.status_code, house.revisions()) == (422, 1)
        assert "Du er logget ind som Svend Sejl" in said(shown)
        again = [one for one in Page(shown.text).forms() if one.action == address]
        assert post(rita, address, again[0].fields).status_code == 303
        assert house.revisions() == 2

    def test_a_tablet_leads_to_its_tiles(self, house: House, client: CheckingClient, clock: Clock) -> None:
        give_pins(house.app)
        assert enrol(client).status_code == 303
        assert type_pin(house.app, client, "rita").status_code == 303
        sent = typed(client, DAY, *self.TAPS)
        clock.forward(hours=1)
        answer = post(client, DAY, sent)
        assert links(answer)["Log ind i en ny fane"] == f"{TILES} _blank noopener"
        assert type_pin(house.app, client, "svend").status_code == 303
        shown = post(client, DAY, form_to(answer, DAY).fields)
        assert (shown.status_code, house.visits()) == (422, [])
        assert "Du er logget ind som Svend Sejl" in said(shown)


class TestWhatIsKept:
    """Fields that were typed, written back by nobody but us and never where a secret is."""

    def test_what_stands_in_it_is_text(self, house: House, client: CheckingClient) -> None:
        evil = [("topics", '"><script>alert(1)</script>'), ("x'<b>", "linje 1\nlinje 2\x00"), ("minutes", "")]
        answer = post(client, DAY, evil)
        assert answer.status_code == 401
        assert "<script>alert" not in answer.text and "<b>" not in answer.text
        assert form_to(answer, DAY).fields == [evil[0], ("x'<b>", "linje 1\nlinje 2"), evil[2]]

    @pytest.mark.parametrize("site", ["same-site", "cross-site", "none", None])
    def test_nothing_that_our_own_page_did_not_send(
        self, house: House, client: CheckingClient, rita: CheckingClient, site: str | None
    ) -> None:
        headers = {"Sec-Fetch-Site": site} if site else {}
        for browser in (client, rita):
            answer = browser.post(DAY, data={"topics": "udefra"}, headers=headers)
            assert answer.status_code in (400, 403)
            assert "udefra" not in answer.text

    def test_no_secret_and_no_token(self, house: House, client: CheckingClient) -> None:
        sent = [(name, "s3kret") for name in sorted(SECRETS)]
        answer = post(client, DAY, [*sent, *((f"del-{name}", "s3kret") for name in SECRETS), ("topics", "regn")])
        assert answer.status_code == 401
        assert form_to(answer, DAY).fields == [("topics", "regn")]
        assert "s3kret" not in answer.text
        assert "Adgangskoder og andre hemmeligheder er ikke gemt" in said(answer)
        assert "hemmeligheder" not in said(post(client, DAY, [("topics", "regn")]))
        assert post(client, DAY, sent).status_code == 400, "a form of secrets only"

    @pytest.mark.parametrize("url", ["/konto/adgangskode", "/konto/pinkode", "/konto/bekraeft", "/log-ind", "/tablet"])
    def test_nothing_of_the_pages_where_secrets_are_typed(self, house: House, client: CheckingClient, url: str) -> None:
        answer = post(client, url, [("code", "123456"), ("andet", "s3kret")])
        assert answer.status_code in (400, 405)
        assert "123456" not in answer.text and "s3kret" not in answer.text

    def test_every_field_for_a_secret_is_known_by_its_name(self, app: Flask) -> None:
        def every(form: type[web.Form]) -> Iterator[type[web.Form]]:
            yield form
            for below in form.__subclasses__():
                yield from every(below)

        secret = set()
        for form in every(web.Form):
            for name in dir(form):
                if getattr(getattr(form, name), "field_class", None) is PasswordField:
                    secret.add(name)
        assert {"password", "pin", "secret"} <= secret <= SECRETS

    @pytest.mark.parametrize(
        "fields",
        [[("topics", "x" * MOST_CHARACTERS)], [("topics", "regn")] * (MOST_FIELDS + 1)],
        ids=["too long", "too many"],
    )
    def test_nothing_beyond_what_anybody_types(self, house: House, client: CheckingClient, fields: Sent) -> None:
        assert post(client, DAY, fields).status_code == 400

    def test_a_script_is_still_told_to_log_in(self, house: House, client: CheckingClient) -> None:
        answer = client.post("/konto/adgangsnoegle/begynd", json={}, headers={**OURS, "X-Requested-With": "fetch"})
        assert "Det, du skrev" not in answer.text


class TestOtherForms:
    """Every form of the staff, whoever made it."""

    def test_one_that_knows_nothing_of_it_is_shown_and_sent_again(
        self, house: House, clock: Clock, client: CheckingClient
    ) -> None:
        karen = house.browser("karen")
        sent = typed(karen, NEW_SHIFT, ("day", "25.11.2026"))
        clock.forward(hours=13)
        kept = form_to(post(karen, NEW_SHIFT, sent), NEW_SHIFT).fields
        assert ("day", "25.11.2026") in kept
        log_in(karen, "karen")
        shown = post(karen, NEW_SHIFT, kept)
        assert shown.status_code == 422
        assert ("day", "25.11.2026") in form_to(shown, NEW_SHIFT).fields

    def test_a_page_that_knows_no_form_says_what_is_sent_and_by_whom(self, house: House) -> None:
        browser = house.browser("rita")
        sent = typed(browser, "/mine-vagter", action="/mine-vagter")
        kept = [*sent, ("andet", "skrevet")]
        log_in(browser, "svend")
        shown = post(browser, "/mine-vagter", kept)
        assert shown.status_code == 422
        assert "Det bliver sendt af Svend Sejl, Organisationen huset:" in Page(shown.text).text
        assert "andet skrevet" in Page(shown.text).text
        assert "Send som Svend Sejl" in shown.text
        assert post(browser, "/mine-vagter", form_to(shown, "/mine-vagter").fields).status_code in (200, 303)

    def test_one_that_asks_her_to_show_who_she_is_comes_back_too(self, house: House, clock: Clock) -> None:
        karen = house.browser("karen")
        huset = next(o.get("value", "") for o in karen.page(INVITE).all("option") if o.text == "Organisationen huset")
        post_there = ("role", "adviser"), ("organisation", huset)
        sent = typed(karen, INVITE, ("name", "Nina Nord"), ("email", "nina@example.org"), *post_there)
        clock.forward(seconds=PROOF_LASTS.total_seconds())
        answer = post(karen, INVITE, sent)
        assert answer.status_code == 422
        assert links(answer)["Bekræft i en ny fane"] == "/konto/bekraeft _blank noopener"
        assert karen.submit("/konto/bekraeft", password=builders.PASSWORD).status_code == 303
        again = post(karen, INVITE, form_to(answer, INVITE).fields)
        assert again.status_code in (200, 303), Page(again.text).text
        assert "Nina Nord" in again.text


@pytest.fixture(scope="module")
def floor(sqlite_files: object) -> Iterator[Floor]:
    """Everybody, and a row of each kind."""
    made = opened(sqlite_files.fresh())  # type: ignore[attr-defined]
    yield made
    made.close()


@pytest.mark.t10
def test_no_view_stores_anything_of_a_form_from_before_the_log_in(floor: Floor) -> None:
    """Views that show such a form again are called with a token that does not fit: they may do nothing else."""
    asked = 0
    for rule in floor.app.url_map.iter_rules():
        view = floor.app.view_functions[rule.endpoint]
        if "POST" not in (rule.methods or ()) or web.needs_of(floor.app, rule.endpoint) == Standing.ANYONE:
            continue
        for guest in floor.guests.values():
            if PEOPLE[guest.kind] is None:
                continue
            for url in floor.addresses(rule, guest)[0]:
                before = floor._version()
                answer = floor.app.test_client(use_cookies=False).post(
                    url, data={"x": "y", "csrf_token": "gammel"}, headers={**OURS, "Cookie": guest.cookies}
                )
                assert floor._version() == before, f"{rule} as {guest.kind}: {answer.status}"
                assert answer.status_code in (400, 403, 404, 409, 422), f"{rule} as {guest.kind}: {answer.status}"
                if hasattr(view, "shows_old") and answer.status_code == 422 and "Hvilken slags?" not in answer.text:
                    asked += 1
                    assert "Intet er gemt endnu" in answer.text, f"{rule} as {guest.kind} does not say that it is old"
    assert asked
