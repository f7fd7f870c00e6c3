"""The mails about a plan: to the leaders who are asked, and to everybody whose shifts it makes or changes."""

from __future__ import annotations

from collections import defaultdict

from flask import url_for
from flask_babel import gettext as _

from advice import web
from advice.actions.drafts.approving import Asked
from advice.actions.drafts.enforcing import Done
from advice.actions.drafts.reading import Laid
from advice.models.drafts import Draft
from advice.models.people import Person, leaders_of
from advice.roster.letters import put
from advice.roster.words import day_words
from advice.rules.danish import hours_text
from advice.rules.drafts import Deed
from advice.security import outward

ASKED, IN_FORCE = "plan_sent", "plan_in_force"
"""The kinds of the mails."""
MOST_LINES = 60


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


def tell(draft: Draft, done: Done) -> int:
    """Write to everybody whose shifts a plan made, changed or cancelled; not to whoever put it in force."""
    told: defaultdict[Person, list[str]] = defaultdict(list)
    kinds = {Deed.ADD: _("ny"), Deed.CHANGE: _("ændret"), Deed.CANCEL: _("aflyst")}
    for shift, deed in sorted(done.shifts, key=lambda one: (one[0].day, one[0].starts)):
        if shift.person_id == web.member().person_id or shift.person.disabled_at is not None:
            continue
        span = hours_text(shift.starts, shift.ends)
        told[shift.person].append(f"- {day_words(shift.day)} kl. {span}, {shift.place.name} ({kinds[deed]})")
    for person, lines in told.items():
        shown = lines[:MOST_LINES]
        if len(lines) > MOST_LINES:
            shown.append(_("Og %(number)s vagter til.", number=len(lines) - MOST_LINES))
        words = _(
            "Hej %(name)s\n\nVagtplanen %(plan)s gælder nu. Dine vagter i den:\n\n%(lines)s\n\n"
            "Se dem her:\n%(address)s",
            name=person.name,
            plan=draft.name,
            lines="\n".join(shown),
            address=outward(url_for("roster.own")),
        )
        put(IN_FORCE, person, _("Dine vagter: %(plan)s", plan=draft.name), words, draft.programme_id)
    return len(told)
