"""The mails about single edits of the board: to the leaders who are asked for a yes, to those who are told that it was
done at once, and to both when one that waited is in force or is not to be."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from flask import url_for
from flask_babel import gettext as _

from advice import web
from advice.actions.edits.ways import Made
from advice.database import db
from advice.models.drafts import Draft
from advice.models.people import Membership, Person, leaders_of
from advice.models.roster import Shift
from advice.roster.letters import put
from advice.roster.links import week_url
from advice.roster.plan_letters import concerned, why_now
from advice.security import outward

CHANGED, ASKED, AGREED, REFUSED, DROPPED = "shift_edited", "edit_waits", "edit_agreed", "edit_refused", "edit_dropped"
"""The kinds of the mails."""


def tell_others(made: Made, sentence: str) -> None:
    """Write to the leaders of the other organisations that an edit concerns: it was made at once.

    Not to one of whose organisation it concerns only herself: she hears of her own shift as everybody does.
    """
    assert made.shift is not None
    whose = [made.shift]
    if made.shift.version == 1 and made.shift.replaces_id is not None:
        whose.append(db.session.get_one(Shift, made.shift.replaces_id))
    for row in _leaders(made):
        if {one.person_id for one in whose if one.organisation_id == row.organisation_id} == {row.person_id}:
            continue
        words = _(
            "Hej %(name)s\n\n%(who)s har ændret i vagtplanen. Det gælder med det samme:\n\n%(what)s\n\n"
            "Se ugen:\n%(address)s",
            name=row.person.name,
            who=web.user().person.name,
            what=sentence,
            address=outward(week_url(made.shift.day)),
        )
        put(CHANGED, row.person, _("Vagtplanen er ændret"), words, row.programme_id)


def ask(made: Made, lines: Sequence[str]) -> int:
    """Write to the leaders who have to say yes to an edit that waits; gives how many."""
    assert made.draft is not None
    leaders = _leaders(made)
    for row in leaders:
        words = _(
            "Hej %(name)s\n\n%(who)s vil ændre i vagtplanen, og det gælder først, når I har sagt ja:\n\n%(what)s\n\n"
            "Se, hvad det betyder, og sig ja:\n%(address)s",
            name=row.person.name,
            who=web.user().person.name,
            what="\n".join(f"- {line}" for line in lines),
            address=outward(url_for("roster.plan", draft_id=made.draft.id)),
        )
        put(ASKED, row.person, _("En ændring i vagtplanen venter på jeres ja"), words, row.programme_id)
    return len(leaders)


def tell_in_force(draft: Draft, lines: Sequence[str], missing: Collection[int], *, agreed: bool) -> None:
    """Write to whoever made the edit, and to the leaders of the organisations that were asked and have not said yes
    (`missing`), that it is in force now, by the last yes or not (`agreed`); not to who put it in force."""
    for person in concerned(draft, missing):
        words = _(
            "Hej %(name)s\n\nDenne ændring gælder nu:\n\n%(what)s\n\n%(news)s\n\nSe ugen:\n%(address)s",
            name=person.name,
            news=why_now(draft, person, missing, agreed=agreed),
            what="\n".join(f"- {line}" for line in lines),
            address=outward(week_url(draft.first_day)),
        )
        mine = person.id == draft.person_id
        subject = _("Din ændring i vagtplanen gælder nu") if mine else _("En ændring i vagtplanen gælder nu")
        put(AGREED, person, subject, words, draft.programme_id)


def tell_refused(draft: Draft, lines: Sequence[str], asked: Collection[int]) -> None:
    """Write to whoever made the edit, and to the leaders who were asked, that one of them has said no to it, and why if
    she has said so; not to her."""
    why = f"{draft.sent_back_why}\n\n" if draft.sent_back_why else ""
    for person in concerned(draft, asked):
        words = _("Hej %(name)s\n\n%(who)s har sagt nej til en ændring i vagtplanen:\n\n%(what)s\n\n%(why)s"
                  "Vagtplanen er, som den var. Se ugen:\n%(address)s",
                  why=why, **_ended(draft, lines, person))  # fmt: skip
        put(REFUSED, person, _("Nej til en ændring i vagtplanen"), words, draft.programme_id)


def tell_withdrawn(draft: Draft, lines: Sequence[str], asked: Collection[int]) -> None:
    """Write to whoever made the edit, and to the leaders who were asked, that it was taken back; not to who did so."""
    for person in concerned(draft, asked):
        words = _("Hej %(name)s\n\n%(who)s har trukket en ændring i vagtplanen tilbage:\n\n%(what)s\n\n"
                  "Vagtplanen er, som den var, og I skal ikke svare. Se ugen:\n%(address)s",
                  **_ended(draft, lines, person))  # fmt: skip
        put(DROPPED, person, _("En ændring i vagtplanen er trukket tilbage"), words, draft.programme_id)


def _ended(draft: Draft, lines: Sequence[str], person: Person) -> dict[str, str]:
    """What both say."""
    return {
        "name": person.name,
        "who": web.user().person.name,
        "what": "\n".join(f"- {line}" for line in lines),
        "address": outward(week_url(draft.first_day)),
    }


def _leaders(made: Made) -> list[Membership]:
    """Who leads the other organisations that an edit concerns; not whoever makes it."""
    member = web.member()
    return [
        row
        for row in leaders_of(member.programme_id, web.today())
        if row.organisation_id in made.others and row.person_id != member.person_id
    ]
