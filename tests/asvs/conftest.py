"""What these tests share: a demonstration, where a password alone logs in, and Havnen with something of everything.

`values` stores it; `live` is the program as it serves people, where a crash is a page and no exception in the test.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from advice.app import create_app
from advice.config import Settings
from tests.every_address import Values, settled
from tests.program import Clock, dispose
from tests.web_client import CheckingClient


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A demonstration."""
    return replace(settings, demo=True)


@pytest.fixture
def values(app: Flask, clock: Clock) -> Values:
    """Havnen, stored; values for the arguments of addresses."""
    return settled(app, clock)


@pytest.fixture
def live(app: Flask, values: Values) -> Iterator[Flask]:
    """The program as it serves people: a crash is a page, not an exception in the test."""
    made = create_app(replace(app.extensions["advice"], testing=False))
    made.test_client_class = CheckingClient
    yield made
    with made.app_context():
        dispose()
