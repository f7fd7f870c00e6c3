"""What people are to hear of their shifts: noted when a shift changes, taken when it is told or seen.

`note` stands in the transaction of the change, `take` in that of the mail: what is rolled back is never told, what is
committed is never forgotten, and nothing is told twice, whoever is killed in between. The caller commits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from advice.database import db
from advice.models.people import Person
from advice.models.roster import Shift
from advice.models.shift_news import (
    Reader,
    ShiftNews,
    Unheard,
    forget,
    lock_unseen,
    lock_untold,
    readers_waiting,
    stand_of,
    untold,
)
from advice.rules.news import ONE_DAY, News, Stand, come_to_nothing, difference, is_near, last_digest


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to tell: a shift as she knows it, and as it stands."""

    news: News
    shift: Shift
    known: Stand | None
    stands: Stand | None

    @property
    def about(self) -> Stand:
        """Where and when it is, or was if it is no more."""
        found = self.stands or self.known
        assert found is not None, "there is no difference between nothing and nothing"
        return found


def note(shift: Shift, before: Stand | None, by_person: int, at: datetime) -> None:
    """A shift has changed; `before` is how it stood. The shift must be locked, or new.

    Who did it herself knows how it stands now. Flushes nothing: the audit of the change does.
    """
    if shift.person_id == by_person:
        forget([shift.id], *Reader)
        return
    for reader in set(Reader) - readers_waiting(shift.id):
        row = ShiftNews(programme_id=shift.programme_id, shift_id=shift.id, reader=reader.value, since=at)
        if before is not None:
            row.place_id, row.day, row.starts, row.ends = before
        db.session.add(row)


def told(shifts: Iterable[Shift], *, on_page: bool = False) -> None:
    """Their people hear of these, as they stand, in a mail of its own; `on_page`: and on their page, in other words."""
    forget([one.id for one in shifts], *(Reader if on_page else (Reader.MAIL,)))


def due(now: datetime, zone: ZoneInfo) -> list[int]:
    """The people to be told something now, by id. A question only; `take` is asked for each."""
    local = now.astimezone(zone)
    found = untold(last_digest(local), local.date() + ONE_DAY)
    return sorted({one.shift.person_id for one in found if _is_due(one, local)})


def take(person_id: int, now: datetime, zone: ZoneInfo) -> tuple[Person, list[Item]] | None:
    """What a person is to be told now, by day: from here on she knows it. In a write transaction.

    None while somebody changes one of her shifts, or once another worker was first. Nothing in the list: all has come
    back to how she knows it, has gone by, or she is shut out. At the digest she is told all, else what is near.
    """
    found = lock_untold(person_id)
    if not found:
        return None
    local = now.astimezone(zone)
    whole = any(one.news.since < last_digest(local) for one in found)
    due_now = {one.shift.id for one in found if whole or _is_due(one, local)}
    for pair in _nothing(found):
        due_now |= pair if pair & due_now else set()
    taken = [one for one in found if one.shift.id in due_now]
    forget([one.shift.id for one in taken], Reader.MAIL)
    person = db.session.get_one(Person, person_id)
    items = differences(taken, local) if person.disabled_at is None else []
    return person, items


def seen(person_id: int, versions: Mapping[int, int]) -> int:
    """She has seen these of her shifts in the versions that she was shown; how many are news no more.

    One that has changed since stays, with what she knew before: her page says the whole of it again.
    """
    rows = lock_unseen(person_id, versions)
    same = [one.shift.id for one in rows if one.shift.version == versions[one.shift.id]]
    forget(same, Reader.PAGE)
    return len(same)


def differences(rows: Iterable[Unheard], local: datetime) -> list[Item]:
    """What there is to tell of a person's shifts, by day and hour."""
    items, found = [], list(rows)
    nothing = set().union(*_nothing(found))
    for one in found:
        if one.shift.id in nothing:
            continue
        known, stands = one.news.known, stand_of(one.shift)
        news = difference(known, stands, local.date())
        if news is not None:
            items.append(Item(news, one.shift, known, stands))
    return sorted(items, key=lambda item: (item.about.day, item.about.starts, item.shift.id))


def _nothing(rows: Sequence[Unheard]) -> list[set[int]]:
    """Shifts of a person that two by two are nothing new to her, by id."""
    found = come_to_nothing([(one.news.known, stand_of(one.shift)) for one in rows])
    return [{rows[off].shift.id, rows[new].shift.id} for off, new in found]


def _is_due(one: Unheard, local: datetime) -> bool:
    """Whether it has waited for a digest, or was about that day or the next one when it last changed."""
    changed_on = one.shift.changed_at.astimezone(local.tzinfo).date()
    return one.news.since < last_digest(local) or is_near(one.news.known, stand_of(one.shift), changed_on)
