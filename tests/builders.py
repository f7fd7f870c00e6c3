"""Small invented worlds for tests: a programme with two houses, two organisations and a handful of people.

Nothing here resembles the two demo programmes, on purpose: a test that only works with their words fails.
Every builder adds and flushes inside the caller's write transaction; `saved_world` commits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar

from argon2 import PasswordHasher

from advice.database import begin_write, db
from advice.models.catalogue import Activity, Body, HelpForm, Outcome, Topic, TopicGroup, VisitKind
from advice.models.hours import WeeklyHours
from advice.models.people import Membership, Person
from advice.models.places import Place, Service
from advice.models.programmes import Organisation, Programme
from advice.models.roster import NeedOrganisation, Shift, StaffingNeed
from advice.rules.access import Actor, Role
from advice.rules.danish import sort_key

Row = TypeVar("Row")
PASSWORD = "en lang prøve-adgangskode"
PASSWORD_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
FIRST_DAY = date(2024, 1, 1)


@dataclass
class World:
    """One programme and its rows, by short names."""

    programme: Programme
    organisations: dict[str, Organisation] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    members: dict[str, Membership] = field(default_factory=dict)
    topics: dict[str, Topic] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    kinds: dict[str, VisitKind] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """A member as rules/access.py sees her."""
        one = self.members[name]
        return Actor(one.person_id, one.programme_id, one.organisation_id, Role(one.role))

    def email(self, name: str) -> str:
        """The log-in of a member."""
        return self.members[name].person.email


def added(row: Row) -> Row:
    """Add a row and flush, so that it has its id."""
    db.session.add(row)
    db.session.flush()
    return row


def person(name: str, **fields: Any) -> Person:
    """Somebody who can log in with PASSWORD in a demo database."""
    email = fields.pop("email", f"{name.lower().replace(' ', '.')}@example.org")
    values = {"demo": True, "password_hash": PASSWORD_HASH, **fields}
    return added(Person(name=name, email=email, sort_key=sort_key(name), **values))


def member(world: World, who: Person, organisation: str, role: str, **fields: Any) -> Membership:
    """A membership accepted on FIRST_DAY, valid since; in the world under the person's first name, lower case."""
    row = Membership(
        programme_id=world.programme.id,
        organisation_id=world.organisations[organisation].id,
        person_id=who.id,
        role=role,
        valid_from=FIRST_DAY,
        percent=100,
        **{"accepted_at": datetime.combine(FIRST_DAY, time(12), UTC), **fields},
    )
    world.members.setdefault(who.name.split()[0].lower(), added(row))
    return row


def weekly(world: World, place: str, weekday: int, starts: time, ends: time, **fields: Any) -> WeeklyHours:
    """Weekly hours of the world's first service at a place."""
    service = next(iter(world.services.values()))
    values = {"valid_from": FIRST_DAY, **fields}
    return added(
        WeeklyHours(
            programme_id=world.programme.id,
            place_id=world.places[place].id,
            service_id=service.id,
            weekday=weekday,
            starts=starts,
            ends=ends,
            **values,
        )
    )


def shift(world: World, name: str, place: str, day: date, starts: int, ends: int, **fields: Any) -> Shift:
    """A shift of a member (by short name), in whole hours; made on FIRST_DAY unless told otherwise."""
    who, made = world.members[name], datetime.combine(FIRST_DAY, time(12), UTC)
    values: dict[str, Any] = {"created_at": made, "changed_at": made, **fields}
    row = Shift(
        programme_id=world.programme.id, place_id=world.places[place].id, membership_id=who.id,
        person_id=who.person_id, organisation_id=who.organisation_id, day=day, starts=time(starts), ends=time(ends),
        **values,
    )  # fmt: skip
    return added(row)


def world(slug: str = "havnen", prefix: str = "") -> World:
    """A programme "Havnen": houses "skuret" (Mon 13-16) and "kajen" (Wed 9-12), organisations "huset" and "byen".

    People (log in with PASSWORD): karen (coordinator, huset), tove (team_leader, byen), rita and svend
    (advisers, huset), bent (adviser, byen), lars (reader, huset). `prefix` keeps e-mails of several worlds apart.
    """
    programme = added(
        Programme(
            slug=slug,
            name=f"Helhedsplanen {slug.title()}",
            short_name=slug.title(),
            municipality="Prøveby",
            valid_from=FIRST_DAY,
            languages=["da"],
            visit_languages=["da", "ar", "pl"],
            demo=True,
        )
    )
    found = World(programme)
    key = {"programme_id": programme.id}
    for code, short, leads in (("huset", "huset", True), ("byen", "byens folk", False)):
        row = Organisation(
            code=code, name=f"Organisationen {code}", short_name=short, kind="andet", coordinates=leads, **key
        )
        found.organisations[code] = added(row)
    found.services["snak"] = added(
        Service(
            code="snak",
            labels={"da": "Snak på kajen"},
            organisation_id=found.organisations["huset"].id,
            **key,
        )
    )
    for position, (code, name) in enumerate((("skuret", "Skuret"), ("kajen", "Kajen"))):
        found.places[code] = added(
            Place(code=code, slug=code, name=name, room=f"Huset ved {name}", position=position, **key)
        )
    weekly(found, "skuret", 0, time(13), time(16))
    weekly(found, "kajen", 2, time(9), time(12))
    _catalogue(found)
    _needs(found)
    people = (
        ("Karen Kaj", "huset", "coordinator"),
        ("Tove Tov", "byen", "team_leader"),
        ("Rita Ror", "huset", "adviser"),
        ("Svend Sejl", "huset", "adviser"),
        ("Bent Bøje", "byen", "adviser"),
        ("Lars Last", "huset", "reader"),
    )
    for name, organisation, role in people:
        email = f"{prefix}{name.split()[0].lower()}@example.org"
        member(found, person(name, email=email), organisation, role)
    return found


def _catalogue(found: World) -> None:
    """Two topics, outcomes with each flag that matters, one kind, one body, one activity."""
    key = {"programme_id": found.programme.id}
    group = added(TopicGroup(code="vand", labels={"da": "Vand"}, **key))
    for code, words in (("regn", "Regn"), ("bølger", "Bølger")):
        found.topics[code] = added(Topic(code=code, group_id=group.id, labels={"da": words}, **key))
    for code, flags in (
        ("klaret", {"solves": True, "final": True}),
        ("alene", {"self_help": True, "final": True}),
        ("videre", {"bridges": True}),
        ("med", {"recruits": True}),
        ("gik", {"not_reached": True, "final": True}),
    ):
        found.outcomes[code] = added(Outcome(code=code, labels={"da": code.title()}, **flags, **key))
    added(HelpForm(code="ro", labels={"da": "Ro"}, **key))
    added(Body(code="toldbod", labels={"da": "Toldboden"}, kind="offentlig", **key))
    added(Activity(code="roklub", labels={"da": "Roklubben"}, **key))
    service = found.services["snak"]
    found.kinds["tale"] = added(VisitKind(code="tale", labels={"da": "Tale"}, service_id=service.id, **key))


def _needs(found: World) -> None:
    """Two people, at least one of them of "byen", at each house."""
    for code, weekday in (("skuret", 0), ("kajen", 2)):
        need = added(
            StaffingNeed(
                programme_id=found.programme.id,
                place_id=found.places[code].id,
                service_id=found.services["snak"].id,
                weekday=weekday,
                never_fewer=1,
                least=2,
                best=3,
                valid_from=FIRST_DAY,
            )
        )
        added(
            NeedOrganisation(
                programme_id=found.programme.id,
                need_id=need.id,
                organisation_id=found.organisations["byen"].id,
                least=1,
            )
        )


def saved_world(slug: str = "havnen", prefix: str = "") -> World:
    """`world`, committed: for tests that then work through the front door. Needs an application context."""
    begin_write()
    found = world(slug, prefix)
    db.session.commit()
    return found
