"""An SMS gateway as a real HTTP server on 127.0.0.1, which does as it should until a test says else.

What it took is `took`, oldest first: number and words of each message it said 200 to. `statuses` are given to the next
requests in turn, before it takes again; SILENCE says nothing at all, HANG_UP ends the connection after it took one.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

from advice.rules.text_gateway import TextGateway

TOKEN = "hemmelig-token-til-proever"
PATH = "/rest/mtsms?kilde=raad"
SILENCE, HANG_UP = 0, -1
LONGEST_SILENCE = 30


class TextHost:
    """The gateway and what it has seen."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.took: list[tuple[int, str]] = []
        self.asked: list[dict[str, Any]] = []
        """Every body that came, whatever was answered."""
        self.statuses: list[int] = []
        self.over = Event()

    @property
    def address(self) -> TextGateway:
        """As the program is told of it."""
        return TextGateway("127.0.0.1", self.port, PATH, "Vagtplan", False, TOKEN)

    @property
    def url(self) -> str:
        """As SMS_URL says it."""
        return f"http://{TOKEN}@127.0.0.1:{self.port}{PATH}"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Take a message, or answer as told."""
        body = json.loads(request.rfile.read(int(request.headers["Content-Length"])))
        self.asked.append(body)
        token = b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode()
        right = token == f"{TOKEN}:" and request.path == PATH
        status = self.statuses.pop(0) if self.statuses else 200 if right else 401
        if status == SILENCE:
            self.over.wait(LONGEST_SILENCE)
            return
        if status in (HANG_UP, 200):
            (recipient,) = body["recipients"]
            self.took.append((recipient["msisdn"], body["message"]))
        if status == HANG_UP:
            return
        words = b'{"message": "4520123456 said with its number"}'
        request.send_response(status)
        if 300 <= status < 400:
            request.send_header("Location", f"http://127.0.0.1:{self.port}/elsewhere")
        request.send_header("Content-Length", str(len(words)))
        request.end_headers()
        request.wfile.write(words)


@contextmanager
def text_host() -> Iterator[TextHost]:
    """A gateway for as long as the block lasts."""
    hosts: list[TextHost] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            hosts[0].answer(self)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hosts.append(TextHost(server.server_port))
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield hosts[0]
        finally:
            hosts[0].over.set()
            server.shutdown()
            thread.join()
