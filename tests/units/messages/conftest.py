"""What the tests of messages share: an authority, its keys, a database of each kind, a relay that can be down."""

import ssl
from collections import deque
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from idp.foundation.clock import FixedClock
from idp.foundation.database import Database, open_database
from idp.foundation.secrets import Pepper, SeededRandomness
from idp.foundation.settings import Brand, Settings
from idp.foundation.texts import load_catalogue
from idp.messages.letterhead import Letterhead, letterhead
from keys.sealing import Seal
from tests.support.mailbox import Mailbox
from tests.support.ports import free_port

NOW = 1_795_000_000
ISSUER = "https://compte.villeneuve.example"


@dataclass(frozen=True)
class Means:
    """The parts of a provider that writing messages takes."""

    settings: Settings
    seal: Seal
    pepper: Pepper
    randomness: SeededRandomness


@dataclass(frozen=True)
class Post(Means):
    """The parts of a provider that delivering takes."""

    database: Database
    clock: FixedClock


@dataclass
class Relay(Mailbox):
    """A mail server that comes back on the same port, speaks TLS, and answers DATA as it is told."""

    port: int = field(default_factory=free_port)
    tls: ssl.SSLContext | None = None
    starttls: bool = False
    data_answers: deque[str] = field(default_factory=deque)
    raw: list[bytes] = field(default_factory=list)

    def start(self) -> None:
        protection = {"tls_context": self.tls, "require_starttls": True} if self.starttls else {"ssl_context": self.tls}
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, enable_SMTPUTF8=True, **protection)
        self._controller.start()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.data_answers:
            return self.data_answers.popleft()
        assert isinstance(envelope.content, bytes)
        self.raw.append(envelope.content)
        return await super().handle_DATA(server, session, envelope)


@pytest.fixture
def settings() -> Settings:
    return Settings(
        issuer=ISSUER,
        database_url="sqlite://",
        secret_key="k" * 32,
        brand=Brand(name="Mairie de Villeneuve", contact_phone="02 61 91 00 00"),
    )


@pytest.fixture
def means(settings: Settings) -> Means:
    return Means(settings, Seal(b"a secret of the test, 32 bytes long"), Pepper(b"pepper"), SeededRandomness(1))


@pytest.fixture
def head(settings: Settings) -> Letterhead:
    return letterhead(settings, load_catalogue(), "fr")


@pytest.fixture
async def post(means: Means, database_url: str) -> AsyncIterator[Post]:
    database = open_database(database_url)
    yield Post(means.settings, means.seal, means.pepper, means.randomness, database, FixedClock(NOW))
    await database.close()


@pytest.fixture
def relay() -> Iterator[Relay]:
    relay = Relay()
    relay.start()
    yield relay
    relay.stop()


@dataclass(frozen=True)
class Certified:
    """A server's TLS, and the file of the authority that vouches for it."""

    context: ssl.SSLContext
    authority: Path


@pytest.fixture(scope="session")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Certified:
    """A certificate for 127.0.0.1 that no system trusts."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "relay of the tests")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(hours=1))
        .not_valid_after(datetime.now(UTC) + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    authority, secret = folder / "certificate.pem", folder / "key.pem"
    authority.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority, secret)
    return Certified(context, authority)
