"""Talking to a log-in service (OpenID Connect): its description, where to send people, and what its answer says.

The protocol is Authlib's: authorization code with PKCE S256, state and nonce. Round it stand limits, since whatever
answers may be slow, large, wrong or hostile: https only, five seconds, 256 KB, no redirect followed, nothing from the
environment. No rows and no transaction: end yours before you call, for this waits for the network.
"""

from __future__ import annotations

import io
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from time import monotonic
from typing import Any

from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped]
from authlib.integrations.requests_client import OAuth2Session  # type: ignore[import-untyped]
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from requests import PreparedRequest, RequestException, Response
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from advice.rules.log_in_services import ALGORITHMS, LEEWAY, document_address, is_safe

SECONDS = 5
MOST_BYTES = 256 * 1024
PIECE = 16 * 1024
SCOPE = "openid profile email"
ADDRESSES = ("authorization_endpoint", "token_endpoint", "jwks_uri")
KEY_TYPES = ("RSA", "EC")
OK, MOVED = 200, range(300, 400)
# What the parts raise when an answer is none: of theirs, and of Python's on shapes they did not expect.
BROKEN = (AuthlibBaseError, JoseError, RequestException, HTTPError, OSError, ValueError, TypeError, RecursionError)


class Fault(StrEnum):
    """What is wrong with a service or its answer."""

    UNSAFE = "unsafe"
    NO_ANSWER = "no_answer"
    MOVED = "moved"
    STATUS = "status"
    UNREADABLE = "unreadable"
    OTHER_ISSUER = "other_issuer"
    ADDRESSES = "addresses"
    NO_CODE = "no_code"
    NO_PKCE = "no_pkce"
    NO_ALGORITHM = "no_algorithm"
    NO_KEYS = "no_keys"
    REFUSED = "refused"
    """It does not take the code, or not our client id and secret."""
    TOKEN = "token"
    """It says who somebody is, and that cannot be believed."""


class ServiceError(Exception):
    """A service cannot be used. `issuer`: what it calls itself, where that is another name than ours."""

    def __init__(self, fault: Fault, issuer: str = "") -> None:
        super().__init__(str(fault))
        self.fault, self.issuer = fault, issuer


@dataclass(frozen=True, slots=True)
class Client:
    """Who we are at a service, and the address it answers to. `local`: rules/log_in_services.is_safe."""

    issuer: str
    client_id: str
    secret: str
    answers_to: str
    local: bool


@dataclass(frozen=True, slots=True)
class Started:
    """What must be remembered of a log-in on its way, by the browser that began it and nobody else."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> Started:
        """Three secrets of 256 random bits."""
        return cls(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(32))


class Careful(HTTPAdapter):
    """Sends nothing to an unsafe address, follows nothing, waits five seconds in all, reads 256 KB at most."""

    def __init__(self, local: bool) -> None:
        super().__init__()
        self.local = local

    def send(self, request: PreparedRequest, *_: Any, **options: Any) -> Response:
        """The answer, read whole. Raises ServiceError."""
        if not is_safe(request.url or "", local=self.local):
            raise ServiceError(Fault.UNSAFE)
        until = monotonic() + SECONDS
        answer = super().send(request, **{**options, "stream": True, "timeout": SECONDS, "proxies": {}})
        try:
            if answer.status_code in MOVED:
                raise ServiceError(Fault.MOVED)
            body = b""
            while piece := answer.raw.read1(PIECE):
                body += piece
                if len(body) > MOST_BYTES:
                    raise ServiceError(Fault.UNREADABLE)
                if monotonic() > until:
                    raise ServiceError(Fault.NO_ANSWER)
        finally:
            answer.raw.close()
        answer.raw = io.BytesIO(body)
        return answer


def connection(local: bool, **options: Any) -> OAuth2Session:
    """What asks a service, carefully."""
    made = OAuth2Session(scope=SCOPE, code_challenge_method="S256", **options)
    made.trust_env = False
    made.headers["Accept-Encoding"] = "identity"
    for scheme in ("https://", "http://"):
        made.mount(scheme, Careful(local))
    return made


def read_json(at: OAuth2Session, address: str) -> dict[str, Any]:
    """The object at an address. Raises ServiceError."""
    try:
        answer = at.get(address, withhold_token=True)
    except (RequestException, HTTPError, OSError) as error:
        raise ServiceError(Fault.NO_ANSWER) from error
    if answer.status_code != OK:
        raise ServiceError(Fault.STATUS)
    try:
        found = answer.json()
    except (ValueError, RecursionError) as error:
        raise ServiceError(Fault.UNREADABLE) from error
    if not isinstance(found, dict):
        raise ServiceError(Fault.UNREADABLE)
    return found


def describe(issuer: str, local: bool) -> dict[str, Any]:
    """How a service describes itself, as far as we need it and sound. Raises ServiceError."""
    with connection(local) as at:
        found = read_json(at, document_address(issuer))
    if found.get("issuer") != issuer:
        raise ServiceError(Fault.OTHER_ISSUER, str(found.get("issuer") or ""))
    if not all(isinstance(found.get(name), str) and is_safe(found[name], local=local) for name in ADDRESSES):
        raise ServiceError(Fault.ADDRESSES)
    if not says(found, "response_types_supported", ["code"]):
        raise ServiceError(Fault.NO_CODE)
    if not says(found, "code_challenge_methods_supported", ["S256"]):
        raise ServiceError(Fault.NO_PKCE)
    if not says(found, "id_token_signing_alg_values_supported", ALGORITHMS):
        raise ServiceError(Fault.NO_ALGORITHM)
    return found


def says(description: Mapping[str, Any], name: str, any_of: list[str] | tuple[str, ...]) -> bool:
    """Whether a list of the description holds one of these, or is left out (Entra ID leaves some out)."""
    listed = description.get(name)
    return listed is None or (isinstance(listed, list) and any(value in listed for value in any_of))


def keys_of(description: Mapping[str, Any], local: bool) -> KeySet:
    """The public keys a service signs with. Raises ServiceError."""
    with connection(local) as at:
        listed = read_json(at, description["jwks_uri"]).get("keys")
    fitting = [key for key in listed if fits(key)] if isinstance(listed, list) else []
    if not fitting:
        raise ServiceError(Fault.NO_KEYS)
    try:
        return KeySet.import_key_set({"keys": fitting})
    except BROKEN as error:
        raise ServiceError(Fault.NO_KEYS) from error


def fits(key: object) -> bool:
    """Whether this is a key that signatures can be checked with."""
    return isinstance(key, dict) and key.get("kty") in KEY_TYPES and key.get("use", "sig") == "sig"


def way_there(client: Client, description: Mapping[str, Any], started: Started) -> str:
    """The address at the service where somebody logs in."""
    with connection(client.local, client_id=client.client_id, redirect_uri=client.answers_to) as at:
        address, _state = at.create_authorization_url(
            description["authorization_endpoint"],
            state=started.state,
            nonce=started.nonce,
            code_verifier=started.verifier,
        )
    return str(address)


def who_came(
    client: Client, description: Mapping[str, Any], started: Started, code: str, now: datetime
) -> dict[str, Any]:
    """What the service says of whoever came back with this code, believed. Raises ServiceError."""
    # Secrets in the body need no escaping on which services differ; the header is what all must take.
    posts = "client_secret_post" in (description.get("token_endpoint_auth_methods_supported") or ())
    method = "client_secret_post" if posts else "client_secret_basic"
    ours = {"client_id": client.client_id, "client_secret": client.secret, "token_endpoint_auth_method": method}
    with connection(client.local, redirect_uri=client.answers_to, **ours) as at:
        try:
            answer = at.fetch_token(
                description["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=started.verifier,
            )
        except BROKEN as error:
            raise ServiceError(Fault.REFUSED) from error
    return believed(client, answer, started.nonce, keys_of(description, client.local), now)


def believed(client: Client, answer: Mapping[str, Any], nonce: str, keys: KeySet, now: datetime) -> dict[str, Any]:
    """The claims of an ID token that is signed by the service, for us, now, for this log-in (Core 1.0, 3.1.3.7)."""
    asked = {
        "iss": {"essential": True, "value": client.issuer},
        "aud": {"essential": True, "value": client.client_id},
        "nonce": {"essential": True, "value": nonce},
    }
    known = {"nonce": nonce, "client_id": client.client_id, "access_token": answer.get("access_token")}
    try:
        registry = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
        token = jwt.decode(answer["id_token"], keys, registry=registry)
        claims = CodeIDToken(token.claims, token.header, asked, known)
        claims.validate(now=int(now.timestamp()), leeway=int(LEEWAY.total_seconds()))
    except (*BROKEN, LookupError, AttributeError) as error:
        raise ServiceError(Fault.TOKEN) from error
    return dict(claims)
