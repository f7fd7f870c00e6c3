"""Mødt and Gået on the tiles: what each tile's one button says, and what a tap on it notes.

The tiles hang in the room: they say "mødt" and "gået", which everybody there sees anyway, and no times.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import abort, request
from flask_babel import gettext as _

from advice import web
from advice.actions import presence
from advice.actions.presence import Deed, Elsewhere, NotHers, Panel, Tap
from advice.actions.shifts import Stale
from advice.models.people import Membership
from advice.models.presence import of_day
from advice.models.roster import shifts_between
from advice.models.tablets import Enrolled, Tile


def panels(tablet: Enrolled, tiles: Iterable[Tile]) -> dict[int, Panel]:
    """Where each person stands at the tablet's place today, by person; two queries."""
    today = web.today()
    shifts = [one for one in shifts_between(tablet.programme_id, today, today) if one.status == "active"]
    rows = of_day(tablet.programme_id, today)
    people = {one.member.person_id for one in tiles}
    return {person: presence.panel(person, tablet.place_id, web.local_now(), shifts, rows) for person in people}


def mark(tablet: Enrolled, member: Membership) -> tuple[str, str]:
    """Note what a tap on her tile says, in the caller's write transaction; the kind of message, and its words."""
    deed = next((one for one in Deed if one == request.form.get("tryk")), None) or abort(404)
    tap, name = Tap(member, tablet.place_id, web.local_now()), member.person.name
    try:
        shift, seen, version = (request.form.get(name, type=int) for name in ("vagt", "raekke", "version"))
        row = presence.tap(deed, tap, shift, seen, version)
    except Elsewhere as refused:
        inside = refused.row.programme_id == member.programme_id
        where = refused.row.place.name if inside else _("en anden helhedsplan")
        return "warning", _("%(name)s står som mødt i %(where)s og skal trykke Gået dér først.", name=name, where=where)
    except (NotHers, Stale):
        return "warning", _("Det er ændret, siden siden blev vist. Se, hvad der står nu, og prøv igen.")
    if deed is Deed.UNDO:
        return "success", _("Fortrudt for %(name)s.", name=name)
    return "success", _("%(name)s er gået.", name=name) if row.gone else _("%(name)s er mødt.", name=name)
