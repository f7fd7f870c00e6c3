"""What the mails of the vagtplan share: into the outbox with them, in the transaction of what they tell of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from advice import web
from advice.actions import outbox
from advice.config import Settings
from advice.models.people import Person
from advice.rules.texts import danish_number, first_that_fits


def put(
    kind: str, person: Person, subject: str, words: str, programme_id: int, expires_at: datetime | None = None
) -> None:
    """A mail to somebody of a programme; after `expires_at` it is of no use any more."""
    outbox.put(
        web.now(), kind, person.email, subject, words, programme_id=programme_id, person_id=person.id,
        expires_at=expires_at,
    )  # fmt: skip


def put_text(
    settings: Settings, kind: str, person: Person, subject: str, wordings: Iterable[str], programme_id: int, day: date
) -> bool:
    """A text message beside a mail, in the first of the wordings that one message holds; whether there is one.

    Only where a gateway is set, to who has said yes and has a Danish number. Of no use once its day is over.
    """
    number = danish_number(person.phone or "")
    if settings.texts is None or person.sms_since is None or number is None:
        return False
    outbox.put_text(
        settings.clock(), kind, number, subject, first_that_fits(wordings), programme_id=programme_id,
        person_id=person.id, expires_at=end_of(day, settings),
    )  # fmt: skip
    return True


def end_of(day: date, settings: Settings) -> datetime:
    """The instant at which a day is over at the place."""
    return datetime.combine(day + timedelta(days=1), time(), settings.timezone).astimezone(UTC)
