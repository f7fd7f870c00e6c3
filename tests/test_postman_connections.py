"""How the worker gets through to a mail server: encrypted, logged in, or not at all."""

from __future__ import annotations

import ssl
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from advice.actions.postman import Answer, Connection, Outcome
from advice.formats.mail import Letter, build
from advice.rules.mail import Sender
from advice.rules.mail_server import MailSecurity, MailServer
from tests.live_server import free_port
from tests.mail_server import mail_host

SENDER = Sender("", "no-reply@example.org")
PASSWORD = "en-hemmelig-adgangskode"


@pytest.fixture(scope="module")
def own_tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    """A certificate for localhost that nobody has signed but itself, and its file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    day = datetime(2020, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), day, day.replace(year=2120))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "host.pem"
    pem = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file.write_bytes(made.public_bytes(pem[0]) + key.private_bytes(*pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context, file


def said_over(server: MailServer) -> Answer:
    """How one mail went over a server."""
    letter = Letter("1", "rita@example.org", "x", "y", datetime(2026, 1, 1, tzinfo=UTC))
    connection = Connection(server)
    try:
        return connection.say(build(letter, SENDER), SENDER.address, letter.to)
    finally:
        connection.end()


@pytest.mark.filterwarnings(
    "ignore:Requiring AUTH while not requiring TLS"
)  # TLS from the first byte is not seen as such
@pytest.mark.parametrize("security", [MailSecurity.TLS, MailSecurity.STARTTLS])
def test_it_logs_in_over_tls_and_tells_its_password_to_nobody_it_cannot_trust(
    own_tls: tuple[ssl.SSLContext, Path], security: MailSecurity, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, file = own_tls
    with mail_host(context, starttls=security is MailSecurity.STARTTLS, password=PASSWORD) as host:
        server = MailServer("localhost", host.port, security, "raad", PASSWORD)
        assert said_over(server) == (Outcome.AWAY, "SSLCertVerificationError")
        assert host.log_ins == []
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        assert said_over(server) == (Outcome.SENT, None)
        assert host.log_ins == [(b"raad", PASSWORD.encode())]
        assert said_over(replace(server, password="forkert")) == (Outcome.AWAY, "535 SMTPAuthenticationError")
        assert len(host.took) == 1


def test_a_server_that_no_longer_offers_encryption_gets_nothing() -> None:
    with mail_host() as host:
        server = MailServer("127.0.0.1", host.port, MailSecurity.STARTTLS, "raad", PASSWORD)
        assert said_over(server) == (Outcome.AWAY, "SMTPNotSupportedError")
        assert host.took == []


def test_a_server_without_a_name_or_a_listener_is_away() -> None:
    assert said_over(MailServer("127.0.0.1", free_port())).outcome is Outcome.AWAY
    assert said_over(MailServer("nowhere.invalid", 25)).outcome is Outcome.AWAY
