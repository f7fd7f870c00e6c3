"""Which addresses of log-in services are safe to ask, and what is read from their answers."""

from __future__ import annotations

import pytest

from advice.rules.log_in_services import (
    asked_for_two,
    document_address,
    is_issuer,
    is_local,
    is_safe,
    mail_addresses,
    subject_of,
)


@pytest.mark.parametrize(
    "address",
    [
        "https://login.example.org", "https://login.example.org/a/v2.0/", "https://login.example.org:8443/x?y=z",
        "https://xn--rd-lia.example",
    ],
)  # fmt: skip
def test_https_to_a_name_is_safe(address: str) -> None:
    assert is_safe(address, local=False) and is_safe(address, local=True)


@pytest.mark.parametrize(
    "address",
    [
        "", "login.example.org", "http://login.example.org", "https://", "https://intranet", "https://10.0.0.1",
        "https://169.254.169.254/latest", "https://[fe80::1]/", "https://[::ffff:10.0.0.1]/", "https://0x7f.1",
        "https://2130706433", "https://127.1", "https://127.0.0.1./", "https://localhost", "https://localhost./",
        "https://a.example/#x", "https://u:p@a.example", "https://a.example\\@10.0.0.1", "https://a.example /",
        "https://a.example\r\nHost: b", "https://a.example:0", "https://a.example:x", "https://[", "file:///etc/passwd",
        "https://a.example/" + "x" * 2000, "https://å.example", "javascript:alert(1)", "https:a.example",
    ],
)  # fmt: skip
def test_everything_else_is_not(address: str) -> None:
    assert not is_safe(address, local=False) and not is_safe(address, local=True)


@pytest.mark.parametrize("host", ["127.0.0.1:9", "localhost:9", "[::1]:9"])
def test_this_machine_is_asked_by_http_where_the_program_is_served_to_it_alone(host: str) -> None:
    assert is_safe(f"http://{host}/x", local=True)
    assert not is_safe(f"http://{host}/x", local=False)
    assert not is_safe(f"https://{host}/x", local=True)


def test_an_issuer_is_short_and_has_no_query() -> None:
    assert is_issuer("https://a.example/x", local=False)
    assert not is_issuer("https://a.example/x?y", local=False)
    assert not is_issuer("https://a.example/" + "x" * 290, local=False)


@pytest.mark.parametrize(
    ("base_url", "local"),
    [(None, True), ("http://localhost:8000", True), ("https://raad.example.org", False), ("https://localhost", False)],
)
def test_only_plain_http_is_this_machine_alone(base_url: str | None, local: bool) -> None:
    assert is_local(base_url) is local


def test_the_description_stands_under_the_issuer() -> None:
    there = "https://a.example/t/.well-known/openid-configuration"
    assert document_address("https://a.example/t") == document_address("https://a.example/t/") == there


@pytest.mark.parametrize("subject", ["1", "x" * 255, "Ab_-|.:/ "])
def test_names_of_people_at_a_service(subject: str) -> None:
    assert subject_of({"sub": subject}) == subject


@pytest.mark.parametrize("subject", [None, "", 7, "x" * 256, "ø", "a\x00b", "a\x1b", ["1"]])
def test_what_is_no_such_name(subject: object) -> None:
    assert subject_of({"sub": subject}) is None


@pytest.mark.parametrize(
    ("claims", "addresses"),
    [
        ({"email": " Rita@Example.org "}, ["rita@example.org"]),
        ({"upn": "r@b.example", "email": "r@a.example"}, ["r@a.example", "r@b.example"]),
        ({"email": "r@a.example", "preferred_username": "R@a.example"}, ["r@a.example"]),
        ({"email": "r@a.example", "email_verified": False, "upn": "r@b.example"}, ["r@b.example"]),
        ({"email": "r@a.example", "email_verified": "false"}, []),
        ({"email": "r@a.example", "email_verified": None}, []),
        ({"email": "r@a.example", "email_verified": "true"}, ["r@a.example"]),
        ({"preferred_username": "rita", "upn": "rita@intranet", "email": 7}, []),
        ({"email": "a@b.example, c@d.example"}, []),
        ({"email": "rita\u202e@example.org"}, []),
    ],
)
def test_e_mails_that_a_service_is_sure_of(claims: dict[str, object], addresses: list[str]) -> None:
    assert mail_addresses(claims) == addresses


@pytest.mark.parametrize(("ways", "two"), [(["pwd", "mfa"], True), (["pwd"], False), ("mfa", False), (None, False)])
def test_a_service_says_that_it_asked_for_two(ways: object, two: bool) -> None:
    assert asked_for_two({"amr": ways}) is two
