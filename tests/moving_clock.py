"""The program for real servers, under a clock that tests move: the time stands in the file TEST_CLOCK names.

clock = FileClock(tmp_path / "clock", at); live = serving(url, log, moving_clock.APPLICATION, **clock.environ)
clock.set(later)        # from the next request on, in every server of that file
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from advice.app import create_app
from advice.config import Settings

APPLICATION = "tests.moving_clock:app"
VARIABLE = "TEST_CLOCK"


class FileClock:
    """A clock that stands still at what its file says (ISO 8601 with offset), for several processes."""

    def __init__(self, file: Path, now: datetime | None = None) -> None:
        self.file = file
        self.environ = {VARIABLE: str(file)}
        if now is not None:
            self.set(now)

    def set(self, now: datetime) -> None:
        """Move it; whole at once, so that no reader finds half a time."""
        written = self.file.with_suffix(".new")
        written.write_text(now.isoformat())
        written.replace(self.file)

    def __call__(self) -> datetime:
        return datetime.fromisoformat(self.file.read_text())


if VARIABLE in os.environ:
    app = create_app(replace(Settings.from_environ(os.environ), clock=FileClock(Path(os.environ[VARIABLE]))))
