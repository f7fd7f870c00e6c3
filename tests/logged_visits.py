"""Visits in the log for tests that count them: stored as the log keeps them, in the builders' world."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from advice.database import db
from advice.models.catalogue import Body
from advice.models.visits import Visit, VisitBody, VisitOutcome, VisitRevision, VisitTopic
from advice.rules.indicators import VisitFacts
from tests.builders import World, added

FLAGS = {"klaret": "solves", "alene": "self_help", "videre": "bridges", "med": "recruits", "gik": "not_reached"}
"""The outcomes of the builders' world, and what each means."""


class Taps:
    """What was tapped on a visit."""

    def __init__(
        self,
        place: str = "skuret",
        kind: bool = False,
        topics: Iterable[str] = (),
        outcomes: Iterable[str] = (),
        results: Iterable[bool | None] = (),
        undone: bool = False,
    ) -> None:
        self.place, self.kind, self.undone = place, kind, undone
        self.topics, self.outcomes, self.results = list(topics), list(outcomes), list(results)

    def facts(self, world: World, who: str, day: date) -> VisitFacts:
        """The same visit as the rule sees it."""
        return VisitFacts(
            day=day,
            organisation=world.members[who].organisation_id,
            place=world.places[self.place].id,
            service=world.services["snak"].id,
            kind=world.kinds["tale"].id if self.kind else None,
            topics=frozenset(world.topics[code].id for code in self.topics),
            outcomes=frozenset(world.outcomes[code].id for code in self.outcomes),
            outcome_flags=frozenset(FLAGS[code] for code in self.outcomes),
            result_known=True in self.results,
            undone=self.undone,
        )


def visit(world: World, who: str, day: date, taps: Taps) -> None:
    """Store one visit with what was tapped, as the log keeps it."""
    key, visit_id, member = {"programme_id": world.programme.id}, uuid4(), world.members[who]
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    added(
        VisitRevision(visit_id=visit_id, revision=1, content={}, content_hash="", entered_by=1, received_at=noon, **key)
    )
    added(
        Visit(
            id=visit_id,
            revision=1,
            place_id=world.places[taps.place].id,
            service_id=world.services["snak"].id,
            kind_id=world.kinds["tale"].id if taps.kind else None,
            membership_id=member.id,
            person_id=member.person_id,
            organisation_id=member.organisation_id,
            occurred_at=noon,
            local_date=day,
            local_hour=13,
            undone=taps.undone,
            **key,
        )
    )
    tap(visit_id, world, taps)


def tap(visit_id: UUID, world: World, taps: Taps) -> None:
    """Store the tap-lists of a visit."""
    key = {"programme_id": world.programme.id, "visit_id": visit_id}
    for code in taps.topics:
        db.session.add(VisitTopic(topic_id=world.topics[code].id, **key))
    for code in taps.outcomes:
        db.session.add(VisitOutcome(outcome_id=world.outcomes[code].id, **key))
    for body, known in zip(bodies(world), taps.results, strict=False):
        db.session.add(VisitBody(body_id=body, result_known=known, **key))


def bodies(world: World) -> list[int]:
    """The ids of the bodies of the world."""
    return [body.id for body in db.session.query(Body).filter_by(programme_id=world.programme.id).order_by(Body.id)]
