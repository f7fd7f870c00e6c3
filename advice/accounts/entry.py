"""What all ways of logging in share: the session begins anew, and leads to a page the role may see."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from flask import current_app, flash, request, session, url_for
from flask_babel import gettext as _
from flask_login import login_user
from werkzeug.exceptions import HTTPException

from advice import signed_in, tablet_cookie, web
from advice.actions import sessions
from advice.database import db
from advice.models.accounts import LogInMethod
from advice.models.first_steps import lacking
from advice.models.people import Membership
from advice.models.tablets import Enrolled
from advice.rules import access
from advice.rules.access import Action, Actor, Role, Subject

HOME = {
    Role.ADVISER: "/i-dag",
    Role.TEAM_LEADER: "/vagtplan",
    Role.COORDINATOR: "/vagtplan",
    Role.READER: "/maal",
}
"""Where each role begins; fixed addresses."""
NEXT_KEY = "next"


def begin(members: list[Membership], method: LogInMethod, *, complete: bool = True) -> str:
    """Begin a session for the person of these memberships (in force today, one at least); where it leads.

    In the caller's write transaction, which this commits: the cookie must not know a session that is not stored.
    Nothing from before is carried over but the page that was asked for (ASVS 7.2.4). On a shared tablet of a programme
    of hers the session is the tablet's: it locks after the tablet's idle minutes, and ends with the enrolment.
    """
    wanted = request.args.get(NEXT_KEY) or session.get(NEXT_KEY)
    tablet = tablet_of(members)
    if tablet is not None:
        members = [member for member in members if member.programme_id == tablet.programme_id]
    end_former()
    person_id, chosen = members[0].person_id, members[0].id
    device = signed_in.device_words(request.headers.get("User-Agent", ""))
    token = sessions.begin(
        web.now(), person_id, method, chosen, complete=complete, device=device, tablet_id=tablet.id if tablet else None
    )
    db.session.commit()
    session.clear()
    user = web.load_user(token)
    if user is None:
        raise RuntimeError("a session that has just begun must live")
    login_user(user)
    return landing(user.actor, wanted)


def end_former() -> None:
    """End the session this browser held until now, if any; in the caller's write transaction."""
    before = session.get(web.SECRET_KEY)
    if before:
        sessions.end(str(before), web.now())


def tablet_of(members: list[Membership]) -> Enrolled | None:
    """The enrolled tablet that asks, if it is of a programme of these memberships."""
    tablet = tablet_cookie.this_tablet(web.today())
    return tablet if tablet and any(member.programme_id == tablet.programme_id for member in members) else None


def renew(session_id: int, *, complete: bool = False) -> None:
    """The cookie gets a new secret, since she has just shown who she is; in the caller's write transaction."""
    session[web.SECRET_KEY] = sessions.prove(session_id, web.now(), complete=complete)


def landing(actor: Actor, wanted: str | None) -> str:
    """The page asked for; the role's first page without one, and where the role may not see it, which is then said."""
    home = home_of(actor)
    target = web.inward(wanted, home)
    if may_see(actor, target):
        return target
    role = web.ROLE_WORDS[actor.role]
    flash(_("Siden, du ville til, kan du ikke se som %(role)s. Her er din egen første side.", role=role), "info")
    return home


def home_of(actor: Actor) -> str:
    """Where she begins: her role's first page, or the tiles where a shared tablet is for none of what she may.

    Whoever sets a programme up begins with what it still lacks: without that, its other pages are empty.
    """
    home, first_steps = HOME[actor.role], url_for("settings.index")
    own = Subject(actor.programme, actor.organisation, actor.person)
    if access.may(actor, Action.EDIT_SETTINGS, own) and may_see(actor, first_steps):
        home = first_steps if lacking(actor.programme, web.today()) else home
    return home if may_see(actor, home) else url_for("tablets.tiles")


def may_see(actor: Actor, target: str) -> bool:
    """Whether a page is one for the role; an address that is none says so itself."""
    try:
        endpoint, _values = current_app.url_map.bind("").match(unquote(urlsplit(target).path), method="GET")
    except HTTPException:
        return True
    action = web.needs_of(current_app, endpoint)
    own = Subject(actor.programme, actor.organisation, actor.person)
    return not isinstance(action, Action) or access.may(actor, action, own)
