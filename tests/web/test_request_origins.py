"""Where a request says it comes from and goes to: Host, proxies, other sites' pages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask, jsonify, request

from advice import trial
from advice.app import create_app
from advice.config import Settings, SettingsError
from tests.stored import stored_world
from tests.web_client import CheckingClient

BASE = "https://raad.example.org"
FORGED = (
    "evil.example", "localhost.evil.example", "evil.example:80", "raad.example.org.evil.example", "127.0.0.2",
    "localhost@evil.example", "localhost, evil.example", "localhost evil", "evil.example#localhost", "[::2]",
    "", ".", "a..b", "a" * 64, "/", "[::1", "localhost:x", "localhost:123456", "localhost\x00", "å.dk",
)  # fmt: skip
LOCAL = ("localhost", "LOCALHOST:8000", "localhost.", "127.0.0.1:8000", "[::1]:8000", "[::1]")
PATHS = ("/", "/havnen/", "/static/base.css", "/nope")


@pytest.fixture
def in_front(settings: Settings) -> Settings:
    """A program that people reach by https."""
    return replace(settings, base_url=BASE)


class TestTheHost:
    """Only names that are ours are answered: nobody else's stands in an address that we write."""

    @pytest.mark.t11
    @pytest.mark.parametrize("host", FORGED)
    @pytest.mark.parametrize("base_url", [None, BASE])
    def test_a_forged_one_is_a_400(self, settings: Settings, host: str, base_url: str | None) -> None:
        app = create_app(replace(settings, base_url=base_url))
        for path in PATHS:
            answer = app.test_client().get(path, headers={"Host": host})
            assert (answer.status_code, answer.mimetype) == (400, "text/plain")
            assert "evil" not in answer.text

    @pytest.mark.parametrize("host", LOCAL)
    def test_the_machine_itself_is_answered_whatever_the_port(
        self, settings: Settings, in_front: Settings, host: str
    ) -> None:
        for chosen in (settings, in_front):
            assert create_app(chosen).test_client().get("/", headers={"Host": host}).status_code == 200

    def test_the_address_people_use_is_answered_once_it_is_set(self, settings: Settings, in_front: Settings) -> None:
        headers = {"Host": "raad.example.org"}
        assert create_app(settings).test_client().get("/", headers=headers).status_code == 400
        assert create_app(in_front).test_client().get("/", headers=headers).status_code == 200

    def test_whole_addresses_never_come_from_the_host(self, in_front: Settings) -> None:
        app = create_app(in_front)
        stored_world(app)
        page = app.test_client().get("/havnen/skuret", headers={"Host": "localhost:1234"}).text
        assert f"{BASE}/havnen/skuret/aabningstider.ics" in page and "localhost" not in page

    @pytest.mark.parametrize(
        ("given", "meant"),
        [
            ("", None),
            ("https://raad.example.org/", BASE),
            ("HTTPS://Raad.Example.org:443", BASE),
            ("https://råd.example.org:8443", "https://xn--rd-yia.example.org:8443"),
            ("http://localhost:8000", "http://localhost:8000"),
        ],
    )
    def test_it_is_set_as_browsers_name_it(self, given: str, meant: str | None) -> None:
        assert Settings.from_environ({"ADVICE_BASE_URL": given}).base_url == meant

    @pytest.mark.parametrize(
        "given",
        [
            "raad.example.org", "http://raad.example.org", "https://", "https:///x", "https://a/b", "https://a?b",
            "https://u@a", "https://a:x", "https://a:70000", "https://a b", "ftp://a", "javascript:1", "https://[a",
        ],
    )  # fmt: skip
    def test_an_address_without_https_or_with_more_than_a_host_is_refused(self, given: str) -> None:
        with pytest.raises(SettingsError, match="ADVICE_BASE_URL"):
            Settings.from_environ({"ADVICE_BASE_URL": given})

    @pytest.mark.parametrize(
        ("host", "base_url", "said"), [("0.0.0.0", None, 1), ("127.0.0.1", None, 0), ("::", BASE, 0)]
    )
    def test_a_program_open_to_the_network_says_who_is_answered(
        self, app: Flask, settings: Settings, host: str, base_url: str | None, said: int
    ) -> None:
        with app.app_context():
            words = trial.words(replace(settings, host=host, base_url=base_url))
        assert words.count("only this machine is served until ADVICE_BASE_URL") == said

    @pytest.mark.parametrize("given", ["-1", "6", "x", "１", "1.0", "*"])
    def test_a_number_of_proxies_that_is_none_is_refused(self, given: str) -> None:
        with pytest.raises(SettingsError, match="ADVICE_PROXIES"):
            Settings.from_environ({"ADVICE_PROXIES": given})


def seen(settings: Settings, headers: dict[str, str]) -> dict[str, Any]:
    """What the program takes a request with these headers for."""
    app = create_app(settings)
    app.add_url_rule("/proeve", "proeve", lambda: jsonify(ip=request.remote_addr, url=request.host_url))
    found: dict[str, Any] = app.test_client().get("/proeve", headers=headers).get_json()
    return found


class TestProxies:
    """X-Forwarded-* is believed from as many proxies as there are, and no more."""

    SAID = {"X-Forwarded-For": "6.6.6.6, 10.0.0.9", "X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/x"}

    def test_none_are_believed_unless_told(self, settings: Settings) -> None:
        said = {**self.SAID, "X-Forwarded-Host": "evil.example", "Forwarded": "for=6.6.6.6;host=evil.example"}
        assert seen(settings, said) == {"ip": "127.0.0.1", "url": "http://localhost/"}

    def test_the_last_word_is_the_nearest_proxys(self, in_front: Settings) -> None:
        said = {**self.SAID, "Host": "127.0.0.1:8000", "X-Forwarded-Host": "raad.example.org"}
        assert seen(replace(in_front, proxies=1), said) == {"ip": "10.0.0.9", "url": f"{BASE}/"}

    def test_a_host_that_came_through_a_proxy_is_checked_too(self, in_front: Settings) -> None:
        app = create_app(replace(in_front, proxies=1))
        answer = app.test_client().get("/", headers={"X-Forwarded-Host": "evil.example"})
        assert answer.status_code == 400

    def test_https_in_front_is_known_without_believing_anybody(self, in_front: Settings) -> None:
        assert seen(in_front, {"Host": "raad.example.org"})["url"] == f"{BASE}/"

    def test_cookies_are_bound_to_the_host_and_to_https(self, in_front: Settings) -> None:
        answer = create_app(in_front).test_client().get("/log-ind", headers={"Host": "raad.example.org"})
        (cookie,) = answer.headers.getlist("Set-Cookie")
        assert cookie.startswith("__Host-")
        for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert f"; {word}" in cookie
        assert "Domain" not in cookie


class TestOtherSites:
    """A form on another site's page is refused by what the browser says, before any token is looked at."""

    ELSEWHERE = (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "nonsense"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "https://localhost"},
    )
    HERE: tuple[dict[str, str], ...] = (
        {},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://localhost"},
    )

    @pytest.mark.parametrize("headers", ELSEWHERE)
    def test_it_is_refused_even_with_the_right_token(self, client: CheckingClient, headers: dict[str, str]) -> None:
        token = dict(client.page("/log-ind").forms()[0].fields)["csrf_token"]
        assert client.post("/log-ind", data={"csrf_token": token}, headers=headers).status_code == 403

    @pytest.mark.parametrize("headers", HERE)
    def test_our_own_pages_send_what_they_like(self, client: CheckingClient, headers: dict[str, str]) -> None:
        token = dict(client.page("/log-ind").forms()[0].fields)["csrf_token"]
        assert client.post("/log-ind", data={"csrf_token": token}, headers=headers).status_code == 422

    @pytest.mark.parametrize("headers", ELSEWHERE)
    def test_links_from_elsewhere_work(self, client: CheckingClient, headers: dict[str, str]) -> None:
        assert client.get("/log-ind", headers=headers).status_code == 200
