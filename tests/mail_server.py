"""A real SMTP server on a free port of 127.0.0.1 that can go away, come back, refuse, delay and hang up.

What it took is `took`: one received message for each time it said 250 to one, oldest first. `answers` are given to
the next DATA commands in turn, before it takes again; HANG_UP ends the connection instead of an answer, after the
message was taken. `refused` holds the answers to single recipients.
"""

from __future__ import annotations

import ssl
from asyncio import WriteTransport
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from advice.rules.mail_server import MailServer
from tests.live_server import free_port

HANG_UP = "hang up"
TAKEN = "250 OK"


class MailHost:
    """The server and what it has seen. Also aiosmtpd's handler: its handle_ methods are called by name."""

    def __init__(self, tls: ssl.SSLContext | None = None, starttls: bool = False, password: str | None = None) -> None:
        self.port = free_port()
        self.took: list[EmailMessage] = []
        self.senders: list[str] = []
        self.answers: list[str] = []
        self.refused: dict[str, str] = {}
        self.log_ins: list[tuple[bytes, bytes]] = []
        self.before_recipient: Callable[[], None] | None = None
        self.before_answer: Callable[[], None] | None = None
        self._tls, self._starttls, self._password = tls, starttls, password
        self._controller: Controller | None = None

    def start(self) -> None:
        """Listen, on the same port every time."""
        options: dict[str, Any] = {"decode_data": False, "enable_SMTPUTF8": False}
        if self._password:
            options |= {"authenticator": self.check, "auth_required": True, "auth_require_tls": self._tls is not None}
        if self._tls and self._starttls:
            options |= {"tls_context": self._tls, "require_starttls": True}
        elif self._tls:
            options |= {"ssl_context": self._tls, "auth_require_tls": False}
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, **options)
        self._controller.start()

    def stop(self) -> None:
        """Be gone; what was taken is kept."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    @property
    def address(self) -> MailServer:
        """As the program is told of it."""
        return MailServer("127.0.0.1", self.port)

    @property
    def ids(self) -> list[str]:
        """The Message-IDs of what was taken."""
        return [str(message["Message-ID"]) for message in self.took]

    @property
    def recipients(self) -> list[str]:
        """Who the mails taken were for."""
        return [str(message["To"]) for message in self.took]

    def check(self, _server: SMTP, _session: Session, _envelope: Envelope, _way: str, given: Any) -> AuthResult:
        """Take the one password."""
        assert isinstance(given, LoginPassword)
        self.log_ins.append((given.login, given.password))
        return AuthResult(success=given.password.decode() == self._password, handled=False)

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient, or refuse as told."""
        if self.before_recipient is not None:
            self.before_recipient()
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return TAKEN

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Take a message, or answer as told."""
        answer = self.answers.pop(0) if self.answers else TAKEN
        if answer in (TAKEN, HANG_UP):
            assert isinstance(envelope.content, bytes) and envelope.mail_from is not None
            self.took.append(message_from_bytes(envelope.content, policy=policy.SMTP))
            self.senders.append(envelope.mail_from)
        if self.before_answer is not None:
            self.before_answer()
        if answer == HANG_UP:
            assert isinstance(server.transport, WriteTransport)
            server.transport.abort()
        return TAKEN if answer == HANG_UP else answer


@contextmanager
def mail_host(
    tls: ssl.SSLContext | None = None, starttls: bool = False, password: str | None = None
) -> Iterator[MailHost]:
    """A mail server for as long as the block lasts."""
    host = MailHost(tls, starttls, password)
    host.start()
    try:
        yield host
    finally:
        host.stop()
