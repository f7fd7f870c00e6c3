"""Where mails are handed over and who they are from, as MAIL_URL and MAIL_FROM say it.

Every fault is a ValueError whose sentence tells the person at the console what to do, and never repeats MAIL_URL:
it may hold a password.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit

from advice.rules.mail import Sender, sender

MAIL_SERVERS = (
    "MAIL_URL must be smtps://user:password@host, smtp://user:password@host?starttls or smtp://host; "
    "write @ : / ? # in a password as %40 %3A %2F %3F %23."
)
NOBODY = Sender("", "no-reply@localhost")


class MailSecurity(StrEnum):
    """How the way to the mail server is encrypted: not at all, from the first byte, or after asking for it."""

    NONE = "none"
    TLS = "tls"
    STARTTLS = "starttls"


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mails are handed over. The password shows in no repr, and so in no log."""

    host: str
    port: int
    security: MailSecurity = MailSecurity.NONE
    user: str | None = None
    password: str | None = field(default=None, repr=False)


def mail_server(url: str) -> MailServer | None:
    """Read MAIL_URL; None for "". ValueError with a sentence that never repeats what was given.

    User and password are percent-decoded. A password is not sent in the clear but to this machine itself.
    """
    if not url:
        return None
    try:
        parts = urlsplit(url)
        port, host = parts.port, (parts.hostname or "").encode("idna").decode("ascii")
    except ValueError:
        raise ValueError(MAIL_SERVERS) from None
    security = {
        ("smtps", ""): MailSecurity.TLS,
        ("smtp", "starttls"): MailSecurity.STARTTLS,
        ("smtp", ""): MailSecurity.NONE,
    }.get((parts.scheme, parts.query))
    if security is None or not host or port == 0 or parts.path not in ("", "/") or "#" in url or host.split() != [host]:
        raise ValueError(MAIL_SERVERS)
    user, password = mail_log_in(parts)
    if password and security is MailSecurity.NONE and not is_this_machine(host):
        raise ValueError("MAIL_URL would send its password in the clear: use smtps://, or add ?starttls.")
    usual = {MailSecurity.TLS: 465, MailSecurity.STARTTLS: 587, MailSecurity.NONE: 25}[security]
    return MailServer(host, port or usual, security, user, password)


def mail_log_in(parts: SplitResult) -> tuple[str | None, str | None]:
    """User and password of MAIL_URL, both or neither. ValueError for what SMTP cannot say."""
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise ValueError("MAIL_URL needs both a user and a password, or neither.")
    if not (user + password).isascii() or not (user + password).isprintable():
        raise ValueError("MAIL_URL: the mail server's user and password can only be plain ASCII characters.")
    return (user, password) if user else (None, None)


def mail_sender(text: str, base_url: str | None) -> Sender:
    """Read MAIL_FROM, `address` or `Name <address>`; without it no-reply at the host of ADVICE_BASE_URL."""
    if text:
        found = sender(text)
        if found is None:
            raise ValueError(f"MAIL_FROM={text!r} is no address; try no-reply@example.org.")
        return found
    try:
        host = urlsplit(base_url or "").hostname or ""
    except ValueError:
        return NOBODY
    return NOBODY if is_number(host) else sender(f"no-reply@{host}") or NOBODY


def is_number(host: str) -> bool:
    """Whether a host is written as an IP address."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_this_machine(host: str) -> bool:
    """Whether a host is the loopback, by name or by number."""
    return host == "localhost" or (is_number(host) and ip_address(host).is_loopback)
