"""The mails that tell people what is new in their shifts: at once for today and tomorrow, else once a day.

Put into the outbox by the worker, not by who changes a shift: ten changes are one mail, and one that was taken back
is none. What was taken and its mail stand in one transaction: a worker that is killed loses and doubles nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby

from flask import current_app
from flask_babel import gettext, ngettext

from advice.actions import outbox, shift_news
from advice.actions.shift_news import Item
from advice.config import Settings
from advice.database import begin_write, db
from advice.models.people import Person
from advice.models.programmes import Programme
from advice.roster.letters import put_text
from advice.roster.news_words import mark, said, when_words
from advice.roster.words import listed
from advice.rules.weeks import week_of

LOG = logging.getLogger(__name__)
KIND = "shifts_changed"
"""The kind of the mail."""
MOST_LINES = 100


def _(text: str, **values: object) -> str:
    return str(gettext(text, **values))


def tell_everybody(settings: Settings) -> int:
    """Put into the outbox what people are to be told now; how many were told. One transaction a person.

    One who cannot be told (an address that is none) is tried again, and keeps none of the others.
    """
    people, told = shift_news.due(settings.clock(), settings.timezone), 0
    db.session.rollback()
    for person_id in people:
        try:
            told += tell(person_id, settings)
        except ValueError as problem:
            db.session.rollback()
            LOG.error("person %s could not be told: %s", person_id, problem.__class__.__name__)
    return told


def tell(person_id: int, settings: Settings) -> bool:
    """Tell one person what there is to tell; whether there was anything."""
    now = settings.clock()
    begin_write()
    taken = shift_news.take(person_id, now, settings.timezone)
    if taken is None:
        db.session.rollback()
        return False
    person, items = taken
    if items:
        outbox.put(
            now, KIND, person.email, subject(items, settings), letter(person, items, settings),
            programme_id=items[0].shift.programme_id, person_id=person.id,
        )  # fmt: skip
        text(person, near(items, settings), settings)
    db.session.commit()
    return bool(items)


def text(person: Person, items: Sequence[Item], settings: Settings) -> None:
    """A text message of what is about today or tomorrow; nothing if nothing is."""
    if not items:
        return
    news = ". ".join(f"{mark(one).capitalize()}: {said(one)}" for one in items)
    few = ngettext("%(num)s ændring i dine vagter", "%(num)s ændringer i dine vagter", len(items))
    days = listed(when_words(day) for day in sorted({one.about.day for one in items}))
    address = own_page(settings)
    wordings = [f"{news}. {address}", news, f"{few} {days}: {address}", f"{few} {days}."]
    put_text(
        settings, KIND, person, subject(items, settings), wordings, items[0].shift.programme_id, items[-1].about.day
    )


def near(items: Sequence[Item], settings: Settings) -> list[Item]:
    """Those of them that are about today or tomorrow."""
    today = settings.clock().astimezone(settings.timezone).date()
    return [one for one in items if one.about.day <= today + timedelta(days=1)]


def subject(items: Sequence[Item], settings: Settings) -> str:
    """ "Dine vagter i dag og i morgen er ændret", or that there are changes."""
    days = sorted({one.about.day for one in near(items, settings)})
    if not days:
        return _("Ændringer i dine vagter")
    return _("Dine vagter er ændret: %(days)s", days=listed(when_words(day) for day in days))


def letter(person: Person, items: Sequence[Item], settings: Settings) -> str:
    """The words of the mail: what is new, by week."""
    programmes = {one.shift.programme_id for one in items}
    parts = []
    for (_year, week), rows in groupby(items[:MOST_LINES], key=lambda item: week_of(item.about.day)):
        lines = "\n".join(line(item, several=len(programmes) > 1) for item in rows)
        parts.append(_("Uge %(week)s\n%(lines)s", week=week, lines=lines))
    if len(items) > MOST_LINES:
        parts.append(_("Og %(number)s ændringer til.", number=len(items) - MOST_LINES))
    return _(
        "Hej %(name)s\n\nDet er nyt i dine vagter:\n\n%(news)s\n\nSe alle dine vagter:\n%(address)s",
        name=person.name,
        news="\n\n".join(parts),
        address=own_page(settings),
    )


def line(item: Item, *, several: bool) -> str:
    """One change on a line; with its programme for who serves several."""
    words = f"- {mark(item).capitalize()}: {said(item)}"
    if not several:
        return words
    return f"{words} ({db.session.get_one(Programme, item.shift.programme_id).short_name})"


def own_page(settings: Settings) -> str:
    """The whole address of one's own shifts: the worker answers no request that could say it."""
    base = settings.base_url or f"http://localhost:{settings.port}"
    return base + current_app.url_map.bind("").build("roster.own")
