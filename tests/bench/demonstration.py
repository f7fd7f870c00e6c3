"""What is measured: the demonstration, fifty times as large, and one adviser with a full calendar."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import time, timedelta
from itertools import cycle, islice
from time import perf_counter
from typing import Any

from sqlalchemy import func, select

from advice.actions import openings
from advice.app import create_app
from advice.config import ROOT, Settings, utc_now
from advice.database import begin_write, db
from advice.models.hours import Opening
from advice.models.people import Membership, Person
from advice.models.places import Place
from advice.models.roster import Shift, StaffingNeed
from advice.rules.weeks import quarter_of, weeks_of_quarter
from tests import builders
from tests.program import SECRET_KEY, dispose

SCALE = 50
SHIFTS_IN_FEED = 200


def demonstration(url: str, scale: int = SCALE) -> dict[str, Any]:
    """Load the scaled demonstration; returns what `demo --json` prints."""
    environ = {**os.environ, "DATABASE_URL": url, "SECRET_KEY": SECRET_KEY}
    flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
    subprocess.run([*flask, "db", "upgrade"], env=environ, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    begun = perf_counter()
    done = subprocess.run(
        [*flask, "demo", "--scale", str(scale), "--json"], env=environ, cwd=ROOT, check=True, capture_output=True
    )
    print(f"demo --scale {scale}: {perf_counter() - begun:.1f} s")
    found: dict[str, Any] = json.loads(done.stdout)
    many_shifts(url, an_adviser(found)["email"])
    return found


def an_adviser(people: dict[str, Any]) -> dict[str, str]:
    """The adviser whose pages are measured: the first of the first programme."""
    slug = people["programmes"][0]["slug"]
    chosen: dict[str, str] = next(p for p in people["people"] if p["programme"] == slug and p["role"] == "adviser")
    return chosen


def many_shifts(url: str, email: str) -> None:
    """Give a person as many shifts ahead as her feed is to have, an hour each evening."""
    app = create_app(Settings(database_url=url, secret_key=SECRET_KEY, testing=True))
    with app.app_context():
        begin_write()
        member = db.session.scalars(select(Membership).join(Membership.person).where(Person.email == email)).one()
        place = db.session.scalars(select(Place).where(Place.programme_id == member.programme_id)).first()
        assert place is not None
        now = utc_now()
        held = db.session.scalar(select(func.count()).where(Shift.person_id == member.person_id)) or 0
        for number in range(SHIFTS_IN_FEED - held):
            day = now.date() + timedelta(days=1 + number)
            key = {"programme_id": member.programme_id, "place_id": place.id, "membership_id": member.id}
            who = {"person_id": member.person_id, "organisation_id": member.organisation_id}
            span = {"day": day, "starts": time(19), "ends": time(20), "created_at": now, "changed_at": now}
            db.session.add(Shift(**key, **who, **span))
        db.session.commit()
        dispose()


def many_places(url: str, places: int = 40, people: int = 200) -> dict[str, str]:
    """A programme with so many places, each open once a week, and a quarter of shifts; its coordinator's log-in."""
    app = create_app(Settings(database_url=url, secret_key=SECRET_KEY, testing=True))
    with app.app_context():
        begin_write()
        now = utc_now()
        world = builders.world("stor", "stor-")
        key, service = {"programme_id": world.programme.id}, world.services["snak"].id
        for number in range(places):
            code, weekday = f"hus-{number}", number % 5
            world.places[code] = builders.added(
                Place(code=code, slug=code, name=f"Hus {number}", room="Salen", position=number, **key)
            )
            builders.weekly(world, code, weekday, time(12), time(17))
            need = {"place_id": world.places[code].id, "service_id": service, "weekday": weekday, **key}
            builders.added(StaffingNeed(never_fewer=2, least=3, best=4, valid_from=builders.FIRST_DAY, **need))
        for number in range(people):
            who = builders.person(f"nr{number} Navn", email=f"stor-{number}@example.org")
            builders.member(world, who, ("huset", "byen")[number % 2], "adviser")
        openings.refresh(world.programme.id, now, app.extensions["advice"].timezone)
        first, last = weeks_of_quarter(*quarter_of(now.date())) or (now.date(), now.date())
        standing = select(Opening.place_id, Opening.day).where(Opening.programme_id == world.programme.id)
        codes = {place.id: code for code, place in world.places.items()}
        days = standing.where(Opening.day.between(first, last)).order_by(Opening.day, Opening.place_id)
        on_duty = cycle(name for name in world.members if name.startswith("nr"))
        for place_id, day in db.session.execute(days).all():
            for name in islice(on_duty, 3):
                builders.shift(world, name, codes[place_id], day, 12, 17)
        db.session.commit()
        dispose()
    return {"email": "stor-karen@example.org", "password": builders.PASSWORD}
