"""What a resident still sees without a network: the service worker of a programme's pages, and their sentence for it.

The worker (static/residents-worker.js) keeps the pages somebody has read, and shows them when the network is away. Each
page carries the sentence it then begins with, hidden. The day in it is that of the page, which is made anew at
midnight; the clock time is filled in by the worker, from the Date of the last answer that confirmed the page. So the
page stays the same all day, and its ETag good.

Nothing on a page shown so says how it is now, however late it is read: the worker takes away what the templates mark
`data-now` ("Åbent nu", "i morgen") with the colour of the sign, and uncovers what they mark `data-dated`
(templates/public/_doors.html), made from `known_times`.

To take the worker back from every device: SWITCHED_ON = False, and restart. Pages then register none, and its address
answers with a worker that throws away what was kept and itself (static/residents-worker-off.js); a browser fetches it
at the next visit. Leave it so for a year. A worker whose address answers 404 or 410 removes itself, too.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, current_app
from flask_babel import gettext as _
from markupsafe import Markup

from advice import kept, web
from advice.models import programmes
from advice.public import words
from advice.public.signs import Door
from advice.rules.doors import holds_until
from advice.rules.openings import Opening, Status

SWITCHED_ON = True
# The worker looks for this very text: the element's attributes in this order, and nothing in it.
CLOCK = Markup(
    '<bdi class="nowrap" dir="ltr"><time id="uden-net-tid" datetime="{:%Y-%m-%d}" data-zone="{}"></time></bdi>'
)


def install(blueprint: Blueprint) -> None:
    """Give the residents' pages their worker and their sentence."""
    blueprint.add_url_rule("/<programme>/sw.js", "worker", worker)
    blueprint.context_processor(page_context)


@web.open_to_all
def worker(programme: str) -> Response:
    """The worker of a programme's pages; it knows its scope by its own address. 404 for an unknown programme."""
    if programmes.by_slug(programme) is None:
        abort(404)
    kept.hold(holds_until((), web.local_now()))
    name = "residents-worker.js" if SWITCHED_ON else "residents-worker-off.js"
    with current_app.open_resource(f"static/{name}") as file:
        answer = Response(file.read(), mimetype="text/javascript")
    answer.headers["Cache-Control"] = "public, no-cache"
    return answer


def page_context() -> dict[str, Any]:
    """`offline`: the sentence for a page shown without a network; None while there is no worker. And `known_times`."""
    return {"offline": sentence() if SWITCHED_ON else None, "known_times": known_times}


def sentence() -> Markup:
    """ "Uden net. Sådan stod der mandag 23. november kl. .", where the worker fills in the time."""
    today = web.today()
    when = {"day": web.day_plain(today), "clock": CLOCK.format(today, web.settings().timezone)}
    return Markup(_("Uden net. Sådan stod der %(day)s kl. %(clock)s.")) % when


def known_times(door: Door) -> list[Markup]:
    """What the sign on a door says, by date: "Mandag 23. november kl. 12–17", "Torsdag 24. december: lukket (Jul)"."""
    shown = (door.sign.closed_today or door.sign.closed_ahead, door.current, door.sign.ahead)
    return [words.capital(_dated(opening, door.today)) for opening in shown if opening is not None]


def _dated(opening: Opening, today: date) -> Markup:
    day = web.day_plain(opening.date) if opening.date.year == today.year else web.day_long(opening.date)
    if opening.status is Status.CLOSED:
        return Markup("{}: {} {}").format(day, words.kind(opening.status), words.because(opening.reason))
    return Markup(_("%(day)s kl. %(span)s")) % {"day": day, "span": words.span(opening.starts, opening.ends)}
