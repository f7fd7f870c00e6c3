"""A log-in service (OpenID Connect) as a real HTTP server on 127.0.0.1, which does as it should until a test says else.

with provider(clock) as service:
    service.people["rita@example.org"] = {"sub": "r1", "email": "rita@example.org"}
    back = service.log_in(address, "rita@example.org")     # what her browser would be sent back to
    service.claims["aud"] = "somebody else"                # and so on: see Provider
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cache
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

CLIENT_ID = "aaben-raadgivning"
SECRET = "hemmelig-noegle-til-proever"
LASTS = 300
Key = RSAKey | ECKey | OctKey


@cache
def signing_key(name: str = "ours") -> RSAKey:
    """An RSA key, made once a test process."""
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig"})


@cache
def curve_key() -> ECKey:
    """A key for ES256."""
    return ECKey.generate_key("P-256", {"kid": "curve", "use": "sig"})


class Provider:
    """The service, and the ways in which a test makes it misbehave."""

    def __init__(self, port: int, clock: Callable[[], datetime]) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.clock = clock
        self.people: dict[str, dict[str, Any]] = {}
        """What is said of whoever logs in, by the e-mail she types there."""
        self.description: dict[str, Any] = {}
        """Values that the description has instead; None leaves one out."""
        self.claims: dict[str, Any] = {}
        """The same for ID tokens."""
        self.back: dict[str, str | None] = {}
        """The same for what her browser is sent back with."""
        self.token: dict[str, Any] = {}
        """The same for the answer to a code."""
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        """Status, headers and body that a path answers with, whatever it is asked."""
        self.alg, self.key = "RS256", self._own_key
        self.published: list[Key] = [signing_key(), curve_key()]
        self.codes: dict[str, dict[str, str]] = {}
        self.meanwhile: Callable[[], None] = lambda: None
        """What happens elsewhere while it describes itself."""
        self.drips: set[str] = set()
        """Paths whose answers never end: a space at a time."""
        self.stopped = Event()
        self.asked: list[str] = []
        """The paths asked for."""

    @property
    def _own_key(self) -> Key:
        return signing_key()

    def describe(self) -> dict[str, Any]:
        """The description that the well-known address gives."""
        return changed(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "response_types_supported": ["code"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
                "code_challenge_methods_supported": ["S256"],
                "authorization_response_iss_parameter_supported": True,
            },
            self.description,
        )

    def log_in(self, address: str, email: str) -> str:
        """Log in at the service in place of a browser: the address that it is sent back to, from its path on."""
        query = dict(parse_qsl(urlsplit(address).query))
        answer = requests.post(f"{self.issuer}/authorize", data={**query, "email": email}, allow_redirects=False)
        assert answer.status_code == 302, answer.text
        found = urlsplit(answer.headers["Location"])
        return f"{found.path}?{found.query}"

    def authorised(self, asked: dict[str, str]) -> str:
        """Where somebody is sent back to after logging in."""
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        said = changed({"code": code, "state": asked["state"], "iss": self.issuer}, self.back)
        return f"{asked['redirect_uri']}?{urlencode(said)}"

    def exchange(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """The answer to a code: good once, for the client that asked, with the verifier of the challenge."""
        basic = "Basic " + base64.b64encode(f"{CLIENT_ID}:{SECRET}".encode()).decode()
        posted = (form.get("client_id"), form.get("client_secret")) == (CLIENT_ID, SECRET)
        if not posted and authorization != basic:
            return 401, {"error": "invalid_client"}
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proved = asked and asked["code_challenge"] == base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()
        if not asked or not proved or asked["redirect_uri"] != form.get("redirect_uri"):
            return 400, {"error": "invalid_grant"}
        answer = {"access_token": secrets.token_urlsafe(), "token_type": "Bearer", "id_token": self.id_token(asked)}
        return 200, changed(answer, self.token)

    def id_token(self, asked: dict[str, str]) -> str:
        """What is said of somebody, signed."""
        now = int(self.clock().timestamp())
        base = {"iss": self.issuer, "aud": asked["client_id"], "nonce": asked["nonce"], "iat": now, "exp": now + LASTS}
        claims = changed({**base, **self.people[asked["email"]]}, self.claims)
        if self.alg == "none":
            return f"{part({'alg': 'none'})}.{part(claims)}."
        header = {"alg": self.alg, **({"kid": self.key.kid} if self.key.kid else {})}
        return jwt.encode(header, claims, self.key, algorithms=[self.alg])


def changed(values: dict[str, Any], by: dict[str, Any]) -> dict[str, Any]:
    """The values with others instead; None leaves one out."""
    return {name: value for name, value in {**values, **by}.items() if value is not None}


def part(value: dict[str, Any]) -> str:
    """A part of a token."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


class Asked(BaseHTTPRequestHandler):
    """One request to the service."""

    provider: Provider

    def do_GET(self) -> None:
        """The description, the keys, and the page where one logs in."""
        path = self.begin()
        if path == "/.well-known/openid-configuration":
            self.provider.meanwhile()
            self.say(200, self.provider.describe())
        elif path == "/keys":
            self.say(200, {"keys": [key.as_dict(private=False) for key in self.provider.published]})
        elif path == "/authorize":
            hidden = "".join(
                f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
                for name, value in parse_qsl(urlsplit(self.path).query)
            )
            page = (
                '<!doctype html><html lang="da"><title>Arbejdskonto</title><h1>Arbejdskonto</h1>'
                f'<form method="post" action="/authorize">{hidden}<label>Konto <input name="email"></label>'
                "<button>Fortsæt</button></form></html>"
            )
            self.send(200, {"Content-Type": "text/html; charset=utf-8"}, page.encode())
        elif path:
            self.say(404, {})

    def do_POST(self) -> None:
        """Somebody logs in, or the program shows a code."""
        form = dict(parse_qsl(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()))
        path = self.begin()
        if path == "/authorize":
            self.send(302, {"Location": self.provider.authorised(form)}, b"")
        elif path == "/token":
            self.say(*self.provider.exchange(form, self.headers.get("Authorization", "")))

    def begin(self) -> str:
        """The path asked for; "" if it has been answered as the test wants."""
        path = urlsplit(self.path).path
        self.provider.asked.append(path)
        if path not in self.provider.answers:
            return path
        self.send(*self.provider.answers[path])
        return ""

    def say(self, status: int, value: object) -> None:
        """Answer with JSON."""
        self.send(status, {"Content-Type": "application/json"}, json.dumps(value).encode())

    def send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        """Answer."""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(OSError):  # whoever asked has had enough
            self.wfile.write(body)
            while self.path in self.provider.drips and not self.provider.stopped.wait(0.3):
                self.wfile.write(b" ")

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on the console."""


@contextmanager
def provider(clock: Callable[[], datetime]) -> Iterator[Provider]:
    """A service, for as long as the block lasts."""

    class Handler(Asked):
        pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made = Provider(server.server_address[1], clock)
        Handler.provider = made
        thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield made
        finally:
            made.stopped.set()
            server.shutdown()
            thread.join()
