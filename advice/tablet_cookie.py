"""What a shared tablet holds: the secret of its enrolment, in a cookie of its own that outlives every session."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Response, current_app, request
from werkzeug.wrappers import Response as BaseResponse

from advice.actions.tokens import hash_of
from advice.models.tablets import Enrolled, enrolled

LASTS = timedelta(days=400)
"""The longest that browsers keep a cookie; it is sent anew each time the tiles are shown."""


def cookie_name() -> str:
    """With the prefix that binds it to this host wherever https is."""
    return "__Host-tablet" if current_app.config["SESSION_COOKIE_SECURE"] else "tablet"


def secret() -> str | None:
    """The secret that this device holds, which may open nothing any more; None if it was never enrolled."""
    return request.cookies.get(cookie_name()) or None


def this_tablet(today: date) -> Enrolled | None:
    """The living enrolment of the device that asks."""
    held = secret()
    return enrolled(hash_of(held), today) if held else None


def keep(answer: BaseResponse | Response, token: str) -> None:
    """Let the device hold a secret. Strict: a page of another site cannot make the tablet show or do anything."""
    answer.set_cookie(
        cookie_name(), token, max_age=LASTS, secure=current_app.config["SESSION_COOKIE_SECURE"], httponly=True,
        samesite="Strict",
    )  # fmt: skip


def forget(answer: BaseResponse | Response) -> None:
    """Take the secret from the device."""
    answer.delete_cookie(
        cookie_name(), secure=current_app.config["SESSION_COOKIE_SECURE"], httponly=True, samesite="Strict"
    )
