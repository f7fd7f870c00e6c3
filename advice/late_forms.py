"""What becomes of a form that comes too late: its session has ended, or it is from before this log-in.

Nothing of it is stored, and nothing that was typed is lost: `note` keeps its fields for this one request, and the
answer is a page that holds them until they can be sent again (`show`), or the form's own page once more
(`shows_old`). Which fields a page may hold: rules/kept_fields.py.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import ParamSpec, TypeVar

from flask import Flask, Response, current_app, g, render_template, request, url_for
from flask_login import current_user
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError

from advice import tablet_cookie
from advice.rules.access import Action, Standing
from advice.rules.characters import held
from advice.rules.kept_fields import kept
from advice.security import from_here

P = ParamSpec("P")
R = TypeVar("R")

FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
"""How browsers send forms."""


class Why(StrEnum):
    """Why a form is not stored yet."""

    LOGGED_OUT = "logged_out"
    """Nobody is logged in any more."""
    OLD = "old"
    """Somebody is, but the form is from before she logged in: perhaps it is another's."""
    UNPROVED = "unproved"
    """She has not shown lately who she is, and this asks for it."""


class LateForm(Exception):
    """The request ends with a page that holds what was typed, to be sent once more."""

    def __init__(self, why: Why) -> None:
        super().__init__(str(why))
        self.why = why


def install(app: Flask) -> None:
    """Hook it into the application; before CSRF tokens are looked at."""
    app.before_request(note)
    app.register_error_handler(LateForm, show)


class Tokens(CSRFProtect):
    """A form whose token does not fit is stored by nobody; what was typed in it is not lost (`note`)."""

    def protect(self, apply_exemptions: bool = False) -> None:
        """As Flask-WTF does; but a view of `shows_old` is called, to show the form again and to say why."""
        try:
            super().protect(apply_exemptions)
        except CSRFError:
            if not g.get("late_form"):
                raise
            if not current_user.is_authenticated:
                keep(Why.LOGGED_OUT)
            if not hasattr(current_app.view_functions[request.endpoint or ""], "shows_old"):
                keep(Why.OLD)
            g.old_form = True


def keep(why: Why) -> None:
    """End the request with a page that holds what was typed, if this is a form whose fields may be kept."""
    if g.get("late_form"):
        raise LateForm(why)


def is_old() -> bool:
    """Whether what was sent is from before this log-in: only in a view of `shows_old`."""
    return "old_form" in g


def shows_old(view: Callable[P, R]) -> Callable[P, R]:
    """Decorator of a view that stores nothing if its web.Form is not valid (or `is_old`), and shows it again.

    It is also called for a form from before this log-in (perhaps another's): the form says so, and is not valid.
    No write has begun then, and the view must not begin one.
    """
    view.shows_old = True  # type: ignore[attr-defined]
    return view


def note() -> None:
    """Remember in `g.late_form` what a form of the staff sent, if a page may hold it until it is sent again.

    Only if the browser says that a page of ours sent it: what another site makes up is written into no page. Never
    of the pages of one's own account, where secrets are typed.
    """
    needs = getattr(current_app.view_functions.get(request.endpoint or ""), "needs", None)
    of_staff = isinstance(needs, Action) or needs is Standing.LOGGED_IN
    if request.method == "POST" and of_staff and request.mimetype in FORMS and from_here() and not request.files:
        g.late_form = kept([(held(name), held(value)) for name, value in request.form.items(multi=True)])


def show(late: LateForm) -> Response:
    """The page that holds what was typed: 401 where nobody is logged in any more, else 422."""
    here = request.full_path.rstrip("?")
    gone = request.form.keys() - {name for name, _value in g.late_form} - {"csrf_token"}
    log_in = url_for("tablets.tiles" if tablet_cookie.secret() else "accounts.log_in")
    answer = current_app.make_response(
        render_template(
            "accounts/late_form.html", why=late.why, fields=g.late_form, gone=gone, address=here, log_in=log_in
        )
    )
    answer.status_code = 401 if late.why is Why.LOGGED_OUT else 422
    answer.headers["Cache-Control"] = "no-store"
    return answer
