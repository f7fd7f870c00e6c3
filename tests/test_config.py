"""Settings from the environment, and what happens when one is missing."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from advice import schema, trial
from advice.app import NO_SECRET_KEY, create_app
from advice.config import ROOT, Settings, SettingsError, absolute_url, stored_secret_key
from advice.database import db
from advice.models.registry import metadata
from tests.program import dispose


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("sqlite:///instance/advice.db", f"sqlite:///{ROOT}/instance/advice.db"),
        ("sqlite:////tmp/x.db", "sqlite:////tmp/x.db"),
        ("postgres://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("postgresql://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql+psycopg://u@h/d", "postgresql+psycopg://u@h/d"),
    ],
)
def test_it_reads_database_addresses(given: str, meant: str) -> None:
    assert absolute_url(given) == meant


def test_empty_is_unset() -> None:
    found = Settings.from_environ({"PORT": "", "HOST": "", "DATABASE_URL": "", "ADVICE_DEMO": "", "SECRET_KEY": "k"})
    assert (found.port, found.host, found.demo) == (8000, "127.0.0.1", False)
    assert found.database_url == f"sqlite:///{ROOT}/instance/advice.db"


@pytest.mark.parametrize(
    "environ",
    [
        {"PORT": "0"},
        {"PORT": "８０００"},
        {"PORT": "x"},
        {"ADVICE_TIMEZONE": "../etc"},
        {"ADVICE_TIMEZONE": "UTC"},
        {"DATABASE_URL": "nonsense"},
        {"DATABASE_URL": "mysql://h/d"},
        {"DATABASE_URL": "sqlite://"},
        {"DATABASE_URL": "sqlite:////tmp"},
    ],
)
def test_nonsense_is_refused_with_a_sentence(environ: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=next(iter(environ))):
        Settings.from_environ(environ)


def test_without_a_key_nothing_is_served_and_it_says_what_to_do(database_url: str) -> None:
    app = create_app(Settings(database_url=database_url))
    answer = app.test_client().get("/")
    assert answer.status_code == 503
    assert "SECRET_KEY" in answer.text and "make run" in answer.text


def test_a_server_started_without_a_key_ends_with_the_sentence(tmp_path: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "DATABASE_URL": f"sqlite:///{tmp_path}/x.db", "PYTHONPATH": str(ROOT)}
    code = "import advice.config as c; c.stored_secret_key.__defaults__ = (c.Path('/nowhere'),); import wsgi"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.returncode != 0
    assert NO_SECRET_KEY.strip() in done.stderr


def test_the_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    trial.make_secret_key(tmp_path)
    key = stored_secret_key(tmp_path)
    trial.make_secret_key(tmp_path)
    assert key and len(key) == 64 and stored_secret_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_nothing_heavy_is_imported_to_serve(database_url: str) -> None:
    """The seconds of a cold start are measured by `make bench`."""
    code = "import sys, wsgi; print(sorted({'highspy', 'pytest', 'playwright'} & set(sys.modules)))"
    environ = {**os.environ, "DATABASE_URL": database_url, "SECRET_KEY": "k"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["p%41th", "a?b", "et sted", "åben#1"])
def test_a_folder_of_any_name_is_that_folder(tmp_path: Path, name: str) -> None:
    root = tmp_path / name
    root.mkdir()
    app = create_app(Settings(database_url=absolute_url("sqlite:///x.db", root), secret_key="k"))
    with app.app_context():
        schema.upgrade(db.engine, metadata)
        dispose()
    assert (root / "x.db").is_file()


def test_an_empty_key_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "secret_key").touch()
    trial.make_secret_key(tmp_path)
    assert stored_secret_key(tmp_path)


def test_a_file_that_is_no_database_is_said_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_text("this is not a database " * 100)
    environ = {**os.environ, "DATABASE_URL": f"sqlite:///{path}", "SECRET_KEY": "k"}
    done = subprocess.run(
        [sys.executable, "wsgi.py"], env=environ, capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1 and "cannot be used" in done.stderr
