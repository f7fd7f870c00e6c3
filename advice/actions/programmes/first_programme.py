"""From an empty database to a programme that somebody can set up on the screens."""

from __future__ import annotations

from datetime import date, datetime

from advice.database import db
from advice.models import audit
from advice.models.first_steps import NOT_SAID, name_from_slug
from advice.models.programmes import Organisation, Programme

SHORT_NAME = 40


def first_programme(slug: str, organisation_code: str, now: datetime, today: date) -> tuple[Programme, Organisation]:
    """A programme and its coordinating organisation, named after their codes until somebody names them. Flushes."""
    name = name_from_slug(slug)
    programme = Programme(
        slug=slug, name=name, short_name=name, municipality=NOT_SAID, valid_from=today, languages=["da"],
    )  # fmt: skip
    db.session.add(programme)
    db.session.flush()
    organisation = Organisation(
        programme_id=programme.id, code=organisation_code, name=organisation_code,
        short_name=organisation_code[:SHORT_NAME], kind=NOT_SAID, coordinates=True, valid_from=today,
    )  # fmt: skip
    db.session.add(organisation)
    db.session.flush()
    audit.record(now, "programme_made", Programme.__tablename__, programme.id, programme_id=programme.id)
    db.session.flush()
    return programme, organisation
