"""People who log visits over HTTP, one after the other, and remember what they asked for and what was acknowledged."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass, field
from http.client import HTTPException
from uuid import UUID, uuid4

from tests.bench.client import Browser
from tests.builders import PASSWORD
from tests.html_pages import Page

UNDONE_OF_TEN = 2
"""How many of ten visits are undone at once by the one who logged them."""


@dataclass
class Asked:
    """One visit: its topics, the revision that was asked for, and the newest that was acknowledged (0: none)."""

    topics: frozenset[str]
    asked: int = 1
    acknowledged: int = 0


@dataclass(frozen=True)
class Request:
    """A form as it is sent, and sent again unchanged when no answer came."""

    visit: str
    revision: int
    path: str
    fields: list[tuple[str, str]]


@dataclass
class Writer:
    """One person's browser on one kept connection. Only `write` may run in another thread."""

    url: str
    email: str
    dice: random.Random
    answered: threading.Semaphore
    """Released once for each acknowledged write."""
    visits: dict[str, Asked] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    """Answers that were neither an acknowledgement nor a broken connection: there may be none."""

    def __post_init__(self) -> None:
        self.browser = Browser(self.url)
        self.token = ""
        self.form: list[tuple[str, str]] = []
        self.unanswered: Request | None = None

    def log_in(self) -> None:
        """Log in by the front door; the session is to last for the whole test."""
        self.browser.log_in(self.email, PASSWORD)

    def write(self) -> None:
        """Log visits until the server goes away: first, unchanged, the one that got no answer the last time."""
        try:
            self._open_the_day()
            while not self.refused:
                request = self.unanswered or self._new_visit()
                self._send(request)
                if request.revision == 1 and self.dice.randrange(10) < UNDONE_OF_TEN:
                    self._send(self._undoing(request.visit))
        except (OSError, HTTPException):
            pass  # the server was killed: what was asked last stays unanswered
        finally:
            self.browser.connection.close()

    def _open_the_day(self) -> None:
        """Read the form of the day, as a browser does that comes back."""
        status, _, _ = self.browser.ask("/i-dag")
        forms = [form for form in Page(self.browser.text).forms() if form.action == "/i-dag"]
        if status != 200 or not forms:
            self.refused.append(f"{self.email}: /i-dag answered {status}")
            return
        self.form = [(name, value) for name, value in forms[0].fields if name not in ("visit", "topics")]
        self.token = dict(forms[0].fields)["csrf_token"]

    def _new_visit(self) -> Request:
        visit = uuid4().hex
        topics = frozenset(self.dice.sample(["regn", "bølger"], self.dice.choice([1, 2])))
        self.visits[visit] = Asked(topics)
        fields = [*self.form, ("visit", visit), *(("topics", topic) for topic in topics)]
        return Request(visit, 1, "/i-dag", fields)

    def _undoing(self, visit: str) -> Request:
        self.visits[visit].asked = 2
        fields = [("csrf_token", self.token), ("revision", "1"), ("next", "/i-dag")]
        return Request(visit, 2, f"/henvendelser/{UUID(visit)}/fortryd", fields)

    def _send(self, request: Request) -> None:
        """Send a form; it counts as acknowledged when the answer leads back to the log, whole."""
        self.unanswered = request
        status, _, headers = self.browser.ask(request.path, request.fields)
        self.unanswered = None
        if status != 303 or "/log-ind" in headers["location"]:
            self.refused.append(f"{self.email}: {request.path} answered {status} {headers.get('location', '')}")
            return
        self.visits[request.visit].acknowledged = request.revision
        self.answered.release()
