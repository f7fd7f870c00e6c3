"""Every kind of visitor, let in by a real log-in, and a row of each kind in three places: for tests of permissions.

`Floor` is a program with two programmes in it. A request through `Floor.ask` sees the state of the first moment: what
it changes is told and taken back, so that no request depends on another.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from itertools import product
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from advice import web
from advice.actions import feeds, links, outbox, stand_ins
from advice.actions.programmes import editing
from advice.actions.programmes.editing import PROGRAMME
from advice.actions.programmes.tables import TABLE_OF, Absent
from advice.actions.shifts import By
from advice.actions.visit_entries import Adviser
from advice.actions.visits import store
from advice.app import create_app
from advice.config import Settings
from advice.database import db
from advice.models.absences import Absence
from advice.models.accounts import LinkPurpose, LogInSession, OidcProvider, Passkey
from advice.models.drafts import Draft, DraftChange
from advice.models.staff_notices import StaffNotice
from advice.models.swaps import Swap
from advice.models.tablets import Tablet
from advice.rules.access import OPEN, Action, Actor, Role, Scope, Standing, reach
from advice.settings.person import STEPS
from advice.settings.sections.views import STEPS as MOVES
from advice.settings.sections.views import WITHDRAW
from advice.settings.sections.words import SECTIONS
from tests import builders
from tests.builders import PASSWORD, World
from tests.html_pages import Page
from tests.program import SECRET_KEY, Clock, dispose
from tests.stored import writing
from tests.tablet_screens import PINS, TILES, enrol, give_pins, type_pin
from tests.visit_log import MONDAY, ZONE, entry, some
from tests.web_client import CheckingClient

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
PEOPLE = {"anonymous": None, "tablet": None, "pin": "rita", "adviser": "rita", "team_leader": "tove",
          "coordinator": "karen", "reader": "lars"}  # fmt: skip
"""Kind of visitor to who it is. Tove is of "byen", the others of "huset"."""
HOME = {"tove": "byen"}
SCRIPT = {"X-Requested-With": "fetch", "Sec-Fetch-Site": "same-origin"}
NEEDED: Mapping[str, Mapping[str, str]] = {
    "visits.result": {"body": "toldbod", "known": "ja", "revision": "1"},
    "visits.mark": {"sted": "skuret", "tryk": "moedt"},
    "tablets.mark": {"tryk": "moedt"},
}
"""Fields without which an address answers 404 to everybody, by endpoint."""
SAME = {
    "programme": "havnen", "place": "skuret", "year": 2026, "number": 48, "roster.quarter.number": 4,
    "roster.fair.number": 4, "filename": "base.css", "day": "2026-11-23", "service": "snak",
    "settings.day_need.day": "2026-11-30", "settings.usual_again.day": "2026-11-30",
}  # fmt: skip
"""Arguments that no permission hangs on."""

Values = dict[str, object]
Whose = tuple[str, ...]


@dataclass(frozen=True)
class Guest:
    """A visitor: her cookies as she sends them, and the token of her forms."""

    kind: str
    cookies: str
    token: str

    @property
    def organisation(self) -> str:
        """Whose rows are her own; a tablet is of who enrolled it."""
        return HOME.get(PEOPLE[self.kind] or "", "huset")


@dataclass
class Answer:
    """What a request was answered with, in the words of permissions.txt, and whether it changed anything."""

    word: str
    changed: bool
    said: str


@dataclass
class Floor:
    """A running program with its visitors, and the rows of "huset", "byen" and of another programme ("elsewhere")."""

    app: Flask
    path: str
    guests: dict[str, Guest] = field(default_factory=dict)
    rows: dict[str, Values] = field(default_factory=dict)
    people: dict[str, Actor] = field(default_factory=dict)
    own: dict[str, Values] = field(default_factory=dict)
    """What belongs to a person alone, by her short name."""

    def addresses(self, rule: Rule, guest: Guest) -> list[list[str]]:
        """The addresses of a rule with rows of the own organisation, the other one, and another programme.

        Three lists; one, if the rule names no row. A row of an account is of the visitor herself, then of others.
        """
        other = "huset" if guest.organisation == "byen" else "byen"
        mine = {**self.rows[guest.organisation], **self.own.get(PEOPLE[guest.kind] or "", {})}
        found = [list(self._built(rule, values)) for values in (mine, self.rows[other], self.rows["elsewhere"])]
        return found if found[0] != found[1] or found[0] != found[2] else found[:1]

    def _built(self, rule: Rule, values: Values) -> Iterator[str]:
        names = sorted(rule.arguments)
        for variant in self.variants(rule, values):
            known = {**values, **variant}
            chosen = [known.get(f"{rule.endpoint}.{name}", known.get(name)) for name in names]
            assert None not in chosen, f"{rule}: give each of {names} a value in tests/visitors.py"
            for one in product(*(each if isinstance(each, tuple) else (each,) for each in chosen)):
                built = rule.build(dict(zip(names, one, strict=True)))
                assert built is not None, f"{rule} cannot be built from {names} {one}"
                yield built[1]

    def variants(self, rule: Rule, values: Values) -> tuple[Values, ...]:
        """Values that go together, where an address has some."""
        found = values.get(rule.endpoint, ({},))
        assert isinstance(found, tuple)
        return found

    def ask(self, guest: Guest, method: str, rule: Rule, url: str) -> Answer:
        """Send a request with no more fields than it needs; what it changed is taken back."""
        view = self.app.view_functions[rule.endpoint]
        sent: dict[str, Any] = {"headers": {"Cookie": guest.cookies, "Referer": "http://localhost/"}}
        if hasattr(view, "json_only"):
            sent["json"] = {}
            sent["headers"] |= SCRIPT
        elif method != "GET":
            sent["data"] = {"csrf_token": guest.token, **NEEDED.get(rule.endpoint, {})}
        before = self._version()
        browser = FlaskClient(self.app, self.app.response_class, use_cookies=False)
        answer = browser.open(url, method=method, **sent, buffered=True)
        changed = self._version() != before
        if changed:
            self._restore()
        is_open = web.needs_of(self.app, rule.endpoint) in {*OPEN, Standing.TABLET}
        return Answer(word_of(answer, is_open), changed, f"{method} {url}: {answer.status} {answer.location or ''}")

    def actors(self) -> dict[str, Actor]:
        """Those who are logged in as rules/access.py sees them, by kind."""
        found = {kind: self.people[name] for kind, name in PEOPLE.items() if name}
        return {kind: replace(actor, at_tablet=kind == "pin") for kind, actor in found.items()}

    def keep(self) -> None:
        """From now on every request finds the state of this moment."""
        with self.app.app_context():
            dispose()
        self._kept, self._live = sqlite3.connect(":memory:"), sqlite3.connect(self.path)
        self._live.backup(self._kept)

    def _version(self) -> int:
        """A number that changes when anybody else has changed a row."""
        return int(self._live.execute("PRAGMA data_version").fetchone()[0])

    def _restore(self) -> None:
        self._kept.backup(self._live)

    def close(self) -> None:
        """Let go of the database."""
        self._kept.close()
        self._live.close()
        with self.app.app_context():
            dispose()


def may_do(actor: Actor, action: Action) -> bool:
    """Whether somebody may do this to any row at all."""
    return reach(actor, action) is not Scope.NONE


def word_of(answer: TestResponse, is_open: bool) -> str:
    """ "ok" for what was let through, whatever it says of the fields; else what it was refused with."""
    to = answer.location or ""
    if answer.status_code == 401 or (not is_open and (to.startswith("/log-ind?next=") or to == TILES)):
        return "log-in"
    return "ok" if answer.status_code in (200, 302, 303, 308, 409, 422) else str(answer.status_code)


def opened(url: str) -> Floor:
    """The program on a fresh SQLite database, with everybody and everything in it; `close` it."""
    settings = Settings(database_url=url, secret_key=SECRET_KEY, testing=True, clock=Clock(NOW), demo=True)
    app = create_app(settings)
    app.test_client_class = CheckingClient
    floor = Floor(app, url.removeprefix("sqlite:///"))
    with writing(app):
        here, there = builders.world(), builders.world("kysten", "k-")
        floor.rows = {
            "huset": stored_rows(here, "rita", "svend", 1),
            "byen": stored_rows(here, "tove", "bent", 2),
            "elsewhere": stored_rows(there, "rita", "svend", 3),
        }
        db.session.flush()
        floor.rows["huset"] |= setting_rows(here)
        floor.rows["byen"] |= setting_rows(here)
        floor.rows["elsewhere"] |= setting_rows(there)
        floor.people = {name: here.actor(name) for name in here.members}
        floor.own = {name: own_rows(here, name) for name in ("karen", "lars", "rita", "tove")}
    give_pins(app)
    for kind, name in PEOPLE.items():
        floor.guests[kind] = arrived(app, kind, name)
    for name in floor.own:
        floor.own[name]["one"] = other_session(app, f"{name}@example.org")
    leaders = (("huset", "karen", "svend"), ("byen", "tove", "bent"), ("elsewhere", "k-karen", "k-svend"))
    for whose, leader, name in leaders:
        assert enrol(client_of(app), leader).status_code == 303
        with app.app_context():
            floor.rows[whose]["tablet"] = db.session.scalars(select(Tablet.id).order_by(Tablet.id.desc())).first()
        floor.rows[whose]["one"] = other_session(app, f"{name}@example.org")
    floor.keep()
    return floor


def stored_rows(world: World, name: str, other: str, number: int) -> Values:
    """A row of each kind that is somebody's, made for `name`; `other` is a colleague. Inside a write transaction."""
    who, visit = world.members[name], entry(bodies=some("toldbod"))
    store(visit, Adviser.of(who), NOW, ZONE)
    shift = builders.shift(world, name, "skuret", MONDAY, 13, 16)
    key = {"programme_id": who.programme_id, "organisation_id": who.organisation_id}
    plan, change = a_plan(world, name)
    # Its secret cannot be opened, so that nobody is asked over the network.
    builders.added(OidcProvider(issuer="https://example.org", client_id="advice", sealed_secret="", **key))
    person: UUID = world.members[other].person.public_id
    return {
        **SAME,
        "programme": world.programme.slug,
        "visit_id": visit.id,
        "shift_id": shift.id,
        "draft_id": plan.id,
        "change_id": change.id,
        "absence_id": an_absence(world, name).id,
        "swap_id": a_swap(world, name).id,
        "notice_id": a_notice(world, name).id,
        "organisation_id": who.organisation_id,
        "member_id": world.members[other].id,
        "person": person,
        "passkey": passkey(world, other),
        "mail": outbox.put(NOW, "invitation", "nina@example.org", "Emne", "Ord", programme_id=who.programme_id).id,
        "step": tuple(STEPS),
        "feeds.own.token": feeds.new_token(who.person_id, NOW),
        "accounts.invitation.token": links.make(NOW, LinkPurpose.INVITATION, who.person_id),
        "accounts.new_password.token": links.make(NOW, LinkPurpose.PASSWORD, who.person_id),
        "accounts.offer.token": offer(world, other),
        "roster.stand_in_answer.token": asked_to_stand_in(world, name, other),
    }


def asked_to_stand_in(world: World, name: str, other: str) -> str:
    """The secret of a mail that asks a colleague to take a shift which somebody called off."""
    who, asker = world.members[name], world.members[other]
    gone = builders.shift(world, name, "kajen", MONDAY + timedelta(days=9), 9, 12, status="cancelled")
    by = By(asker.person_id, asker.organisation_id, NOW, MONDAY)
    [(_member, token)] = stand_ins.ask(gone, [world.members["tove" if who is world.members["rita"] else "rita"]], by)
    return token


def a_plan(world: World, name: str) -> tuple[Draft, DraftChange]:
    """A plan that is being laid by somebody's organisation, with a shift of hers."""
    who, key = world.members[name], {"programme_id": world.programme.id}
    mine = {"organisation_id": who.organisation_id, "person_id": who.person_id, "made_at": NOW, **key}
    days = {"first_day": MONDAY, "last_day": MONDAY + timedelta(days=13)}
    plan = builders.added(Draft(name="Uge 48", left_out={}, **days, **mine))
    where = {
        "place_id": world.places["kajen"].id,
        "day": MONDAY + timedelta(days=2),
        "starts": time(9),
        "ends": time(12),
    }
    change = DraftChange(draft_id=plan.id, deed="add", membership_id=who.id, **where, **mine)
    return plan, builders.added(change)


def a_swap(world: World, name: str) -> Swap:
    """A shift of somebody's that everybody is asked to take."""
    shift = builders.shift(world, name, "kajen", MONDAY + timedelta(days=16), 9, 12)
    key = {"programme_id": shift.programme_id, "shift_id": shift.id, "shift_version": 1}
    return builders.added(Swap(is_trade=False, offered_at=NOW, **key))


def an_absence(world: World, name: str) -> Absence:
    """A day off of somebody's, ahead."""
    who, day = world.members[name], MONDAY + timedelta(days=30)
    whose = {"programme_id": who.programme_id, "organisation_id": who.organisation_id, "person_id": who.person_id}
    row = Absence(membership_id=who.id, kind="holiday", first_day=day, last_day=day, entered_at=NOW, **whose)
    return builders.added(row)


def a_notice(world: World, name: str) -> StaffNotice:
    """Somebody's notice to the staff of a place, of today."""
    who = world.members[name]
    whose = {"programme_id": who.programme_id, "organisation_id": who.organisation_id, "person_id": who.person_id}
    told = {"place_id": world.places["skuret"].id, "first_day": MONDAY, "last_day": MONDAY, "text": "Printeren står af"}
    return builders.added(StaffNotice(written_at=NOW, **told, **whose))


def setting_rows(world: World) -> Values:
    """A row of each section of the settings, with the steps that one can take."""
    doc = editing.open_document(world.programme.id)
    rows = {one.slug: (one.name, min(doc.rows(one.name), default=None)) for one in SECTIONS if one.name != PROGRAMME}
    there: list[Values] = [{"section": slug, "row_id": row_id} for slug, (_name, row_id) in rows.items() if row_id]
    steps: list[Values] = []
    for one in there:
        table = TABLE_OF[rows[str(one["section"])][0]]
        able = (*MOVES,) if table.ordered else (WITHDRAW,) if table.absent is Absent.WITHDRAWN else ()
        steps += [{**one, "step": step} for step in able]
    return {"section": tuple(rows), "settings.row": tuple(there), "settings.row_step": tuple(steps)}


def own_rows(world: World, name: str) -> Values:
    """What is somebody's own: a passkey, and a membership to take on."""
    return {
        "passkey": passkey(world, name),
        "accounts.offer.token": offer(world, name),
        "absence_id": an_absence(world, name).id,
        "roster.offer_swap.shift_id": builders.shift(world, name, "skuret", MONDAY + timedelta(days=14), 13, 16).id,
    }


def offer(world: World, name: str) -> str:
    """The secret of a link by which somebody can take on one more membership."""
    who = world.members[name]
    asked = builders.member(world, who.person, "huset", Role.READER, accepted_at=None)
    return links.make(NOW, LinkPurpose.MEMBERSHIP, who.person_id, membership_id=asked.id)


def passkey(world: World, name: str) -> int:
    """A passkey of somebody, which nobody can use."""
    person = world.members[name].person_id
    key = {"credential_id": str(person).encode(), "public_key": b""}
    return builders.added(Passkey(person_id=person, name="min telefon", created_at=NOW, **key)).id


def client_of(app: Flask) -> CheckingClient:
    """A new browser."""
    made = app.test_client()
    assert isinstance(made, CheckingClient)
    return made


def other_session(app: Flask, email: str) -> int:
    """Log in in a browser that nobody uses again; the session."""
    assert client_of(app).submit("/log-ind", email=email, password=PASSWORD).status_code == 303
    with app.app_context():
        return db.session.scalars(select(LogInSession.id).order_by(LogInSession.id.desc())).first() or 0


def arrived(app: Flask, kind: str, name: str | None) -> Guest:
    """A browser in which this kind of visitor has been let in, by its cookies."""
    client, page = client_of(app), "/log-ind"
    if kind in ("tablet", "pin"):
        assert enrol(client).status_code == 303
    if kind == "pin":
        assert name in PINS and type_pin(app, client, name).status_code == 303
        page = "/i-dag"
    elif name is not None:
        answer = client.submit("/log-ind", email=f"{name}@example.org", password=PASSWORD)
        assert answer.status_code == 303
        page = answer.headers["Location"]
    forms = Page(client.get(page, follow_redirects=True).text).forms()
    token = next(value for form in forms for key, value in form.fields if key == "csrf_token")
    cookies = [cookie for cookie in (client.get_cookie("session"), client.get_cookie("tablet")) if cookie]
    return Guest(kind, "; ".join(f"{one.key}={one.value}" for one in cookies), token)
