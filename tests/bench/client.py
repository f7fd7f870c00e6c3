"""A browser for measuring: one kept connection, cookies, and the time of each answer."""

from __future__ import annotations

import re
from http.client import HTTPConnection
from time import perf_counter
from urllib.parse import urlencode, urlsplit

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Browser:
    """One person's connection to one server."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.connection = HTTPConnection(parts.hostname or "127.0.0.1", parts.port or 80, timeout=60)
        self.cookies: dict[str, str] = {}
        self.text = ""

    def ask(
        self,
        path: str,
        form: dict[str, str] | list[tuple[str, str]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, float, dict[str, str]]:
        """Status, seconds and headers of one answer; a form is posted. The body stays in `text`."""
        sent = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), **(headers or {})}
        body = None
        if form is not None:
            body = urlencode(form)
            sent |= {"Content-Type": "application/x-www-form-urlencoded"}
        begun = perf_counter()
        self.connection.request("GET" if body is None else "POST", path, body, sent)
        answer = self.connection.getresponse()
        content = answer.read()
        seconds = perf_counter() - begun
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        self.text = content.decode("utf-8", "replace")
        return answer.status, seconds, {name.lower(): value for name, value in answer.getheaders()}

    def token(self, path: str) -> str:
        """The CSRF token of the form on a page."""
        self.ask(path)
        found = TOKEN.search(self.text)
        assert found, f"no form on {path}"
        return found[1]

    def log_in(self, email: str, password: str) -> None:
        """Log in, or fail."""
        form = {"email": email, "password": password, "csrf_token": self.token("/log-ind")}
        status, _, _ = self.ask("/log-ind", form)
        assert status in (302, 303), f"log-in answered {status}"
