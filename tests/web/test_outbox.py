"""Indstillinger, Udbakke: what was given up is sent again, what waits is cancelled, and what stands in the way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from advice.actions import outbox
from advice.actions.postman import Answer, Outcome
from advice.database import db
from advice.models.outbox import Mail
from tests import builders, coordinator_screens
from tests.builders import World
from tests.program import Clock
from tests.stored import writing
from tests.web_client import CheckingClient

OUTBOX = "/indstillinger/udbakke"
REFUSED = Answer(Outcome.REFUSED, "550 SMTPRecipientsRefused")
pytestmark = pytest.mark.both_engines


settings, world = coordinator_screens.settings, coordinator_screens.world
karen = coordinator_screens.karen


def put(app: Flask, clock: Clock, world: World, answer: Answer | None = None) -> int:
    """An invitation to Rita that works for a day; answer: what a worker was told of it."""
    about = {"programme_id": world.programme.id, "person_id": world.members["rita"].person_id}
    with writing(app):
        lasts = clock() + timedelta(days=1)
        number = outbox.put(clock(), "invitation", "rita@example.org", "Et emne", "Ord", expires_at=lasts, **about).id
        if answer is not None:
            claimed = outbox.claim(clock())
            assert claimed is not None
            outbox.settle(claimed, clock(), answer)
    return number


def state(app: Flask, number: int) -> tuple[bool, str | None]:
    """Whether it was given up, and why."""
    with app.app_context():
        mail = db.session.get_one(Mail, number)
        return mail.given_up_at is not None, mail.last_error


def test_what_was_given_up_is_sent_again(app: Flask, clock: Clock, world: World, karen: CheckingClient) -> None:
    number = put(app, clock, world, REFUSED)
    assert "mailserverens svar: 550 SMTPRecipientsRefused" in karen.page(OUTBOX).text
    assert karen.submit(OUTBOX, action="/send").location == OUTBOX
    page = karen.page(OUTBOX)
    assert "Mailen venter igen" in page.text and "Mails, der venter: 1. Heraf er prøvet uden held: 0." in page.text
    assert state(app, number) == (False, None)
    assert "Karen Kaj satte en mail til at blive sendt igen" in karen.page("/indstillinger/log").text


def test_what_waits_is_cancelled_and_had_back(app: Flask, clock: Clock, world: World, karen: CheckingClient) -> None:
    number = put(app, clock, world)
    assert karen.submit(OUTBOX, action="/annuller").location == OUTBOX
    page = karen.page(OUTBOX)
    assert "Mailen er annulleret" in page.text and "Ingen mails venter." in page.text
    assert state(app, number) == (True, "cancelled")
    assert karen.submit(OUTBOX, action="/send").status_code == 303
    assert state(app, number) == (False, None)


def test_a_link_that_has_run_out_leads_to_a_new_one(
    app: Flask, clock: Clock, world: World, karen: CheckingClient
) -> None:
    number = put(app, clock, world, REFUSED)
    sent = next(form for form in karen.page(OUTBOX).forms() if form.action.endswith("/send"))
    with writing(app):
        db.session.execute(update(Mail).values(expires_at=clock()))
    answer = karen.post(sent.action, data=dict(sent.fields))
    assert answer.status_code == 409 and "lav et nyt link" in answer.text
    assert state(app, number)[0]
    page = karen.page(OUTBOX)
    assert [form.action for form in page.forms() if form.action.endswith("/send")] == []
    person = f"/indstillinger/personer/{world.members['rita'].id}"
    assert person in [link.get("href") for link in page.all("a")]


def test_a_mail_under_a_workers_hands_is_left_to_it(
    app: Flask, clock: Clock, world: World, karen: CheckingClient
) -> None:
    number = put(app, clock, world)
    sent = next(form for form in karen.page(OUTBOX).forms() if form.action.endswith("/annuller"))
    with writing(app):
        assert outbox.claim(clock()) is not None
    answer = karen.post(sent.action, data=dict(sent.fields))
    assert answer.status_code == 409 and "ved at blive sendt lige nu" in answer.text
    assert state(app, number) == (False, None)
    page = karen.page(OUTBOX)
    assert "er ved at blive sendt" in page.text
    assert [form.action for form in page.forms() if form.action.endswith("/annuller")] == []


def test_the_second_of_two_coordinators_is_told(app: Flask, clock: Clock, world: World, karen: CheckingClient) -> None:
    put(app, clock, world)
    sent = next(form for form in karen.page(OUTBOX).forms() if form.action.endswith("/annuller"))
    assert karen.post(sent.action, data=dict(sent.fields)).status_code == 303
    answer = karen.post(sent.action, data=dict(sent.fields))
    assert answer.status_code == 409 and "en anden var først" in answer.text


def test_another_programmes_mail_is_not_there(app: Flask, clock: Clock, world: World, karen: CheckingClient) -> None:
    with writing(app):
        there = builders.world("kysten", "k-").programme.id
        number = outbox.put(clock(), "invitation", "x@example.org", "Et emne", "Ord", programme_id=there).id
    token = dict(karen.page(OUTBOX).forms()[0].fields)["csrf_token"]
    for step in ("annuller", "send"):
        assert karen.post(f"{OUTBOX}/{number}/{step}", data={"csrf_token": token}).status_code == 404
    assert state(app, number) == (False, None)


@pytest.mark.t9
def test_what_tells_a_person_of_her_own_account_can_be_cancelled_by_nobody(
    app: Flask, karen: CheckingClient, world: World, clock: Clock
) -> None:
    """Whoever has stolen a leader's session would silence the warning to that leader."""
    about: dict[str, Any] = {"programme_id": world.programme.id, "person_id": world.members["karen"].person_id}
    with writing(app):
        warning = outbox.put(clock(), "account_changed", "karen@example.org", "Et emne", "Ord", **about).id
    mine = put(app, clock, world)
    actions = {form.action for form in karen.page(OUTBOX).forms()}
    assert f"{OUTBOX}/{mine}/annuller" in actions and f"{OUTBOX}/{warning}/annuller" not in actions
    assert karen.submit(OUTBOX, action=f"{OUTBOX}/{mine}/annuller").status_code == 303
    token = dict(karen.page("/indstillinger/personer/inviter").forms()[-1].fields)["csrf_token"]
    answer = karen.post(f"{OUTBOX}/{warning}/annuller", data={"csrf_token": token})
    assert (answer.status_code, state(app, warning)) == (409, (False, None))
