"""The mails about invitations. They go through the outbox, in the transaction of what they tell of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from flask import url_for
from flask_babel import gettext as _

from advice import web
from advice.actions import outbox
from advice.actions.people_refusals import TooManyLetters
from advice.models.people import Membership, Person
from advice.models.people_questions import letters_to
from advice.rules.mail import INVITATION, MEMBERSHIP, OFFER
from advice.rules.people import INVITATION_LASTS, LETTERS_A_DAY
from advice.security import outward


def address_of(member: Membership, token: str) -> str:
    """The whole address of a link: of the invitation to an account, or, to who has not taken this on, of that."""
    return outward(url_for("accounts.offer" if member.accepted_at is None else "accounts.invitation", token=token))


def send(to: Person, member: Membership, token: str | None) -> None:
    """The mail that fits: with a link, or without one to who can log in as before. In a write transaction.

    Raises TooManyLetters.
    """
    who = {"name": to.name, "inviter": web.user().person.name, "post": web.post_words(member)}
    if token is None:
        tell_of_membership(to, member, who)
    elif member.accepted_at is None:
        send_offer(to, member, address_of(member, token), who)
    else:
        send_invitation(to, member, address_of(member, token), who)


def send_invitation(to: Person, member: Membership, address: str, who: Mapping[str, str]) -> None:
    """A mail with the link that lets her choose a password."""
    words = _(
        "Hej %(name)s\n\n%(inviter)s inviterer dig til Åben Rådgivning som %(post)s.\n\n"
        "Åbn linket, og vælg en adgangskode:\n\n%(address)s\n\n"
        "Linket virker i 7 dage og kun én gang. Det er kun til dig: send det ikke videre.",
        address=address,
        **who,
    )
    put(INVITATION, to, member, _("Invitation til Åben Rådgivning"), words)


def send_offer(to: Person, member: Membership, address: str, who: Mapping[str, str]) -> None:
    """A mail to who belongs elsewhere already: it is for her to say yes or no."""
    words = _(
        "Hej %(name)s\n\n%(inviter)s inviterer dig til Åben Rådgivning som %(post)s.\n\n"
        "Du bruger Åben Rådgivning et andet sted i forvejen. Åbn linket, log ind, som du plejer, "
        "og sig ja eller nej:\n\n%(address)s\n\n"
        "Linket virker i 7 dage og kun én gang. Svarer du ikke, sker der ingenting.",
        address=address,
        **who,
    )
    put(OFFER, to, member, _("Invitation til endnu et sted i Åben Rådgivning"), words)


def tell_of_membership(to: Person, member: Membership, who: Mapping[str, str]) -> None:
    """A mail to somebody who can log in already, and belongs here as well now."""
    words = _(
        "Hej %(name)s\n\n%(inviter)s har givet dig adgang til Åben Rådgivning som %(post)s.\n\n"
        "Log ind, som du plejer:\n\n%(address)s",
        address=outward(url_for("accounts.log_in")),
        **who,
    )
    put(MEMBERSHIP, to, member, _("Du har fået adgang i Åben Rådgivning"), words)


def put(kind: str, to: Person, member: Membership, subject: str, words: str) -> None:
    """Put a mail into the outbox, of no use after the invitation has run out. Raises TooManyLetters."""
    now = web.now()
    if letters_to(to.email, (INVITATION, OFFER, MEMBERSHIP), now - timedelta(days=1)) >= LETTERS_A_DAY:
        raise TooManyLetters
    about = {"programme_id": member.programme_id, "person_id": to.id}
    outbox.put(now, kind, to.email, subject, words, expires_at=now + INVITATION_LASTS, **about)
