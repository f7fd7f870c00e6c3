"""Loads the demonstration: the two programme files, and invented people, plan and visits.

Everything that must be whole is one transaction; further years of visits (`scale`) follow in transactions of
their own, so that a server and a worker on the same database get their turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import select

from advice.actions import openings
from advice.actions.programmes import exchange
from advice.database import begin_write, db
from advice.demo import days, marks, people, plan, shapes, storing, terms, world
from advice.demo.arrivals import Arrivals
from advice.demo.contents import Contents, Drawn
from advice.demo.people import PASSWORD
from advice.demo.plan import Duty, Opened, Worker
from advice.demo.shapes import Invented
from advice.demo.world import World
from advice.formats.programme_file import document
from advice.models.people import Person
from advice.models.programmes import Programme
from advice.models.visits import Visit

__all__ = ["PASSWORD", "RealRowsError", "load"]

FILES = Path(__file__).parent
UNSCALED = timedelta(days=28)
"""The newest visits are never multiplied: a tablet's day and a week's list stay as long as in life."""


class RealRowsError(Exception):
    """The database is somebody's real one; the message is a sentence for the person at the console."""


@dataclass(frozen=True, slots=True)
class Life:
    """What visits are drawn from: the shapes, the programmes, their past openings, and who was there."""

    shape: Invented
    worlds: Mapping[str, World]
    openings: Mapping[str, Sequence[Opened]]
    arrivals: Arrivals
    now: datetime
    zone: ZoneInfo


def load(now: datetime, timezone: ZoneInfo, scale: int = 1) -> bool:
    """Load the demonstration, dated relative to `now`, and commit; False, and nothing done, if it is there.

    A scale of N makes N times the visits (but those of the last 28 days). Raises RealRowsError for a database
    that holds rows of no demonstration.
    """
    begin_write()
    shape = shapes.read()
    slugs = sorted({member.programme for person in shape.people for member in person.memberships})
    if is_loaded(slugs):
        db.session.rollback()
        return False
    _refuse_real_rows()
    today = now.astimezone(timezone).date()
    worlds = {slug: _programme(slug, shape, now, timezone) for slug in slugs}
    _unusual_days(shape, worlds, now, timezone)
    workers = people.add(shape.people, worlds)
    terms.add_absences(shape.absences, worlds, now, timezone)
    life = _plan(shape, worlds, workers, now, timezone)
    marks.add(shape.seed, today)
    for slug, known in worlds.items():
        storing.add_visits(_visits(life, slug, life.openings[slug], 0), known)
    db.session.commit()
    for lap in range(1, scale):
        for slug, known in worlds.items():
            older = [opening for opening in life.openings[slug] if opening.day <= today - UNSCALED]
            begin_write()
            storing.add_visits(_visits(life, slug, older, lap), known)
            db.session.commit()
    return True


def is_loaded(slugs: Iterable[str]) -> bool:
    """Whether the demo programmes are there, and invented people with them."""
    found = db.session.scalars(select(Programme.slug).where(Programme.demo)).all()
    somebody = db.session.scalar(select(Person.id).where(Person.demo).limit(1))
    return set(slugs) <= set(found) and somebody is not None


def _refuse_real_rows() -> None:
    """Raise RealRowsError if anything here is not marked demo, or visits were logged."""
    real = {
        "people who are not invented": select(Person.id).where(~Person.demo),
        "a programme that is no demonstration": select(Programme.id).where(~Programme.demo),
        "visits": select(Visit.id),
    }
    for what, question in real.items():
        if db.session.execute(question.limit(1)).first():
            raise RealRowsError(
                f"This database holds {what}, so the demonstration was not loaded; "
                "give it an empty database of its own (DATABASE_URL)."
            )


def _programme(slug: str, shape: Invented, now: datetime, timezone: ZoneInfo) -> World:
    """Import a programme file and lay the openings of the year behind it."""
    today = now.astimezone(timezone).date()
    exchange.import_programme(document.read((FILES / f"{slug}.toml").read_bytes(), today), now, timezone)
    found = world.world_of(slug)
    first = today - timedelta(days=shape.visits.days_back - 1)
    try:
        openings.lay_past(found.programme, first, now, timezone)
    except ValueError as error:
        raise RealRowsError(
            f"The programme {slug} has been open in this database before, so the demonstration was not loaded; "
            "give it an empty database of its own (DATABASE_URL)."
        ) from error
    return found


def _unusual_days(shape: Invented, worlds: Mapping[str, World], now: datetime, timezone: ZoneInfo) -> None:
    """The single closure and the short day, the openings ahead as they are with them, and what residents are told."""
    today = now.astimezone(timezone).date()
    days.add(shape.days, worlds, today)
    days.add_told(shape, worlds, today)
    for known in worlds.values():
        openings.refresh(known.programme, now, timezone)


def _plan(
    shape: Invented, worlds: Mapping[str, World], workers: Sequence[Worker], now: datetime, zone: ZoneInfo
) -> Life:
    """Lay the vagtplan of the year behind and the weeks ahead, and store its part round today."""
    today = now.astimezone(zone).date()
    first = today - timedelta(days=shape.visits.days_back - 1)
    last = today + timedelta(weeks=shape.plan.weeks_ahead)
    found = {slug: world.openings(known, first, last) for slug, known in worlds.items()}
    every = [opening for of_one in found.values() for opening in of_one]
    duties = plan.lay(every, workers, shape.plan, shape.seed, today)
    oldest = today - timedelta(weeks=shape.plan.weeks_back)
    laid_at = datetime.combine(oldest - timedelta(days=7), time(9), zone)
    storing.add_shifts([duty for duty in duties if duty.opening.day >= oldest], shape.seed, laid_at, now)
    past = {slug: [opening for opening in of_one if _has_begun(opening, now, zone)] for slug, of_one in found.items()}
    return Life(shape, worlds, past, Arrivals(shape.visits, _by_opening(duties), now, zone), now, zone)


def _has_begun(opening: Opened, now: datetime, zone: ZoneInfo) -> bool:
    return datetime.combine(opening.day, opening.starts, zone) < now - timedelta(minutes=1)


def _by_opening(duties: Iterable[Duty]) -> dict[Opened, list[Duty]]:
    found: dict[Opened, list[Duty]] = {}
    for duty in duties:
        found.setdefault(duty.opening, []).append(duty)
    return found


def _visits(life: Life, slug: str, past: Sequence[Opened], lap: int) -> Iterator[Drawn]:
    """The visits of one programme at its past openings; each lap draws others."""
    shape = life.shape
    contents = Contents(shape.visits, life.worlds[slug].lists, slug, life.now, life.zone)
    total = next((total for total in shape.visits.totals if total.programme == slug), None)
    if total:
        rng = Random(f"{shape.seed}:visits:{slug}:{past[-1].day}:{lap}")
        yield from (contents.draw(rng, arrival) for arrival in life.arrivals.counted(rng, past, total))
        return
    for opening in past:
        rng = Random(f"{shape.seed}:visits:{opening.site}:{opening.day}:{opening.starts}:{lap}")
        yield from (contents.draw(rng, arrival) for arrival in life.arrivals.by_chance(rng, opening))
