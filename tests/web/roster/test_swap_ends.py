"""How swaps end and who is told: one that lapses after a yes, by mail and once; one that is done, by text message."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from advice import work
from advice.config import Settings
from advice.database import db
from advice.models.outbox import Mail
from advice.models.people import Membership
from advice.roster import swap_ends
from tests.plans import MONDAY, WEDNESDAY, Plan, client_of, told
from tests.sick_screens import mails
from tests.sms_host import text_host
from tests.web.roster.test_swaps import OWN, offer, press, swap
from tests.web_client import CheckingClient


def a_round(app: Flask, settings: Settings) -> list[str]:
    """The worker comes by."""
    with app.app_context():
        return work.run_queues(settings, {"swaps": swap_ends.end_lapsed})


@pytest.mark.both_engines
@pytest.mark.parametrize("end", ["changed", "cancelled", "split", "by herself", "return"])
def test_who_said_yes_hears_once_that_the_shift_was_changed_and_the_swap_ends(
    plan: Plan, karen: CheckingClient, tove: CheckingClient, app: Flask, settings: Settings, end: str
) -> None:
    offerer, taker = ("karen", "bent") if end == "by herself" else ("rita", "bent")
    mine = plan.shift(offerer, "kajen", WEDNESDAY, 9, 12)
    given = plan.shift(taker, "skuret", MONDAY + timedelta(days=3), 9, 12)
    offer(client_of(app, offerer), plan, mine, taker, "byt")
    press(client_of(app, taker), f"{OWN}/bytte/{swap(plan).id}", "ja", given=str(given))
    assert a_round(app, settings) == [] and swap(plan).state == "taken"
    url = f"/vagtplan/vagt/{given if end == 'return' else mine}"
    deeds: dict[str, tuple[str, dict[str, str]]] = {"cancelled": ("/aflys", {}), "split": ("/del", {"at": "10"})}
    action, fields = deeds.get(end, ("", {"ends": "11"}))
    assert karen.submit(url, fields, action=f"{url}{action}").status_code == 303
    assert a_round(app, settings) == ["swaps"] and a_round(app, settings) == []
    assert swap(plan).state == "lapsed" and swap(plan).decided_by is None
    found = mails(app, "swap_ended")
    assert set(found) == ({"bent"} if end == "by herself" else {"rita", "bent"})
    why = "Vagten, der blev givet i bytte, er ændret" if end == "return" else "Vagten er ændret eller aflyst."
    assert "Byttet er faldet bort:" in found["bent"] and why in found["bent"] and "/mine-vagter" in found["bent"]
    assert "Byttet er faldet bort" in told(client_of(app, "bent"), OWN)
    with app.app_context():
        assert len(db.session.scalars(select(Mail).filter_by(kind="swap_ended")).all()) == len(found)


@pytest.mark.both_engines
def test_two_workers_at_once_tell_it_once(
    plan: Plan, karen: CheckingClient, rita: CheckingClient, bent: CheckingClient, app: Flask, settings: Settings
) -> None:
    mine = plan.shift("rita", "kajen", WEDNESDAY, 9, 12)
    offer(rita, plan, mine)
    press(bent, f"{OWN}/bytte/{swap(plan).id}", "ja")
    assert karen.submit(f"/vagtplan/vagt/{mine}", ends="11").status_code == 303
    together = Barrier(3)

    def come_by(_number: int) -> list[str]:
        together.wait(60)
        return a_round(app, settings)

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(come_by, range(3))) == [[], [], ["swaps"]]
    with app.app_context():
        assert len(db.session.scalars(select(Mail).filter_by(kind="swap_ended")).all()) == 2


def test_who_offers_anew_what_was_changed_lets_the_one_who_said_yes_know(
    plan: Plan, karen: CheckingClient, rita: CheckingClient, bent: CheckingClient, app: Flask, settings: Settings
) -> None:
    mine = plan.shift("rita", "kajen", WEDNESDAY, 9, 12)
    offer(rita, plan, mine)
    press(bent, f"{OWN}/bytte/{swap(plan).id}", "ja")
    assert karen.submit(f"/vagtplan/vagt/{mine}", ends="11").status_code == 303
    offer(rita, plan, mine)
    assert set(mails(app, "swap_ended")) == {"bent"} and a_round(app, settings) == []


class TestMeanwhileCancelled:
    """A shift is cancelled while somebody looks at its swap: nothing says any more that it is hers."""

    @pytest.mark.both_engines
    @pytest.mark.parametrize(
        ("answer", "who", "told_by_mail"),
        [
            ("nej", "bent", set[str]()),
            ("fortryd", "bent", {"rita"}),
            ("behold", "rita", {"bent"}),
            ("leder", "tove", {"rita", "bent"}),
        ],
        ids=["declined", "thought better of", "withdrawn", "refused"],
    )
    def test_whoever_ends_a_swap_of_it_reads_that_it_has_gone(
        self, plan: Plan, karen: CheckingClient, rita: CheckingClient, app: Flask, answer: str, who: str,
        told_by_mail: set[str],
    ) -> None:  # fmt: skip
        mine = plan.shift("rita", "kajen", WEDNESDAY, 9, 12)
        offer(rita, plan, mine, "bent")
        one = f"{OWN}/bytte/{swap(plan).id}"
        if answer != "nej":
            press(client_of(app, "bent"), one, "ja")
        client, button = client_of(app, who), "nej" if answer == "leder" else answer
        page = client.page("/vagtplan/bytter" if answer == "leder" else one)
        form = next(each for each in page.forms() if ("svar", button) in each.fields)
        url = f"/vagtplan/vagt/{mine}"
        assert karen.submit(url, action=f"{url}/aflys").status_code == 303
        done = client.post(form.action, data=dict(form.fields))
        assert done.status_code == 303
        said = told(client, done.headers["Location"])
        assert "Byttet er faldet bort. Vagten er ændret eller aflyst." in said
        assert "beholder" not in said and "stadig din" not in said
        assert swap(plan).state == "lapsed" and mails(app, "swap_refused") == {}
        letters = mails(app, "swap_ended")
        assert set(letters) == told_by_mail, "nobody of what she has just read herself"
        assert all("Vagten er ændret eller aflyst." in body and "stadig din" not in body for body in letters.values())

    def test_ones_own_page_does_not_call_it_hers_after_a_no_of_before(
        self, plan: Plan, karen: CheckingClient, rita: CheckingClient, bent: CheckingClient
    ) -> None:
        mine = plan.shift("rita", "kajen", WEDNESDAY, 9, 12)
        offer(rita, plan, mine, "bent")
        press(bent, f"{OWN}/bytte/{swap(plan).id}", "nej")
        assert "Bent Bøje kan ikke. Vagten er stadig din." in told(rita, OWN)
        url = f"/vagtplan/vagt/{mine}"
        assert karen.submit(url, action=f"{url}/aflys").status_code == 303
        page = told(rita, OWN)
        assert "Bent Bøje kan ikke." in page and "stadig din" not in page


class TestTexts:
    """By text message too, for who wants it."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Iterator[Settings]:
        with text_host() as host:
            yield replace(settings, texts=host.address)

    @pytest.mark.parametrize(("days", "texts"), [(1, ["rita"]), (2, [])])
    def test_a_swap_of_today_or_tomorrow_is_told_by_text_message(
        self, app: Flask, plan: Plan, rita: CheckingClient, svend: CheckingClient, days: int, texts: list[str]
    ) -> None:
        for client in (rita, svend):
            assert client.submit("/mine-vagter/telefon", phone="20 12 34 56", sms="y").status_code == 303
        day = MONDAY + timedelta(days=days)
        plan.shift("bent", "skuret", day, 9, 12)
        offer(rita, plan, plan.shift("rita", "skuret", day, 9, 12), "svend")
        press(svend, f"{OWN}/bytte/{swap(plan).id}", "ja")
        with app.app_context():
            sent = db.session.scalars(select(Mail).filter_by(channel="sms")).all()
            people = {db.session.get_one(Membership, key).person_id: name for name, key in plan.members.items()}
            assert [people[row.person_id or 0] for row in sent] == texts
            assert all("Svend Sejl har nu: Skuret tirsdag 24. november kl. 9-12" in (row.body or "") for row in sent)
