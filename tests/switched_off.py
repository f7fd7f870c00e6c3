"""The program for a real server as in tests/standing_clock.py, with the residents' service worker switched off."""

from __future__ import annotations

from advice.public import offline
from tests import standing_clock

APPLICATION = "tests.switched_off:app"

if hasattr(standing_clock, "app"):
    offline.SWITCHED_ON = False
    app = standing_clock.app
