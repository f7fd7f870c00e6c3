"""Openings as JSON for other programs: the list whose fields are fixed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Protocol
from zoneinfo import ZoneInfo

from advice.database import Labels

MEDIA_TYPE = "application/json"
REVISION = 1
"""Raised when the same openings come to be written otherwise: part of every ETag."""


class Opening(Protocol):
    """What is told of an opening."""

    @property
    def place_slug(self) -> str: ...
    @property
    def service_code(self) -> str: ...
    @property
    def day(self) -> date: ...
    @property
    def starts(self) -> time: ...
    @property
    def ends(self) -> time: ...
    @property
    def status(self) -> str: ...
    @property
    def reason(self) -> Labels | None: ...


def document(openings: Iterable[Opening], timezone: ZoneInfo) -> bytes:
    """A list of objects: place, service, starts and ends (local, with offset), status, reason (Danish, or null)."""
    rows = [
        {
            "place": opening.place_slug,
            "service": opening.service_code,
            "starts": datetime.combine(opening.day, opening.starts, timezone).isoformat(),
            "ends": datetime.combine(opening.day, opening.ends, timezone).isoformat(),
            "status": opening.status,
            "reason": (opening.reason or {}).get("da"),
        }
        for opening in openings
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
