"""Invented people in a demonstration, whom a password alone lets in: for the tests of log-in and of switching.

A module whose tests all happen among them says `settings, havnen = invented_people.settings, invented_people.havnen`.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from advice.config import Settings
from tests.builders import PASSWORD, World
from tests.stored import stored_world
from tests.web_client import CheckingClient

NOT_FOR_HER = "Siden, du ville til, kan du ikke se som "


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A demonstration, unless a test says otherwise."""
    return replace(settings, demo=True)


@pytest.fixture(autouse=True)
def havnen(app: Flask) -> World:
    """One programme."""
    return stored_world(app)


def email_of(name: str) -> str:
    """The log-in of somebody of that programme."""
    return f"{name}@example.org"


def log_in(client: CheckingClient, name: str, url: str = "/log-ind") -> str:
    """Log in and give where it leads."""
    answer = client.submit(url, email=email_of(name), password=PASSWORD)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])
