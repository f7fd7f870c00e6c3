"""What is new in somebody's shifts, in words: for mails and for her own page."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext

from advice import web
from advice.actions.shift_news import Item
from advice.database import db
from advice.models.places import Place
from advice.roster.words import day_words
from advice.rules.danish import hours_text
from advice.rules.news import News, Stand


def _(text: str, **values: object) -> str:
    return str(gettext(text, **values))


def mark(item: Item) -> str:
    """The one word that says what it is: "ny", "flyttet", "ændret" (the hours only), "aflyst"."""
    if item.known is not None and item.stands is not None and item.known[:2] == item.stands[:2]:
        return _("ændret")
    return {News.NEW: _("ny"), News.MOVED: _("flyttet"), News.CANCELLED: _("aflyst")}[item.news]


def said(item: Item) -> str:
    """Which shift it is; of one that has moved from where to where, and when, as far as these differ."""
    known, stands = item.known, item.stands
    if known is None or stands is None:
        return _whole(item.about)
    if known.day != stands.day:
        return _("fra %(old)s til %(new)s", old=_whole(known), new=_whole(stands))
    day = day_words(stands.day)
    if known.place_id == stands.place_id:
        return _(
            "%(day)s, %(place)s, fra kl. %(old)s til kl. %(new)s",
            day=day,
            place=place_name(stands),
            old=hours_text(known.starts, known.ends),
            new=hours_text(stands.starts, stands.ends),
        )
    return _("%(day)s fra %(old)s til %(new)s", day=day, old=_there(known), new=_there(stands))


def when_words(day: date) -> str:
    """ "i dag", "i morgen", else the day itself."""
    ahead = (day - web.today()).days
    return _("i dag") if ahead == 0 else _("i morgen") if ahead == 1 else day_words(day)


def place_name(stand: Stand) -> str:
    """The name of its place."""
    return db.session.get_one(Place, stand.place_id).name


def _whole(stand: Stand) -> str:
    return _("%(day)s %(there)s", day=day_words(stand.day), there=_there(stand))


def _there(stand: Stand) -> str:
    return _("kl. %(span)s, %(place)s", span=hours_text(stand.starts, stand.ends), place=place_name(stand))
