"""What pages behind a one-time link share: who may try, whose link it is, and the page of a dead one.

The address is a secret: it is told to no other site, kept by nobody and written into no log. Opening it changes
nothing, since mail programs open links by themselves; choosing the password, or answering, uses it up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn
from uuid import UUID

from flask import Response, abort, make_response, render_template, request
from flask_babel import gettext as _

from advice import web
from advice.accounts.blueprint import blueprint
from advice.accounts.doors import Closed, Door, knock, record
from advice.accounts.passwords import hashed
from advice.actions import links
from advice.database import begin_write, db
from advice.models.accounts import LinkPurpose, OneTimeLink
from advice.models.people import Membership, Person, memberships_of

SECRET_ADDRESSES = frozenset({"accounts.invitation", "accounts.new_password", "accounts.offer"})


@dataclass(frozen=True, slots=True)
class Opened:
    """A living link: whose it is. Plain values, since the transaction they were read in has ended."""

    token: str
    purpose: LinkPurpose
    public_id: UUID
    email: str
    name: str
    demo: bool
    made_by: int | None


def opened(token: str, purpose: LinkPurpose) -> Opened:
    """The living link of an address; ends the request with a page that says what to do for any other.

    No transaction is open afterwards: nobody's save waits for the slow hash that may follow.
    """
    link = living(token, purpose)
    person = link.person
    if person.disabled_at is not None or not memberships_of(person.public_id, web.today()):
        gone(purpose, _("Linket gælder ikke mere"))
    found = Opened(token, purpose, person.public_id, person.email, person.name, person.demo, link.made_by)
    db.session.rollback()
    return found


def living(token: str, purpose: LinkPurpose) -> OneTimeLink:
    """The link of an address, if it works now; ends the request with a page that says what to do for any other."""
    db.session.rollback()
    try:
        knock(Door.INVITATION, "")
    except Closed as closed:
        refuse(429, _("Vent lidt"), closed.sentence, headers=closed.headers)
    link = links.find(token, purpose)
    if link is None:
        db.session.rollback()
        begin_write()
        record(Door.INVITATION, "", None, False)
        db.session.commit()
        refuse(404, _("Linket findes ikke"), _("Måske mangler der noget af adressen. Åbn linket i mailen igen."))
    if link.used_at is not None:
        gone(purpose, _("Linket er brugt"))
    if link.expires_at <= web.now():
        gone(purpose, _("Linket er udløbet"))
    return link


def take(link: Opened, password: str) -> list[Membership]:
    """Use the link up and set the password, in a write transaction that is left open; her memberships today.

    Ends the request with a page if somebody else has used it meanwhile, or she belongs nowhere any more.
    """
    stored = hashed(password)
    db.session.rollback()
    begin_write()
    person_id = links.take(link.token, link.purpose, stored, web.now())
    if person_id is None:
        gone(link.purpose, _("Linket er brugt"))
    members = memberships_of(link.public_id, web.today())
    if not members or db.session.get_one(Person, person_id).disabled_at is not None:
        gone(link.purpose, _("Linket gælder ikke mere"))
    return members


def gone(purpose: LinkPurpose, title: str) -> NoReturn:
    """End the request with 410 and how to get a new link."""
    if purpose is LinkPurpose.INVITATION:
        text = _(
            "Har du allerede valgt en adgangskode, så log ind. Ellers bed den, der inviterede dig, om en ny invitation."
        )
    elif purpose is LinkPurpose.MEMBERSHIP:
        text = _("Har du allerede svaret, er svaret gemt. Ellers bed den, der inviterede dig, om en ny invitation.")
    else:
        text = _("Har du allerede valgt en ny adgangskode, så log ind. Ellers bed om en ny mail.")
    refuse(410, title, text)


def refuse(
    code: int,
    title: str,
    text: str,
    headers: Mapping[str, str] | None = None,
    back: str | None = None,
    log_out: bool = False,
) -> NoReturn:
    """End the request with a page; nothing of it is stored.

    back: where log-in leads from there. log_out: who is logged in is the wrong one, and is offered to log out.
    """
    db.session.rollback()
    page = render_template("accounts/dead_link.html", dead_title=title, dead_text=text, back=back, log_out=log_out)
    abort(make_response(page, code, dict(headers or {})))


@blueprint.after_request
def keep_links_secret(response: Response) -> Response:
    """A page whose address opens an account tells it to nobody and is kept by nobody.

    The origin alone is told: without it a browser says "Origin: null" of its forms, which an older one cannot prove to
    be ours.
    """
    if request.endpoint in SECRET_ADDRESSES:
        response.headers["Referrer-Policy"] = "strict-origin"
        response.headers["Cache-Control"] = "no-store"
    return response
