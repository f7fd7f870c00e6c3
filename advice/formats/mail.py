"""A mail as it leaves the program: plain text in UTF-8, RFC 5322, marked as sent by a machine (RFC 3834)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from advice.rules.mail import Sender, one_line, plain_address


@dataclass(frozen=True, slots=True)
class Letter:
    """What a row of the outbox says. `message_id` is what stands before the @; `written_at` an aware instant."""

    message_id: str
    to: str
    subject: str
    body: str
    written_at: datetime


def build(letter: Letter, sender: Sender) -> EmailMessage:
    """The mail of a letter: the same every time it is built for the same sender, Message-ID and Date included.

    A mail program that gets it twice can therefore tell. ValueError where `to` is no single address; the subject
    is put on one line, so neither can bring a header of its own. Quoted-printable, so that any server takes it.
    """
    to = plain_address(letter.to)
    if to is None:
        raise ValueError("no single address to send to")
    message = EmailMessage(policy=SMTP)
    message["From"] = _address(sender.name, sender.address)
    message["To"] = _address("", to)
    message["Subject"] = one_line(letter.subject)
    message["Date"] = format_datetime(letter.written_at)
    message["Message-ID"] = f"<{letter.message_id}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body, charset="utf-8", cte="quoted-printable")
    return message


def _address(name: str, written: str) -> Address:
    """An address header's one address, from its parts."""
    local, _at, domain = written.rpartition("@")
    return Address(name, local, domain)
