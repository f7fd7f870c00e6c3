"""The invented people: persons, memberships and competences as rows, and as workers of the plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, time

from advice.actions.slow_hashes import hashed
from advice.database import db
from advice.demo import terms
from advice.demo.plan import Worker
from advice.demo.shapes import MembershipShape, PersonShape
from advice.demo.world import World
from advice.models.people import Membership, Person
from advice.models.roster import MembershipCompetence
from advice.rules.danish import sort_key

PASSWORD = "kom bare indenfor"
"""The log-in of everybody invented; it opens nothing but a demonstration."""


def add(shapes: Sequence[PersonShape], worlds: Mapping[str, World]) -> list[Worker]:
    """Add the people with their memberships and competences, all marked demo. LookupError for an unknown code.

    Numbers are 00 00 00 01 and on: Danish numbers never start with 0, so nobody can be called by mistake.
    """
    password_hash = hashed(PASSWORD)
    people = [
        Person(
            email=shape.email,
            name=shape.name,
            sort_key=sort_key(shape.name),
            phone=f"00 00 00 {number:02d}",
            password_hash=password_hash,
            demo=True,
        )
        for number, shape in enumerate(shapes, start=1)
    ]
    db.session.add_all(people)
    db.session.flush()
    workers: list[Worker] = []
    # First memberships before second ones: the order of ids says under which one a person is listed.
    for rank in range(max(len(shape.memberships) for shape in shapes)):
        for person, shape in zip(people, shapes, strict=True):
            for membership in shape.memberships[rank : rank + 1]:
                workers.append(_join(person, shape.initials, membership, worlds[membership.programme]))
    db.session.flush()
    return workers


def _join(person: Person, initials: str, shape: MembershipShape, world: World) -> Worker:
    """Make a person a member, from the first day of the programme."""
    organisation = world.organisations[shape.organisation]
    row = Membership(
        programme_id=world.programme,
        organisation_id=organisation,
        person_id=person.id,
        role=shape.role,
        title=shape.title,
        initials=initials,
        percent=shape.percent,
        most_shifts=shape.most_shifts,
        note=shape.note,
        valid_from=world.first_day,
        accepted_at=datetime.combine(world.first_day, time(12), UTC),
    )
    db.session.add(row)
    db.session.flush()
    _can(row, shape.competences, world)
    terms.agree(row, shape, world)
    return Worker(
        membership=row.id,
        person=person.id,
        organisation_id=organisation,
        programme=shape.programme,
        organisation=shape.organisation,
        duty=shape.duty,
        competences=frozenset(shape.competences),
        sites=frozenset((shape.programme, place) for place in shape.places),
    )


def _can(member: Membership, codes: Iterable[str], world: World) -> None:
    """Give a member her competences."""
    for code in codes:
        db.session.add(
            MembershipCompetence(
                programme_id=member.programme_id,
                membership_id=member.id,
                competence_id=world.competences[code],
            )
        )
