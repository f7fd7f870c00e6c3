"""The program for a real server, under a clock that stands still at TEST_NOW (ISO 8601 with offset)."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime

from advice.app import create_app
from advice.config import Settings

APPLICATION = "tests.standing_clock:app"

if "TEST_NOW" in os.environ:
    NOW = datetime.fromisoformat(os.environ["TEST_NOW"])
    app = create_app(replace(Settings.from_environ(os.environ), clock=lambda: NOW))
