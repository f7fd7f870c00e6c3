"""Hands one text message to the SMS gateway, and says in one word and a code how it went. Knows no rows.

The one adapter there is: a POST of JSON with the token as the user of HTTP Basic, as GatewayAPI takes it
(`{"sender", "message", "recipients": [{"msisdn"}], "userref"}`). Whoever uses another gateway changes `send_sms`, or
puts something that speaks this before it. No redirect is followed, no proxy of the environment asked, certificates are
checked. What the gateway says in words goes nowhere: it quotes numbers.
"""

from __future__ import annotations

import json
import ssl
from base64 import b64encode
from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPSConnection

from advice.actions.postman import Answer, Outcome
from advice.rules.text_gateway import TextGateway

SECONDS = 15.0
"""For each step of the conversation: a few of them, far below the lease."""
TAKEN = range(200, 300)
ABOUT_THE_MESSAGE = frozenset({400, 413, 422})
"""What the gateway will never take, however often: a number that is none, a text it does not carry."""


def send_sms(gateway: TextGateway, number: str, text: str, reference: str) -> Answer:
    """Hand a message over for one number ("+4512345678"). Never raises for what a gateway or a network does.

    `reference` is ours and the same each time: if the answer is lost, the message is sent again under it.
    """
    said = {"sender": gateway.sender, "message": text, "recipients": [{"msisdn": int(number)}], "userref": reference}
    log_in = b64encode(f"{gateway.token}:".encode("ascii")).decode("ascii")
    headers = {"Authorization": f"Basic {log_in}", "Content-Type": "application/json", "Connection": "close"}
    try:
        with closing(_reach(gateway)) as connection:
            connection.request("POST", gateway.path, json.dumps(said).encode("ascii"), headers)
            status = connection.getresponse().status
    except (OSError, HTTPException, ValueError) as problem:
        return Answer(Outcome.AWAY, problem.__class__.__name__)
    if status in TAKEN:
        return Answer(Outcome.SENT)
    return Answer(Outcome.REFUSED if status in ABOUT_THE_MESSAGE else Outcome.AWAY, f"HTTP {status}")


def _reach(gateway: TextGateway) -> HTTPConnection:
    if not gateway.encrypted:
        return HTTPConnection(gateway.host, gateway.port, timeout=SECONDS)
    return HTTPSConnection(gateway.host, gateway.port, timeout=SECONDS, context=ssl.create_default_context())
