"""Numbers and words of text messages, and where they are handed over."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advice.rules.text_gateway import TextGateway, text_gateway
from advice.rules.texts import DOUBLE, LONGEST, PLAIN, danish_number, first_that_fits, in_gsm, room


@pytest.mark.parametrize(
    "typed", ["20123456", "20 12 34 56", "+45 20123456", "0045 2012 3456", "20-12-34-56", "(+45) 20.12.34.56"]
)
def test_a_danish_number_however_it_is_written(typed: str) -> None:
    assert danish_number(typed) == "+4520123456"


@pytest.mark.parametrize(
    "typed",
    ["", "112", "2012345", "201234567", "+4612345678", "10123456", "+45 +45 20123456", "20123456x", "２０１２３４５６"],
)
def test_anything_else_is_none(typed: str) -> None:
    assert danish_number(typed) is None


def test_danish_stays_and_the_rest_becomes_what_looks_like_it() -> None:
    assert in_gsm("Æblegård kl. 9–12, Søren…") == "Æblegård kl. 9-12, Søren..."
    assert in_gsm("Łukasz, Çağla, Žižka") == "?ukasz, Çagla, Zizka"
    assert in_gsm("🙂 سلام") == "? ????"
    assert room("1 €") == 4


@given(st.lists(st.text(max_size=300), min_size=1, max_size=4))
def test_whatever_is_to_be_said_one_message_holds_it(wordings: list[str]) -> None:
    found = first_that_fits(wordings)
    assert set(found) <= PLAIN | DOUBLE and room(found) <= LONGEST
    fitting = [text for text in map(in_gsm, wordings) if room(text) <= LONGEST]
    assert found == fitting[0] if fitting else in_gsm(wordings[-1]).startswith(found)


@pytest.mark.parametrize(
    ("url", "gateway"),
    [
        ("https://t%40k@Sms.Example.org/send", TextGateway("sms.example.org", 443, "/send", token="t@k")),
        ("https://tok:@sms.example.org:8443?a=1", TextGateway("sms.example.org", 8443, "/?a=1", token="tok")),
        ("http://tok@127.0.0.1:9000/x", TextGateway("127.0.0.1", 9000, "/x", encrypted=False, token="tok")),
    ],
)
def test_the_gateway_as_sms_url_says_it(url: str, gateway: TextGateway) -> None:
    assert text_gateway(url) == gateway
    assert text_gateway(url, "Huset 8").sender == "Huset 8"  # type: ignore[union-attr]


def test_without_sms_url_there_is_none() -> None:
    assert text_gateway("") is None and text_gateway("", "Huset") is None


@pytest.mark.parametrize(
    "url",
    [
        "http://geheim@sms.example.org/", "https://sms.example.org/", "https://geheim:ord@sms.example.org/",
        "https://geheim@/", "https://geheim@sms.example.org:0/", "https://geheim@sms.example.org/#x", "geheim",
        "https://geheim@sms.example.org:x/", "ftp://geheim@sms.example.org/", "https://geheim%0a@sms.example.org/",
        "https://geheimå@sms.example.org/", "https://geheim@sms.example.org/a b",
    ],
)  # fmt: skip
def test_anything_else_is_refused_without_repeating_the_token(url: str) -> None:
    with pytest.raises(ValueError, match="SMS_URL") as caught:
        text_gateway(url)
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("sender", ["Helhedsplanen i Ringparken", "Å", "a\n", "<x>"])
def test_a_sender_is_a_short_plain_word(sender: str) -> None:
    with pytest.raises(ValueError, match="SMS_FROM"):
        text_gateway("https://t@sms.example.org", sender)


def test_the_token_shows_in_no_repr() -> None:
    assert "geheim" not in repr(text_gateway("https://geheim@sms.example.org/"))
