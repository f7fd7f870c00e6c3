"""The mails that tell people what is new in their shifts: at once for today and tomorrow, else once a day.

Put into the outbox by the worker, not by who changes a shift: ten changes are one mail, and one that was taken back
is none. What was taken and its mail stand in one transaction: a worker that is killed loses and doubles nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date
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
from advice.rules.news import is_near, near_days
from advice.rules.weeks import week_of

LOG = logging.getLogger(__name__)
KIND = "shifts_changed"
"""The kind of the mail."""
MOST_LINES = 100


def _(text: str, **values: object) -> str:
    return str(gettext(text, **values))


def tell_everybody(settings: Settings) -> int:
    """Put into the outbox what people are to be told now; how many were told. One transaction a person."""
    people = shift_news.due(settings.clock(), settings.timezone)
    db.session.rollback()
    return sum(tell(person_id, settings) for person_id in people)


def tell(person_id: int, settings: Settings) -> bool:
    """Tell one person what there is to tell; whether she is told by mail.

    What no mail can carry (her address is none) is given up, as a mail is that a server refuses for good: it was taken,
    so it is tried and logged once. Her page still says it.
    """
    now = settings.clock()
    begin_write()
    taken = shift_news.take(person_id, now, settings.timezone)
    if taken is None:
        db.session.rollback()
        return False
    person, items = taken
    told = False
    if items:
        told = put(person, items, settings)
        text(person, near(items, settings), settings)
    db.session.commit()
    return told


def put(person: Person, items: Sequence[Item], settings: Settings) -> bool:
    """A mail of all of it into the outbox; False where there can be none."""
    try:
        outbox.put(
            settings.clock(), KIND, person.email, subject(items, settings), letter(person, items, settings),
            programme_id=items[0].shift.programme_id, person_id=person.id,
        )  # fmt: skip
    except ValueError as problem:
        LOG.error("person %s gets no mail of what is new, given up: %s", person.id, problem)
        return False
    return True


def text(person: Person, items: Sequence[Item], settings: Settings) -> None:
    """A text message of what is about today or tomorrow; nothing if nothing is. items: near ones."""
    if not items:
        return
    news = ". ".join(f"{mark(one).capitalize()}: {said(one)}" for one in items)
    few = ngettext("%(num)s ændring i dine vagter", "%(num)s ændringer i dine vagter", len(items))
    about = days(items, settings)
    when = listed(when_words(day) for day in about)
    address = own_page(settings)
    wordings = [f"{news}. {address}", news, f"{few} {when}: {address}", f"{few} {when}."]
    last = max(about[-1], today(settings))
    put_text(settings, KIND, person, subject(items, settings), wordings, items[0].shift.programme_id, last)


def near(items: Sequence[Item], settings: Settings) -> list[Item]:
    """Those of them that are about today or tomorrow: the shift was then, or is."""
    return [one for one in items if is_near(one.known, one.stands, today(settings))]


def days(items: Sequence[Item], settings: Settings) -> list[date]:
    """The days for which they are near, in order."""
    return sorted({day for one in items for day in near_days(one.known, one.stands, today(settings))})


def today(settings: Settings) -> date:
    """The date at the place."""
    return settings.clock().astimezone(settings.timezone).date()


def subject(items: Sequence[Item], settings: Settings) -> str:
    """ "Dine vagter i dag og i morgen er ændret", or that there are changes."""
    when = [when_words(day) for day in days(items, settings)]
    return _("Dine vagter er ændret: %(days)s", days=listed(when)) if when else _("Ændringer i dine vagter")


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
