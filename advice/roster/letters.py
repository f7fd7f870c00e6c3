"""What the mails of the vagtplan share: into the outbox with them, in the transaction of what they tell of."""

from __future__ import annotations

from datetime import datetime

from advice import web
from advice.actions import outbox
from advice.models.people import Person


def put(
    kind: str, person: Person, subject: str, words: str, programme_id: int, expires_at: datetime | None = None
) -> None:
    """A mail to somebody of a programme; after `expires_at` it is of no use any more."""
    outbox.put(
        web.now(), kind, person.email, subject, words, programme_id=programme_id, person_id=person.id,
        expires_at=expires_at,
    )  # fmt: skip
