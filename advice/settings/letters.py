"""The mails about invitations. They go through the outbox, in the transaction of what they tell of."""

from __future__ import annotations

from datetime import timedelta

from flask import url_for
from flask_babel import gettext as _

from advice import web
from advice.actions import outbox
from advice.actions.people_refusals import TooManyLetters
from advice.models.people import Membership, Person
from advice.models.people_questions import letters_to
from advice.rules.people import INVITATION_LASTS, LETTERS_A_DAY
from advice.security import outward

INVITATION, MEMBERSHIP = "invitation", "membership"


def invitation_address(token: str) -> str:
    """The whole address of an invitation."""
    return outward(url_for("accounts.invitation", token=token))


def send_invitation(to: Person, member: Membership, token: str) -> None:
    """A mail with the link that lets her choose a password. In a write transaction."""
    words = _(
        "Hej %(name)s\n\n%(inviter)s inviterer dig til Åben Rådgivning som %(post)s.\n\n"
        "Åbn linket, og vælg en adgangskode:\n\n%(address)s\n\n"
        "Linket virker i 7 dage og kun én gang. Det er kun til dig: send det ikke videre.",
        name=to.name,
        inviter=web.user().person.name,
        post=web.post_words(member),
        address=invitation_address(token),
    )
    put(INVITATION, to, member, _("Invitation til Åben Rådgivning"), words)


def tell_of_membership(to: Person, member: Membership) -> None:
    """A mail to somebody who has an account already. In a write transaction."""
    words = _(
        "Hej %(name)s\n\n%(inviter)s har givet dig adgang til Åben Rådgivning som %(post)s.\n\n"
        "Log ind, som du plejer:\n\n%(address)s\n\n"
        "Har du aldrig logget ind, så vælg Glemt adgangskode på siden: en invitation fra før virker ikke mere.",
        name=to.name,
        inviter=web.user().person.name,
        post=web.post_words(member),
        address=outward(url_for("accounts.log_in")),
    )
    put(MEMBERSHIP, to, member, _("Du har fået adgang i Åben Rådgivning"), words)


def put(kind: str, to: Person, member: Membership, subject: str, words: str) -> None:
    """Put a mail into the outbox, of no use after the invitation has run out. Raises TooManyLetters."""
    now = web.now()
    if letters_to(to.email, (INVITATION, MEMBERSHIP), now - timedelta(days=1)) >= LETTERS_A_DAY:
        raise TooManyLetters
    about = {"programme_id": member.programme_id, "person_id": to.id}
    outbox.put(now, kind, to.email, subject, words, expires_at=now + INVITATION_LASTS, **about)
