"""The program on a copy of its database that is never saved: it acknowledges what is gone when it is killed.

Stands beside the real one in test_killed_server.py, to show that the test sees a loss.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from advice.app import create_app

given = Path(os.environ["DATABASE_URL"].removeprefix("sqlite:///"))
copy = given.with_name(f"{given.name}-unsaved")
copy.unlink(missing_ok=True)
with closing(sqlite3.connect(given)) as source, closing(sqlite3.connect(copy)) as target:
    source.backup(target)
os.environ["DATABASE_URL"] = f"sqlite:///{copy}"
app = create_app()
