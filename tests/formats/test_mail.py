"""A mail as it leaves the program."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest

from advice.formats.mail import Letter, build
from advice.rules.mail import Sender

SENDER = Sender("Åben rådgivning, Havnen", "no-reply@example.org")
WRITTEN = datetime(2026, 1, 1, tzinfo=UTC)
HEADERS = 9
"""From, To, Subject, Date, Message-ID, Auto-Submitted, MIME-Version, Content-Type, Content-Transfer-Encoding."""


@pytest.mark.parametrize("subject", ["x\r\nBcc: all@example.org", "x\rBcc: y", "x\u2028Bcc: y", "x" * 500, "å" * 150])
def test_a_subject_is_one_header_whatever_it_says(subject: str) -> None:
    made = build(
        Letter("1", "rita@example.org", subject, "ord\r\n.\r\nQUIT\r\n", datetime(2026, 1, 1, tzinfo=UTC)), SENDER
    )
    lines = made.as_bytes().split(b"\r\n\r\n", 1)[0].split(b"\r\n")
    names = [line.partition(b":")[0] for line in lines if not line.startswith(b" ")]
    assert len(names) == len(set(names)) == HEADERS and b"Bcc" not in names
    assert max(map(len, lines)) <= 998 and b"\n" not in b"".join(lines) and b"\r" not in b"".join(lines)


@pytest.mark.parametrize("to", ["x@y.example\r\nBcc: z@y.example", "x@y.example, z@y.example", "X <x@y.example>", ""])
def test_it_is_for_one_address_or_not_made(to: str) -> None:
    with pytest.raises(ValueError, match="no single address"):
        build(Letter("1", to, "x", "y", WRITTEN), SENDER)


def test_it_is_plain_ascii_on_the_way_and_says_the_same_after_it() -> None:
    body = "Åbn https://example.org/x?a=1&b=" + "ø" * 300 + "\n.\nFrom os\n"
    raw = build(Letter("1", "rita@example.org", "Rådgivning " * 12, body, WRITTEN), SENDER).as_bytes()
    assert raw.isascii() and max(map(len, raw.split(b"\r\n"))) <= 78
    read = message_from_bytes(raw, policy=policy.SMTP)
    assert read["Subject"] == ("Rådgivning " * 12).strip()
    assert read.get_content().replace("\r\n", "\n") == body
    assert str(read["Message-ID"]) == "<1@example.org>" and read["Date"].datetime == WRITTEN
