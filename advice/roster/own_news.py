"""What is new in one's own shifts since one last said that one has seen it.

A look writes nothing: pages are fetched ahead, and by a telephone that lies in a pocket. So what is new stays until she
presses "Jeg har set det", on whichever device, and that counts for what that page showed: what has changed meanwhile
stays. Mails and calendars know nothing of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from advice import web
from advice.actions import shift_news
from advice.actions.shift_news import Item
from advice.database import LARGEST_ID, db
from advice.models.shift_news import unseen
from advice.roster.blueprint import blueprint
from advice.roster.news_words import mark, said
from advice.rules.access import Action
from advice.rules.news import News

KINDS = {News.NEW: "info", News.MOVED: "warning", News.CANCELLED: "alert"}
"""How the mark of each looks; its word says what it is."""
MOST_SEEN = 2000


@dataclass(frozen=True, slots=True)
class NewsLine:
    """One line of the list: its mark in a word and a colour, what it says, and what the button answers with."""

    mark: str
    kind: str
    words: str
    seen: str


def news_of(person_id: int) -> list[NewsLine]:
    """What is new for somebody from today on, by day, in every programme."""
    found = []
    for one in items(person_id):
        found.append(NewsLine(mark(one), KINDS[one.news], said(one), f"{one.shift.id}.{one.shift.version}"))
    return found


def items(person_id: int) -> list[Item]:
    """The same, as it is counted."""
    return shift_news.differences(unseen(person_id, web.today()), web.local_now())


@blueprint.post("/mine-vagter/set")
@web.needs(Action.SEE_OWN_SHIFTS)
def news_seen() -> Response:
    """She has seen what the page showed; what is none of hers, or has changed since, is left as it is."""
    number = shift_news.seen(web.member().person_id, versions_of(request.form.getlist("set")[:MOST_SEEN]))
    db.session.commit()
    if items(web.member().person_id):
        flash(_("Der er kommet mere til, mens du så på siden."), "info")
    elif number:
        flash(_("Godt. Her står igen, når der kommer noget nyt."), "success")
    return redirect(url_for("roster.own"), 303)


def versions_of(said_to_be_seen: list[str]) -> dict[int, int]:
    """Shifts and their versions, as the page gave them; whatever else stands there is no shift."""
    found = {}
    for text in said_to_be_seen:
        shift, _dot, version = text.partition(".")
        if text.isascii() and shift.isdigit() and version.isdigit() and max(len(shift), len(version)) < 19:
            found[int(shift)] = int(version)
    return {shift: version for shift, version in found.items() if 0 < shift <= LARGEST_ID}
