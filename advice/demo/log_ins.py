"""Who can log in to the demonstration, with a fresh calendar address each: what `demo --json` prints."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from advice.actions import feeds
from advice.database import begin_write, db
from advice.demo.people import PASSWORD
from advice.models.people import Membership, Person
from advice.models.places import Place
from advice.models.programmes import Programme


def log_ins(now: datetime) -> dict[str, Any]:
    """People and programmes as other programs read them; makes each person a fresh feed token, and commits.

    Each person stands there once, under the first membership. Only what is marked demo is told.
    """
    begin_write()
    members: dict[int, Membership] = {}
    found = (
        select(Membership)
        .join(Person, Person.id == Membership.person_id)
        .where(Person.demo, Person.disabled_at.is_(None))
        .options(joinedload(Membership.person), joinedload(Membership.organisation), joinedload(Membership.programme))
        .order_by(Membership.id)
    )
    for member in db.session.scalars(found):
        members.setdefault(member.person_id, member)
    told = {
        "people": [_person(member, feeds.new_token(member.person_id, now)) for member in members.values()],
        "programmes": _programmes(),
    }
    db.session.commit()
    return told


def _person(member: Membership, token: str) -> dict[str, str]:
    return {
        "email": member.person.email,
        "password": PASSWORD,
        "role": member.role,
        "organisation": member.organisation.code,
        "programme": member.programme.slug,
        "feed_url": f"/kalender/{token}.ics",
    }


def _programmes() -> list[dict[str, Any]]:
    """The demo programmes with the slugs of their places, in the order of the file."""
    rows = select(Programme.slug, Place.slug).join(Place, Place.programme_id == Programme.id).where(Programme.demo)
    places: dict[str, list[str]] = {}
    for programme, place in db.session.execute(rows.order_by(Programme.slug, Place.position, Place.id)):
        places.setdefault(programme, []).append(place)
    return [{"slug": slug, "places": found} for slug, found in places.items()]
