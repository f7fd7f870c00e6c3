"""The screens of the day that goes wrong, pressed as a planner presses them: a sick call, a button at a hole."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import select

from advice.database import db
from advice.models.outbox import Mail
from tests.html_pages import Page
from tests.plans import Plan, told
from tests.web_client import CheckingClient

SICK, HOLES = "/vagtplan/syg", "/vagtplan/huller"


def mails(app: Flask, kind: str) -> dict[str, str]:
    """Short name of whom it is to and the words, of the mails of a kind."""
    with app.app_context():
        found = db.session.scalars(select(Mail).where(Mail.kind == kind).order_by(Mail.id))
        return {one.to_address.partition("@")[0]: one.body or "" for one in found}


def path_in(body: str) -> str:
    """The path of the one address in a mail."""
    found = re.search(r"https?://\S+", body)
    assert found
    return urlsplit(found[0]).path


def fall_ill(client: CheckingClient, plan: Plan, *names: str, last: str = "") -> str:
    """Report these; what the next page says."""
    page = client.page(SICK)
    there = {value for form in page.forms() for value in offered(page, "on_duty")}
    keys = [str(plan.members[name]) for name in names]
    wanted = {"on_duty": [key for key in keys if key in there], "others": [key for key in keys if key not in there]}
    answer = client.submit(SICK, {key: value for key, value in wanted.items() if value}, last=last)
    assert answer.status_code == 303, answer.text
    return told(client, answer.headers["Location"])


def offered(page: Page, name: str) -> list[str]:
    """The values of the checkboxes of a name."""
    return [one.get("value", "") for one in page.all("input") if one.get("name") == name]


def deed(client: CheckingClient, shift: int, what: str, **fields: object) -> str:
    """Press a button at a hole; what the next page says."""
    form = next(one for one in client.page(HOLES).forms())
    token = dict(form.fields)["csrf_token"]
    answer = client.post(f"{HOLES}/{shift}", data={"csrf_token": token, "svar": what, **fields})
    assert answer.status_code == 303
    return told(client, answer.headers["Location"])


def order(text: str) -> list[str]:
    """The names of the colleagues in the order in which they are to be asked."""
    return re.findall(r"<p><b>([^<]+)</b> <span class=\"shift-org\">", text)
