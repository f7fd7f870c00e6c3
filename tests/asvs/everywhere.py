"""Every address of the program, asked by several people: for what must hold of every answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.every_address import Values, Visitor, addresses, wrong_addresses

STRANGER = None
COORDINATOR, ADVISER = "karen", "rita"


@dataclass(frozen=True)
class Asked:
    """An address as somebody asked for it, and the answer."""

    who: str | None
    rule: Rule
    url: str
    answer: TestResponse

    def __str__(self) -> str:
        return f"{self.answer.request.method} {self.url} of {self.who}: {self.answer.status_code}"


def answers(app: Flask, values: Values, *who: str | None, method: str = "GET", query: str = "") -> Iterator[Asked]:
    """What each of these people gets at each address, there or not, in a browser of her own; logs nobody out."""
    for name in who:
        visitor = Visitor(app, name)
        for rule, url in [*addresses(app, values), *wrong_addresses(app)]:
            if name and rule.endpoint in ("accounts.log_out", "tablets.change"):
                continue
            answer = visitor.client.open(url + query, method=method)
            yield Asked(name, rule, url, answer)
            visitor.stay(answer)
