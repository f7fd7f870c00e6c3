"""Settings, read once from the environment. Nothing else in the program reads the environment."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from advice.rules.mail import Sender
from advice.rules.mail_server import NOBODY, MailServer, mail_sender, mail_server
from advice.rules.text_gateway import TextGateway, text_gateway

ROOT = Path(__file__).resolve().parent.parent
INSTANCE = ROOT / "instance"
CALENDAR_ZONE = "Europe/Copenhagen"
"""The zone whose VTIMEZONE stands in formats/ical.py; pages under another one would disagree with the calendars."""
DEFAULT_DATABASE_URL = "sqlite:///instance/advice.db"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""The names of this machine for itself: what plain http is served under, and what monitors beside the server ask."""
DATABASES = "DATABASE_URL must be sqlite:///a/file.db or postgresql://user:password@host/name."

HOST_NAME = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")
BASE_URLS = "ADVICE_BASE_URL={!r} must be the https address people use, like https://raad.example.org, without a path."


class SettingsError(Exception):
    """A setting is missing or makes no sense; the message tells the person at the console what to do."""


def utc_now() -> datetime:
    """The present instant, aware UTC: the only clock of the program, handed down as a parameter."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the program is told from outside. `clock` is the only way to ask for the time."""

    database_url: str
    secret_key: str | None = None
    base_url: str | None = None
    proxies: int = 0
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Copenhagen"))
    demo: bool = False
    host: str = "127.0.0.1"
    port: int = 8000
    mail: MailServer | None = None
    """None: mails wait in the outbox."""
    mail_from: Sender = NOBODY
    texts: TextGateway | None = None
    """None: no text messages are sent, and nobody is offered any."""
    testing: bool = False
    clock: Callable[[], datetime] = utc_now

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Read the variables that docs/running.md names. Raises SettingsError with a sentence on nonsense."""
        zone = environ.get("ADVICE_TIMEZONE") or CALENDAR_ZONE
        port = environ.get("PORT") or "8000"
        try:
            timezone = ZoneInfo(zone)
        except (KeyError, ValueError) as error:
            raise SettingsError(f"ADVICE_TIMEZONE={zone!r} is no time zone; try Europe/Copenhagen.") from error
        if zone != CALENDAR_ZONE:
            raise SettingsError(f"ADVICE_TIMEZONE={zone!r}: the calendars are written for {CALENDAR_ZONE} only.")
        if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
            raise SettingsError(f"PORT={port!r} is no port number between 1 and 65535.")
        base_url = own_address(environ.get("ADVICE_BASE_URL") or "")
        try:
            mail = mail_server(environ.get("MAIL_URL") or "")
            mail_from = mail_sender(environ.get("MAIL_FROM") or "", base_url)
            texts = text_gateway(environ.get("SMS_URL") or "", environ.get("SMS_FROM") or "")
        except ValueError as error:
            raise SettingsError(str(error)) from None
        return cls(
            database_url=absolute_url(environ.get("DATABASE_URL") or DEFAULT_DATABASE_URL),
            secret_key=environ.get("SECRET_KEY") or stored_secret_key(),
            base_url=base_url,
            proxies=hops(environ.get("ADVICE_PROXIES") or "0"),
            timezone=timezone,
            demo=environ.get("ADVICE_DEMO") == "1",
            host=environ.get("HOST") or "127.0.0.1",
            port=int(port),
            mail=mail,
            mail_from=mail_from,
            texts=texts,
        )


def own_address(url: str) -> str | None:
    """The address people use, as browsers name it: no slash at its end, no usual port; None if none is said.

    Raises SettingsError unless it is https, or http on this machine itself, with nothing behind the host: cookies that
    hold a log-in must not cross a network unencrypted.
    """
    if not url:
        return None
    try:
        parts = urlsplit(url.rstrip("/"))
        name = (parts.hostname or "").encode("idna").decode("ascii")
        sound = bool(HOST_NAME.fullmatch(name)) and parts.port != 0
    except ValueError as error:
        raise SettingsError(BASE_URLS.format(url)) from error
    local = name in LOOPBACK
    sound = sound and (parts.scheme == "https" or (parts.scheme == "http" and local))
    if not sound or parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        raise SettingsError(BASE_URLS.format(url))
    usual = {"https": 443, "http": 80}[parts.scheme]
    return f"{parts.scheme}://{name}" + (f":{parts.port}" if parts.port not in (None, usual) else "")


def hops(text: str) -> int:
    """How many proxies stand in front. Raises SettingsError for what is no small number."""
    if text not in ("0", "1", "2", "3", "4", "5"):
        raise SettingsError(f"ADVICE_PROXIES={text!r} is no number from 0 to 5: the proxies in front of the program.")
    return int(text)


def absolute_url(url: str, root: Path = ROOT) -> str:
    """Make a relative SQLite path count from the project's root; name the psycopg driver for PostgreSQL.

    Raises SettingsError for anything that is neither a file for SQLite nor a PostgreSQL server.
    """
    try:
        found = make_url(url.replace("postgres://", "postgresql://", 1) if url.startswith("postgres://") else url)
    except (ArgumentError, ValueError) as error:
        raise SettingsError(DATABASES) from error
    if found.drivername in ("postgresql", "postgresql+psycopg"):
        return found.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    if found.drivername != "sqlite" or not found.database or (root / found.database).is_dir():
        raise SettingsError(DATABASES)
    return found.set(database=str(root / found.database)).render_as_string(hide_password=False)


def stored_secret_key(folder: Path = INSTANCE) -> str | None:
    """The key that `make run` made, or None. The environment wins over it."""
    path = folder / "secret_key"
    return path.read_text(encoding="utf-8", errors="replace").strip() or None if path.is_file() else None
