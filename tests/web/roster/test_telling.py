"""Who is told what of her shifts, and when: through the front door, and the worker that puts it into the outbox."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select

from advice import work
from advice.actions import shift_news, shifts
from advice.actions.shifts import By, Stretch
from advice.config import ROOT, Settings
from advice.database import begin_write, db
from advice.models.outbox import Mail
from advice.models.people import Membership
from advice.models.places import Place
from advice.models.roster import Shift
from advice.models.shift_news import Reader, ShiftNews, Unheard
from advice.roster import telling
from tests import builders
from tests.builders import World
from tests.plans import MONDAY, WEDNESDAY, Plan, client_of, laid, told
from tests.program import Clock
from tests.sick_screens import HOLES, deed, fall_ill, mails
from tests.sms_host import TextHost, text_host
from tests.stored import writing
from tests.web_client import CheckingClient

TUESDAY, NEXT_MONDAY = date(2026, 11, 24), date(2026, 11, 30)
KIND = telling.KIND
SECONDS = 60


def a_round(app: Flask, settings: Settings) -> list[str]:
    """The worker comes by."""
    with app.app_context():
        return work.run_queues(settings, {"shift_news": telling.tell_everybody})


def add(
    client: CheckingClient, plan: Plan, name: str, place: str, day: date, starts: str = "9", ends: str = "12"
) -> int:
    """A planner puts somebody on; the shift."""
    answer = client.submit(
        f"/vagtplan/ny?sted={place}&dag={day}", membership=str(plan.members[name]), starts=starts, ends=ends
    )
    assert answer.status_code == 303, answer.text
    return plan.shifts()[-1].id


def move(client: CheckingClient, shift: int, **fields: str) -> None:
    """A planner changes when and where it is."""
    address = f"/vagtplan/vagt/{shift}"
    assert client.submit(address, dict(fields)).status_code == 303


def subjects(app: Flask) -> list[str]:
    """The subjects of the mails, oldest first."""
    with app.app_context():
        return list(db.session.scalars(select(Mail.subject).where(Mail.kind == KIND).order_by(Mail.id)))


class TestWhen:
    """At once, or at four."""

    def test_today_and_tomorrow_at_once(
        self, app: Flask, settings: Settings, plan: Plan, karen: CheckingClient
    ) -> None:
        add(karen, plan, "rita", "skuret", MONDAY, "14", "16")
        add(karen, plan, "svend", "skuret", TUESDAY)
        assert mails(app, KIND) == {}, "who changes a shift does not wait for mails to be written"
        assert a_round(app, settings) == ["shift_news"]
        found = mails(app, KIND)
        assert "- Ny: mandag 23. november kl. 14–16, Skuret" in found["rita"]
        assert "http://localhost:8000/mine-vagter" in found["rita"]
        assert subjects(app) == ["Dine vagter er ændret: i dag", "Dine vagter er ændret: i morgen"]
        assert a_round(app, settings) == []

    def test_what_is_later_waits_for_four_and_is_one_mail(
        self, app: Flask, settings: Settings, plan: Plan, clock: Clock, karen: CheckingClient
    ) -> None:
        moved = plan.shift("rita", "kajen", WEDNESDAY, 9, 12)
        add(karen, plan, "rita", "skuret", NEXT_MONDAY, "13", "16")
        gone = add(karen, plan, "rita", "kajen", date(2026, 12, 2))
        move(karen, moved, starts="10")
        move(karen, moved, starts="9.30", ends="11.30")
        assert karen.submit(f"/vagtplan/vagt/{gone}", action=f"/vagtplan/vagt/{gone}/aflys").status_code == 303
        clock.forward(hours=2, minutes=29)
        assert a_round(app, settings) == []
        clock.forward(minutes=1)
        a_round(app, settings)
        assert subjects(app) == ["Ændringer i dine vagter"]
        assert mails(app, KIND)["rita"] == (
            "Hej Rita Ror\n\nDet er nyt i dine vagter:\n\n"
            "Uge 48\n- Ændret: onsdag 25. november, Kajen, fra kl. 9–12 til kl. 9.30–11.30\n\n"
            "Uge 49\n- Ny: mandag 30. november kl. 13–16, Skuret\n\n"
            "Se alle dine vagter:\nhttp://localhost:8000/mine-vagter\n"
        )

    def test_what_is_taken_back_before_four_is_no_mail(
        self, app: Flask, settings: Settings, plan: Plan, clock: Clock, karen: CheckingClient
    ) -> None:
        shift = plan.shift("rita", "kajen", WEDNESDAY, 9, 12)
        move(karen, shift, starts="10")
        move(karen, shift, starts="9")
        clock.forward(hours=20)
        a_round(app, settings)
        assert mails(app, KIND) == {}

    def test_what_waits_for_four_is_told_at_once_when_it_becomes_a_matter_of_today(
        self, app: Flask, settings: Settings, plan: Plan, karen: CheckingClient
    ) -> None:
        waits = add(karen, plan, "rita", "skuret", NEXT_MONDAY)
        moved = add(karen, plan, "rita", "kajen", WEDNESDAY)
        a_round(app, settings)
        assert mails(app, KIND) == {}
        move(karen, moved, day=str(TUESDAY))
        a_round(app, settings)
        body = mails(app, KIND)["rita"]
        assert "- Ny: tirsdag 24. november" in body and "30. november" not in body and waits

    def test_another_person_is_told_it_is_hers_and_the_first_that_it_is_not(
        self, app: Flask, settings: Settings, plan: Plan, karen: CheckingClient
    ) -> None:
        shift = plan.shift("rita", "skuret", TUESDAY, 9, 12)
        answer = karen.submit(f"/vagtplan/vagt/{shift}", membership=str(plan.members["svend"]))
        assert answer.status_code == 303, answer.text
        a_round(app, settings)
        found = mails(app, KIND)
        assert "- Aflyst: tirsdag 24. november kl. 9–12, Skuret" in found["rita"]
        assert "- Ny: tirsdag 24. november kl. 9–12, Skuret" in found["svend"]

    def test_who_serves_two_programmes_reads_in_one_mail_which_is_which(
        self, app: Flask, settings: Settings, plan: Plan, clock: Clock, karen: CheckingClient
    ) -> None:
        add(karen, plan, "rita", "skuret", TUESDAY)
        there = laid(app, clock, "fjorden", "f-")
        with writing(app):
            rita = db.session.get_one(Membership, plan.members["rita"]).person
            other = db.session.get_one(Membership, there.members["rita"])
            world = World(other.programme, organisations={"huset": other.organisation})
            member = builders.member(world, rita, "huset", "adviser")
            place = db.session.scalars(select(Place).where(Place.programme_id == there.programme)).first()
            assert place is not None
            by = By(other.person_id, other.organisation_id, clock(), MONDAY)
            shifts.add(there.programme, member.id, Stretch(place.id, TUESDAY, time(14), time(16)), by)
        a_round(app, settings)
        assert len(subjects(app)) == 1
        body = mails(app, KIND)["rita"]
        assert "kl. 9–12, Skuret (Havnen)" in body and "kl. 14–16, Skuret (Fjorden)" in body

    @pytest.mark.both_engines
    def test_an_address_that_is_none_is_given_up_and_keeps_no_other_from_being_told(
        self, app: Flask, settings: Settings, plan: Plan, karen: CheckingClient, caplog: pytest.LogCaptureFixture
    ) -> None:
        for name in ("rita", "svend"):
            add(karen, plan, name, "skuret", TUESDAY)
        with writing(app):
            rita = db.session.get_one(Membership, plan.members["rita"]).person
            rita.email, key = "ingen adresse", rita.id
        for _ in range(3):
            a_round(app, settings)
            assert set(mails(app, KIND)) == {"svend"}
        assert [one.getMessage() for one in caplog.records if one.levelname == "ERROR"] == [
            f"person {key} gets no mail of what is new, given up: no single address to send to"
        ]
        assert len(subjects(app)) == 1

    def test_what_moves_from_today_to_next_week_is_said_to_be_about_today(
        self, app: Flask, settings: Settings, plan: Plan, karen: CheckingClient
    ) -> None:
        moved = plan.shift("rita", "skuret", MONDAY, 14, 16)
        move(karen, moved, day=str(NEXT_MONDAY))
        a_round(app, settings)
        assert subjects(app) == ["Dine vagter er ændret: i dag"]

    def test_a_sick_call_and_its_stand_in_are_told_once(
        self, app: Flask, settings: Settings, plan: Plan, karen: CheckingClient
    ) -> None:
        shift = plan.shift("rita", "skuret", MONDAY, 14, 16)
        fall_ill(karen, plan, "rita")
        deed(karen, shift, "ja", membership=plan.members["bent"])
        a_round(app, settings)
        assert set(mails(app, "shifts_called_off")) == {"rita"} and set(mails(app, "stand_in_is_you")) == {"bent"}
        assert mails(app, KIND) == {}


@pytest.mark.both_engines
class TestWorkers:
    """Killed, and two at once."""

    def test_one_that_is_killed_before_it_has_committed_has_told_nothing(
        self, app: Flask, settings: Settings, plan: Plan, karen: CheckingClient
    ) -> None:
        add(karen, plan, "rita", "skuret", TUESDAY)
        killed = subprocess.run(
            [sys.executable, "-c", DYING, settings.database_url, settings.clock().isoformat()],
            cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=SECONDS, check=False, capture_output=True,
        )  # fmt: skip
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert b"1 mail in the transaction" in killed.stdout
        assert mails(app, KIND) == {}
        a_round(app, settings)
        a_round(app, settings)
        assert len(subjects(app)) == 1

    def test_two_at_once_tell_each_person_once(
        self, app: Flask, settings: Settings, plan: Plan, karen: CheckingClient
    ) -> None:
        for name in ("rita", "svend", "bent"):
            add(karen, plan, name, "skuret", TUESDAY)
        together = Barrier(3)

        def work_on() -> None:
            for _ in range(5):
                together.wait()
                a_round(app, settings)

        workers = [Thread(target=work_on) for _ in range(3)]
        for one in workers:
            one.start()
        for one in workers:
            one.join()
        assert len(subjects(app)) == 3 == len(mails(app, KIND))

    @pytest.mark.postgresql_only  # SQLite has one writer
    def test_without_the_lock_two_would_tell_her_twice(
        self,
        app: Flask,
        settings: Settings,
        plan: Plan,
        karen: CheckingClient,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        add(karen, plan, "rita", "skuret", TUESDAY)
        both_have_read = Barrier(2)

        def read_only(person_id: int) -> list[Unheard]:
            rows = select(ShiftNews, Shift).join(Shift, Shift.id == ShiftNews.shift_id)
            rows = rows.where(Shift.person_id == person_id, ShiftNews.reader == Reader.MAIL)
            found = [Unheard(*row) for row in db.session.execute(rows)]
            both_have_read.wait(SECONDS)
            return found

        monkeypatch.setattr(shift_news, "lock_untold", read_only)
        workers = [Thread(target=a_round, args=(app, settings)) for _ in range(2)]
        for one in workers:
            one.start()
        for one in workers:
            one.join()
        assert len(subjects(app)) == 2

    @pytest.mark.postgresql_only
    def test_a_shift_that_is_being_changed_is_waited_for_by_nobody(
        self, app: Flask, settings: Settings, plan: Plan, karen: CheckingClient
    ) -> None:
        shift = add(karen, plan, "rita", "skuret", TUESDAY)
        with app.app_context():
            begin_write()
            assert db.session.scalars(select(Shift).where(Shift.id == shift).with_for_update()).one()
            done = Thread(target=lambda: a_round(app, settings))
            done.start()
            done.join(SECONDS)
            assert not done.is_alive()
            db.session.rollback()
        assert mails(app, KIND) == {}
        a_round(app, settings)
        assert set(mails(app, KIND)) == {"rita"}


DYING = """
import os, signal, sys
from datetime import datetime
from sqlalchemy import event, func, select
from advice.app import create_app
from advice.config import Settings
from advice.database import db
from advice.models.outbox import Mail
from advice.roster import telling

def die(session):
    print(session.scalar(select(func.count()).select_from(Mail)), "mail in the transaction", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

now = datetime.fromisoformat(sys.argv[2])
settings = Settings(database_url=sys.argv[1], secret_key="k" * 40, testing=True, clock=lambda: now)
with create_app(settings).app_context():
    event.listen(db.session, "before_commit", die)
    telling.tell_everybody(settings)
"""
"""A worker that is killed when all is written and nothing committed."""


class TestTexts:
    """By text message too, for who wants it."""

    @pytest.fixture
    def host(self) -> Iterator[TextHost]:
        with text_host() as made:
            yield made

    @pytest.fixture
    def settings(self, settings: Settings, host: TextHost) -> Settings:
        return replace(settings, texts=host.address)

    def wants(self, app: Flask, plan: Plan, name: str) -> None:
        """Somebody says yes on her page."""
        client = client_of(app, name)
        assert client.submit("/mine-vagter/telefon", phone="20 12 34 56", sms="y").status_code == 303
        assert "Gemt" in told(client, "/mine-vagter")

    def test_today_and_tomorrow_only_and_only_who_said_yes(
        self, app: Flask, settings: Settings, plan: Plan, host: TextHost, clock: Clock, karen: CheckingClient
    ) -> None:
        self.wants(app, plan, "rita")
        for name in ("rita", "svend"):
            add(karen, plan, name, "skuret", TUESDAY)
        add(karen, plan, "rita", "skuret", NEXT_MONDAY)
        with app.app_context():
            work.run_queues(settings, work.QUEUES)
        assert host.took == [
            (4520123456, "Ny: tirsdag 24. november kl. 9-12, Skuret. http://localhost:8000/mine-vagter")
        ]
        clock.forward(hours=3)
        with app.app_context():
            work.run_queues(settings, work.QUEUES)
        assert len(host.took) == 1 and len(subjects(app)) == 4

    def test_what_moves_from_today_to_next_week_is_a_message_until_today_ends(
        self, app: Flask, settings: Settings, plan: Plan, host: TextHost, karen: CheckingClient
    ) -> None:
        self.wants(app, plan, "rita")
        move(karen, plan.shift("rita", "skuret", MONDAY, 14, 16), day=str(NEXT_MONDAY))
        a_round(app, settings)
        with app.app_context():
            [ends] = db.session.scalars(select(Mail.expires_at).where(Mail.kind == KIND, Mail.expires_at.is_not(None)))
            assert ends == datetime(2026, 11, 23, 23, tzinfo=UTC), "midnight at the place"
            work.run_queues(settings, work.QUEUES)
        ((_number, words),) = host.took
        assert words.startswith("Flyttet: fra mandag 23. november kl. 14-16, Skuret til mandag 30. november")

    def test_many_changes_are_one_message_that_says_how_many(
        self, app: Flask, settings: Settings, plan: Plan, host: TextHost, karen: CheckingClient
    ) -> None:
        self.wants(app, plan, "rita")
        for hour in range(8, 16):
            add(karen, plan, "rita", "skuret", TUESDAY, str(hour), f"{hour}.30")
        with app.app_context():
            work.run_queues(settings, work.QUEUES)
        assert [words for _number, words in host.took] == [
            "8 ændringer i dine vagter i morgen: http://localhost:8000/mine-vagter"
        ]

    def test_who_is_asked_to_stand_in_gets_the_link(
        self, app: Flask, settings: Settings, plan: Plan, host: TextHost, karen: CheckingClient
    ) -> None:
        self.wants(app, plan, "bent")
        shift = plan.shift("rita", "skuret", MONDAY, 14, 16)
        fall_ill(karen, plan, "rita")
        keys = [str(plan.members[name]) for name in ("bent", "svend")]
        assert karen.submit(HOLES, action=f"{HOLES}/{shift}", members=keys).status_code == 303
        with app.app_context():
            work.run_queues(settings, work.QUEUES)
        ((_number, words),) = host.took
        assert words.startswith(
            "Karen Kaj spørger: Kan du tage vagten i dag kl. 14-16, Skuret? Svar: http://localhost/"
        )
        assert words.rpartition("/")[2] in mails(app, "stand_in_asked")["bent"]

    def test_who_takes_her_yes_back_gets_none(
        self, app: Flask, settings: Settings, plan: Plan, host: TextHost, karen: CheckingClient
    ) -> None:
        self.wants(app, plan, "rita")
        assert client_of(app, "rita").submit("/mine-vagter/telefon", phone="20123456", sms=None).status_code == 303
        add(karen, plan, "rita", "skuret", TUESDAY)
        with app.app_context():
            work.run_queues(settings, work.QUEUES)
            member = db.session.get_one(Membership, plan.members["rita"])
            assert (member.person.phone, member.person.sms_since) == ("20 12 34 56", None)
        assert host.asked == []
