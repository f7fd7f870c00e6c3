"""Asked by mail to stand in: a link that needs no log-in, and the first yes wins."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from advice.database import begin_write, db
from advice.models.outbox import Mail
from advice.models.people import Membership, Person
from advice.models.stand_ins import StandInAsk
from tests.plans import NEW, WEDNESDAY, Plan, told
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


class TestFilledOtherwise:
    """Filled by something else than a yes: all who were asked by mail hear of it, and by whom."""

    @pytest.fixture
    def asked(self, plan: Plan, karen: CheckingClient, shift: int) -> int:
        """Rita is ill, and Bent, Svend and Tove are asked; the shift."""
        fall_ill(karen, plan, "rita")
        keys = [str(plan.members[name]) for name in ("bent", "svend", "tove")]
        assert karen.submit(HOLES, action=f"{HOLES}/{shift}", members=keys).status_code == 303
        return shift

    def put_on(self, client: CheckingClient, plan: Plan, name: str) -> None:
        """Put somebody on at Kajen today."""
        assert client.submit(NEW, membership=plan.members[name]).status_code == 303

    def test_the_one_who_was_ill_comes_after_all(self, app: Flask, plan: Plan, tove: CheckingClient, asked: int,
                                                 karen: CheckingClient) -> None:  # fmt: skip
        page = f"/vagtplan/vagt/{asked}"
        assert karen.submit(page, action=f"{page}/fortryd").status_code == 303
        assert plan.read(asked).status == "active"
        letters = mails(app, "stand_in_found")
        assert set(letters) == {"bent", "svend", "tove"}, "not Karen, who has done it, nor Rita"
        assert all("Rita Ror har nu vagten" in body and "kl. 9–12, Kajen" in body for body in letters.values())
        assert mails(app, "stand_in_is_you") == {}

    def test_a_leader_fills_it_from_the_board(
        self, app: Flask, plan: Plan, tove: CheckingClient, karen: CheckingClient, asked: int
    ) -> None:
        self.put_on(karen, plan, "karen")
        assert mails(app, "stand_in_found") == {}, "somebody of byen is missed still"
        self.put_on(tove, plan, "bent")
        letters = mails(app, "stand_in_found")
        assert set(letters) == {"svend", "karen"}, "who was asked, and who asked; not Bent, nor Tove, who has done it"
        assert all("Bent Bøje har nu vagten" in body for body in letters.values())

    def test_it_is_told_once(self, app: Flask, plan: Plan, karen: CheckingClient, asked: int) -> None:
        for name in ("karen", "bent", "svend"):
            self.put_on(karen, plan, name)
        assert written(app) == ["svend", "tove"]

    def test_a_yes_in_the_telephone_is_refused_as_the_link_refuses_it(
        self, app: Flask, plan: Plan, karen: CheckingClient, asked: int
    ) -> None:
        for name in ("karen", "bent"):
            plan.shift(name, "kajen", WEDNESDAY, 9, 12)
        said = deed(karen, asked, "ja", membership=str(plan.members["svend"]))
        assert "Vagten er ikke ledig mere." in said and len(plan.shifts()) == 3
        assert mails(app, "stand_in_is_you") == {}

    @pytest.mark.parametrize("by_link", [True, False])
    def test_a_yes_to_one_that_fills_the_other_too_is_told_to_those_who_were_asked_for_it(
        self, app: Flask, plan: Plan, karen: CheckingClient, shift: int, by_link: bool
    ) -> None:
        plan.shift("karen", "kajen", WEDNESDAY, 9, 12)
        other = plan.shift("bent", "kajen", WEDNESDAY, 9, 12)
        fall_ill(karen, plan, "rita", "bent")
        deed(karen, other, "spoerg", members=str(plan.members["svend"]))
        deed(karen, shift, "spoerg", members=str(plan.members["tove"]))
        if by_link:
            stranger = app.test_client()
            assert isinstance(stranger, CheckingClient)
            link = path_in(mails(app, "stand_in_asked")["tove"])
            assert stranger.submit(link, button="ja").status_code == 303
        else:
            deed(karen, shift, "ja", membership=str(plan.members["tove"]))
        assert "Tove Tov har nu vagten" in mails(app, "stand_in_found")["svend"]

    def test_an_edit_that_waited_fills_it_when_it_comes_in_force(
        self, app: Flask, plan: Plan, karen: CheckingClient, tove: CheckingClient
    ) -> None:
        far = date(2026, 12, 9)
        gone = plan.shift("rita", "kajen", far, 9, 12)
        plan.shift("karen", "kajen", far, 9, 12)
        fall_ill(karen, plan, "rita", last=str(far))
        deed(karen, gone, "spoerg", members=str(plan.members["svend"]))
        new = f"/vagtplan/ny?sted=kajen&dag={far}"
        assert karen.submit(new, membership=plan.members["bent"]).status_code == 303
        assert mails(app, "stand_in_found") == {}, "it waits for a yes"
        address = path_in(mails(app, "edit_waits")["tove"])
        assert tove.submit(address, action=f"{address}/godkend").status_code == 303
        letters = mails(app, "stand_in_found")
        assert set(letters) == {"svend", "karen"} and "Bent Bøje har nu vagten" in letters["svend"]


def written(app: Flask) -> list[str]:
    """To whom it was written that a shift is filled, a name for each mail."""
    with app.app_context():
        found = db.session.scalars(select(Mail.to_address).where(Mail.kind == "stand_in_found"))
        return sorted(one.partition("@")[0] for one in found)
