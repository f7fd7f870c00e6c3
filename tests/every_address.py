"""Every rule of url_map as addresses to try: with names and numbers that are there, and with others that are not.

A new rule is tried at once. An argument that no row of `settled` has a value for is tried with one that opens nothing;
give it a value in `settled`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from advice.actions import feeds, openings, outbox
from advice.actions.visit_entries import Adviser
from advice.actions.visits import store
from advice.database import db
from tests import builders
from tests.builders import PASSWORD
from tests.html_pages import Form, Page
from tests.program import Clock
from tests.stored import writing
from tests.visit_log import MONDAY, entry
from tests.visitors import a_notice, a_plan, a_swap, an_absence, asked_to_stand_in

ROLES = ("karen", "tove", "rita", "lars")
"""A coordinator, a team leader, an adviser and a reader."""
NOTHING = {"IntegerConverter": 2_000_000_000, "UUIDConverter": UUID(int=0)}
WRONG = {"year": 9999, "number": 99, "token": "x" * 43}

Values = dict[str, object]


def settled(app: Flask, clock: Clock, slug: str = "havnen", prefix: str = "", writer: str = "karen") -> Values:
    """A programme with openings, a shift, a visit and a calendar address; values for the arguments of rules."""
    with writing(app):
        world = builders.world(slug, prefix)
        openings.refresh(world.programme.id, clock(), app.extensions["advice"].timezone)
        shift = builders.shift(world, "rita", "skuret", MONDAY, 13, 15)
        plan, change = a_plan(world, "karen")
        visit = entry()
        store(visit, Adviser.of(world.members["rita"]), clock(), app.extensions["advice"].timezone)
        token = feeds.new_token(world.members["rita"].person_id, clock())
        mail = outbox.put(clock(), "invitation", "nina@example.org", "Emne", "Ord", programme_id=world.programme.id)
        db.session.flush()
        return {
            "programme": slug, "place": "skuret", "visit_id": visit.id, "shift_id": shift.id, "year": 2026,
            "draft_id": plan.id, "change_id": change.id,
            "absence_id": an_absence(world, "karen").id,
            "swap_id": a_swap(world, "rita").id,
            "notice_id": a_notice(world, writer).id,
            "roster.stand_in_answer.token": asked_to_stand_in(world, "rita", "svend"),
            "service": "snak", "settings.day_need.day": "2026-11-30", "settings.usual_again.day": "2026-11-30",
            "number": 48, "roster.quarter.number": 4, "roster.fair.number": 4, "token": token, "filename": "base.css",
            "day": MONDAY.isoformat(),
            "member_id": world.members["bent"].id, "step": "rolle", "mail": mail.id,
        }  # fmt: skip


def address(rule: Rule, values: Values) -> str:
    """The path of a rule with these values, and with ones that open nothing for what they lack."""
    fitting: Values = {}
    for name in rule.arguments:
        kind = type(rule._converters[name]).__name__
        fitting[name] = values.get(f"{rule.endpoint}.{name}", values.get(name, NOTHING.get(kind, "findes-ikke")))
    built = rule.build(fitting)
    assert built is not None, f"{rule} cannot be built from {fitting}"
    return built[1]


def addresses(app: Flask, values: Values) -> list[tuple[Rule, str]]:
    """Each rule with an address that leads somewhere."""
    return [(rule, address(rule, values)) for rule in app.url_map.iter_rules()]


def wrong_addresses(app: Flask) -> list[tuple[Rule, str]]:
    """Each rule that takes arguments with an address that leads nowhere."""
    return [(rule, address(rule, WRONG)) for rule in app.url_map.iter_rules() if rule.arguments]


class Browser(FlaskClient):
    """Reads every answer to its end and lets go of the file it came from; looks at no page."""

    def open(self, *args: Any, buffered: bool = True, **kwargs: Any) -> TestResponse:
        """Send a request, as Flask's client does."""
        return super().open(*args, buffered=buffered, **kwargs)


@dataclass
class Visitor:
    """A browser of somebody, or of a stranger."""

    app: Flask
    name: str | None = None

    def __post_init__(self) -> None:
        """Begin anew: a browser without a past, logged in if it is somebody's."""
        self.client, self.home, self._token = Browser(self.app, self.app.response_class), "/log-ind", ""
        if self.name:
            fields = {"email": f"{self.name}@example.org", "password": PASSWORD, "csrf_token": self.token()}
            answer = self.client.post("/log-ind", data=fields)
            assert answer.status_code == 303, f"{self.name} is not let in: {answer.status}"
            self.home, self._token = answer.headers["Location"], ""

    def token(self) -> str:
        """The CSRF token of this browser's session."""
        if not self._token:
            forms = self.forms(self.home)
            self._token = next(value for form in forms for name, value in form.fields if name == "csrf_token")
        return self._token

    def forms(self, url: str) -> list[Form]:
        """The forms of the page that an address leads this visitor to; none if it leads to no page."""
        answer = self.client.get(url, follow_redirects=True)
        return Page(answer.text).forms() if answer.status_code == 200 and answer.mimetype == "text/html" else []

    def stay(self, answer: TestResponse) -> None:
        """Begin anew where an answer shows that the session, or what its tokens were made for, has ended."""
        if answer.status_code == 400:
            self._token = ""
        if self.name and "/log-ind" in answer.headers.get("Location", ""):
            self.__post_init__()
