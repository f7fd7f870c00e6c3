"""Settings from the environment, and what happens when one is missing."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import traceback
from pathlib import Path

import pytest

from advice import schema, trial
from advice.app import NO_SECRET_KEY, create_app
from advice.config import ROOT, Settings, SettingsError, absolute_url, stored_secret_key
from advice.database import db
from advice.models.registry import metadata
from advice.rules.mail_server import MailSecurity, MailServer
from advice.rules.text_gateway import TextGateway
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


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("smtp://mail.example.org", MailServer("mail.example.org", 25)),
        ("smtp://127.0.0.1:2525/", MailServer("127.0.0.1", 2525)),
        ("smtp://[::1]:2525", MailServer("::1", 2525)),
        ("smtp://u:p@localhost", MailServer("localhost", 25, MailSecurity.NONE, "u", "p")),
        (
            "smtps://raad%40example.org:p%40ss%2F%3A%23@Mail.Example.org",
            MailServer("mail.example.org", 465, MailSecurity.TLS, "raad@example.org", "p@ss/:#"),
        ),
        (
            "smtp://u:p@mail.example.org?starttls",
            MailServer("mail.example.org", 587, MailSecurity.STARTTLS, "u", "p"),
        ),
    ],
)
def test_it_reads_mail_servers(given: str, meant: MailServer) -> None:
    assert Settings.from_environ({"MAIL_URL": given}).mail == meant


def test_without_a_mail_server_there_is_none() -> None:
    assert Settings.from_environ({}).mail is None and Settings.from_environ({"MAIL_URL": ""}).mail is None


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.org",
        "https://u:geheim@mail.example.org",
        "smtp://",
        "smtps://u:geheim@",
        "smtps://u:geheim@mail.example.org?starttls",
        "smtp://u:geheim@mail.example.org?tls",
        "smtp://u:geheim@mail.example.org",
        "smtps://u:geheim@mail.example.org/inbox",
        "smtps://u:geheim@mail.example.org:x",
        "smtps://u:geheim@mail.example.org:0",
        "smtps://u:geheim@mail.example.org:99999",
        "smtps://u:geh/eim@mail.example.org",
        "smtps://u:geheim#@mail.example.org",
        "smtps://u:geheim?@mail.example.org",
        "smtps://geheim@mail.example.org",
        "smtps://:geheim@mail.example.org",
        "smtps://u:geheimå@mail.example.org",
        "smtps://u:geheim%0D%0A@mail.example.org",
        "smtps://u:geheim@[mail",
        "smtps://u:geheim@mail example.org",
        f"smtps://u:geheim@{'m' * 64}.example.org",
    ],
)
def test_a_mail_server_that_cannot_be_is_refused_without_repeating_its_password(url: str) -> None:
    with pytest.raises(SettingsError, match="MAIL_URL") as caught:
        Settings.from_environ({"MAIL_URL": url})
    assert "geh" not in "".join(traceback.format_exception(caught.value)).partition("SettingsError: ")[2]
    assert caught.value.__suppress_context__


def test_an_sms_gateway_is_told_by_its_address_and_none_without_it() -> None:
    found = Settings.from_environ({"SMS_URL": "https://geheim@sms.example.org/send", "SMS_FROM": "Huset"}).texts
    assert found == TextGateway("sms.example.org", 443, "/send", "Huset", token="geheim")
    assert Settings.from_environ({}).texts is None and Settings.from_environ({"SMS_URL": ""}).texts is None
    with pytest.raises(SettingsError, match="SMS_URL") as caught:
        Settings.from_environ({"SMS_URL": "http://geheim@sms.example.org/send"})
    assert "geheim" not in "".join(traceback.format_exception(caught.value)).partition("SettingsError: ")[2]
    assert "geheim" not in repr(Settings.from_environ({"SMS_URL": "https://geheim@sms.example.org/send"}))


def test_the_mail_servers_password_is_in_no_repr() -> None:
    found = Settings.from_environ({"MAIL_URL": "smtps://u:geheim@mail.example.org"})
    assert "mail.example.org" in repr(found) and "geheim" not in repr(found)


@pytest.mark.parametrize(
    ("environ", "name", "address"),
    [
        ({}, "", "no-reply@localhost"),
        ({"ADVICE_BASE_URL": "https://raad.example.org:8443"}, "", "no-reply@raad.example.org"),
        ({"ADVICE_BASE_URL": "http://127.0.0.1:8000"}, "", "no-reply@localhost"),
        ({"ADVICE_BASE_URL": "https://raad.example.org", "MAIL_FROM": "raad@by.example"}, "", "raad@by.example"),
        ({"MAIL_FROM": "Åben rådgivning <raad@by.example>"}, "Åben rådgivning", "raad@by.example"),
        ({"MAIL_FROM": '"Råd, dåd" <raad@by.example>'}, "Råd, dåd", "raad@by.example"),
    ],
)
def test_mails_are_from_the_programs_own_host_unless_told(environ: dict[str, str], name: str, address: str) -> None:
    assert Settings.from_environ(environ).mail_from == (name, address)


@pytest.mark.parametrize(
    "text", ["raad", "raad@", "Råd <raad>", "a@x.example, b@x.example", "a@x.example\nBcc: b@x.example"]
)
def test_a_sender_that_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="MAIL_FROM"):
        Settings.from_environ({"MAIL_FROM": text})


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
