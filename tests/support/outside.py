"""Somebody else's web server on this machine, as applications have one: by TLS under an authority of our own making.

It is written on bare connections, so that it can do what no honest server does.
"""

import asyncio
import contextlib
import ipaddress
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from idp.outbound.addresses import Address
from idp.outbound.faults import NotFetched
from tests.support.engines import scratch

NAMES = ("pool.example", "sports.example", "localhost")
ADDRESSES = ("127.0.0.1", "127.0.0.2")

Script = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Seen:
    """A request that arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Outside:
    """A running server. `scripts` answer by path, whatever the query; any other path is a 404."""

    port: int
    address: str
    secure: bool
    scripts: dict[str, Script] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    connections: int = 0

    def url(self, path: str = "/", host: str | None = None) -> str:
        return f"{'https' if self.secure else 'http'}://{host or self.address}:{self.port}{path}"

    def answer(
        self, path: str, body: bytes, content_type: str = "application/json", status: int = 200, **headers: str
    ) -> None:
        """Give this answer at this path."""
        named = {"content-type": content_type, **{name.replace("_", "-"): value for name, value in headers.items()}}
        head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
        whole = f"HTTP/1.1 {status} Whatever\r\n{head}content-length: {len(body)}\r\n\r\n".encode() + body

        async def script(writer: asyncio.StreamWriter) -> None:
            writer.write(whole)

        self.scripts[path] = script

    def redirect(self, path: str, target: str) -> None:
        self.answer(path, b"", status=302, location=target)

    def hang(self, path: str, seconds: float = 5.0) -> None:
        """Say nothing for a while."""

        async def script(_writer: asyncio.StreamWriter) -> None:
            await asyncio.sleep(seconds)

        self.scripts[path] = script

    def drip(self, path: str, head: bytes = b"HTTP/1.1 200 OK\r\n\r\n", each: bytes = b"x") -> None:
        """Send a beginning, then a little at a time, for ever as far as a test can tell."""

        async def script(writer: asyncio.StreamWriter) -> None:
            writer.write(head)
            for _ in range(500):
                writer.write(each)
                await writer.drain()
                await asyncio.sleep(0.01)

        self.scripts[path] = script

    def flood(self, path: str, chunk: bytes = b"x" * 65_536, chunks: int = 160) -> None:
        """Send some ten megabytes without saying so beforehand."""

        async def script(writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n")
            for _ in range(chunks):
                writer.write(chunk)
                await writer.drain()

        self.scripts[path] = script

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one request."""
        self.connections += 1
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.split("\r\n")
            method, path, _ = first.split(" ")
            headers = {
                name.lower(): value.strip() for name, _, value in (each.partition(":") for each in lines if each)
            }
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            self.seen.append(Seen(method, path, headers, body))
            await self.scripts.get(path.partition("?")[0], _absent)(writer)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass  # the other side has had enough
        finally:
            writer.close()


async def _absent(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")


@asynccontextmanager
async def outside(address: str = "127.0.0.1", *, secure: bool = True) -> AsyncIterator[Outside]:
    """Serve on a free port of that address until the end."""
    host = Outside(0, address, secure)
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        with contextlib.suppress(asyncio.CancelledError):  # at the end, where asyncio would call it an error
            await host.serve(reader, writer)
        tasks.discard(task)

    server = await asyncio.start_server(serve, address, 0, ssl=_server_context() if secure else None)
    host.port = server.sockets[0].getsockname()[1]
    try:
        yield host
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Names:
    """A resolver that a test answers for: each look-up of a name takes the next of its answers, the last for ever."""

    def __init__(self, **answers: list[tuple[str, ...]]) -> None:
        self._answers = {name.replace("_", "."): list(given) for name, given in answers.items()}
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> tuple[Address, ...]:
        self.asked.append(host)
        given = self._answers.get(host)
        if given is None:
            raise NotFetched("no such name")
        found = given.pop(0) if len(given) > 1 else given[0]
        return tuple(ipaddress.ip_address(each) for each in found)


@cache
def _authority() -> tuple[Path, Path]:
    """The files of the authority's certificate and of a server's chain, made once for a run of the tests."""
    folder = scratch()
    authority_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = _certificate("Private authority", authority_key.public_key(), authority_key, ca=True)
    server = _certificate("Applications", server_key.public_key(), authority_key, ca=False)
    trusted, chain = folder / "authority.pem", folder / "applications.pem"
    trusted.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    private = server_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    chain.write_bytes(private + server.public_bytes(serialization.Encoding.PEM))
    return trusted, chain


def _certificate(
    name: str, key: ec.EllipticCurvePublicKey, signer: ec.EllipticCurvePrivateKey, *, ca: bool
) -> x509.Certificate:
    now = datetime.now(UTC)
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Private authority")])
    alternatives: list[x509.GeneralName] = [x509.DNSName(each) for each in NAMES]
    alternatives += [x509.IPAddress(ipaddress.ip_address(each)) for each in ADDRESSES]
    built = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
    )
    return built.sign(signer, hashes.SHA256())


def ca_file() -> str:
    """The certificate of the authority, for `outbound_ca_file`."""
    return str(_authority()[0])


def chain_file() -> str:
    """The key and chain of a server under that authority, for another server of the tests."""
    return str(_authority()[1])


@cache
def _server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_authority()[1])
    return context
