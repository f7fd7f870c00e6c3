"""What is measured: the demonstration, fifty times as large, and one adviser with a full calendar."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import time, timedelta
from time import perf_counter
from typing import Any

from sqlalchemy import func, select

from advice.app import create_app
from advice.config import ROOT, Settings, utc_now
from advice.database import begin_write, db
from advice.models.people import Membership, Person
from advice.models.places import Place
from advice.models.roster import Shift
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
