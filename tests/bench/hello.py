"""The limit everything is measured against: a bare Flask page under the same server."""

from __future__ import annotations

from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello() -> str:
    """The smallest page there is."""
    return "<!doctype html><title>Hello</title><p>Hello"
