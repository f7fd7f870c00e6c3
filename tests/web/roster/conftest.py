"""A small vagtplan (tests/plans.py) in a demonstration, and who plan it or have shifts in it, logged in."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from advice.config import Settings
from tests.plans import Plan, client_of, laid
from tests.program import Clock
from tests.web_client import CheckingClient


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A demonstration, so that a password is enough."""
    return replace(settings, demo=True)


@pytest.fixture
def plan(app: Flask, clock: Clock) -> Plan:
    """The programme that these tests are about."""
    return laid(app, clock)


@pytest.fixture
def karen(app: Flask, plan: Plan) -> CheckingClient:
    """The tovholder."""
    return client_of(app, "karen")


@pytest.fixture
def tove(app: Flask, plan: Plan) -> CheckingClient:
    """The teamleder of "byen"."""
    return client_of(app, "tove")


@pytest.fixture
def rita(app: Flask, plan: Plan) -> CheckingClient:
    """An adviser of "huset"."""
    return client_of(app, "rita")


@pytest.fixture
def svend(app: Flask, plan: Plan) -> CheckingClient:
    """Another one."""
    return client_of(app, "svend")


@pytest.fixture
def bent(app: Flask, plan: Plan) -> CheckingClient:
    """An adviser of "byen"."""
    return client_of(app, "bent")
