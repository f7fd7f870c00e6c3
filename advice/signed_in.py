"""Who is logged in: the session behind the cookie, its person, and the membership she works under."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask_login import UserMixin

from advice.actions.tokens import hash_of
from advice.models.accounts import Held, LogInMethod, session_of
from advice.rules.access import Actor, Role
from advice.rules.sessions import IDLE, SessionTimes, is_alive


class User(UserMixin):
    """The person logged in, with the memberships in force today; one of them is active."""

    def __init__(self, held: Held, token: str) -> None:
        self.session = held.session
        self.person = held.memberships[0].person
        self.memberships = held.memberships
        chosen = held.session.membership_id
        self.membership = next((m for m in held.memberships if m.id == chosen), held.memberships[0])
        self.tablet_idle_minutes = held.tablet_idle_minutes
        """After how many minutes the screen locks, on a shared tablet; None elsewhere."""
        self._token = token

    def get_id(self) -> str:
        """The secret of the session: what the cookie holds."""
        return self._token

    @property
    def by_pin(self) -> bool:
        """Whether she is at a shared tablet, where a PIN let her in."""
        return self.session.method == LogInMethod.PIN

    @property
    def leans_on_tablet(self) -> bool:
        """Whether a shared tablet stood for half of showing who she is: beside a PIN, or beside a password alone.

        Such a session reaches only what the tablet is for, and what opens her account is not to be changed by it:
        whoever stands at the tablet has that half. With any other method she has shown two things of her own.
        """
        alone = self.session.method == LogInMethod.PASSWORD and self.session.tablet_id is not None
        return self.by_pin or alone

    @property
    def actor(self) -> Actor:
        """The active membership as rules/access.py sees it."""
        member = self.membership
        role, at_tablet = Role(member.role), self.leans_on_tablet
        return Actor(member.person_id, member.programme_id, member.organisation_id, role, at_tablet)


def find_user(token: str, now: datetime, today: date) -> User | None:
    """The user whose living session has this secret, if she has a membership in force today and is not disabled."""
    held = session_of(hash_of(token), today)
    if held is None:
        return None
    row, minutes = held.session, held.tablet_idle_minutes
    idle = timedelta(minutes=minutes) if minutes else IDLE
    if not is_alive(SessionTimes(row.last_seen_at, row.expires_at, row.ended_at, idle), now):
        return None
    return User(held, token)


def device_words(user_agent: str) -> str:
    """A browser in a few words, for its owner's list of sessions: "Firefox på Windows". Nothing finer is kept."""
    browsers = (
        ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
    )  # fmt: skip
    systems = (
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    )  # fmt: skip
    browser = next((words for mark, words in browsers if mark in user_agent), "Browser")
    system = next((words for mark, words in systems if mark in user_agent), None)
    return f"{browser} på {system}" if system else browser
