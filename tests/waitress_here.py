"""The program behind waitress as `make run` starts it, in a thread of the test's own process."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import waitress
from flask import Flask
from waitress import wasyncore

from advice import trial
from advice.config import Settings
from tests.live_server import free_port


@contextmanager
def serving(app: Flask, settings: Settings) -> Iterator[http.client.HTTPConnection]:
    """A connection to it."""
    options: dict[str, Any] = {**trial.serving(settings), "port": free_port()}
    server: Any = waitress.create_server(app, **options)
    running = Thread(target=server.run)
    running.start()
    connection = http.client.HTTPConnection("127.0.0.1", options["port"], timeout=20)
    try:
        yield connection
    finally:
        connection.close()
        # First whoever answers has done, for each wakes the loop when it has; then the loop closes what it watches
        # itself: what another thread closed might be what it is just asking about.
        server.task_dispatcher.shutdown()
        server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))
        running.join(20)
        assert not running.is_alive()
