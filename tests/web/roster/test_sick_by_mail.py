"""Asked by mail to stand in: a link that needs no log-in, and the first yes wins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from advice.database import begin_write, db
from advice.models.outbox import Mail
from advice.models.people import Membership, Person
from advice.models.stand_ins import StandInAsk
from tests.plans import WEDNESDAY, Plan, told
from tests.program import Clock
from tests.sick_screens import HOLES, deed, fall_ill, mails, path_in
from tests.web_client import CheckingClient


@pytest.fixture
def clock() -> Clock:
    """Wednesday at half past seven, before Kajen opens at nine."""
    return Clock(datetime(2026, 11, 25, 6, 30, tzinfo=UTC))


@pytest.fixture
def shift(plan: Plan) -> int:
    """Rita at Kajen today, 9-12."""
    return plan.shift("rita", "kajen", WEDNESDAY, 9, 12)


class TestByMail:
    """Asked by mail: a link that needs no log-in; the first yes wins."""

    @pytest.fixture
    def links(self, app: Flask, plan: Plan, karen: CheckingClient, shift: int) -> dict[str, str]:
        """Rita is ill, and Bent, Svend and Tove are asked; the path of each one's link."""
        fall_ill(karen, plan, "rita")
        keys = [str(plan.members[name]) for name in ("bent", "svend", "tove")]
        assert karen.submit(HOLES, action=f"{HOLES}/{shift}", members=keys).status_code == 303
        assert "3 er spurgt på mail." in told(karen, HOLES)
        return {name: path_in(body) for name, body in mails(app, "stand_in_asked").items()}

    def test_opening_the_link_changes_nothing(self, app: Flask, plan: Plan, links: dict[str, str]) -> None:
        answer = app.test_client().get(links["bent"])
        assert answer.status_code == 200 and "Kajen i dag kl. 9–12" in answer.text
        assert answer.headers["Referrer-Policy"] == "strict-origin" and answer.headers["Cache-Control"] == "no-store"
        assert len(plan.shifts()) == 1 and "Rita" not in answer.text

    def test_the_second_asked_says_yes_and_all_who_were_asked_are_told(
        self, app: Flask, plan: Plan, karen: CheckingClient, links: dict[str, str], shift: int
    ) -> None:
        stranger = app.test_client()
        assert isinstance(stranger, CheckingClient)
        assert stranger.submit(links["bent"], button="nej").status_code == 303
        assert "Du har sagt nej." in told(stranger, links["bent"])
        assert stranger.submit(links["svend"], button="ja").status_code == 303
        assert "Du har vagten" in told(stranger, links["svend"])
        assert plan.shifts()[-1].membership_id == plan.members["svend"]
        told_of = mails(app, "stand_in_found")
        assert set(told_of) == {"bent", "tove", "karen"}, "who was asked, and who asked"
        assert all("Svend Sejl har taget vagten" in body for body in told_of.values())
        assert set(mails(app, "stand_in_is_you")) == {"svend"}
        late = stranger.get(links["tove"])
        assert late.status_code == 410 and "Svend Sejl har vagten nu." in late.text and "<form" not in late.text
        token = dict(stranger.page("/log-ind").forms()[0].fields)["csrf_token"]
        assert stranger.post(links["tove"], data={"csrf_token": token, "svar": "ja"}).status_code == 410
        assert len(plan.shifts()) == 2
        assert "Der mangler ingen afløsere" in told(karen, HOLES) or "er meldt fra." in told(karen, HOLES)

    def test_a_no_can_become_a_yes_while_nobody_has_it(self, app: Flask, plan: Plan, links: dict[str, str]) -> None:
        bent = app.test_client()
        assert isinstance(bent, CheckingClient)
        bent.submit(links["bent"], button="nej")
        assert bent.submit(links["bent"], button="ja").status_code == 303
        assert plan.shifts()[-1].membership_id == plan.members["bent"]

    @pytest.mark.parametrize("end", ["the day is over", "disabled", "restored", "left", "asked again"])
    def test_a_link_dies(
        self, app: Flask, plan: Plan, karen: CheckingClient, clock: Clock, links: dict[str, str], shift: int, end: str
    ) -> None:
        if end == "the day is over":
            clock.now = datetime(2026, 11, 25, 23, 0, tzinfo=UTC)
        elif end == "restored":
            karen.submit(HOLES, action=f"/vagtplan/vagt/{shift}/fortryd")
        elif end == "asked again":
            deed(karen, shift, "spoerg", members=str(plan.members["bent"]))
        else:
            with app.app_context():
                begin_write()
                member = db.session.get_one(Membership, plan.members["bent"])
                if end == "left":
                    member.valid_to = WEDNESDAY - timedelta(days=1)
                else:
                    db.session.get_one(Person, member.person_id).disabled_at = clock()
                db.session.commit()
        stranger = app.test_client()
        assert isinstance(stranger, CheckingClient)
        token = dict(stranger.page("/log-ind").forms()[0].fields)["csrf_token"]
        for answer in (
            stranger.get(links["bent"]),
            stranger.post(links["bent"], data={"csrf_token": token, "svar": "ja"}),
        ):
            assert answer.status_code == (404 if end == "asked again" else 410)
        assert len(plan.shifts()) == 1

    def test_a_link_takes_no_yes_once_others_were_put_there_by_hand(self, plan: Plan, links: dict[str, str]) -> None:
        plan.shift("karen", "kajen", WEDNESDAY, 9, 12)
        stranger = plan.app.test_client()
        assert isinstance(stranger, CheckingClient)
        assert "Kan du tage vagten?" in told(stranger, links["svend"]), "somebody of byen is missed still"
        fields = dict(stranger.page(links["svend"]).forms()[0].fields)
        plan.shift("bent", "kajen", WEDNESDAY, 9, 12)
        late = stranger.get(links["svend"])
        assert late.status_code == 410 and "Vagten er ikke ledig mere." in late.text
        assert stranger.post(links["svend"], data={**fields, "svar": "ja"}).status_code == 410
        assert len(plan.shifts()) == 3

    def test_a_secret_that_is_nobodys_is_not_found(self, app: Flask, links: dict[str, str]) -> None:
        assert app.test_client().get(links["bent"][:-1] + "-").status_code == 404

    def test_who_got_another_shift_meanwhile_is_told_so(self, app: Flask, plan: Plan, links: dict[str, str]) -> None:
        plan.shift("bent", "skuret", WEDNESDAY, 10, 14)
        stranger = app.test_client()
        assert isinstance(stranger, CheckingClient)
        answer = stranger.submit(links["bent"], button="ja")
        assert answer.status_code == 409 and "Du har allerede en vagt på det tidspunkt." in answer.text

    def test_the_secret_is_stored_as_a_hash_and_the_mail_is_of_no_use_after_the_day(
        self, app: Flask, links: dict[str, str]
    ) -> None:
        with app.app_context():
            stored = set(db.session.scalars(select(StandInAsk.token_hash)))
            assert not stored & {path.rpartition("/")[2] for path in links.values()}
            ends = set(db.session.scalars(select(Mail.expires_at).where(Mail.kind == "stand_in_asked")))
            assert ends == {datetime(2026, 11, 25, 23, 0, tzinfo=UTC)}
