"""People with a second factor, for tests: an authenticator whose codes we can say, and how one logs in with it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pyotp
from flask import Flask
from sqlalchemy import select

from advice.actions import second_factors
from advice.database import begin_write, db
from advice.models.people import Person
from tests.builders import PASSWORD
from tests.program import SECRET_KEY
from tests.web_client import CheckingClient

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LONG_AGO = timedelta(hours=1)


def code_at(now: datetime, secret: str = SECRET) -> str:
    """What the authenticator shows at an instant."""
    return pyotp.TOTP(secret).at(now)


def give_app(app: Flask, email: str, now: datetime) -> list[str]:
    """Set an authenticator up for a person, an hour ago; her recovery codes."""
    with app.app_context():
        begin_write()
        person = db.session.scalars(select(Person).where(Person.email == email)).one()
        made = now - LONG_AGO
        assert second_factors.add_totp(person.id, SECRET, code_at(made), made, SECRET_KEY)
        codes = second_factors.new_recovery_codes(person.id, made)
        db.session.commit()
        return codes


def log_in_with_app(client: CheckingClient, email: str, now: datetime) -> str:
    """Password and code; where it leads."""
    answer = client.submit("/log-ind", email=email, password=PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/log-ind/trin"), answer.text
    answer = client.submit("/log-ind/trin", code=code_at(now))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])
