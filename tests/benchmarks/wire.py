"""A client that costs little: prepared bytes over kept-alive connections, so that the server is what is measured."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

CONNECTIONS = 16


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer and how many seconds it took."""

    status: int
    head: bytes
    body: bytes
    seconds: float

    def header(self, name: str) -> str:
        """The value of a header, empty when it is absent."""
        for line in self.head.split(b"\r\n")[1:]:
            key, _, value = line.partition(b":")
            if key.strip().lower() == name.encode():
                return value.strip().decode()
        return ""

    def json(self) -> Any:
        """What the body says."""
        return json.loads(self.body)


class Connection(asyncio.Protocol):
    """One kept-alive connection, which asks one thing at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._waiting: asyncio.Future[tuple[bytes, bytes]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        end = self._received.find(b"\r\n\r\n")
        if end < 0 or self._waiting is None:
            return
        head = bytes(self._received[:end])
        lowered = head.lower()
        body = bytes(self._received[end + 4 :])
        if b"transfer-encoding: chunked" in lowered:
            complete = body.endswith(b"0\r\n\r\n")
        else:
            _, _, length = lowered.partition(b"content-length:")
            complete = len(body) >= int(length.partition(b"\r\n")[0] or 0)
        if complete:
            self._received.clear()
            self._waiting.set_result((head, body))

    def connection_lost(self, error: Exception | None) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(ConnectionError(f"the server hung up: {error}"))

    async def ask(self, request: bytes) -> Answer:
        assert self._transport is not None
        self._waiting = asyncio.get_running_loop().create_future()
        started = time.perf_counter()
        self._transport.write(request)
        head, body = await self._waiting
        return Answer(int(head[9:12]), head, body, time.perf_counter() - started)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


def request(
    method: str, url: str, form: dict[str, str] | None = None, document: object = None, **headers: str
) -> bytes:
    """The bytes of a request with a form, a JSON document or nothing; `user_agent="x"` becomes `user-agent: x`."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    lines = [f"{method} {target} HTTP/1.1", f"host: {parts.netloc}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    body = b""
    if form is not None:
        body, kind = urlencode(form).encode(), "application/x-www-form-urlencoded"
    elif document is not None:
        body, kind = json.dumps(document).encode(), "application/json"
    if body:
        lines += [f"content-type: {kind}", f"content-length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


@asynccontextmanager
async def connected(url: str, number: int = CONNECTIONS) -> AsyncIterator[list[Connection]]:
    """So many connections to a server, open and waiting."""
    loop = asyncio.get_running_loop()
    port = urlsplit(url).port
    assert port is not None
    connections = [(await loop.create_connection(Connection, "127.0.0.1", port))[1] for _ in range(number)]
    try:
        yield connections
    finally:
        for connection in connections:
            connection.close()


async def ask_all(connections: Sequence[Connection], requests: Sequence[bytes]) -> list[Answer]:
    """Every answer, in the order of the requests; each connection sends its next one when it has its answer."""
    answers: list[Answer | None] = [None] * len(requests)
    left = iter(range(len(requests)))

    async def work(connection: Connection) -> None:
        for index in left:
            answers[index] = await connection.ask(requests[index])

    await asyncio.gather(*map(work, connections))
    return [answer for answer in answers if answer is not None]
