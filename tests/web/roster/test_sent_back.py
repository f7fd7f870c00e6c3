"""A plan, or a single edit, that somebody who is asked does not say yes to: through the front door."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from advice.database import db
from advice.models.audit import AuditEntry
from advice.models.drafts import Draft
from advice.models.programmes import Organisation, Programme
from tests import builders
from tests.builders import World
from tests.plans import Plan, client_of, told
from tests.stored import writing
from tests.web.roster.test_near import FAR_WEEK, NEW, mails, sent, waiting_page
from tests.web.roster.test_plans import PLANS, WEDNESDAY, begun, pressed
from tests.web_client import CheckingClient

WHY = "Bent kan ikke om onsdagen.\nFlyt ham til fredag."
CPR = "Spørg 010190-1234 først"


@pytest.fixture
def address(plan: Plan, karen: CheckingClient) -> str:
    """A plan that waits for the yes of byen."""
    found = begun(karen, weeks="0")
    assert karen.submit(f"{found}/ny?sted=kajen&dag={WEDNESDAY}", membership=plan.members["bent"]).status_code == 303
    pressed(karen, found, "send")
    return found


def back(client: CheckingClient, address: str, why: str = WHY) -> str:
    """What the plan's page says once it was sent back."""
    return told(client, sent(client, address, action=f"{address}/tilbage", why=why))


def test_it_goes_back_to_who_laid_it_is_put_right_and_sent_again(
    app: Flask, plan: Plan, karen: CheckingClient, tove: CheckingClient, address: str
) -> None:
    assert "Send tilbage" not in karen.page(address).text, "she is not asked"
    said = back(tove, address)
    assert "Planen er sendt tilbage. Karen Kaj får det at vide." in said
    [(to, letter)] = mails(app, "plan_sent_back").items()
    assert to == "karen@example.org" and "Tove Tov har sendt vagtplanen December" in letter
    assert WHY in letter and f"Ret den, og send den igen:\nhttp://localhost{address}" in letter
    page = karen.page(address).text
    assert "Tove Tov sendte planen tilbage mandag 23. november kl." in page
    assert "Bent kan ikke om onsdagen. Flyt ham til fredag." in " ".join(page.split())
    assert "sendt tilbage" in karen.page(PLANS).text
    assert "venter på jeres ja" not in tove.page("/vagtplan/2026-48").text
    assert "Lagt i planen" in told(
        karen, sent(karen, f"{address}/ny?sted=kajen&dag=2026-12-09", membership=plan.members["bent"])
    )
    assert "1 leder er spurgt" in pressed(karen, address, "send")
    assert "sendte planen tilbage" not in karen.page(address).text
    assert "Planen gælder nu: 2 vagter." in pressed(tove, address, "godkend")


@pytest.mark.parametrize(
    ("why", "sentence", "kept"),
    [("", "Skriv kort, hvad der skal ændres.", ""), (CPR, "Skriv ikke CPR-numre her.", "Spørg"),
     ("x" * 301, "Skriv højst 300 tegn.", "x" * 301)],
)  # fmt: skip
def test_without_a_reason_or_with_a_cpr_number_it_is_refused_at_the_field(
    app: Flask, tove: CheckingClient, address: str, why: str, sentence: str, kept: str
) -> None:
    answer = tove.submit(address, action=f"{address}/tilbage", why=why)
    assert answer.status_code == 422 and sentence in answer.text and kept in answer.text
    assert "010190" not in answer.text
    with app.app_context():
        assert db.session.scalars(select(Draft.state)).all() == ["sent"]
    assert mails(app, "plan_sent_back") == {}


def test_who_comes_second_reads_what_is_now_and_what_she_wrote(
    plan: Plan, karen: CheckingClient, tove: CheckingClient, address: str
) -> None:
    form = next(one for one in tove.page(address).forms() if one.action == f"{address}/tilbage")
    yes = next(one for one in tove.page(address).forms() if one.action == f"{address}/godkend")
    back(tove, address)
    answer = tove.post(yes.action, data=dict(yes.fields))
    assert answer.status_code == 409 and "En anden har ændret planen" in answer.text
    answer = tove.post(form.action, data={**dict(form.fields), "why": "Det er for meget"})
    assert answer.status_code == 409 and "Du skrev: Det er for meget" in answer.text
    sent(karen, f"{address}/ny?sted=kajen&dag=2026-12-09", membership=plan.members["bent"])
    pressed(karen, address, "send")
    answer = tove.post(form.action, data={**dict(form.fields), "why": "Det er for meget"})
    assert answer.status_code == 409, "the plan is another than the one she read"
    assert "Det er for meget</textarea>" in answer.text


def test_whoever_laid_it_and_whoever_sent_it_hear_of_it_and_others_who_were_asked_need_not_answer(
    app: Flask, plan: Plan, karen: CheckingClient, tove: CheckingClient
) -> None:
    with writing(app):
        world = World(db.session.get_one(Programme, plan.programme))
        for row in db.session.scalars(select(Organisation).filter_by(programme_id=plan.programme)):
            world.organisations[row.code] = row
        for name, organisation in (("Nina", "byen"), ("Hans", "huset")):
            who = builders.person(f"{name} Ny", email=f"{name.lower()}@example.org")
            builders.member(world, who, organisation, "team_leader")
    found = begun(tove, weeks="0")
    sent(tove, f"{found}/ny?sted=kajen&dag={WEDNESDAY}", membership=plan.members["bent"])
    pressed(client_of(app, "nina"), found, "send")
    back(karen, found)
    letters = mails(app, "plan_sent_back")
    assert set(letters) == {"tove@example.org", "nina@example.org", "hans@example.org"}
    assert all("Ret den, og send den igen" in letters[f"{name}@example.org"] for name in ("tove", "nina"))
    assert "I skal ikke svare nu." in letters["hans@example.org"]


def test_the_audit_has_who_and_not_why(app: Flask, tove: CheckingClient, address: str) -> None:
    back(tove, address)
    with app.app_context():
        entry = db.session.scalars(select(AuditEntry).filter_by(action="draft_sent_back")).one()
        assert (entry.subject, entry.details) == ("drafts", {})


class TestASingleEdit:
    """It is not to be once one who is asked says no; she may say why."""

    @pytest.fixture
    def edit(self, plan: Plan, karen: CheckingClient) -> str:
        """A shift of Bent's that waits for the yes of byen."""
        sent(karen, NEW, membership=plan.members["bent"])
        return waiting_page(karen, FAR_WEEK)

    def test_why_is_told_and_stands_on_its_page(
        self, app: Flask, karen: CheckingClient, tove: CheckingClient, edit: str
    ) -> None:
        assert sent(tove, edit, action=f"{edit}/nej", why="Han er på kursus") == FAR_WEEK
        assert "\n\nHan er på kursus\n\n" in mails(app, "edit_refused")["karen@example.org"]
        page = karen.page(edit).text
        assert "Tove Tov sagde nej mandag 23. november kl." in page and "Han er på kursus" in page

    def test_without_a_word_it_is_no_as_well(
        self, app: Flask, karen: CheckingClient, tove: CheckingClient, edit: str
    ) -> None:
        assert sent(tove, edit, action=f"{edit}/nej") == FAR_WEEK
        assert "\n\n\n" not in mails(app, "edit_refused")["karen@example.org"]
        assert "Tove Tov sagde nej" in karen.page(edit).text

    def test_a_cpr_number_is_refused(self, tove: CheckingClient, edit: str) -> None:
        answer = tove.submit(edit, action=f"{edit}/nej", why=CPR)
        assert answer.status_code == 422 and "Skriv ikke CPR-numre her." in answer.text

    def test_it_is_not_sent_back_as_a_plan_is(self, tove: CheckingClient, edit: str) -> None:
        fields = dict(next(one for one in tove.page(edit).forms() if one.action == f"{edit}/nej").fields)
        assert tove.post(f"{edit}/tilbage", data={**fields, "why": "Nej"}).status_code == 403
