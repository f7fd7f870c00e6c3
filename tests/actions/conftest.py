"""The commands of programme files, for every test here."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from tests.programme_console import TEXT, Console


@pytest.fixture
def console(app: Flask, tmp_path: Path) -> Console:
    return Console(app, tmp_path)


@pytest.fixture
def there(console: Console) -> Console:
    """A console on a database that holds the third programme."""
    console.bring(TEXT)
    return console
