"""A passkey made of software, for tests of what no honest device sends. The browser tests use Chromium's own."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url, encode_cbor

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
Options = dict[str, Any]


@dataclass
class SoftPasskey:
    """One credential. What it says of itself and of the page it is shown on can be changed between two uses."""

    rp_id: str = "localhost"
    origin: str = "http://localhost"
    flags: int = PRESENT | VERIFIED
    sign_count: int = 0
    credential_id: bytes = b"a passkey made of software"
    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))

    def made(self, options: Options) -> Options:
        """What a browser sends for navigator.credentials.create."""
        data = self._data(self.flags | ATTESTED) + bytes(16) + len(self.credential_id).to_bytes(2)
        data += self.credential_id + self._public_key()
        attestation = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options)
        return self._credential({"clientDataJSON": client, "attestationObject": attestation})

    def shown(self, options: Options) -> Options:
        """What a browser sends for navigator.credentials.get."""
        data, client = self._data(self.flags), self._client("webauthn.get", options)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ECDSA(SHA256()))
        return self._credential({"clientDataJSON": client, "authenticatorData": data, "signature": signature})

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.sign_count.to_bytes(4)

    def _client(self, kind: str, options: Options) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _public_key(self) -> bytes:
        """The public half as COSE (RFC 9053): EC2, ES256, P-256."""
        numbers = self.key.public_key().public_numbers()
        return encode_cbor({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)})

    def _credential(self, response: dict[str, bytes]) -> Options:
        name = bytes_to_base64url(self.credential_id)
        parts = {part: bytes_to_base64url(value) for part, value in response.items()}
        return {"id": name, "rawId": name, "type": "public-key", "response": parts}
