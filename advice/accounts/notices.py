"""Mails to a person about her own account: what was changed, and what to do if it was somebody else (ASVS 6.3.7)."""

from __future__ import annotations

from contextlib import suppress

from flask_babel import format_datetime
from flask_babel import gettext as _

from advice import web
from advice.actions import outbox
from advice.models.people import Person

KIND = "account_changed"


def tell(person: Person, what: str, programme_id: int | None) -> None:
    """Put a mail into the outbox, in the caller's write transaction. `what`: one whole sentence, without secrets.

    programme_id: whose coordinators see that it waits. Invented people get no mail.
    """
    if person.demo:
        return
    when = format_datetime(web.local_now(), "d. MMMM y 'kl.' HH.mm", rebase=False)
    body = _(
        "Hej %(name)s\n\n%(what)s Det skete den %(when)s.\n\n"
        "Var det ikke dig? Så sig det straks til din tovholder eller teamleder, og skift din adgangskode.\n\n"
        "Venlig hilsen\nÅben Rådgivning\n",
        name=person.name,
        what=what,
        when=when,
    )
    with suppress(ValueError):  # an address that no mail can go to: nothing to tell, and no reason to stop
        outbox.put(
            web.now(),
            KIND,
            person.email,
            _("Din konto er ændret"),
            body,
            programme_id=programme_id,
            person_id=person.id,
        )


def tell_self(what: str) -> None:
    """The same, to the person who is logged in."""
    tell(web.user().person, what, web.member().programme_id)
