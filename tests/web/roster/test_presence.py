"""Met and left as leaders put them right, and what comes of them: the own line, the organisations' sums, the week."""

from __future__ import annotations

from datetime import date, time, timedelta
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event, select, update

from advice.database import db
from advice.models.people import Membership
from advice.models.presence import Presence
from advice.models.roster import Shift
from tests import builders
from tests.plans import MONDAY, WEEK, Plan, client_of
from tests.queries import counted
from tests.stored import writing
from tests.web_client import CheckingClient

DAYS = "/vagtplan/fremmoede"
LAST = MONDAY - timedelta(days=7)
DAY = f"{DAYS}/{LAST}"
TODAY = f"{DAYS}/{MONDAY}"
FAIR = "/vagtplan/fordeling/2026-4"
OWN = "/mine-vagter"


def mark(app: Flask, shift_id: int, came: time | None, gone: time | None) -> None:
    """What somebody has tapped for a shift."""
    with writing(app):
        shift = db.session.get_one(Shift, shift_id)
        row = Presence(
            programme_id=shift.programme_id, place_id=shift.place_id, shift_id=shift.id, person_id=shift.person_id,
            membership_id=shift.membership_id, organisation_id=shift.organisation_id, day=shift.day, came=came,
            gone=gone, confirmed=False,
        )  # fmt: skip
        builders.added(row)


def marks(app: Flask) -> list[tuple[time | None, time | None, bool, int | None]]:
    """All marks."""
    with app.app_context():
        found = db.session.scalars(select(Presence).order_by(Presence.id))
        return [(row.came, row.gone, row.confirmed, row.minutes) for row in found]


def send(client: CheckingClient, tryk: str, shift: int, page: str = DAY, **more: str) -> int:
    """Press a button of a shift's line, with these times if it is those; the status."""
    form = next(
        one
        for one in client.page(page).forms()
        if ("tryk", tryk) in one.fields and ("linje", f"v{shift}") in one.fields
    )
    data = {**dict(form.fields), **{f"v{shift}-{name}": value for name, value in more.items()}}
    return client.post(form.action, data=data).status_code


class TestTheDay:
    """What a leader sees and fills in."""

    def test_planned_stands_beside_what_was_tapped_and_what_is_missing(
        self, app: Flask, plan: Plan, karen: CheckingClient
    ) -> None:
        rita, svend = (plan.shift(name, "skuret", LAST, 12, 16) for name in ("rita", "svend"))
        plan.shift("bent", "skuret", LAST, 12, 16)
        mark(app, rita, time(11, 58), time(16, 2))
        text = karen.page(DAY).text
        assert "Rita Ror Vagt kl. 12 – 16 · Skuret 4,1 timer" in text
        assert "Svend Sejl Vagt kl. 12 – 16 · Skuret mangler" in text and svend
        assert "Bent" not in text
        assert "Mandag 16. november 1 mangler" in karen.page(DAYS).text

    def test_blanks_are_filled_with_times_or_with_the_plan_in_one_tap(
        self, app: Flask, plan: Plan, karen: CheckingClient
    ) -> None:
        rita, svend = (plan.shift(name, "skuret", LAST, 12, 16) for name in ("rita", "svend"))
        mark(app, rita, time(12, 30), None)
        assert send(karen, "tider", rita, came="12.30", left="15") == 303
        assert "Gemt for Rita Ror." in karen.page(DAY).text
        assert send(karen, "plan", svend) == 303
        assert marks(app) == [(time(12, 30), time(15), False, None), (None, None, True, None)]
        assert "Svend Sejl Vagt kl. 12 – 16 · Skuret 4 timer planens tid rettet af leder" in karen.page(DAY).text
        assert send(karen, "fortryd", svend) == 303
        assert send(karen, "var-her-ikke", svend) == 303
        assert "var her ikke" in karen.page(DAY).text and marks(app)[1] == (None, None, False, 0)
        assert "mangler" not in karen.page(DAYS).text

    def test_all_that_were_forgotten_get_the_plans_time_at_once(
        self, app: Flask, plan: Plan, karen: CheckingClient
    ) -> None:
        shifts = [plan.shift(name, "skuret", LAST, 12, 16) for name in ("rita", "svend", "karen")]
        mark(app, shifts[0], time(12, 30), None)
        mark(app, shifts[1], time(12), time(16))
        assert "for alle 2, der mangler" in karen.page(DAY).text
        form = next(one for one in karen.page(DAY).forms() if ("tryk", "alle") in one.fields)
        assert karen.post(DAY, data=dict(form.fields)).status_code == 303
        assert "Planens tid er brugt for 2 vagter." in karen.page(DAY).text
        known = [(time(12, 30), None, True, None), (time(12), time(16), False, None), (None, None, True, None)]
        assert marks(app) == known

    @pytest.mark.postgresql_only  # SQLite has one writer
    def test_of_all_those_the_one_who_taps_in_that_moment_is_left_out_and_named(
        self, app: Flask, plan: Plan, karen: CheckingClient
    ) -> None:
        shifts = [plan.shift(name, "skuret", LAST, 12, 16) for name in ("rita", "svend")]
        form = next(one for one in karen.page(DAY).forms() if ("tryk", "alle") in one.fields)
        taps = [lambda: Thread(target=mark, args=(app, shifts[0], time(12), None))]

        def tapped(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            """Between what the page has read and its first lock: that of the shifts, which a tap takes, too."""
            if "FROM shifts" in statement and "FOR UPDATE" in statement and taps:
                (other := taps.pop()()).start()
                other.join()

        event.listen(Engine, "before_cursor_execute", tapped)
        try:
            assert karen.post(DAY, data=dict(form.fields)).status_code == 303
        finally:
            event.remove(Engine, "before_cursor_execute", tapped)
        assert taps == []
        text = karen.page(DAY).text
        assert "Planens tid er brugt for 1 vagt." in text
        assert "Sprunget over, fordi det er ændret imens: Rita Ror. Se på det." in text
        assert sorted(marks(app), key=str) == [(None, None, True, None), (time(12), None, False, None)]

    def test_times_that_cannot_be_are_refused_at_their_field_and_stay_typed(
        self, app: Flask, plan: Plan, karen: CheckingClient
    ) -> None:
        shift = plan.shift("rita", "skuret", MONDAY, 12, 16)
        for typed, sentence in (
            ({"came": "13", "left": "12"}, "Gået skal være efter mødt."),
            ({"came": "13.31"}, "Det klokkeslæt er ikke kommet endnu."),
            ({"left": "tolv"}, "Skriv et klokkeslæt som 12 eller 12.30."),
        ):
            form = next(one for one in karen.page(TODAY).forms() if ("tryk", "tider") in one.fields)
            data = {**dict(form.fields), **{f"v{shift}-{name}": value for name, value in typed.items()}}
            answer = karen.post(TODAY, data=data)
            assert answer.status_code == 422 and sentence in answer.text
            assert all(f'value="{value}"' in answer.text for value in typed.values())
        assert marks(app) == []

    def test_a_stale_save_shows_both_versions_and_overwrites_nothing(
        self, app: Flask, plan: Plan, karen: CheckingClient
    ) -> None:
        shift = plan.shift("rita", "skuret", LAST, 12, 16)
        form = next(one for one in karen.page(DAY).forms() if ("tryk", "tider") in one.fields)
        mark(app, shift, time(12, 5), None)
        sent = {**dict(form.fields), f"v{shift}-came": "12", f"v{shift}-left": "16"}
        answer = karen.post(DAY, data=sent)
        assert answer.status_code == 409
        assert "Mødt 12.05, gået –" in answer.text and "Mødt 12.00, gået 16.00" in answer.text
        assert marks(app) == [(time(12, 5), None, False, None)]
        again = dict(next(one for one in karen.page(DAY).forms() if ("tryk", "tider") in one.fields).fields)
        assert karen.post(DAY, data={**sent, "version": again["version"]}).status_code == 303
        assert marks(app) == [(time(12), time(16), False, None)]

    def test_what_is_not_hers_to_put_right_is_not_on_her_page_and_is_not_changed(
        self, app: Flask, plan: Plan, karen: CheckingClient, tove: CheckingClient
    ) -> None:
        plan.shift("rita", "skuret", LAST, 12, 16)
        bent = plan.shift("bent", "skuret", LAST, 12, 16)
        form = next(one for one in karen.page(DAY).forms() if ("tryk", "plan") in one.fields)
        assert karen.post(DAY, data={**dict(form.fields), "linje": f"v{bent}"}).status_code == 303
        assert marks(app) == []
        assert send(tove, "plan", bent) == 303 and marks(app) == [(None, None, True, None)]
        assert "Rita" not in tove.page(DAY).text

    def test_the_coordinator_puts_right_what_nobody_leads(self, app: Flask, plan: Plan, karen: CheckingClient) -> None:
        with writing(app):
            db.session.get_one(Membership, plan.members["tove"]).role = "adviser"
        bent = plan.shift("bent", "skuret", LAST, 12, 16)
        assert send(karen, "plan", bent) == 303 and marks(app) == [(None, None, True, None)]

    @pytest.mark.parametrize("day", ["2026-11-24", "2026-09-23", "2026-13-01", "i-dag", "20261116"])
    def test_a_day_that_cannot_be_put_right_is_not_there(self, plan: Plan, karen: CheckingClient, day: str) -> None:
        assert karen.get(f"{DAYS}/{day}").status_code == 404

    def test_a_programme_that_does_not_use_it_is_asked_for_nothing(
        self, plan: Plan, karen: CheckingClient, app: Flask
    ) -> None:
        plan.shift("rita", "skuret", LAST, 12, 16)
        page = karen.page(DAYS).text
        assert "Ingen har trykket endnu." in page and "mangler" not in page.partition("Klokkeslæt")[0].replace(
            "hvad der mangler", ""
        )
        assert "Arbejdet" not in karen.page(FAIR).text and "Arbejdet" not in client_of(app, "rita").page(OWN).text

    def test_who_helped_out_is_put_right_too_and_has_no_plan(
        self, app: Flask, plan: Plan, karen: CheckingClient
    ) -> None:
        shift = plan.shift("rita", "skuret", LAST, 12, 16)
        mark(app, shift, time(12), None)
        with writing(app):
            db.session.execute(update(Presence).values(shift_id=None))
            row = db.session.scalars(select(Presence.id)).one()
            db.session.get_one(Shift, shift).status = "cancelled"
        text = karen.page(DAY).text
        assert "Hjalp til uden vagt · Skuret mangler" in text and "Brug planens tid" not in text
        form = next(one for one in karen.page(DAY).forms() if ("tryk", "tider") in one.fields)
        answer = karen.post(DAY, data={**dict(form.fields), f"r{row}-left": "14"})
        assert answer.status_code == 303 and marks(app) == [(time(12), time(14), False, None)]


class TestWhatComesOfIt:
    """Worked hours: of oneself, of an organisation; and who has met, on the week."""

    def test_a_person_reads_her_own_worked_hours_and_times(self, app: Flask, plan: Plan) -> None:
        shift = plan.shift("rita", "skuret", LAST, 12, 16)
        plan.shift("rita", "skuret", LAST - timedelta(days=7), 12, 16)
        plan.shift("svend", "skuret", LAST, 12, 16)
        mark(app, shift, time(12, 30), time(16))
        rita = client_of(app, "rita").page(OWN).text
        assert "Arbejdet: 3,5 timer af de 8, der er gået. 1 vagt mangler mødt eller gået;" in rita
        assert "man. 16. nov. · Skuret · mødt 12.30, gået 16.00" in rita
        assert "Arbejdet:" not in client_of(app, "svend").page(OWN).text

    def test_organisations_stand_with_promised_planned_and_worked_hours(
        self, app: Flask, plan: Plan, karen: CheckingClient, tove: CheckingClient
    ) -> None:
        rita = plan.shift("rita", "skuret", LAST, 12, 16)
        mark(app, rita, time(12), time(15))
        mark(app, plan.shift("bent", "skuret", LAST, 12, 16), time(12), time(16))
        plan.shift("svend", "skuret", LAST, 12, 16)
        promised = f"{14 * 37 * 3}".replace("1554", "1.554")
        page = karen.page(FAIR).text
        assert f"Organisationen huset 2 {promised} 8 67 % 3 af 8 (1 vagt ukendt)" in page
        assert "33 % vises ikke" in page
        assert "4 af 4" in tove.page(FAIR).text and "3 af 8" not in tove.page(FAIR).text

    def test_another_organisations_worked_hours_show_once_three_stand_behind(
        self, app: Flask, plan: Plan, tove: CheckingClient
    ) -> None:
        for name in ("rita", "svend", "karen"):
            assert "12 af 12" not in tove.page(FAIR).text
            mark(app, plan.shift(name, "skuret", LAST, 12, 16), time(12), time(16))
        assert "12 af 12" in tove.page(FAIR).text

    def test_planners_see_on_the_week_who_has_met_today_and_others_do_not(
        self, app: Flask, plan: Plan, karen: CheckingClient, tove: CheckingClient
    ) -> None:
        rita = plan.shift("rita", "skuret", MONDAY, 13, 16)
        mark(app, rita, time(12, 58), None)
        past = plan.shift("svend", "skuret", LAST, 13, 16)
        mark(app, past, time(12, 57), None)
        assert "mødt kl. 12.58" in karen.page(WEEK).text
        assert "mødt kl." not in karen.page("/vagtplan/2026-47").text
        assert "mødt kl." not in tove.page(WEEK).text
        assert "mødt kl." not in client_of(app, "rita").page(WEEK).text
        with writing(app):
            db.session.execute(update(Presence).where(Presence.shift_id == rita).values(gone=time(13, 20)))
        assert "gået kl. 13.20" in karen.page(WEEK).text

    def test_whose_organisation_has_a_leader_is_no_business_of_the_coordinators_on_the_week_either(
        self, app: Flask, plan: Plan, karen: CheckingClient, tove: CheckingClient
    ) -> None:
        mark(app, plan.shift("bent", "skuret", MONDAY, 13, 16), time(12, 58), None)
        assert "mødt kl." not in karen.page(WEEK).text and "mødt kl. 12.58" in tove.page(WEEK).text
        with writing(app):
            db.session.get_one(Membership, plan.members["tove"]).role = "adviser"
        assert "mødt kl. 12.58" in karen.page(WEEK).text, "nobody else would look"

    def test_what_a_person_reads_of_who_sees_her_times_is_true(
        self, app: Flask, plan: Plan, karen: CheckingClient
    ) -> None:
        mark(app, plan.shift("rita", "skuret", LAST, 12, 16), time(12, 30), time(16))
        assert "3,5 timer" in karen.page(DAY).text
        assert "Din leder ser også klokkeslæt og timer for hver dag" in client_of(app, "rita").page(OWN).text

    def test_the_pages_ask_as_often_however_many_days_and_people_there_are(
        self, app: Flask, plan: Plan, karen: CheckingClient
    ) -> None:
        counts = []
        for weeks in (1, 6):
            for number in range(weeks):
                day = MONDAY - timedelta(days=7 * (number + weeks))
                for name in ("rita", "svend", "karen"):
                    mark(app, plan.shift(name, "skuret", day, 12, 16), time(12), time(16))
            asked = []
            for url in (DAYS, DAY, FAIR, OWN):
                with counted() as statements:
                    assert karen.get(url).status_code == 200
                asked.append(len(statements))
            counts.append(asked)
        assert counts[0] == counts[1]

    def test_what_was_worked_before_the_times_were_forgotten_still_counts(
        self, app: Flask, plan: Plan, karen: CheckingClient
    ) -> None:
        shift = plan.shift("rita", "skuret", date(2026, 7, 6), 12, 16)
        mark(app, shift, None, None)
        with writing(app):
            db.session.execute(update(Presence).values(minutes=210))
        assert "3,5 af 4" in karen.page("/vagtplan/fordeling/2026-3").text
