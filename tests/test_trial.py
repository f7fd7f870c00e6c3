"""`make run` as a real process: an empty database, one ahead of the code, a port that is taken, and the end of it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.request import urlopen

import psutil
import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from advice import trial
from advice.config import ROOT
from advice.demo.loader import PASSWORD
from tests import builders
from tests.live_server import free_port
from tests.program import SECRET_KEY
from tests.stored import writing

SECONDS_TO_END = 20


def environ(url: str, port: int) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ADVICE_")}
    return {**inherited, "DATABASE_URL": url, "SECRET_KEY": SECRET_KEY, "PORT": str(port), "PYTHONUNBUFFERED": "1"}


@contextmanager
def made_to_run(url: str, port: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and what it printed until it was ready; ended by SIGTERM if it is still there."""
    process = subprocess.Popen(
        [sys.executable, "wsgi.py"], cwd=ROOT, env=environ(url, port), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    printed = ""
    try:
        for line in process.stdout:
            printed += line
            if "Ctrl-C" in line:
                break
        yield process, printed
    finally:
        process.terminate()
        process.wait(SECONDS_TO_END)
        process.stdout.close()


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A file that is not there yet, under a name that people really give their folders."""
    folder = tmp_path / "Åben rådgivning (prøve)"
    return f"sqlite:///{folder}/advice.db"


def test_an_empty_database_is_made_loaded_and_served(url: str) -> None:
    port = free_port()
    with made_to_run(url, port) as (process, printed):
        assert f"http://localhost:{port}" in printed and f"http://127.0.0.1:{port}" in printed
        assert PASSWORD in printed and "/log-ind" in printed
        with urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
            assert json.load(answer)["revision"]
        with urlopen(f"http://127.0.0.1:{port}/") as answer:
            assert "Demonstration" in answer.read().decode()
        workers = psutil.Process(process.pid).children()
        assert len(workers) == 1
    gone, still_there = psutil.wait_procs(workers, timeout=SECONDS_TO_END)
    assert (len(gone), still_there) == (1, [])


def test_the_worker_ends_when_the_server_is_killed(url: str) -> None:
    with made_to_run(url, free_port()) as (process, _):
        workers = psutil.Process(process.pid).children()
        process.send_signal(signal.SIGKILL)
        process.wait(SECONDS_TO_END)
    gone, still_there = psutil.wait_procs(workers, timeout=SECONDS_TO_END)
    assert (len(gone), still_there) == (1, [])


def ended(url: str, port: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "wsgi.py"], cwd=ROOT, env=environ(url, port), capture_output=True, text=True, check=False
    )


def test_a_database_ahead_of_the_code_is_left_alone_with_one_sentence(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.commit()
    engine.dispose()
    done = ended(database_url, free_port())
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1 and "9999" in done.stderr and "newer version" in done.stderr


def test_a_port_that_is_taken_is_said_in_one_sentence(database_url: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = ended(database_url, taken.getsockname()[1])
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1 and "PORT=" in done.stderr


def test_each_person_of_the_demonstration_is_told_once(app: Flask) -> None:
    with writing(app):
        here, there = builders.world(), builders.world("kysten", "k-")
        karen = here.members["karen"].person
        builders.member(there, karen, "byen", "adviser")
    with app.app_context():
        told = trial.words(replace(app.extensions["advice"], demo=True)).splitlines()
    log_ins = [line.split()[0] for line in told if "@example.org" in line]
    assert len(set(log_ins)) == len(log_ins) and log_ins.count("karen@example.org") == 1
    at = told.index(next(line for line in told if "karen@" in line))
    assert "coordinator  huset, Havnen" in told[at] and told[at + 1].split(maxsplit=1)[1] == "byens folk, Kysten"
