"""Answers of resident pages, kept in memory, and never older than the database.

Residents' pages are the same for everybody who sends the same cookies and languages, and change seldom. So a whole
answer is kept with the number that the residents' counter (models/revisions.py) had before the page was begun, and
the instant until which it holds by itself: the next minute at which something opens or closes, or midnight. A request
for it costs one read by a primary key. Nothing is guessed, no process tells another: whoever edits what residents see
raises the number in the same transaction (guards.py), so the next request, in whatever process, makes the page anew.

For views: `kept.hold(until)` says that the answer now being made may be kept until then (rules/doors.holds_until). It
may depend on the address, the cookies, Accept-Language, the clock and on rows that guards.py watches; on nothing else.
What is kept: answers 200 to GET (HEAD gets its headers), without a cookie but that of the language. A request with a
session goes to Flask always. All of them carry an ETag of the body, and a reader who has it already gets a 304.

What may happen meanwhile: an edit committed while the page is made raises the number, and the page stands under the
old one, so it is made anew. The minute turns while the page is made: it is sent, and not kept. The database is away:
there is no number, so Flask is asked and says so. Ended programmes, empty pages: kept like any other.

It stands between security.gate, which has checked the Host and adds its headers, and Flask.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, after_this_request, request
from werkzeug.http import parse_etags

from advice.rules.danish import RESERVED_SLUGS
from advice.shelf import Shelf

MOST_ANSWERS = 512
MOST_BYTES = 16 * 1024 * 1024
QUESTIONS = frozenset({"lang", "sprog", "papir", "tema"})
"""What resident pages are asked in their address. Anything else (what other sites hang on: "?fbclid=…") is taken away
before the page is looked for or made, so that it fills no memory, and nobody is answered otherwise for it. The worker
in the browser (static/residents-worker.js) does the same."""
MAKING = "advice.kept"
LANGUAGE_COOKIES = ("lang", "__Host-lang")
"""The one cookie that an answer may set and be kept, over http and over https."""
DEFAULTS = (("Cache-Control", "private, no-cache"), ("Vary", "Accept-Language, Cookie"))
OF_THE_BODY = frozenset({"content-type", "content-length", "content-disposition", "content-language"})
Environ = dict[str, Any]
Headers = list[tuple[str, str]]
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, the number it was made under, and from when until when it holds (half-open)."""

    headers: Headers
    body: bytes
    etag: str
    revision: int
    since: datetime
    until: datetime

    def holds(self, revision: int, now: datetime) -> bool:
        """Whether the page would be the same if it were made now. A clock that was set back counts, too."""
        return self.revision == revision and self.since <= now < self.until

    def send(self, method: str, known: str, start_response: Any) -> Iterable[bytes]:
        """Send it; `known` is the request's If-None-Match (RFC 9110, 13.1.2)."""
        if known and (known == self.etag or parse_etags(known).contains_weak(self.etag[1:-1])):
            start_response("304 Not Modified", [pair for pair in self.headers if pair[0].lower() not in OF_THE_BODY])
            return []
        start_response("200 OK", list(self.headers))
        return [] if method == "HEAD" else [self.body]


@dataclass(slots=True)
class Making:
    """What a view says of the answer being made, and its body, which an answer to HEAD would not carry out."""

    until: datetime | None = None
    body: bytes | None = None

    def take(self, response: Response) -> Response:
        """Note the body of the view's answer."""
        if not response.direct_passthrough:
            self.body = response.get_data()
        return response


def hold(until: datetime) -> None:
    """Said by a view: its answer may be kept until that instant (aware); the earliest counts, if said twice."""
    making: Making | None = request.environ.get(MAKING)
    if making is not None:
        making.until = min(until, making.until or until)
        after_this_request(making.take)


def layer(
    inner: Any, revision: Callable[[], int | None], clock: Callable[[], datetime], session_cookie: str
) -> Callable[[Environ, Any], Iterable[bytes]]:
    """The WSGI application that answers from memory what it may, and asks `inner` for the rest.

    revision: the residents' number now, or None when nobody can say; asked before anything else is read.
    """
    shelf: Shelf[Key, Answer] = Shelf(MOST_ANSWERS, MOST_BYTES, size)

    def kept(environ: Environ, start_response: Any) -> Iterable[bytes]:
        # Not parsed: a cookie of some like name costs its owner the shortcut, and no trick gets round it.
        number = None if session_cookie in environ.get("HTTP_COOKIE", "") or not for_residents(environ) else revision()
        if number is None:
            found: Iterable[bytes] = inner(environ, start_response)
            return found
        environ["QUERY_STRING"] = questions(environ.get("QUERY_STRING", ""))
        key, now = key_of(environ), clock()
        answer = shelf.find(key)
        if answer is not None and answer.holds(number, now):
            known = environ.get("HTTP_IF_NONE_MATCH", "")
            return answer.send(environ["REQUEST_METHOD"], known, start_response)

        def made(answer: Answer) -> None:
            # A view may ask for the time more than once: only within one minute is that one moment.
            if now.replace(second=0, microsecond=0) == clock().replace(second=0, microsecond=0):
                shelf.put(key, answer)

        return make(inner, environ, start_response, number, now, made)

    return kept


def for_residents(environ: Environ) -> bool:
    """Whether an address may be one of a programme's, or the front page; the staff's are known by their first part."""
    first = environ.get("PATH_INFO", "")[1:].partition("/")[0]
    return environ["REQUEST_METHOD"] in ("GET", "HEAD") and first not in RESERVED_SLUGS


def questions(query: str) -> str:
    """What of the end of an address, still encoded, a resident page reads; a name that is encoded is none of them."""
    return "&".join(part for part in query.split("&") if part.partition("=")[0] in QUESTIONS)


def key_of(environ: Environ) -> Key:
    """Everything of a request that its answer may depend on."""
    asked = ("HTTP_HOST", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "HTTP_ACCEPT_LANGUAGE", "HTTP_COOKIE")
    return (environ["wsgi.url_scheme"], *(environ.get(name, "") for name in asked))


def size(key: Key, answer: Answer) -> int:
    """Bytes that an answer takes up, near enough."""
    return len(answer.body) + sum(map(len, key)) + sum(len(name) + len(value) for name, value in answer.headers)


def make(
    inner: Any, environ: Environ, start_response: Any, number: int, now: datetime, made: Callable[[Answer], None]
) -> Iterable[bytes]:
    """Let Flask answer. An answer that a view lets be kept is handed to `made` and sent from there."""
    making = environ[MAKING] = Making()
    # The condition is ours to judge: a 304 from further in would leave nothing to keep.
    known = environ.pop("HTTP_IF_NONE_MATCH", "")
    caught: list[Answer] = []

    def start(status: str, headers: Headers, *more: Any) -> Any:
        if making.until is None or making.body is None or not status.startswith("200 ") or not keepable(headers):
            return start_response(status, headers, *more)
        said, etag = completed(headers, making.body)
        caught.append(Answer(said, making.body, etag, number, now, making.until))
        return bytes  # WSGI's `write`, which nobody here calls

    chunks = inner(environ, start)
    if not caught:
        found: Iterable[bytes] = chunks
        return found
    if hasattr(chunks, "close"):
        chunks.close()
    made(caught[-1])
    return caught[-1].send(environ["REQUEST_METHOD"], known, start_response)


def keepable(headers: Headers) -> bool:
    """Whether an answer sets no cookie but the language's: anything else is somebody's own."""
    cookies = [value for name, value in headers if name.lower() == "set-cookie"]
    return all(cookie.partition("=")[0] in LANGUAGE_COOKIES for cookie in cookies)


def completed(headers: Headers, body: bytes) -> tuple[Headers, str]:
    """The headers of a kept answer, and its ETag: the answer's own, else a strong one of the body."""
    there = {name.lower(): value for name, value in headers}
    etag = there.get("etag") or f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    dropped = {"etag", "vary", "content-length"}
    if not there.get("cache-control", "").startswith(("private", "public")):
        dropped.add("cache-control")
    found = [pair for pair in headers if pair[0].lower() not in dropped]
    names = {name.lower() for name, _value in found}
    found += [pair for pair in DEFAULTS if pair[0].lower() not in names]
    return [*found, ("ETag", etag), ("Content-Length", str(len(body)))], etag
