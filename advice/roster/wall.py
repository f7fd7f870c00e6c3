"""Today on the wall of the staff room, large: who is here and until when. It asks for itself again every minute.

That is nobody's being there: a screen that is left alone keeps no session alive (rules/sessions.py), so it shows the
log-in two hours after somebody last did something. A screen that hangs all day is enrolled as a tablet: then it needs
no log-in at all (/tablet/vaeg), and its leader ends it like any other tablet.
"""

from __future__ import annotations

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _

from advice import web
from advice.models.wall import wall_at
from advice.roster.blueprint import blueprint
from advice.rules.access import Action
from advice.web import needs


@blueprint.get("/vagtplan/vaeg")
@needs(Action.SEE_ROSTER)
def wall() -> str:
    """All places, or the one that `?sted=` names."""
    web.unattended()
    found = wall_at(web.member().programme_id, web.local_now(), request.args.get("sted"))
    if found is None:
        abort(404)
    return render_template(
        "_parts/wall.html",
        wall=found,
        address=lambda place: url_for("roster.wall", sted=place.slug if place else None),
        places=found.places,
        back=(url_for("roster.this_week"), _("Vagtplan")),
    )
