"""Hands one mail to the mail server, and says in one word and a code how it went. Knows no rows.

One connection a mail: a server that goes away in the middle takes nothing else with it. Certificates are checked,
always. What a server says in words goes nowhere: it quotes addresses.
"""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from enum import StrEnum
from typing import NamedTuple

from advice.rules.mail_server import MailSecurity, MailServer

STEP_SECONDS = 10.0
"""For each step of getting through to the server: at most eight of them."""
ANSWER_SECONDS = 120.0
"""For each of the four answers about a mail. Servers look through a mail before they answer; giving up too early
would send it again though it was taken."""
GOODBYE_SECONDS = 2.0
WANTS_LOG_IN = frozenset({530, 534, 535, 538})
"""RFC 4954: answers about our log-in, which say nothing about this mail."""


class Outcome(StrEnum):
    """SENT: taken. REFUSED: never for this mail. LATER: not now for this mail. AWAY: not now for any mail."""

    SENT = "sent"
    REFUSED = "refused"
    LATER = "later"
    AWAY = "away"


class Answer(NamedTuple):
    """How it went, and as what: "550 SMTPRecipientsRefused", "TimeoutError"; None when it was sent."""

    outcome: Outcome
    code: str | None = None


class Connection:
    """A conversation with the mail server. `say` may be asked once; `end` is for afterwards, and never fails."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._smtp: smtplib.SMTP | None = None

    def say(self, message: EmailMessage, sender: str, to: str) -> Answer:
        """Hand a mail over to the server for one address. Never raises for what a server or a network does."""
        try:
            self._smtp = _reach(self._server)
        except (smtplib.SMTPException, OSError) as problem:
            return Answer(Outcome.AWAY, _code(problem))
        try:
            if self._smtp.sock:
                self._smtp.sock.settimeout(ANSWER_SECONDS)
            self._smtp.send_message(message, sender, [to])
        except smtplib.SMTPServerDisconnected as problem:
            return Answer(Outcome.LATER, _code(problem))
        except (smtplib.SMTPException, OSError) as problem:
            return Answer(_meaning(problem), _code(problem))
        return Answer(Outcome.SENT)

    def end(self) -> None:
        """Say goodbye and hang up."""
        if self._smtp is None:
            return
        with suppress(smtplib.SMTPException, OSError):
            if self._smtp.sock:
                self._smtp.sock.settimeout(GOODBYE_SECONDS)
                self._smtp.quit()
        self._smtp.close()


def _reach(server: MailServer) -> smtplib.SMTP:
    """Connect, encrypt and log in, as the settings say; hangs up if a later step fails."""
    trusted = ssl.create_default_context()
    smtp: smtplib.SMTP
    if server.security is MailSecurity.TLS:
        smtp = smtplib.SMTP_SSL(server.host, server.port, timeout=STEP_SECONDS, context=trusted)
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=STEP_SECONDS)
    try:
        if server.security is MailSecurity.STARTTLS:
            smtp.starttls(context=trusted)
        if server.user is not None and server.password is not None:
            smtp.login(server.user, server.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _status(problem: Exception) -> int | None:
    """The number of the answer a problem came from, or None where there was no answer."""
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return next((int(code) for code, _words in problem.recipients.values()), None)
    return problem.smtp_code if isinstance(problem, smtplib.SMTPResponseException) else None


def _code(problem: Exception) -> str:
    """What may be kept of a problem: its number and kind, never its words."""
    status = _status(problem)
    return f"{status} {problem.__class__.__name__}" if status else problem.__class__.__name__


def _meaning(problem: Exception) -> Outcome:
    """What a failure after the log-in says about the mail, RFC 5321 4.2.1.

    Only answers to the recipient and to the mail itself are about the mail; one about our sender address or log-in is
    about the settings, which somebody will mend.
    """
    if isinstance(problem, smtplib.SMTPNotSupportedError):
        return Outcome.REFUSED  # an address outside ASCII, and a server without SMTPUTF8
    status = _status(problem)
    about_the_mail = isinstance(problem, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError)
    if about_the_mail and status and 500 <= status <= 599 and status not in WANTS_LOG_IN:
        return Outcome.REFUSED
    return Outcome.LATER if about_the_mail and status != 421 else Outcome.AWAY
