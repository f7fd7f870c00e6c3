"""The mails about a plan: to the leaders who are asked, that it is in force, is sent back, or is not to be after all.

Whose shifts it changes hears of it as of any (telling.py)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from flask import url_for
from flask_babel import gettext as _

from advice import web
from advice.actions.drafts.approving import Asked
from advice.actions.drafts.reading import Laid
from advice.models.drafts import Draft
from advice.models.people import Person, leaders_of
from advice.roster.letters import put
from advice.roster.words import day_words
from advice.security import outward

ASKED, IN_FORCE, SENT_BACK, DROPPED = "plan_sent", "plan_in_force", "plan_sent_back", "plan_dropped"
"""The kinds of the mails."""


def ask(found: Laid, asked: Asked) -> int:
    """Write to the leaders of the organisations that have still to say yes; gives how many."""
    draft = found.draft
    leaders = [
        row
        for row in leaders_of(draft.programme_id, web.today())
        if row.organisation_id in asked.missing and row.person_id != web.member().person_id
    ]
    for row in leaders:
        words = _(
            "Hej %(name)s\n\n%(who)s har lagt en vagtplan, som I skal sige ja til: %(plan)s, %(first)s – %(last)s.\n\n"
            "Se den, og sig ja:\n%(address)s\n\nHar I ikke svaret om %(days)s dage, kan tovholderen lade den gælde.",
            name=row.person.name,
            who=web.user().person.name,
            plan=draft.name,
            first=day_words(draft.first_day),
            last=day_words(draft.last_day),
            address=outward(url_for("roster.plan", draft_id=draft.id)),
            days=asked.days,
        )
        put(ASKED, row.person, _("En vagtplan venter på jeres ja"), words, draft.programme_id)
    return len(leaders)


def tell_in_force(draft: Draft, missing: Collection[int], *, agreed: bool) -> None:
    """Write to whoever laid a plan, and to the leaders of the organisations that were asked and have not said yes
    (`missing`), that it is in force now, by the last yes or not (`agreed`); not to who put it in force."""
    for person in concerned(draft, missing):
        words = _("Hej %(name)s\n\nVagtplanen %(plan)s, %(first)s – %(last)s, gælder nu. %(news)s\n\n"
                  "Se den:\n%(address)s",
            name=person.name,
            news=why_now(draft, person, missing, agreed=agreed),
            plan=draft.name,
            first=day_words(draft.first_day),
            last=day_words(draft.last_day),
            address=outward(url_for("roster.plan", draft_id=draft.id)),
        )  # fmt: skip
        put(IN_FORCE, person, _("En vagtplan gælder nu"), words, draft.programme_id)


def why_now(draft: Draft, person: Person, missing: Collection[int], *, agreed: bool) -> str:
    """By whose doing a draft is in force, as somebody reads it: by the last yes (`agreed`), or without some's."""
    who = web.user().person.name
    if agreed:
        return str(_("%(who)s har sagt ja som den sidste.", who=who))
    if not missing:
        return str(_("%(who)s lader den gælde.", who=who))
    if person.id == draft.person_id:
        return str(_("%(who)s lader den gælde, selv om ikke alle har sagt ja: fristen er gået.", who=who))
    return str(
        _("%(who)s lader den gælde, selv om I ikke har svaret: fristen er gået. I skal ikke gøre mere.", who=who)
    )


def tell_sent_back(draft: Draft, sender: Person | None, asked: Collection[int]) -> None:
    """Write to whoever laid a plan and whoever sent it (`sender`) that it was sent back and why, and to the other
    leaders who were asked that they need not answer now; not to who sent it back."""
    laying = {one.id: one for one in (draft.person, sender) if one is not None}
    for person in concerned(draft, asked, [*laying.values()]):
        values = {
            "name": person.name,
            "who": web.user().person.name,
            "plan": draft.name,
            "first": day_words(draft.first_day),
            "last": day_words(draft.last_day),
            "why": draft.sent_back_why,
            "address": outward(url_for("roster.plan", draft_id=draft.id)),
        }
        if person.id in laying:
            words = _(
                "Hej %(name)s\n\n%(who)s har sendt vagtplanen %(plan)s, %(first)s – %(last)s, tilbage:\n\n%(why)s\n\n"
                "Ret den, og send den igen:\n%(address)s", **values,
            )  # fmt: skip
        else:
            words = _(
                "Hej %(name)s\n\n%(who)s har sendt vagtplanen %(plan)s, %(first)s – %(last)s, tilbage:\n\n%(why)s\n\n"
                "I skal ikke svare nu. I bliver spurgt, når den er rettet og sendt igen. Se den:\n%(address)s",
                **values,
            )  # fmt: skip
        put(SENT_BACK, person, _("En vagtplan er sendt tilbage"), words, draft.programme_id)


def tell_dropped(draft: Draft, asked: Collection[int]) -> None:
    """Write to whoever laid a plan, and to the leaders who were asked, that it is not to be; not to who dropped it."""
    for person in concerned(draft, asked):
        words = _(
            "Hej %(name)s\n\n%(who)s har droppet vagtplanen %(plan)s, %(first)s – %(last)s. I skal ikke svare.",
            name=person.name,
            who=web.user().person.name,
            plan=draft.name,
            first=day_words(draft.first_day),
            last=day_words(draft.last_day),
        )
        put(DROPPED, person, _("En vagtplan er droppet"), words, draft.programme_id)


def concerned(draft: Draft, asked: Collection[int], besides: Sequence[Person] = ()) -> list[Person]:
    """Whoever laid a draft, those who are named besides, and the leaders of the other organisations that are asked;
    but not who is logged in."""
    others = set(asked) - {draft.organisation_id}
    leaders = [one.person for one in leaders_of(draft.programme_id, web.today()) if one.organisation_id in others]
    people = {one.id: one for one in (draft.person, *besides, *leaders)}
    return [one for one in people.values() if one.id != web.member().person_id and one.disabled_at is None]
