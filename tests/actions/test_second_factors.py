"""Codes that open once, and factors that are not all taken away, also when everything happens at once. Both engines."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pyotp
import pytest
from flask import Flask
from sqlalchemy import func, select, update

from advice.actions import passkeys, second_factors
from advice.actions.passkeys import Shown
from advice.database import begin_write, db
from advice.models.accounts import Passkey, RecoveryCode, TotpSecret, factors_of
from advice.models.audit import AuditEntry
from tests.builders import person
from tests.program import SECRET_KEY, Clock
from tests.second_factors import SECRET, code_at

THREADS = 8
STEP = timedelta(seconds=second_factors.STEP_SECONDS)


@pytest.fixture
def rita(app: Flask, clock: Clock) -> int:
    """Somebody with an authenticator, by id."""
    made = clock() - timedelta(hours=1)
    with app.app_context():
        begin_write()
        who = person("Rita Ror").id
        assert second_factors.add_totp(who, SECRET, code_at(made), made, SECRET_KEY)
        db.session.commit()
        return who


def written(app: Flask, act: Callable[[], bool]) -> bool:
    """What an action says, committed."""
    with app.app_context():
        begin_write()
        answer = act()
        db.session.commit()
        return answer


def at_once(app: Flask, acts: Sequence[Callable[[], bool]]) -> list[bool]:
    """What several connections get that act at the same moment."""
    gate = threading.Barrier(len(acts))
    answers: list[bool] = []
    failures: list[BaseException] = []

    def run(act: Callable[[], bool]) -> None:
        try:
            gate.wait(timeout=20)
            answers.append(written(app, act))
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failures == []
    return answers


def add_passkey(app: Flask, who: int, clock: Clock, name: bytes = b"one") -> int:
    with app.app_context():
        begin_write()
        row = Passkey(person_id=who, credential_id=name, public_key=b"k", sign_count=0, name="x", created_at=clock())
        db.session.add(row)
        db.session.commit()
        return row.id


def taken(who: int, code: str, clock: Clock) -> bool:
    return second_factors.take_totp(who, code, clock(), SECRET_KEY)


@pytest.mark.parametrize(("steps", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_is_good_for_a_step_on_either_side(app: Flask, rita: int, clock: Clock, steps: int, good: bool) -> None:
    assert written(app, lambda: taken(rita, code_at(clock() + steps * STEP), clock)) is good


@pytest.mark.t9
def test_asvs_6_5_1_a_code_and_the_ones_before_it_are_gone_once_it_is_taken(
    app: Flask, rita: int, clock: Clock
) -> None:
    assert written(app, lambda: taken(rita, code_at(clock()), clock))
    assert not written(app, lambda: taken(rita, code_at(clock()), clock))
    assert not written(app, lambda: taken(rita, code_at(clock() - STEP), clock))
    assert written(app, lambda: taken(rita, code_at(clock() + STEP), clock))


@pytest.mark.t9
def test_asvs_6_5_1_the_code_that_set_the_app_up_opens_nothing(app: Flask, rita: int, clock: Clock) -> None:
    code = code_at(clock())
    assert written(app, lambda: second_factors.add_totp(rita, SECRET, code, clock(), SECRET_KEY))
    assert not written(app, lambda: taken(rita, code, clock))


@pytest.mark.t9
def test_asvs_6_5_1_of_eight_with_the_same_code_at_once_one_gets_in(app: Flask, rita: int, clock: Clock) -> None:
    for _round in range(3):
        clock.forward(seconds=60)
        code = code_at(clock())
        assert sorted(at_once(app, [partial(taken, rita, code, clock)] * THREADS)) == [False] * 7 + [True]


def test_a_check_before_the_write_lets_several_in(app: Flask, rita: int, clock: Clock) -> None:
    """The twin: what the conditional update is for."""
    looked, step = threading.Barrier(THREADS), int(clock().timestamp()) // second_factors.STEP_SECONDS

    def naive() -> bool:
        with app.app_context():
            newest = db.session.scalar(select(TotpSecret.last_step))
            db.session.remove()
            looked.wait(timeout=20)
            begin_write()
            db.session.execute(update(TotpSecret).values(last_step=step))
            db.session.commit()
            return newest is None or newest < step

    with ThreadPoolExecutor(THREADS) as threads:
        answers = [one.result(timeout=60) for one in [threads.submit(naive) for _ in range(THREADS)]]
    assert sum(answers) == THREADS


@pytest.mark.t9
def test_asvs_6_5_1_of_eight_with_the_same_code_on_paper_at_once_one_gets_in(
    app: Flask, rita: int, clock: Clock
) -> None:
    with app.app_context():
        begin_write()
        codes = second_factors.new_recovery_codes(rita, clock())
        db.session.commit()
    for code in codes[:3]:
        acts = [partial(second_factors.take_recovery_code, rita, code, clock())] * THREADS
        assert sorted(at_once(app, acts)) == [False] * 7 + [True]
    with app.app_context():
        assert factors_of(rita).recovery_codes == 7


def test_a_code_of_somebody_else_is_no_code(app: Flask, rita: int, clock: Clock) -> None:
    with app.app_context():
        begin_write()
        codes = second_factors.new_recovery_codes(rita, clock())
        other = person("Tove Tov").id
        db.session.commit()
    assert not written(app, lambda: second_factors.take_recovery_code(other, codes[0], clock()))
    assert not written(app, lambda: taken(other, code_at(clock()), clock))


def test_codes_on_paper_are_120_bits_and_only_hashes_are_stored(app: Flask, rita: int, clock: Clock) -> None:
    with app.app_context():
        begin_write()
        codes = second_factors.new_recovery_codes(rita, clock())
        db.session.commit()
        stored = db.session.scalars(select(RecoveryCode.code_hash)).all()
    letters = [code.replace("-", "") for code in codes]
    assert all(len(one) == 24 and set(one) <= set(second_factors.ALPHABET) for one in letters)
    assert len(second_factors.ALPHABET) == 32 and len(set(letters)) == 10 == len(stored)
    assert all(len(one) == 64 for one in stored)


def test_the_picture_for_the_app_says_secret_person_and_program() -> None:
    read = pyotp.parse_uri(second_factors.totp_uri(SECRET, "rita@example.org", "Åben Rådgivning"))
    assert (read.secret, read.name, read.issuer) == (SECRET, "rita@example.org", "Åben Rådgivning")


def test_a_code_on_paper_is_read_as_people_type_it() -> None:
    stored = second_factors.recovery_hash("01AB-CDEF-0101-GHJK-MNPQ-RSTV")
    assert second_factors.recovery_hash(" olab cdef oIoL ghjk mnpq rstv ") == stored
    assert second_factors.recovery_hash("01AB-CDEF-0101-GHJK-MNPQ-RSTW") != stored


def test_the_secret_is_sealed_for_its_owner_and_this_key(app: Flask, rita: int, clock: Clock) -> None:
    with app.app_context():
        begin_write()
        row = db.session.scalars(select(TotpSecret)).one()
        assert SECRET not in row.sealed
        other = person("Tove Tov").id
        db.session.add(
            TotpSecret(person_id=other, sealed=row.sealed, created_at=clock(), confirmed_at=clock(), last_step=None)
        )
        db.session.commit()
    assert not written(app, lambda: taken(other, code_at(clock()), clock))
    assert not written(app, lambda: second_factors.take_totp(rita, code_at(clock()), clock(), "another key" * 4))
    assert written(app, lambda: taken(rita, code_at(clock()), clock))


def test_two_at_once_cannot_take_both_factors_away(app: Flask, rita: int, clock: Clock) -> None:
    for round_ in range(5):
        key = add_passkey(app, rita, clock, b"key %d" % round_)
        made = clock()
        written(app, partial(second_factors.add_totp, rita, SECRET, code_at(made), made, SECRET_KEY))
        acts = [
            partial(second_factors.remove_totp, rita, clock()),
            partial(passkeys.remove, rita, key, clock()),
        ]
        assert sorted(at_once(app, acts)) == [False, True]
        with app.app_context():
            assert not factors_of(rita).none
        written(app, partial(passkeys.remove, rita, key, clock(), last_too=True))


def test_in_a_demonstration_the_last_factor_may_go(app: Flask, rita: int, clock: Clock) -> None:
    assert not written(app, lambda: second_factors.remove_totp(rita, clock()))
    assert written(app, lambda: second_factors.remove_totp(rita, clock(), last_too=True))
    assert not written(app, lambda: second_factors.remove_totp(rita, clock(), last_too=True))
    with app.app_context():
        assert factors_of(rita).none
        assert db.session.scalar(select(func.count()).where(AuditEntry.action == "totp_removed")) == 1


def test_a_passkey_takes_a_challenge_once_and_none_from_before_its_last_use(
    app: Flask, rita: int, clock: Clock
) -> None:
    shown = Shown(add_passkey(app, rita, clock), rita, 0, clock())
    clock.forward(seconds=5)
    assert sorted(at_once(app, [lambda: passkeys.use(shown, clock())] * THREADS)) == [False] * 7 + [True]
    clock.forward(seconds=5)
    assert written(app, lambda: passkeys.use(Shown(shown.passkey_id, rita, 0, clock()), clock()))


@pytest.mark.parametrize(
    ("stored", "said", "good"), [(0, 0, True), (0, 1, True), (4, 5, True), (5, 5, False), (5, 4, False), (5, 0, False)]
)
def test_a_passkey_whose_counter_goes_back_is_refused(
    app: Flask, rita: int, clock: Clock, stored: int, said: int, good: bool
) -> None:
    key = add_passkey(app, rita, clock)
    if stored:
        assert written(app, lambda: passkeys.use(Shown(key, rita, stored, clock()), clock()))
        clock.forward(seconds=1)
    assert written(app, lambda: passkeys.use(Shown(key, rita, said, clock()), clock())) is good
